"""The support that facilitators give: hours planned and used by half-year, and the log of it, entry by entry."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Date, Integer, Select, Uuid, bindparam, cast, func, literal_column, select, tuple_

from app.cases.models import Case
from app.cases.queries import reach_of, seen_by, visible
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE
from app.facilitation.loads import loads
from app.facilitation.models import Facilitator, SupportContact
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from workflows.capacity import MINUTES, Month, half_of, next_half

HALVES = 4
"""So many half-years stand beside each other: the last two, this one and the next."""
WHO, FROM, UNTIL, AFTER_DAY, AFTER_ID = (
    bindparam("who", type_=Uuid()), bindparam("from_day", type_=Date()), bindparam("until_day", type_=Date()),
    bindparam("after_day", type_=Date()), bindparam("after_id", type_=Uuid()),
)  # fmt: skip


class HalfHours(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's half-year: what they have to give less leave, what is planned, and what was used, in hours."""

    given: int
    planned: int
    used: Decimal


class PersonHours(msgspec.Struct, frozen=True, kw_only=True):
    """A facilitator with the half-years shown, in their order."""

    person_id: UUID
    name: str
    halves: tuple[HalfHours, ...]


def halves_around(today: date) -> tuple[date, ...]:
    """The half-years shown, each by its first day."""
    this = half_of(today)
    return tuple(next_half(this, place) for place in range(-2, HALVES - 2))


async def hours_of_everybody(uow: UnitOfWork) -> list[PersonHours]:
    """Everybody in the register, or who has given support in one of the half-years shown, by name; four statements.

    Used is every entry of the log, also of those who have left the project; sums are made of minutes, in which it is kept.
    """
    shown = halves_around(day_in_oslo(uow.now))
    first = func.date_trunc("month", SupportContact.held_on)
    rows = await uow.session.execute(
        select(SupportContact.person_id, cast(first, Date), func.sum(SupportContact.minutes))
        .where(SupportContact.held_on >= shown[0], SupportContact.held_on < next_half(shown[-1]))
        .group_by(SupportContact.person_id, first)
    )
    used: dict[tuple[UUID, date], int] = {}
    for person_id, month, minutes in rows:
        used[person_id, half_of(month)] = used.get((person_id, half_of(month)), 0) + minutes
    registered = select(Facilitator.person_id)
    people = await uow.session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(registered) | Person.id.in_([person_id for person_id, _ in used]))
        .order_by(Person.name, Person.id)
    )
    named = [(person_id, name) for person_id, name in people]
    burdened = await loads(uow, [person_id for person_id, _ in named])
    found = []
    for person_id, name in named:
        halves = burdened[person_id].halves() if person_id in burdened else {}
        months = [halves.get(half, Month(month=half)) for half in shown]
        found.append(
            PersonHours(
                person_id=person_id, name=name,
                halves=tuple(
                    HalfHours(given=month.given - month.leave, planned=month.planned,
                              used=Decimal(used.get((person_id, half), 0)) / MINUTES)
                    for half, month in zip(shown, months, strict=True)
                ),
            )
        )  # fmt: skip
    return found


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log."""

    id: UUID
    case_id: UUID
    title: str
    language: str
    unit: str
    person_id: UUID
    name: str
    held_on: date
    minutes: int
    about: str

    @property
    def hours(self) -> Decimal:
        """How long it took."""
        return Decimal(self.minutes) / MINUTES


class LogPage(msgspec.Struct, frozen=True):
    """A page of the log, the newest first; `after` is the day and the entry to ask for the next with."""

    rows: list[Logged]
    after: tuple[date, UUID] | None


@cache
def _log(reach: frozenset[str], of_person: bool, of_half: bool, turned: bool) -> Select[Any]:
    statement: Any = (
        select(
            SupportContact.id, Case.id.label("case_id"), Case.title, Case.language, Unit.name.label("unit"),
            Person.id.label("person_id"), Person.name, SupportContact.held_on, SupportContact.minutes, SupportContact.about,
        )
        .join(Case, Case.id == SupportContact.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Person, Person.id == SupportContact.person_id)
        .where(visible(reach))
        .order_by(SupportContact.held_on.desc(), SupportContact.id.desc())
        .limit(literal_column(str(PAGE_SIZE + 1), Integer()))
    )  # fmt: skip
    if of_person:
        statement = statement.where(SupportContact.person_id == WHO)
    if of_half:
        statement = statement.where(SupportContact.held_on >= FROM, SupportContact.held_on < UNTIL)
    if turned:
        statement = statement.where(tuple_(SupportContact.held_on, SupportContact.id) < tuple_(AFTER_DAY, AFTER_ID))
    found: Select[Any] = statement
    return found


async def support_log(
    uow: UnitOfWork, actor: Actor, *, person_id: UUID | None = None, half: date | None = None,
    after: tuple[date, UUID] | None = None,
) -> LogPage:  # fmt: skip
    """The support given in the projects the actor may see, of all or of one person or half-year; one statement a page."""
    asked = {
        **seen_by(actor, uow.now),
        **({"who": person_id} if person_id else {}),
        **({"from_day": half, "until_day": next_half(half)} if half else {}),
        **({"after_day": after[0], "after_id": after[1]} if after else {}),
    }
    statement = _log(reach_of(actor), person_id is not None, half is not None, after is not None)
    rows = [Logged(**row._mapping) for row in await uow.session.execute(statement, asked)]
    if len(rows) <= PAGE_SIZE:
        return LogPage(rows, None)
    last = rows[PAGE_SIZE - 1]
    return LogPage(rows[:PAGE_SIZE], (last.held_on, last.id))
