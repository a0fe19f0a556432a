"""Which projects wait to be written into the portfolio's tables, as all do after an upgrade that made them anew."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.errors import BeingWritten
from app.portfolio.models import PortfolioRow
from app.projects.models import Project


def is_kept() -> ColumnElement[bool]:
    """Whether the tables have the project of the case at hand."""
    return select(PortfolioRow.id).where(PortfolioRow.case_id == Case.id, PortfolioRow.benefit_id.is_(None)).exists()


def is_being_written() -> ColumnElement[bool]:
    """Whether projects wait to be written into the tables, and are in no sum until then.

    Of a project that is kept its own row always stands; how many there are of both is told by their indexes.
    """
    own = select(func.count()).where(PortfolioRow.benefit_id.is_(None), PortfolioRow.to_on.is_(None))
    return select(func.count()).select_from(Project).scalar_subquery() > own.scalar_subquery()


async def require_written(uow: UnitOfWork) -> None:
    """Refuse to hand out sums that lack projects to whoever reckons on with them: BeingWritten. One statement."""
    if await uow.session.scalar(select(is_being_written())):
        raise BeingWritten


async def waiting(uow: UnitOfWork) -> int:
    """How many projects wait to be written into the tables, as all do after an upgrade that made them anew."""
    found = await uow.session.scalar(
        select(func.count())
        .select_from(Case)
        .join(Project, Project.id == Case.id)
        .where(Case.project_at.is_not(None), ~is_kept())
    )
    return found or 0


async def unkept(uow: UnitOfWork, limit: int = 20) -> list[UUID]:
    """Projects without a row, locked; some of them."""
    found = await uow.session.scalars(
        select(Case.id)
        .join(Project, Project.id == Case.id)
        .where(Case.project_at.is_not(None), ~is_kept())
        .order_by(Case.id)
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True)
    )
    return list(found)
