"""The clarification meeting through its services: a time that suits, questions beforehand, minutes both sides confirm."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from icalendar import Calendar, Event
from sqlalchemy import select

from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.meetings import service as meetings
from app.meetings.models import AgendaItem, Meeting, MeetingTime
from app.meetings.queries import TimeView, agenda_of, meeting_of, times_of
from app.notices.models import Mail, Notice
from app.reviews import service as reviews
from app.settings import Settings
from tests.applications_under_way import TEXT, Led
from tests.conftest import MovingClock
from tests.notices.jobs import do_all
from workflows.meeting import MOST_ITEMS, Fit

OFFICE = "lillestrom"


@pytest.fixture
async def case_id(led: Led, clock: MovingClock) -> UUID:
    """An application that waits for its meeting, with two reviews of which one asks something."""
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    found = await led.in_review(call_id, OFFICE)
    review_id = await led.assign(found, "reviewer_one")
    await led("reviewer_one", reviews.declare, review_id, impartial=True)
    for criterion_id in await led.criteria(found):
        await led("reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=4, reason=TEXT)
    asked = "- Hvem måler?\n- Har teamet tid?"
    await led("reviewer_one", reviews.write_summary, review_id, questions=asked)
    await led("reviewer_one", reviews.submit, review_id)
    await led.reviewed(found, "facilitator_two", 3)
    await led("case_handler", reviews.hold_meeting, found)
    return found


def in_days(led: Led, days: float) -> datetime:
    return (led.database.clock() + timedelta(days=days)).replace(microsecond=0)


async def times(led: Led, case_id: UUID, who: str, *, all_names: bool) -> list[TimeView]:
    async with led.database.reading() as uow:
        return await times_of(uow, case_id, led.world.people[who].id, all_names=all_names)


async def the_meeting(led: Led, case_id: UUID) -> Meeting:
    async with led.database.reading() as uow:
        return await uow.session.get_one(Meeting, case_id)


async def agenda(led: Led, case_id: UUID) -> list[AgendaItem]:
    async with led.database.reading() as uow:
        return await agenda_of(uow, case_id)


async def told(led: Led, who: str) -> list[str]:
    async with led.database.reading() as uow:
        found = select(Notice.code).where(Notice.person_id == led.world.people[who].id).order_by(Notice.id)
        return [code for code in await uow.session.scalars(found) if "meeting" in code or "minutes" in code]


async def test_both_sides_are_asked_and_what_suits_most_stands_first(led: Led, case_id: UUID) -> None:
    early, late = in_days(led, 2), in_days(led, 3)
    await led("case_handler", meetings.propose_times, case_id, first_at=early, second_at=late)
    for who in (f"{OFFICE}.leader", f"{OFFICE}.coordinator", f"{OFFICE}.counsellor", "reviewer_one", "facilitator_two"):
        assert "meeting_times_proposed" in await told(led, who)
    assert "meeting_times_proposed" not in await told(led, "case_handler")
    first, second = await times(led, case_id, f"{OFFICE}.leader", all_names=False)
    assert (first.starts_at, second.starts_at) == (early, late)
    await led(f"{OFFICE}.leader", meetings.answer_time, case_id, time_id=first.id, fit="no")
    assert "meeting_times_answered" not in await told(led, "case_handler")
    await led(f"{OFFICE}.leader", meetings.answer_time, case_id, time_id=second.id, fit="yes")
    assert (await told(led, "case_handler")).count("meeting_times_answered") == 1
    await led(f"{OFFICE}.leader", meetings.answer_time, case_id, time_id=second.id, fit="if_needed")
    assert (await told(led, "case_handler")).count("meeting_times_answered") == 1
    best, _ = await times(led, case_id, f"{OFFICE}.leader", all_names=False)
    assert best.starts_at == late and best.mine is Fit.IF_NEEDED


async def test_the_office_is_not_told_who_on_the_other_side_has_answered(led: Led, case_id: UUID) -> None:
    await led("case_handler", meetings.propose_times, case_id, first_at=in_days(led, 2))
    (time,) = await times(led, case_id, "reviewer_one", all_names=True)
    await led("reviewer_one", meetings.answer_time, case_id, time_id=time.id, fit="no")
    await led(f"{OFFICE}.coordinator", meetings.answer_time, case_id, time_id=time.id, fit="yes")
    reviewer = led.world.people["reviewer_one"].name
    (seen,) = await times(led, case_id, f"{OFFICE}.leader", all_names=False)
    assert seen.counted == {Fit.NO: 1} and reviewer not in dict(seen.named) and len(seen.named) == 1
    (inside,) = await times(led, case_id, "case_handler", all_names=True)
    assert dict(inside.named)[reviewer] is Fit.NO and inside.counted == {}


async def test_times_that_cannot_be_are_refused_beside_their_field(led: Led, case_id: UUID) -> None:
    day = in_days(led, 2)
    with pytest.raises(Invalid) as refused:
        await led(
            "case_handler", meetings.propose_times, case_id, first_at=day, second_at=day, third_at=in_days(led, -1)
        )
    assert {name: reason.code for name, reason in refused.value.fields.items()} == {
        "second_at": "meeting.time_twice", "third_at": "meeting.time_past",
    }  # fmt: skip
    assert await times(led, case_id, "case_handler", all_names=True) == []
    for start in range(0, 6, 3):
        await led(
            "case_handler", meetings.propose_times, case_id, first_at=in_days(led, start + 1),
            second_at=in_days(led, start + 2), third_at=in_days(led, start + 3),
        )  # fmt: skip
    with pytest.raises(Invalid):
        await led("case_handler", meetings.propose_times, case_id, first_at=in_days(led, 30))


async def test_a_time_withdrawn_takes_its_answers_and_another_cases_time_is_not_there(led: Led, case_id: UUID) -> None:
    await led("case_handler", meetings.propose_times, case_id, first_at=in_days(led, 2))
    (time,) = await times(led, case_id, "case_handler", all_names=True)
    await led(f"{OFFICE}.leader", meetings.answer_time, case_id, time_id=time.id, fit="yes")
    for who in ("klepp_time.leader", "reviewer_three"):
        with pytest.raises(NotFound):
            await led(who, meetings.answer_time, case_id, time_id=time.id, fit="yes")
    with pytest.raises(NotAllowed):
        await led(f"{OFFICE}.leader", meetings.withdraw_time, case_id, time_id=time.id)
    await led("case_handler", meetings.withdraw_time, case_id, time_id=time.id)
    with pytest.raises(NotFound):
        await led(f"{OFFICE}.leader", meetings.answer_time, case_id, time_id=time.id, fit="no")


async def test_a_time_that_passes_can_no_longer_be_answered(led: Led, case_id: UUID, clock: MovingClock) -> None:
    await led("case_handler", meetings.propose_times, case_id, first_at=in_days(led, 1))
    (time,) = await times(led, case_id, "case_handler", all_names=True)
    clock.moved += timedelta(days=2)
    assert await times(led, case_id, "case_handler", all_names=True) == []
    with pytest.raises(Invalid):
        await led(f"{OFFICE}.leader", meetings.answer_time, case_id, time_id=time.id, fit="yes")


async def entries(led: Led, settings: Settings, code: str) -> dict[str, Event]:
    """The calendar entries that went out in mails of one kind, by the address they went to."""
    await do_all(led.database, settings)
    async with led.database.reading() as uow:
        mails = list(await uow.session.scalars(select(Mail).where(Mail.calendar != "").order_by(Mail.created_at)))
    found = {}
    for mail in mails:
        file = Path(settings.var) / "mail" / f"{mail.id}.eml"
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        parts = {part.get_content_type(): part for part in message.walk()}
        calendar = Calendar.from_ical(parts["text/calendar"].get_content())
        assert parts["text/calendar"].get_param("method") == calendar["METHOD"]
        assert parts["application/ics"].get_filename() == "drivkraft.ics"
        if calendar["METHOD"] == code:
            (found[mail.to_address],) = calendar.walk("VEVENT")
    return found


async def test_everybody_is_invited_each_with_an_entry_that_names_nobody_else(
    led: Led, case_id: UUID, settings: Settings
) -> None:
    await led("case_handler", meetings.collect_questions, case_id)
    await led("case_handler", meetings.propose_times, case_id, first_at=in_days(led, 2))
    when = in_days(led, 4)
    await led("case_handler", meetings.plan_meeting, case_id, held_at=when, length_minutes=45, place="Rom 3, <Oslo>")
    assert await times(led, case_id, "case_handler", all_names=True) == []
    sent = await entries(led, settings, "REQUEST")
    people = led.world.people
    guests = {"case_handler", "reviewer_one", "facilitator_two"} | {
        f"{OFFICE}.{each}" for each in ("leader", "coordinator", "counsellor")
    }
    assert set(sent) == {people[each].email for each in guests}
    for address, event in sent.items():
        assert event["UID"] == f"meeting-{case_id}@drivkraft" and event["SEQUENCE"] == 1
        assert event["DTSTART"].dt == when and event["DTEND"].dt - when == timedelta(minutes=45)
        assert event["LOCATION"] == "Rom 3, <Oslo>" and "Hvem måler?" in event["DESCRIPTION"]
        others = {people[each].email for each in guests} - {address, people["case_handler"].email}
        assert address in event.to_ical().decode().replace("\r\n ", "")
        assert not any(other in event.to_ical().decode().replace("\r\n ", "") for other in others)


async def test_a_meeting_moved_or_called_off_leaves_the_calendars(led: Led, case_id: UUID, settings: Settings) -> None:
    await led("case_handler", meetings.plan_meeting, case_id, held_at=in_days(led, 4))
    await led("case_handler", meetings.plan_meeting, case_id, held_at=in_days(led, 5), place="Teams")
    assert (await told(led, f"{OFFICE}.leader"))[-2:] == ["meeting_planned", "meeting_moved"]
    await led("case_handler", meetings.call_off_meeting, case_id, why="Sykdom")
    gone = await entries(led, settings, "CANCEL")
    assert {event["STATUS"] for event in gone.values()} == {"CANCELLED"}
    assert {event["SEQUENCE"] for event in gone.values()} == {3}
    assert len(gone) == 6
    assert (await the_meeting(led, case_id)).held_at is None
    with pytest.raises(NotYet):
        await led("case_handler", meetings.call_off_meeting, case_id, why="Igjen")


async def test_the_agenda_is_made_of_the_reviewers_questions(led: Led, case_id: UUID) -> None:
    await led("case_handler", meetings.add_agenda_item, case_id, question="hvem måler")
    await led("case_handler", meetings.collect_questions, case_id)
    first, second = await agenda(led, case_id)
    assert (first.question, second.question, second.from_reviews) == ("hvem måler", "Har teamet tid?", True)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", meetings.collect_questions, case_id)
    assert [each.code for each in refused.value.reasons] == ["meeting.no_questions"]
    await led("case_handler", meetings.move_agenda_item, case_id, item_id=second.id, direction="up")
    await led("case_handler", meetings.move_agenda_item, case_id, item_id=second.id, direction="up")
    await led("case_handler", meetings.write_agenda_item, case_id, item_id=first.id, question="Hvem måler?")
    assert [each.question for each in await agenda(led, case_id)] == ["Har teamet tid?", "Hvem måler?"]
    await led("case_handler", meetings.remove_agenda_item, case_id, item_id=first.id)
    for number in range(MOST_ITEMS - 1):
        await led("case_handler", meetings.add_agenda_item, case_id, question=f"Spørsmål {number}")
    with pytest.raises(Invalid):
        await led("case_handler", meetings.add_agenda_item, case_id, question="Ett for mye")
    with pytest.raises(NotAllowed):
        await led(f"{OFFICE}.leader", meetings.add_agenda_item, case_id, question="Får vi svar?")


async def test_an_objection_reaches_the_writer_and_new_minutes_are_confirmed_anew(led: Led, case_id: UUID) -> None:
    await led("case_handler", meetings.collect_questions, case_id)
    held = {"held_at": in_days(led, -0.1), "participants": "Alle"}
    with pytest.raises(NotYet):
        await led(f"{OFFICE}.leader", meetings.confirm_minutes, case_id)
    await led("case_handler", meetings.record_minutes, case_id, minutes="Vi ble enige.", **held)
    read = (await the_meeting(led, case_id)).written_at
    await led("case_handler", meetings.confirm_minutes, case_id)
    with pytest.raises(NotAllowed):
        await led("case_handler", meetings.object_to_minutes, case_id, text="Nei")
    await led(f"{OFFICE}.leader", meetings.object_to_minutes, case_id, text="Vi ble ikke enige.", written_at=read)
    assert (await told(led, "case_handler"))[-1] == "minutes_objected"
    item, _ = await agenda(led, case_id)
    await led("case_handler", meetings.answer_agenda_item, case_id, item_id=item.id, answer="Teamet har fire timer.")
    meeting = await the_meeting(led, case_id)
    assert (meeting.confirmed_by_scheme, meeting.objection) == (None, "")
    with pytest.raises(Stale):
        await led(f"{OFFICE}.leader", meetings.confirm_minutes, case_id, written_at=read)
    await led(f"{OFFICE}.leader", meetings.confirm_minutes, case_id, written_at=meeting.written_at)
    async with led.database.reading() as uow:
        view = await meeting_of(uow, case_id)
    assert view is not None and view.by_office == led.world.people[f"{OFFICE}.leader"].name and view.by_scheme is None


async def test_minutes_are_of_a_meeting_that_has_been_and_a_meeting_with_minutes_is_not_moved(
    led: Led, case_id: UUID
) -> None:
    with pytest.raises(Invalid):
        await led("case_handler", meetings.record_minutes, case_id, held_at=in_days(led, 1), minutes="Før tiden.")
    await led("case_handler", meetings.record_minutes, case_id, held_at=in_days(led, -1), minutes="Ferdig.")
    with pytest.raises(Invalid) as refused:
        await led("case_handler", meetings.plan_meeting, case_id, held_at=in_days(led, 3))
    assert refused.value.fields["held_at"].code == "meeting.has_minutes"


async def test_nothing_is_arranged_before_the_meeting_is_called_for(led: Led, clock: MovingClock) -> None:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    other = await led.in_review(call_id, OFFICE)
    with pytest.raises(NotYet):
        await led("case_handler", meetings.plan_meeting, other, held_at=in_days(led, 3))
    async with led.database.reading() as uow:
        assert (await uow.session.scalars(select(MeetingTime))).all() == []
