"""Noting who came, a person at a time: whoever notes one never touches another's row (S25)."""

from __future__ import annotations

from uuid import UUID

from app.audit.service import record
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotYet, invalid
from app.gatherings.models import Attendance, Gathering
from app.gatherings.people import parts_in, require_arranger
from app.gatherings.service.held import HeldGathering, hold_gathering, person_of
from app.gatherings.service.signing_up import facts_of, presence_of, project_for
from app.identity.actor import Actor
from app.identity.models import Person
from workflows.engine import Reason
from workflows.gathering import Outcome, Presence, against_attending, against_noting, outcome_of


async def held_for_noting(uow: UnitOfWork, actor: Actor, gathering_id: UUID, verb: str) -> HeldGathering:
    """A gathering that has begun, held by one of those who arrange it; NotYet before that, or where it was called off."""
    held = await hold_gathering(uow, gathering_id)
    await require_arranger(uow, actor, held.row.cohort_id)
    unmet = list(against_noting(held.row.starts_at, held.row.called_off_at is not None, uow.now))
    if unmet:
        raise NotYet(unmet, subject="gathering", step=verb, case_id=held.case.id)
    return held


def write_presence(uow: UnitOfWork, row: Attendance, presence: Presence, by: UUID) -> None:
    """Write what is noted of one person."""
    row.attended_at = uow.now if presence is Presence.CAME else None
    row.absent_at = uow.now if presence is Presence.ABSENT else None
    row.noted_by, row.noted_at = by, uow.now


async def note_presence(
    uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, person_id: UUID, presence: Presence,
    seen: Presence = Presence.UNKNOWN,
) -> Gathering:  # fmt: skip
    """Note whether one person came, who may have come without signing up; `seen` is what the writer saw noted before.

    What somebody else has noted meanwhile is never undone unseen: Invalid says what it is, and who wrote it.
    """
    held = await held_for_noting(uow, actor, gathering_id, "note_presence")
    person = await uow.session.get(Person, person_id)
    if person is None:
        raise invalid("person_id", "form.unknown")
    row = await uow.session.get(Attendance, (gathering_id, person_id), populate_existing=True)
    stands = presence_of(row)
    own = row is not None and row.noted_by == actor.person_id
    outcome = outcome_of(seen, stands, presence, own=own)
    if outcome is Outcome.CLASH:
        raise Invalid({"presence": await _noted_otherwise(uow, row, stands)})
    if outcome is Outcome.KEEP:
        return held.row
    if row is None:
        parts = await parts_in(uow, held.row.cohort_id, person_ids=[person_id])
        unmet = list(against_attending(facts_of(held.row, parts)))
        if unmet:
            raise Invalid({"presence": unmet[0]})
        row = Attendance(
            gathering_id=gathering_id, person_id=person_id, case_id=project_for(held.row, parts), registered_at=uow.now,
            signed_up_by=person_of(actor),
        )  # fmt: skip
        uow.session.add(row)
    write_presence(uow, row, presence, person_of(actor))
    changes = {"title": held.row.title, "person": person.name, "presence": [stands, presence]}
    await record(uow, actor, held.case, "gathering", gathering_id, "note_presence", changes=changes)
    return held.row


async def _noted_otherwise(uow: UnitOfWork, row: Attendance | None, stands: Presence) -> Reason:
    writer = await uow.session.get(Person, row.noted_by) if row is not None and row.noted_by else None
    at = row.noted_at.isoformat() if row is not None and row.noted_at else ""
    parameters = {
        "name": writer.name if writer else "–",
        "presence_key": f"gatherings.presence.{stands}",
        "noted_at": at,
    }
    return Reason(code="gathering.noted_otherwise", parameters=parameters)
