"""Who is in the resource group, what they can and what they have to give; each their own, the case handlers everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, invalid
from app.facilitation.loads import BINDING
from app.facilitation.models import (
    Facilitator,
    FacilitatorAssignment,
    FacilitatorCapacity,
    FacilitatorLeave,
    MethodCompetence,
)
from app.facilitation.service.assignments import release_person
from app.facilitation.service.keeping import Entry, lock_person, open_entry, open_register, require_assigner
from app.facilitation.service.methods import known_methods
from app.identity.actor import Actor
from app.identity.models import Person
from app.moves import lock_case
from app.notices.service import tell
from workflows.capacity import Period, half_of, next_half
from workflows.engine import Reason
from workflows.facilitation import LANGUAGE_FORMS, MOST_HALVES, PLANNED_HALVES, Competence, against_leave


def _languages(typed: Sequence[str]) -> list[str]:
    if not typed:
        raise invalid("languages", "form.empty")
    if unknown := set(typed) - set(LANGUAGE_FORMS):
        raise invalid("languages", "form.not_a_choice", typed=", ".join(sorted(unknown)))
    return sorted(set(typed))


async def register(
    uow: UnitOfWork,
    actor: Actor,
    *,
    person_id: UUID,
    capacity_hours: int,
    methods: Sequence[str] = (),
    languages: Sequence[str] = (),
    field: str = "",
    is_mentor: bool = False,
    valid_from: date | None = None,
) -> Facilitator:
    """Put a person into the register, or back into it, with the hours they have to give in each half-year (S72).

    The hours hold for this half-year and the next ones that should be known (PLANNED_HALVES); the methods are those they
    lead. Without `valid_from` all the hours of this half-year are theirs to give.
    """
    require_assigner(actor)
    if unknown := set(methods) - set(await known_methods(uow)):
        raise invalid("methods", "form.not_a_choice", typed=", ".join(sorted(unknown)))
    person = await uow.session.get(Person, person_id)
    if person is None:
        raise invalid("person_id", "form.unknown")
    case = await open_register(uow)
    row = await lock_person(uow, person_id)
    today = day_in_oslo(uow.now)
    first = half_of(today)
    if row is None:
        row = Facilitator(person_id=person_id, valid_from=valid_from or first)
        uow.session.add(row)
    elif row.valid_to is not None and row.valid_to < today:
        row.valid_from = valid_from or today
    row.valid_to = None
    row.field, row.is_mentor = field.strip(), is_mentor
    row.languages = _languages(languages or ["nn" if person.language == "nn" else "nb"])
    await uow.session.flush()
    entry = Entry(case, row, person.name)
    for place in range(PLANNED_HALVES):
        await _write_hours(uow, person_id, next_half(first, place), capacity_hours)
    for method in methods:
        await _write_method(uow, person_id, method, Competence.LEADS, None)
    changes = {"hours": capacity_hours, "methods": sorted(methods), "field": row.field, "is_mentor": is_mentor}
    return await entry.note(uow, actor, "register", changes=changes)


async def write(
    uow: UnitOfWork,
    actor: Actor,
    facilitator_id: UUID,
    *,
    languages: Sequence[str],
    field: str,
    is_mentor: bool,
    version: int | None = None,
) -> Facilitator:
    """Change what is known of somebody: language forms, field outside the line (S4), mentor (S79)."""
    entry = await open_entry(uow, actor, facilitator_id, own=False, version=version)
    row = entry.row
    row.languages, row.field, row.is_mentor = _languages(languages), field.strip(), is_mentor
    changes = {"languages": row.languages, "field": row.field, "is_mentor": is_mentor}
    return await entry.note(uow, actor, "write", changes=changes)


async def _write_method(uow: UnitOfWork, person_id: UUID, method: str, level: str, last_used_on: date | None) -> None:
    row = await uow.session.get(MethodCompetence, (person_id, method))
    if row is None:
        row = MethodCompetence(person_id=person_id, method=method, level=level)
        uow.session.add(row)
    row.level, row.last_used_on = level, last_used_on
    await uow.session.flush()


async def set_method(
    uow: UnitOfWork, actor: Actor, facilitator_id: UUID, *, method: str, level: Competence | None = None,
    last_used_on: date | None = None,
) -> Facilitator:  # fmt: skip
    """Say how far somebody has come with a method and when they last used it; without a level it is theirs no more."""
    entry = await open_entry(uow, actor, facilitator_id, own=True)
    if method not in await known_methods(uow):
        raise invalid("method", "form.not_a_choice")
    if last_used_on is not None and last_used_on > day_in_oslo(uow.now):
        raise invalid("last_used_on", "facilitation.used_in_future")
    if level is None:
        gone = delete(MethodCompetence).where(
            MethodCompetence.person_id == entry.row.person_id, MethodCompetence.method == method
        )
        await uow.session.execute(gone)
    else:
        await _write_method(uow, entry.row.person_id, method, level, last_used_on)
    changes = {"method": method, "level": level, "last_used_on": last_used_on}
    return await entry.note(uow, actor, "set_method", changes=changes)


def _half(uow: UnitOfWork, half: date) -> date:
    """The half-year, where it is one that can be planned now."""
    this = half_of(day_in_oslo(uow.now))
    if half != half_of(half) or not this <= half <= next_half(this, MOST_HALVES - 1):
        raise invalid("half", "form.not_a_choice")
    return half


async def _capacity(uow: UnitOfWork, person_id: UUID, half: date) -> FacilitatorCapacity:
    row = await uow.session.get(FacilitatorCapacity, (person_id, half))
    if row is None:
        row = FacilitatorCapacity(person_id=person_id, half=half)
        uow.session.add(row)
    return row


async def _write_hours(uow: UnitOfWork, person_id: UUID, half: date, hours: int) -> None:
    row = await _capacity(uow, person_id, half)
    row.hours, row.proposed_hours, row.proposed_why = hours, None, ""
    await uow.session.flush()


async def set_capacity(
    uow: UnitOfWork, actor: Actor, facilitator_id: UUID, *, half: date, hours: int, why: str = ""
) -> Facilitator:
    """Set what somebody has to give in a half-year; whatever they had proposed for it is answered by that."""
    entry = await open_entry(uow, actor, facilitator_id, own=False)
    await _write_hours(uow, entry.row.person_id, _half(uow, half), hours)
    return await entry.note(uow, actor, "set_capacity", why=why, changes={"half": half, "hours": hours})


async def propose_capacity(
    uow: UnitOfWork, actor: Actor, facilitator_id: UUID, *, half: date, hours: int, why: str = ""
) -> Facilitator:
    """Propose what one has to give oneself in a half-year; it counts when somebody who assigns has agreed."""
    entry = await open_entry(uow, actor, facilitator_id, own=True)
    if entry.row.person_id != actor.person_id:
        raise NotAllowed
    row = await _capacity(uow, entry.row.person_id, _half(uow, half))
    row.proposed_hours, row.proposed_why = hours, why.strip()
    return await entry.note(uow, actor, "propose_capacity", why=why, changes={"half": half, "hours": hours})


async def agree_capacity(uow: UnitOfWork, actor: Actor, facilitator_id: UUID, *, half: date) -> Facilitator:
    """Agree to what somebody has proposed for a half-year; NotFound where nothing is proposed any more."""
    entry = await open_entry(uow, actor, facilitator_id, own=False)
    row = await uow.session.get(FacilitatorCapacity, (entry.row.person_id, half))
    if row is None or row.proposed_hours is None:
        raise NotFound
    hours = row.proposed_hours
    await _write_hours(uow, entry.row.person_id, half, hours)
    await tell(uow, [entry.row.person_id], "capacity_agreed", link=f"/facilitation/people/{entry.row.id}",
               parameters={"hours": hours, "half_on": half})  # fmt: skip
    return await entry.note(uow, actor, "agree_capacity", changes={"half": half, "hours": hours})


async def add_leave(
    uow: UnitOfWork, actor: Actor, facilitator_id: UUID, *, first_on: date, last_on: date
) -> FacilitatorLeave:
    """Enter days on which somebody is away; Invalid where they are known already."""
    entry = await open_entry(uow, actor, facilitator_id, own=True)
    rows = await uow.session.scalars(
        select(FacilitatorLeave).where(FacilitatorLeave.person_id == entry.row.person_id)
    )  # fmt: skip
    known = [Period(row.first_on, row.last_on) for row in rows]
    faults: dict[str, Reason] = dict(against_leave(Period(first_on, last_on), known))
    if faults:
        raise Invalid(faults)
    leave = FacilitatorLeave(person_id=entry.row.person_id, first_on=first_on, last_on=last_on)
    uow.session.add(leave)
    await entry.note(uow, actor, "add_leave", changes={"first_on": first_on, "last_on": last_on})
    return leave


async def remove_leave(uow: UnitOfWork, actor: Actor, facilitator_id: UUID, *, leave_id: UUID) -> Facilitator:
    """Take leave back that somebody will not have; NotFound for anybody else's."""
    entry = await open_entry(uow, actor, facilitator_id, own=True)
    leave = await uow.session.get(FacilitatorLeave, leave_id)
    if leave is None or leave.person_id != entry.row.person_id:
        raise NotFound
    await uow.session.delete(leave)
    changes = {"first_on": leave.first_on, "last_on": leave.last_on}
    return await entry.note(uow, actor, "remove_leave", changes=changes)


async def leave_register(
    uow: UnitOfWork, actor: Actor, facilitator_id: UUID, *, last_on: date, why: str
) -> Facilitator:
    """Somebody leaves the resource group: their assignments are released, and those who assign are told of each (S29)."""
    require_assigner(actor)
    person_id = await uow.session.scalar(select(Facilitator.person_id).where(Facilitator.id == facilitator_id))
    cases = await uow.session.scalars(
        select(FacilitatorAssignment.case_id)
        .where(FacilitatorAssignment.person_id == person_id, FacilitatorAssignment.state.in_(BINDING))
        .order_by(FacilitatorAssignment.case_id)
    )
    for case_id in list(cases):
        await lock_case(uow, case_id)
    entry = await open_entry(uow, actor, facilitator_id, own=False)
    if last_on < entry.row.valid_from:
        raise invalid("last_on", "form.before_start")
    entry.row.valid_to = last_on
    await release_person(uow, entry.row.person_id, entry.name, why)
    return await entry.note(uow, actor, "leave_register", why=why, changes={"last_on": last_on})
