"""Arranging gatherings, modules and the conference, and writing down who takes part."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.audit.service import record
from app.calls.models import Call
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, invalid
from app.gatherings.models import Attendance, Gathering
from app.identity.actor import Actor
from app.identity.models import Person
from app.moves import hold, lock_case, note
from app.projects.facts import PROJECT
from workflows.roles import Permission


async def arrange(
    uow: UnitOfWork, actor: Actor, *, call_id: UUID, key: str, kind: str, title: str, held_on: date, place: str,
    audience: tuple[str, ...],
) -> Gathering:  # fmt: skip
    """Set up a gathering for the projects of a call; Invalid where it has that key already, or did not exist that day."""
    if not actor.may(Permission.ACTIVITY_ARRANGE):
        raise NotAllowed
    call = await uow.session.get(Call, call_id)
    if call is None:
        raise invalid("call_id", "form.unknown")
    case = await lock_case(uow, call_id)
    opens_on = day_in_oslo(call.opens_at) if call.opens_at else None
    if opens_on and held_on < opens_on:
        raise invalid("held_on", "activities.held_before_call", opens_on=opens_on.isoformat())
    taken = select(Gathering.id).where(Gathering.call_id == call_id, Gathering.key == key)
    if await uow.session.scalar(taken):
        raise invalid("key", "activities.gathering_key_taken", key=key)
    row = Gathering(
        call_id=call_id, key=key, kind=kind, title=title, held_on=held_on, place=place, audience=list(audience)
    )
    uow.session.add(row)
    await uow.session.flush()
    await record(uow, actor, case, "gathering", row.id, "arrange", changes={"key": key, "held_on": held_on})
    return row


async def register(uow: UnitOfWork, actor: Actor, case_id: UUID, *, gathering_id: UUID, person_id: UUID) -> Attendance:
    """Sign a person up for a gathering on behalf of a project; a second time changes nothing (S27)."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_ARRANGE)
    gathering = await uow.session.get(Gathering, gathering_id)
    if gathering is None or gathering.call_id != held.row.call_id:
        raise invalid("gathering_id", "form.unknown")
    if await uow.session.get(Person, person_id) is None:
        raise invalid("person_id", "form.unknown")
    row = await uow.session.get(Attendance, (gathering_id, person_id))
    if row is None:
        row = Attendance(gathering_id=gathering_id, person_id=person_id, case_id=case_id, registered_at=uow.now)
        uow.session.add(row)
        changes = {"gathering": gathering.key, "person_id": person_id}
        await note(uow, actor, PROJECT, held, "register", changes=changes)
    return row


async def attended(
    uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, case_id: UUID, person_ids: tuple[UUID, ...]
) -> Gathering:
    """Write down who of a project came; the resource group keeps the list."""
    gathering = await uow.session.get(Gathering, gathering_id)
    if gathering is None:
        raise NotFound
    held = await hold(uow, actor, PROJECT, case_id, Permission.ACTIVITY_ARRANGE)
    for person_id in person_ids:
        row = await uow.session.get(Attendance, (gathering_id, person_id))
        if row is None:
            row = Attendance(gathering_id=gathering_id, person_id=person_id, case_id=case_id, registered_at=uow.now)
            uow.session.add(row)
        row.attended_at = row.attended_at or uow.now
    changes = {"gathering": gathering.key, "people": list(person_ids)}
    await note(uow, actor, PROJECT, held, "attended", changes=changes)
    return gathering
