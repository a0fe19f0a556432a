"""The resource group as pages show it: who can and has what, what is missing, and the projects without anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import JSON, ColumnElement, Select, cast, exists, func, or_, select

from app.cases.models import Case
from app.cases.queries import current, visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.listed import listed
from app.core.questions import Told
from app.facilitation.loads import BINDING, loads
from app.facilitation.models import (
    Facilitator,
    FacilitatorAssignment,
    FacilitatorCapacity,
    FacilitatorLeave,
    Method,
    MethodCompetence,
    MethodOwner,
)
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.identity.queries import people_with_role
from app.projects.models import Project
from app.texts.i18n import Texts
from workflows.capacity import Load, Month, half_of, next_half
from workflows.facilitation import CARRIES, METHODS, PLANNED_HALVES, AssignmentState, Gap, gaps, is_experienced
from workflows.roles import Role

MOST_CANDIDATES = 200
NOT_RUNNING = ("closed", "ended", "stopped")


class Known(msgspec.Struct, frozen=True):
    """A method somebody knows."""

    method: str
    level: str
    last_used_on: date | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in the register, with what they have to give and have bound."""

    id: UUID
    person_id: UUID
    name: str
    unit: str
    level: str
    """Where they work: directorate, county or office (S72)."""
    county_id: UUID | None
    field: str
    is_mentor: bool
    languages: tuple[str, ...]
    known: tuple[Known, ...]
    load: Load
    halves: dict[date, Month]
    this_half: date
    valid_to: date | None
    version: int

    @property
    def now(self) -> Month:
        """The present half-year."""
        return self.halves.get(self.this_half, Month(month=self.this_half))

    @property
    def left_hours(self) -> int:
        """Hours of the present half-year not bound to any project."""
        return self.now.left

    @property
    def projects(self) -> int:
        """How many projects they are asked for or follow."""
        return sum(each.binding for each in self.load.assigned)

    @property
    def is_experienced(self) -> bool:
        """Whether they lead or teach a method."""
        return is_experienced(each.level for each in self.known)


def _unit_of(person_id: Any, now: Any) -> Any:
    """The unit that somebody works in, the longest where they are several."""
    first = (
        select(UnitMembership.unit_id)
        .where(UnitMembership.person_id == person_id, current(UnitMembership, now))
        .order_by(UnitMembership.valid_from, UnitMembership.id)
        .limit(1)
    )
    return first.correlate(Facilitator).scalar_subquery()


async def register(uow: UnitOfWork, *, facilitator_id: UUID | None = None, former: bool = False) -> list[Entry]:
    """Everybody in the resource group, those with most hours left in this half-year first; three statements."""
    today = day_in_oslo(uow.now)
    known = listed(
        select(MethodCompetence.method).where(MethodCompetence.person_id == Facilitator.person_id),
        {
            "method": MethodCompetence.method,
            "level": MethodCompetence.level,
            "last_used_on": MethodCompetence.last_used_on,
        },
        MethodCompetence.method,
    )
    statement = (
        select(
            Facilitator, Person.name, Unit.name.label("unit"), Unit.kind, Unit.id, Unit.county_id, known.label("known")
        )
        .join(Person, Person.id == Facilitator.person_id)
        .outerjoin(Unit, Unit.id == _unit_of(Facilitator.person_id, uow.now))
        .order_by(Person.name)
    )
    if facilitator_id is not None:
        statement = statement.where(Facilitator.id == facilitator_id)
    elif not former:
        statement = statement.where(or_(Facilitator.valid_to.is_(None), Facilitator.valid_to >= today))
    rows = list(await uow.session.execute(statement))
    burdened = await loads(uow, [row[0].person_id for row in rows])
    entries = [_entry(row, burdened[row[0].person_id], half_of(today)) for row in rows]
    return sorted(entries, key=lambda entry: (-entry.left_hours, entry.name))


def _entry(row: Any, load: Load, this_half: date) -> Entry:
    facilitator, name, unit, kind, unit_id, county_id, known = row
    return Entry(
        id=facilitator.id, person_id=facilitator.person_id, name=name, unit=unit or "", level=kind or "",
        county_id=unit_id if kind == "county" else county_id, field=facilitator.field, is_mentor=facilitator.is_mentor,
        languages=tuple(facilitator.languages), known=tuple(msgspec.convert(known, list[Known], strict=False)), load=load,
        halves=load.halves(), this_half=this_half, valid_to=facilitator.valid_to,
        version=facilitator.version,
    )  # fmt: skip


async def entry_id_of(uow: UnitOfWork, person_id: UUID | None) -> UUID | None:
    """The id of somebody's entry in the register, if they have one."""
    found: UUID | None = await uow.session.scalar(select(Facilitator.id).where(Facilitator.person_id == person_id))
    return found


class MethodRow(msgspec.Struct, frozen=True, kw_only=True):
    """A method of the catalogue in the reader's language, with who answers for it."""

    key: str
    name: str
    added: bool
    retired: bool
    words: tuple[str, str, str]
    responsible_id: UUID | None
    responsible: str | None


async def methods(uow: UnitOfWork, texts: Texts) -> list[MethodRow]:
    """Every method, the five of the scheme first, those no longer offered last; two statements.

    Whoever has left the resource group answers for none any more.
    """
    today = day_in_oslo(uow.now)
    owners = {
        row.method: row
        for row in await uow.session.execute(
            select(MethodOwner.method, MethodOwner.person_id, Person.name)
            .join(Person, Person.id == MethodOwner.person_id)
            .join(Facilitator, Facilitator.person_id == MethodOwner.person_id)
            .where(or_(Facilitator.valid_to.is_(None), Facilitator.valid_to >= today))
        )
    }
    added = await uow.session.scalars(
        select(Method).order_by(Method.retired_at.is_not(None), Method.added_at, Method.key)
    )  # fmt: skip
    named = [(key, texts.t(f"method.{key}"), False, False, ("", "", "")) for key in METHODS]
    named += [
        (row.key, str(getattr(row, texts.language, row.nb)), True, row.retired_at is not None, (row.nb, row.nn, row.en))
        for row in added
    ]
    return [
        MethodRow(
            key=key, name=name, added=is_added, retired=retired, words=words,
            responsible_id=owners[key].person_id if key in owners else None,
            responsible=owners[key].name if key in owners else None,
        )
        for key, name, is_added, retired, words in named
    ]  # fmt: skip


@cache
def methods_added(language: str) -> Select[Any]:
    """Asks for the names of the methods that were added to the scheme's own, by their keys, as one value; built once."""
    names = func.json_object_agg(Method.key, getattr(Method, language, Method.nb))
    return select(cast(func.coalesce(names, cast({}, JSON)), Told(dict[str, str])))


def with_own(added: Mapping[str, str], texts: Texts) -> dict[str, str]:
    """The name of every method, by its key: those of the scheme itself, and those that were added."""
    return {**{key: texts.t(f"method.{key}") for key in METHODS}, **added}


async def method_names(uow: UnitOfWork, texts: Texts) -> dict[str, str]:
    """The name of every method in the reader's language, by its key; one statement."""
    return with_own((await uow.session.execute(methods_added(texts.language))).scalar_one(), texts)


def gaps_of(entries: list[Entry], catalogue: list[MethodRow], today: date) -> tuple[Gap, ...]:
    """What the resource group lacks, by what is shown of it."""
    halves = [next_half(half_of(today), place) for place in range(PLANNED_HALVES)]
    return gaps(
        [row.key for row in catalogue if not row.retired],
        {row.key for row in catalogue if row.responsible_id},
        {each.method for entry in entries for each in entry.known if each.level in CARRIES},
        {half: [entry.name for entry in entries if _says_nothing_of(entry, half)] for half in halves},
    )


def _says_nothing_of(entry: Entry, half: date) -> bool:
    return half not in entry.load.given.hours and (entry.valid_to is None or entry.valid_to >= half)


class CapacityRow(msgspec.Struct, frozen=True):
    """What is stated and proposed of one half-year."""

    half: date
    hours: int | None
    proposed_hours: int | None
    proposed_why: str


class Proposed(msgspec.Struct, frozen=True):
    """A capacity somebody has proposed, that waits for an answer."""

    facilitator_id: UUID
    name: str
    half: date
    hours: int | None
    proposed_hours: int
    why: str


async def proposed_capacities(uow: UnitOfWork) -> list[Proposed]:
    """The capacities that wait for somebody who assigns to agree."""
    rows = await uow.session.execute(
        select(
            Facilitator.id.label("facilitator_id"), Person.name, FacilitatorCapacity.half, FacilitatorCapacity.hours,
            FacilitatorCapacity.proposed_hours, FacilitatorCapacity.proposed_why.label("why"),
        )
        .join(Facilitator, Facilitator.person_id == FacilitatorCapacity.person_id)
        .join(Person, Person.id == Facilitator.person_id)
        .where(FacilitatorCapacity.proposed_hours.is_not(None))
        .order_by(FacilitatorCapacity.half, Person.name)
    )  # fmt: skip
    return [Proposed(**row._mapping) for row in rows]


async def capacities_of(uow: UnitOfWork, person_id: UUID) -> dict[date, CapacityRow]:
    """What is stated and proposed for somebody, by half-year."""
    rows = await uow.session.execute(
        select(
            FacilitatorCapacity.half, FacilitatorCapacity.hours, FacilitatorCapacity.proposed_hours,
            FacilitatorCapacity.proposed_why,
        ).where(FacilitatorCapacity.person_id == person_id)
    )  # fmt: skip
    return {row.half: CapacityRow(*row) for row in rows}


async def leaves_of(uow: UnitOfWork, person_id: UUID) -> list[FacilitatorLeave]:
    """Somebody's leave that is not over, in its order."""
    rows = await uow.session.scalars(
        select(FacilitatorLeave)
        .where(FacilitatorLeave.person_id == person_id, FacilitatorLeave.last_on >= half_of(day_in_oslo(uow.now)))
        .order_by(FacilitatorLeave.first_on, FacilitatorLeave.last_on)
    )
    return list(rows)


async def projects_without(uow: UnitOfWork, actor: Actor) -> list[Any]:
    """The running projects that no facilitator follows (S29)."""
    followed = exists().where(
        FacilitatorAssignment.case_id == Project.id, FacilitatorAssignment.state == AssignmentState.ACCEPTED
    )
    rows = await uow.session.execute(
        select(Case.id, Case.title, Case.language, Case.reference, Unit.name.label("unit"), Project.state)
        .join(Project, Project.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(visible_to(actor, uow.now), ~followed, Project.state.not_in(NOT_RUNNING))
        .order_by(Case.id)
        .limit(100)
    )
    return list(rows)


class Asked(msgspec.Struct, frozen=True):
    """An assignment somebody has been asked for and has not answered, or has taken on."""

    id: UUID
    case_id: UUID
    title: str
    language: str
    unit: str
    name: str
    hours: int
    state: str
    version: int


async def asked(uow: UnitOfWork, actor: Actor, *, person_id: UUID | None = None) -> list[Asked]:
    """The questions to facilitators that wait for an answer, or all of one person's that bind; in cases one may see."""
    statement = (
        select(
            FacilitatorAssignment.id, Case.id, Case.title, Case.language, Unit.name, Person.name,
            FacilitatorAssignment.hours, FacilitatorAssignment.state, FacilitatorAssignment.version,
        )
        .join(Case, Case.id == FacilitatorAssignment.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Person, Person.id == FacilitatorAssignment.person_id)
        .where(visible_to(actor, uow.now))
        .order_by(FacilitatorAssignment.assigned_at)
        .limit(100)
    )  # fmt: skip
    if person_id is None:
        statement = statement.where(FacilitatorAssignment.state == AssignmentState.PROPOSED)
    else:
        statement = statement.where(
            FacilitatorAssignment.person_id == person_id, FacilitatorAssignment.state.in_(BINDING)
        )
    return [Asked(*row) for row in await uow.session.execute(statement)]


async def candidates(uow: UnitOfWork, words: str = "") -> list[Any]:
    """Those who can be put into the register: everybody of the resource group, and whoever the words find by name.

    Mentors and specialists from outside the line have no role in the scheme, so they are looked for (S4, S79).
    """
    found: ColumnElement[bool] = Person.id.in_(await people_with_role(uow, Role.RESOURCE_GROUP))
    if words.strip():
        found = or_(found, Person.name.icontains(words.strip(), autoescape=True))
    rows = await uow.session.execute(
        select(Person.id, Person.name)
        .where(found, or_(Person.valid_to.is_(None), Person.valid_to > uow.now))
        .order_by(Person.name)
        .limit(MOST_CANDIDATES)
    )
    return list(rows)
