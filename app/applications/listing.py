"""The list of applications: what somebody may see, narrowed by state, county, theme, handler and words."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)

from app.applications.facts import letter_released_at
from app.applications.models import Application
from app.applications.queries import INSIDE, state_key
from app.cases.models import PIECE, SEARCHED, Case, pieces
from app.cases.queries import current, reach_of, seen_by, visible
from app.core.database import NOW, UnitOfWork
from app.core.listed import listed
from app.core.paging import PAGE_SIZE, Page, page_of
from app.identity.actor import Actor
from app.identity.models import Person, SchemeRole, Unit
from workflows.application import ApplicationState
from workflows.roles import Role

County = Unit.__table__.alias("county")
Handler = Person.__table__.alias("handler")


class ApplicationRow(msgspec.Struct, frozen=True):
    """An application as lists show it; `state_key` is the text of its state for whoever asks."""

    id: UUID
    reference: str
    title: str
    language: str
    unit: str
    county: str | None
    state: str
    amount_ore: int | None
    hours: int | None
    submitted_at: datetime | None
    state_key: str
    handler: str | None
    """The case handler who has taken it; told to nobody outside."""
    completion_until: datetime | None
    """By when an office is to complete it, while it does."""


def asked(name: str, kind: Any) -> BindParameter[Any]:
    """What the list is asked about under a name."""
    return bindparam(name, type_=kind)


HIDDEN = asked("hidden", ARRAY(Uuid()))
PATTERN = asked("pattern", Text())


@cache
def _narrowed(by: str, *, hiding: bool) -> ColumnElement[bool]:
    """The condition behind each way to narrow the list; `hiding` where the applicants of some are not told."""
    told = Application.id != func.all(HIDDEN) if hiding else true()
    match by:
        case "call":
            return Application.call_id == asked("call", Uuid())
        case "state":
            return Application.state == asked("state", Text())
        case "county":
            return and_(told, Case.county_id == asked("county", Uuid()))
        case "theme":
            return Application.theme == asked("theme", Text())
        case "handler":
            return Application.handler_id == asked("handler", Uuid())
        case "nobody":
            return Application.handler_id.is_(None)
        case "after":
            return Application.id < asked("after", Uuid())
    units = func.array(select(Unit.id).where(Unit.name.ilike(PATTERN)).scalar_subquery())
    of_unit = Case.unit_id == func.any(units)
    found = or_(func.lower(SEARCHED).like(func.lower(PATTERN)), and_(told, of_unit))
    if hiding:
        found = or_(and_(told, found), Case.reference.ilike(PATTERN))
    if by == "few letters":
        return found
    # what the index knows narrows, what is said decides
    return and_(or_(pieces(SEARCHED).contains(pieces(asked("words", Text()))), of_unit), found)


@cache
def _list(reach: frozenset[str], narrowed: frozenset[str], *, hiding: bool) -> Select[Any]:
    """The statement for all who reach as far and narrow by the same things: which ones first, then what they say."""
    found = (
        select(Application.id)
        .join(Case, Case.id == Application.id)
        .where(visible(reach), *(_narrowed(by, hiding=hiding) for by in sorted(narrowed)))
        .order_by(Application.id.desc())
        .limit(asked("rows", Integer()))
        .subquery()
    )
    return (
        select(
            Application.id, Application.reference, Case.title, Application.language, Unit.name, County.c.name,
            Application.state, Application.amount_ore, Application.hours, Application.submitted_at,
            letter_released_at(Application.id), Handler.c.name, Application.completion_until,
        )
        .join(found, found.c.id == Application.id)
        .join(Case, Case.id == Application.id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Handler, Handler.c.id == Application.handler_id)
        .outerjoin(County, County.c.id == Case.county_id)
        .order_by(Application.id.desc())
    )  # fmt: skip


def _escaped(words: str) -> str:
    return "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


async def applications(
    uow: UnitOfWork, actor: Actor, *, call_id: UUID | None = None, state: str | None = None,
    county_id: UUID | None = None, theme: str | None = None, handler: UUID | Literal["nobody"] | None = None,
    words: str = "", after: UUID | None = None, size: int = PAGE_SIZE,
    hidden: frozenset[UUID] = frozenset(),
) -> Page[ApplicationRow]:  # fmt: skip
    """The applications that the actor may see, the newest first, narrowed by what is given.

    Of those whose applicant is `hidden` from them only the reference is told, and found.
    """
    inside = bool(actor.scheme_roles & INSIDE)
    words = words.strip()
    narrowing = {
        "call": call_id, "county": county_id, "theme": theme, "after": after,
        "state": state if inside else None,  # to others the scheme's own states are not told, not by a filter either
        "nobody" if handler == "nobody" else "handler": handler,
        "words" if len(words) >= PIECE else "few letters": words or None,
    }  # fmt: skip
    narrowing = {by: value for by, value in narrowing.items() if value is not None}
    values = {
        **seen_by(actor, uow.now),
        **narrowing,
        "hidden": list(hidden),
        "pattern": _escaped(words),
        "rows": size + 1,
    }
    rows = []
    statement = _list(reach_of(actor), frozenset(narrowing), hiding=bool(hidden))
    for *found, released, name, until in await uow.session.execute(statement, values):
        key = state_key(found[6], inside=inside, letter_released=released is not None)
        found[6] = key.rpartition(".")[2]
        if found[0] in hidden:
            found[2], found[4], found[5] = found[1], "", None
        due = until if found[6] == ApplicationState.RETURNED else None
        rows.append(ApplicationRow(*(*found, key, name if inside else None, due)))
    return page_of(rows, size)


@cache
def choices() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What case handlers choose among, for NOW, as columns: every county, and those who handle cases now, by name."""
    now_handling = select(SchemeRole.person_id).where(SchemeRole.role == Role.CASE_HANDLER, current(SchemeRole, NOW))
    return (
        listed(select(Unit.id).where(Unit.kind == "county"), {"id": Unit.id, "name": Unit.name}, Unit.name),
        listed(
            select(Person.id).where(Person.id.in_(now_handling)), {"id": Person.id, "name": Person.name}, Person.name
        ),
    )
