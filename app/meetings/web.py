"""The page of the clarification meeting, and its entry for a calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from sqlalchemy import select

from app.applications.models import Application
from app.cases.queries import load_case
from app.core.errors import NotFound
from app.identity.models import Person
from app.meetings import queries
from app.meetings.invitation import Guest, calendar_of
from app.meetings.models import Meeting
from app.meetings.service.times import invitation_of
from app.reviews.queries import OVERSEES, holds, require_reading
from app.web.places import place
from app.web.visit import Visit
from workflows.application import ApplicationState
from workflows.meeting import MOST_ITEMS, MOST_TIMES, Fit, Side, against_confirming, side_of, table_side_of
from workflows.roles import Permission, Role

place("application.meeting", "/applications/{case}/meeting")

TONES = {Fit.YES: "success", Fit.IF_NEEDED: "waiting", Fit.NO: "stopped"}


@get("/applications/{application_id:uuid}/meeting", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def meeting_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """The clarification meeting: which times suit, what is asked, what was said, and who has confirmed it."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.APPLICATION_SEE)
    await require_reading(visit.uow, visit.actor, case, roles)
    if visit.uow.veils:  # in the meeting one sees who applies
        raise NotFound
    meeting = await queries.meeting_of(visit.uow, application_id)
    state = await visit.uow.session.scalar(select(Application.state).where(Application.id == application_id))
    side, now = side_of(roles), visit.uow.now
    meets = state == ApplicationState.CLARIFICATION_MEETING
    inside = not roles.isdisjoint({*OVERSEES, Role.REVIEWER})
    planned = meeting is not None and meeting.held_at is not None
    times = await queries.times_of(visit.uow, application_id, visit.actor.person_id, all_names=inside)
    speaks = side is not None and meeting is not None and not list(
        against_confirming(meeting.held_at, meeting.minutes, now)
    )  # fmt: skip
    confirmed = meeting is not None and (meeting.by_office if side is Side.OFFICE else meeting.by_scheme)
    return visit.render(
        "meetings/meeting.html",
        case=case,
        meeting=meeting,
        held=planned and meeting is not None and meeting.held_at is not None and meeting.held_at <= now,
        times=times,
        agenda=await queries.agenda_of(visit.uow, application_id) if planned or inside else [],
        fits=list(Fit),
        tones=TONES,
        may_answer=meets and table_side_of(roles) is not None,
        writes=meets and holds(roles, Permission.APPLICATION_MEET),
        may_propose=len(times) < MOST_TIMES,
        may_add=MOST_ITEMS,
        inside=inside,
        confirms=speaks and meets and not confirmed,
        objects=speaks and meets and side is Side.OFFICE,
    )


@get("/applications/{application_id:uuid}/meeting.ics", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def meeting_calendar(visit: Visit, application_id: UUID) -> Response[bytes]:
    """The meeting to be read by a calendar; NotFound while no time is fixed."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.APPLICATION_SEE)
    await require_reading(visit.uow, visit.actor, case, roles)
    if visit.uow.veils:  # in the meeting one sees who applies
        raise NotFound
    row = (
        await visit.uow.session.execute(
            select(Meeting, Person.name, Person.email)
            .join(Person, Person.id == Meeting.organiser_id)
            .where(Meeting.case_id == application_id)
        )
    ).first()
    if row is None or row[0].held_at is None:
        raise NotFound
    meeting: Meeting = row[0]
    entry = await invitation_of(
        visit.uow, case, meeting, row[0].held_at, Guest(row.name, row.email), visit.texts.language
    )
    return Response(
        calendar_of(entry).encode(),
        media_type="text/calendar",
        headers={"content-disposition": f'attachment; filename="{case.reference}.ics"'},
    )


ROUTES = [meeting_page, meeting_calendar]
