"""The meeting that a verb is about, held for writing."""

from __future__ import annotations

from uuid import UUID

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotYet
from app.identity.actor import Actor
from app.meetings.models import Meeting
from app.moves import Held, hold
from workflows.application import ApplicationState
from workflows.engine import Reason
from workflows.roles import Permission


async def held_meeting(
    uow: UnitOfWork, actor: Actor, application_id: UUID, verb: str
) -> tuple[Held[Application], Meeting]:
    """An application that is in its clarification meeting, with the meeting; NotYet in any other state."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_MEET)
    if held.row.state != ApplicationState.CLARIFICATION_MEETING:
        wrong = Reason(code="application.wrong_state", parameters={"state": held.row.state, "move": verb})
        raise NotYet([wrong], subject="application", step=verb, case_id=application_id)
    meeting = await uow.session.get(Meeting, application_id, populate_existing=True)
    if meeting is None:
        meeting = Meeting(case_id=application_id, length_minutes=60, sequence=0, minutes="", participants="")
        uow.session.add(meeting)
        await uow.session.flush()
    return held, meeting


def unconfirmed(meeting: Meeting) -> None:
    """Take back whatever was said of the minutes: they are others now."""
    meeting.confirmed_by_office = meeting.confirmed_by_office_at = None
    meeting.confirmed_by_scheme = meeting.confirmed_by_scheme_at = None
    meeting.objection, meeting.objected_by, meeting.objected_at = "", None, None


def person_of(actor: Actor) -> UUID:
    """Who acts; NotAllowed for what is done by a person alone."""
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id
