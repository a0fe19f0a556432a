"""The page of the clarification meeting, to each side, in three languages, strictly parsed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from app.meetings import service as meetings
from app.meetings.queries import agenda_of, times_of
from app.reviews import service as reviews
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock

OFFICE = "lillestrom"


@pytest.fixture
async def case_id(led: Led, clock: MovingClock) -> UUID:
    """An application that waits for its meeting."""
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    found = await led.in_review(call_id, OFFICE)
    for who in ("reviewer_one", "facilitator_two"):
        await led.reviewed(found, who)
    await led("case_handler", reviews.hold_meeting, found)
    return found


async def test_a_time_is_found_and_the_meeting_stands_in_the_calendar(
    led: Led, browser: Browser, case_id: UUID
) -> None:
    page = f"/applications/{case_id}/meeting"
    await browser.as_person("case_handler")
    assert "ikke avtalt" in await browser.shown(page)
    assert (await browser.get(f"{page}.ics")).status_code == 404
    refused = await browser.post(
        f"/applications/{case_id}/propose_times", {"first_at": "2020-01-02T10:00", "length_minutes": "5"}, page=page
    )
    assert refused.status_code == 422
    assert 'value="2020-01-02T10:00"' in refused.text and "15" in refused.text
    start = (led.database.clock() + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
    sent = await browser.post(
        f"/applications/{case_id}/propose_times", {"first_at": start, "length_minutes": "45", "_next": page}, page=page
    )
    assert sent.status_code == 303
    await browser.as_person(f"{OFFICE}.leader")
    text = await browser.shown(page)
    assert "Om nødvendig" in text and "Ingen har svart" in text and "plan_meeting" not in text
    async with led.database.reading() as uow:
        (time,) = await times_of(uow, case_id, None, all_names=True)
    answered = {"time_id": str(time.id), "fit": "if_needed", "_next": page}
    assert (await browser.post(f"/applications/{case_id}/answer_time", answered, page=page)).status_code == 303
    assert led.world.people[f"{OFFICE}.leader"].name in await browser.shown(page)
    await browser.as_person("case_handler")
    planned = {"held_at": start, "length_minutes": "45", "place": "Rom <3>", "_next": page}
    assert (await browser.post(f"/applications/{case_id}/plan_meeting", planned, page=page)).status_code == 303
    assert "Rom &lt;3&gt;" in await browser.shown(page)
    await browser.as_person(f"{OFFICE}.leader")
    assert f"{page}.ics" in await browser.shown(page)
    answer = await browser.get(f"{page}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["LOCATION"] == "Rom <3>" and "ATTENDEE" not in event


async def test_the_office_sees_the_questions_when_it_is_invited(led: Led, browser: Browser, case_id: UUID) -> None:
    page = f"/applications/{case_id}/meeting"
    await led("case_handler", meetings.add_agenda_item, case_id, question="Hvem <måler>?")
    await browser.as_person(f"{OFFICE}.coordinator")
    assert "Hvem &lt;måler&gt;?" not in await browser.shown(page)
    await led("case_handler", meetings.plan_meeting, case_id, held_at=led.database.clock() + timedelta(days=1))
    assert "Hvem &lt;måler&gt;?" in await browser.shown(page)


async def test_minutes_are_objected_to_mended_and_confirmed(led: Led, browser: Browser, case_id: UUID) -> None:
    page = f"/applications/{case_id}/meeting"
    await led("case_handler", meetings.add_agenda_item, case_id, question="Hvem måler?")
    await led(
        "case_handler", meetings.record_minutes, case_id, held_at=led.database.clock() - timedelta(hours=1),
        minutes="Vi ble enige.",
    )  # fmt: skip
    await browser.as_person(f"{OFFICE}.leader")
    assert "Bekreft referatet" in await browser.shown(page)
    read = (await browser.get(page)).text.split('name="written_at" value="')[1].split('"')[0]
    objected = {"text": "Dette <stemmer> ikke.", "written_at": read, "_next": page}
    assert (await browser.post(f"/applications/{case_id}/object_to_minutes", objected, page=page)).status_code == 303
    await browser.as_person("case_handler")
    assert "Dette &lt;stemmer&gt; ikke." in await browser.shown(page)
    async with led.database.reading() as uow:
        (item,) = await agenda_of(uow, case_id)
    too_long = {"item_id": str(item.id), "answer": "å" * 4001}
    refused = await browser.post(f"/applications/{case_id}/answer_agenda_item", too_long, page=page)
    assert refused.status_code == 422 and "å" * 4001 in refused.text
    answered = {"item_id": str(item.id), "answer": "Teamet måler.", "_next": page}
    assert (await browser.post(f"/applications/{case_id}/answer_agenda_item", answered, page=page)).status_code == 303
    await browser.as_person(f"{OFFICE}.leader")
    stale = await browser.post(f"/applications/{case_id}/confirm_minutes", {"written_at": read}, page=page)
    assert stale.status_code == 409
    read = (await browser.get(page)).text.split('name="written_at" value="')[1].split('"')[0]
    agreed = {"written_at": read, "_next": page}
    assert (await browser.post(f"/applications/{case_id}/confirm_minutes", agreed, page=page)).status_code == 303
    assert "Teamet måler." in await browser.shown(page)


async def test_a_stranger_finds_no_meeting(led: Led, browser: Browser, case_id: UUID) -> None:
    await led("case_handler", meetings.plan_meeting, case_id, held_at=led.database.clock() + timedelta(days=1))
    await browser.as_person("klepp_time.leader")
    for address in ("meeting", "meeting.ics"):
        assert (await browser.get(f"/applications/{case_id}/{address}")).status_code == 404
