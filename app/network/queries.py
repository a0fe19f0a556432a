"""Who works with the same challenge: what any employee may know of the projects under way and the calls open to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Text, and_, case, cast, column, func, or_, select, table
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE, Page, page_of
from app.identity.models import Person, Unit, UnitMembership

# named here without their rooms, which come after this one
PROJECTS = table("projects", column("id"), column("state"))
DEVIANCES = table("positive_deviances", column("case_id"), column("rank"), column("text"))
CALLS = table("calls", column("id"), column("state"), column("opens_at"), column("deadline"))
TEXTS = table("call_texts", column("call_id"), column("language"), column("title"))
SHOWN_CALLS = ("published", "open")

County = Unit.__table__.alias("county")


class Neighbour(msgspec.Struct, frozen=True):
    """A project as any employee sees it: the challenge, where, how far, and whom to ask."""

    id: UUID
    title: str
    language: str
    unit: str
    county: str | None
    step: str
    contact: str | None
    contact_email: str | None
    works: list[str]
    """What already works there, the most important first (S32)."""


def _escaped(words: str) -> str:
    return "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


async def neighbours(
    uow: UnitOfWork, *, words: str = "", county_id: UUID | None = None, after: UUID | None = None, size: int = PAGE_SIZE
) -> Page[Neighbour]:
    """The projects, the newest first, with the coordinator of the office that leads each."""
    coordinator = (
        select(func.jsonb_build_array(Person.name, Person.email))
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .where(
            UnitMembership.unit_id == Case.unit_id,
            UnitMembership.role == "coordinator",
            UnitMembership.valid_from <= uow.now,
            or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
        )
        .order_by(UnitMembership.valid_from)
        .limit(1)
        .scalar_subquery()
    )
    works = (
        select(func.jsonb_agg(aggregate_order_by(DEVIANCES.c.text, DEVIANCES.c.rank)))
        .where(DEVIANCES.c.case_id == Case.id)
        .scalar_subquery()
    )
    statement = (
        select(
            Case.id,
            Case.title,
            Case.language,
            Unit.name,
            County.c.name,
            cast(PROJECTS.c.state, Text),
            coordinator,
            works,
        )
        .join(PROJECTS, PROJECTS.c.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(County, County.c.id == Case.county_id)
        .order_by(Case.id.desc())
        .limit(size + 1)
    )
    if words.strip():
        pattern = _escaped(words.strip())
        statement = statement.where(or_(Case.title.ilike(pattern), Unit.name.ilike(pattern)))
    if county_id is not None:
        statement = statement.where(Case.county_id == county_id)
    if after is not None:
        statement = statement.where(Case.id < after)
    rows = [
        Neighbour(*(*values, *(contact or (None, None)), works or []))
        for *values, contact, works in await uow.session.execute(statement)
    ]
    return page_of(rows, size)


class ShownCall(msgspec.Struct, frozen=True):
    """A call that is announced or open."""

    id: UUID
    title: str
    state: str
    opens_at: datetime
    deadline: datetime


async def shown_calls(uow: UnitOfWork, language: str) -> list[ShownCall]:
    """The calls that are announced or open, the one that closes first at the top."""
    title = (
        select(cast(TEXTS.c.title, Text))
        .where(and_(TEXTS.c.call_id == CALLS.c.id, TEXTS.c.title != ""))
        .order_by(case((TEXTS.c.language == language, 0), else_=1), TEXTS.c.language)
        .limit(1)
        .scalar_subquery()
    )
    rows = await uow.session.execute(
        select(CALLS.c.id, title, CALLS.c.state, CALLS.c.opens_at, CALLS.c.deadline)
        .where(CALLS.c.state.in_(SHOWN_CALLS))
        .order_by(CALLS.c.deadline)
    )
    return [ShownCall(*row) for row in rows]


async def counties(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """Every county, by name."""
    rows = await uow.session.execute(select(Unit.id, Unit.name).where(Unit.kind == "county").order_by(Unit.name))
    return [(row.id, row.name) for row in rows]
