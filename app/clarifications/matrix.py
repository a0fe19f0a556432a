"""The clarifications of the projects somebody may see, role by role; a fixed number of statements a page."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.cases.models import Case
from app.cases.queries import visible_to
from app.clarifications.models import Agreement, Clarification
from app.clarifications.standing import Clarified, clarified, needed, standing_agreement
from app.core.clock import OSLO
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE, Page, page_of
from app.identity.actor import Actor
from app.identity.models import Unit
from app.projects.models import Project, ProjectStep
from workflows.clarification_matrix import DIAMOND_OF, Cell, Seen, Standing, cell_of
from workflows.clarification_template import TEMPLATE_ROLES
from workflows.rules import ClarificationRules

RUNNING = ("set_up", *DIAMOND_OF, "closing", "paused")
BEGINS_WITH = {1: "diagnose_open", 2: "platform_open", 3: "implement_open"}


class MatrixRow(msgspec.Struct, frozen=True, kw_only=True):
    """One project with how each of its roles stands."""

    id: UUID
    title: str
    language: str
    reference: str
    unit: str
    state: str
    cells: dict[str, Cell]

    @property
    def worst(self) -> Standing:
        """How the role stands that stands worst."""
        return min((cell.standing for cell in self.cells.values()), key=list(Standing).index)


async def matrix(
    uow: UnitOfWork, actor: Actor, *, call_id: UUID | None = None, after: UUID | None = None
) -> Page[MatrixRow]:
    """The running projects the actor may see, the newest first, with every role of each; one statement a page."""
    agreed_at = (
        select(func.jsonb_object_agg(Clarification.id, _last_agreed()))
        .where(Clarification.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )
    began = (
        select(func.jsonb_object_agg(ProjectStep.step, ProjectStep.actual_from))
        .where(ProjectStep.case_id == Case.id, ProjectStep.actual_from.is_not(None))
        .correlate(Case)
        .scalar_subquery()
    )
    statement = (
        select(
            Case.id, Case.title, Case.language, Case.reference, Unit.name.label("unit"), Project.state,
            Project.paused_from, Project.rules["clarifications"].label("rules"), agreed_at.label("agreed_at"),
            began.label("began"), clarified(Case.id, uow.now, Case)["clarifications"].label("found"),
        )
        .join(Project, Project.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(visible_to(actor, uow.now), Project.state.in_(RUNNING))
        .order_by(Case.id.desc())
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    if call_id:
        statement = statement.where(Project.call_id == call_id)
    if after:
        statement = statement.where(Case.id < after)
    rows: list[Any] = [_row(row) for row in await uow.session.execute(statement)]
    return page_of(rows)


def _last_agreed() -> Any:
    return select(func.max(Agreement.agreed_at)).where(standing_agreement()).correlate(Clarification).scalar_subquery()


def _row(row: Any) -> MatrixRow:
    rules = msgspec.convert(row.rules or {}, ClarificationRules)
    found = msgspec.convert(row.found, list[Clarified], strict=False)
    agreed = row.agreed_at or {}
    seen = [
        Seen(
            needed=each,
            agreed_at=datetime.fromisoformat(moment) if (moment := agreed.get(str(each.clarification_id))) else None,
        )
        for each in needed(found, rules)
    ]
    step = row.paused_from or row.state
    first = (row.began or {}).get(BEGINS_WITH.get(DIAMOND_OF.get(step, 0), ""))
    since = datetime.combine(date.fromisoformat(first), time(0), OSLO) if first else None
    return MatrixRow(
        id=row.id, title=row.title, language=row.language, reference=row.reference, unit=row.unit, state=row.state,
        cells={str(role): cell_of(role, seen, rules, step, since) for role in TEMPLATE_ROLES},
    )  # fmt: skip


async def calls_with_projects(uow: UnitOfWork, actor: Actor) -> list[tuple[UUID, str]]:
    """The calls whose projects the actor may see, with their references, the newest first; one statement."""
    seen = select(Project.call_id).join(Case, Case.id == Project.id).where(visible_to(actor, uow.now))
    rows = await uow.session.execute(select(Case.id, Case.reference).where(Case.id.in_(seen)).order_by(Case.id.desc()))
    return [(call_id, reference) for call_id, reference in rows]
