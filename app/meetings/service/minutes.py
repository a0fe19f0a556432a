"""What was said in the meeting, and that both sides stand by it (G15)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.cases.queries import people_of_parties
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotYet, Stale, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.meetings.models import Meeting
from app.meetings.service.meeting import held_meeting, person_of, unconfirmed
from app.moves import Held, hold, note
from app.notices.service import tell
from workflows.meeting import FARTHEST, Side, against_confirming, side_of
from workflows.roles import Permission, Role


async def record_minutes(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, held_at: datetime, participants: str = "", minutes: str = ""
) -> Application:
    """Write when the meeting was and what was said; both sides confirm anew whatever they had confirmed."""
    held, meeting = await held_meeting(uow, actor, application_id, "record_minutes")
    if uow.now - held_at > FARTHEST:
        raise invalid("held_at", "form.not_a_moment")
    if held_at > uow.now:
        raise invalid("held_at", "meeting.minutes_before_meeting")
    refuse_identity_numbers(participants=participants, minutes=minutes)
    meeting.held_at, meeting.participants, meeting.minutes = held_at, participants, minutes
    meeting.written_by, meeting.written_at = person_of(actor), uow.now
    unconfirmed(meeting)
    changes = {"held_at": held_at, "participants": participants, "minutes": minutes}
    row = await note(uow, actor, APPLICATION, held, "record_minutes", changes=changes)
    if minutes:
        people = await people_of_parties(uow, held.case.id, Role.LEADER, Role.COORDINATOR)
        await tell(
            uow, people, "minutes_to_confirm", case_id=application_id, link=f"/applications/{application_id}/meeting",
            parameters={"reference": held.case.reference, "held_at": held_at},
        )  # fmt: skip
    return row


async def _read_minutes(
    uow: UnitOfWork, actor: Actor, application_id: UUID, verb: str, written_at: datetime | None
) -> tuple[Held[Application], Meeting, Side]:
    """The minutes that somebody speaks of, and for which side; Stale where newer ones stand than they have read."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SEE)
    side = side_of(held.roles)
    if side is None:
        raise NotAllowed
    meeting = await uow.session.get(Meeting, application_id, populate_existing=True)
    missing = list(
        against_confirming(meeting.held_at if meeting else None, meeting.minutes if meeting else "", uow.now)
    )
    if meeting is None or missing:
        raise NotYet(missing, subject="application", step=verb, case_id=application_id)
    if written_at is not None and written_at != meeting.written_at:
        raise Stale
    return held, meeting, side


async def confirm_minutes(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, written_at: datetime | None = None
) -> Application:
    """Confirm the minutes for one's own side; `written_at` says which minutes one has read, Stale where newer stand."""
    held, meeting, side = await _read_minutes(uow, actor, application_id, "confirm_minutes", written_at)
    if side is Side.OFFICE:
        meeting.confirmed_by_office, meeting.confirmed_by_office_at = person_of(actor), uow.now
        meeting.objection, meeting.objected_by, meeting.objected_at = "", None, None
    else:
        meeting.confirmed_by_scheme, meeting.confirmed_by_scheme_at = person_of(actor), uow.now
    return await note(uow, actor, APPLICATION, held, "confirm_minutes", changes={"side": side})


async def object_to_minutes(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, text: str, written_at: datetime | None = None
) -> Application:
    """Say, for the office, what in the minutes is not right; the case handler who wrote them is told."""
    held, meeting, side = await _read_minutes(uow, actor, application_id, "object_to_minutes", written_at)
    if side is not Side.OFFICE:
        raise NotAllowed  # the scheme's side writes the minutes, and mends them
    refuse_identity_numbers(text=text)
    meeting.objection, meeting.objected_by, meeting.objected_at = text, person_of(actor), uow.now
    meeting.confirmed_by_office = meeting.confirmed_by_office_at = None
    row = await note(uow, actor, APPLICATION, held, "object_to_minutes", changes={"objection": text})
    if meeting.written_by is not None:
        await tell(
            uow, [meeting.written_by], "minutes_objected", case_id=application_id,
            parameters={"reference": held.case.reference, "text": text}, link=f"/applications/{application_id}/meeting",
        )  # fmt: skip
    return row
