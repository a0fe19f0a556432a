"""Finding a time that suits both sides, and inviting them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, invalid
from app.identity.actor import Actor
from app.meetings.guests import Invited, guests_of
from app.meetings.invitation import Guest, Invitation, calendar_of
from app.meetings.models import AgendaItem, Meeting, MeetingTime, MeetingTimeAnswer
from app.meetings.service.meeting import held_meeting, person_of
from app.moves import hold, note
from app.notices.service import tell
from app.reviews.queries import require_reading
from app.texts.i18n import texts_for
from workflows.engine import Reason
from workflows.meeting import Side, against_proposing, table_side_of
from workflows.roles import Permission


async def propose_times(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, first_at: datetime, second_at: datetime | None = None,
    third_at: datetime | None = None, length_minutes: int = 60,
) -> Application:  # fmt: skip
    """Propose up to three times, and ask both sides which of them suit; what is past already falls away."""
    held, _ = await held_meeting(uow, actor, application_id, "propose_times")
    await uow.session.execute(
        delete(MeetingTime).where(MeetingTime.case_id == application_id, MeetingTime.starts_at <= uow.now)
    )
    known = set(await uow.session.scalars(select(MeetingTime.starts_at).where(MeetingTime.case_id == application_id)))
    typed = {"first_at": first_at, "second_at": second_at, "third_at": third_at}
    starts = {name: moment for name, moment in typed.items() if moment is not None}
    faults: dict[str, Reason] = {}
    taken = set(known)
    for name, moment in starts.items():
        for reason in against_proposing([moment], taken, uow.now):
            faults.setdefault(name, reason)
        taken.add(moment)
    if faults:
        raise Invalid(faults)
    uow.session.add_all(
        MeetingTime(
            case_id=application_id, starts_at=moment, length_minutes=length_minutes, proposed_by=person_of(actor),
            proposed_at=uow.now,
        )
        for moment in starts.values()
    )  # fmt: skip
    row = await note(uow, actor, APPLICATION, held, "propose_times", changes={"times": sorted(starts.values())})
    guests = await guests_of(uow, held.case)
    await tell(
        uow, [each.person_id for each in guests if each.person_id != actor.person_id], "meeting_times_proposed",
        case_id=application_id, parameters={"reference": held.case.reference, "count": len(starts)},
        link=f"/applications/{application_id}/meeting",
    )  # fmt: skip
    return row


async def _time(uow: UnitOfWork, application_id: UUID, time_id: UUID) -> MeetingTime:
    row = await uow.session.get(MeetingTime, time_id, populate_existing=True)
    if row is None or row.case_id != application_id:
        raise NotFound
    return row


async def withdraw_time(uow: UnitOfWork, actor: Actor, application_id: UUID, *, time_id: UUID) -> Application:
    """Take a proposed time back."""
    held, _ = await held_meeting(uow, actor, application_id, "withdraw_time")
    row = await _time(uow, application_id, time_id)
    await uow.session.delete(row)
    return await note(uow, actor, APPLICATION, held, "withdraw_time", changes={"time": row.starts_at})


async def answer_time(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, time_id: UUID, fit: str
) -> MeetingTimeAnswer:
    """Say how a proposed time suits; whoever proposed is told once somebody has answered for every time.

    It is no event of the case: who can on a Tuesday is nothing that anybody will ask about afterwards.
    """
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SEE)
    await require_reading(uow, actor, held.case, held.roles)
    side = table_side_of(held.roles)
    if side is None:
        raise NotAllowed
    time = await _time(uow, application_id, time_id)
    if time.starts_at <= uow.now:
        raise invalid("fit", "meeting.time_past", starts_at=time.starts_at.isoformat())
    person_id = person_of(actor)
    row = await uow.session.get(MeetingTimeAnswer, (time_id, person_id), populate_existing=True)
    is_new = row is None
    if row is None:
        row = MeetingTimeAnswer(time_id=time_id, person_id=person_id)
        uow.session.add(row)
    row.side, row.fit, row.answered_at = side, fit, uow.now
    await uow.session.flush()
    if is_new and side is Side.OFFICE:
        await _tell_when_answered(uow, held.case, person_id, actor.name, time.proposed_by)
    return row


async def _tell_when_answered(uow: UnitOfWork, case: Case, person_id: UUID, name: str, to: UUID) -> None:
    times = select(MeetingTime.id).where(MeetingTime.case_id == case.id, MeetingTime.starts_at > uow.now)
    answered = select(func.count()).where(
        MeetingTimeAnswer.time_id.in_(times), MeetingTimeAnswer.person_id == person_id
    )
    counted = (
        await uow.session.execute(select(answered.scalar_subquery(), select(func.count()).select_from(times.subquery())
                                         .scalar_subquery()))
    ).one()  # fmt: skip
    if counted[0] == counted[1]:
        await tell(
            uow, [to], "meeting_times_answered", case_id=case.id, link=f"/applications/{case.id}/meeting", mail=False,
            parameters={"reference": case.reference, "name": name},
        )  # fmt: skip


async def plan_meeting(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, held_at: datetime, length_minutes: int = 60, place: str = "",
) -> Application:  # fmt: skip
    """Fix when and where the meeting is, or move it, and invite everybody with an entry for their calendar."""
    held, meeting = await held_meeting(uow, actor, application_id, "plan_meeting")
    for reason in against_proposing([held_at], (), uow.now):
        raise Invalid({"held_at": reason})
    if meeting.minutes:
        raise invalid("held_at", "meeting.has_minutes")
    code = "meeting_moved" if meeting.held_at else "meeting_planned"
    meeting.held_at, meeting.length_minutes, meeting.place = held_at, length_minutes, place
    meeting.organiser_id, meeting.sequence = person_of(actor), meeting.sequence + 1
    await uow.session.execute(delete(MeetingTime).where(MeetingTime.case_id == application_id))
    changes = {"held_at": held_at, "length_minutes": length_minutes, "place": place}
    row = await note(uow, actor, APPLICATION, held, "plan_meeting", changes=changes)
    await _invite(uow, held.case, meeting, code, held_at)
    return row


async def call_off_meeting(uow: UnitOfWork, actor: Actor, application_id: UUID, *, why: str) -> Application:
    """Call a planned meeting off, with the reason; it leaves everybody's calendar, and another time can be found."""
    held, meeting = await held_meeting(uow, actor, application_id, "call_off_meeting")
    planned = meeting.held_at
    if planned is None or planned <= uow.now:
        missing = next(iter(against_proposing([planned or uow.now], (), uow.now)))
        raise NotYet([missing], subject="application", step="call_off_meeting", case_id=application_id)
    meeting.organiser_id, meeting.sequence = person_of(actor), meeting.sequence + 1
    meeting.held_at = None
    row = await note(uow, actor, APPLICATION, held, "call_off_meeting", why=why, changes={"held_at": planned})
    await _invite(uow, held.case, meeting, "meeting_called_off", planned, why=why)
    return row


async def invitation_of(
    uow: UnitOfWork, case: Case, meeting: Meeting, starts_at: datetime, organiser: Guest, language: str
) -> Invitation:
    """A meeting as a calendar shows it, in a language; its agenda stands in the language it was written in."""
    items = await uow.session.scalars(
        select(AgendaItem.question).where(AgendaItem.case_id == case.id).order_by(AgendaItem.position, AgendaItem.id)
    )
    return Invitation(
        uid=f"meeting-{case.id}@drivkraft",
        sequence=meeting.sequence,
        starts_at=starts_at,
        length_minutes=meeting.length_minutes,
        summary=texts_for(language).t("meeting.summary", reference=case.reference, title=case.title),
        description="\n".join(f"{number}. {question}" for number, question in enumerate(items, start=1)),
        place=meeting.place,
        organiser=organiser,
        at=uow.now,
    )


async def _invite(uow: UnitOfWork, case: Case, meeting: Meeting, code: str, starts_at: datetime, why: str = "") -> None:
    """Tell everybody who sits in the meeting, each with an entry for their own calendar that names nobody else."""
    guests = await guests_of(uow, case, organiser_id=meeting.organiser_id)
    organiser = next(each.guest for each in guests if each.person_id == meeting.organiser_id)
    calendars = {}
    for each in guests:
        entry = await _entry(uow, case, meeting, starts_at, organiser, each)
        calendars[each.person_id] = calendar_of(entry, each.guest, called_off=code == "meeting_called_off")
    await tell(
        uow, list(calendars), code, case_id=case.id, link=f"/applications/{case.id}/meeting", calendars=calendars,
        parameters={"reference": case.reference, "held_at": starts_at, "place": meeting.place, "why": why},
    )  # fmt: skip


async def _entry(
    uow: UnitOfWork, case: Case, meeting: Meeting, starts_at: datetime, organiser: Guest, to: Invited
) -> Invitation:
    return await invitation_of(uow, case, meeting, starts_at, organiser, to.guest.language)
