"""A clarification meeting in Chromium: its times, its questions and its minutes, by both sides."""

from __future__ import annotations

from datetime import datetime, timedelta

from playwright.async_api import Browser

from app.reviews import service as reviews
from tests.applications_under_way import Led
from tests.journeys.conftest import Site, visitor
from tests.journeys.test_reviewing import call_with

OFFICE = "klepp_time"


def clock(days: int) -> str:
    """A moment as a field of a page takes it."""
    return f"{datetime.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


async def test_a_meeting_is_arranged_prepared_and_minuted_by_both_sides(chromium: Browser, empty: Site) -> None:
    led = Led(empty.database, empty.world)
    application_id = await led.in_review(await call_with(empty), OFFICE)
    for who in ("reviewer_one", "facilitator_two"):
        await led.reviewed(application_id, who)
    await led("case_handler", reviews.hold_meeting, application_id)
    meeting = f"/applications/{application_id}/meeting"

    handler = await visitor(chromium, empty, "case_handler")
    await handler.go(meeting)
    await handler.send("/add_agenda_item", question="Hvem følger opp målingene?")
    await handler.send("/propose_times", first_at=clock(3), second_at=clock(4))
    leader = await visitor(chromium, empty, f"{OFFICE}.leader")
    await leader.go(meeting)
    await leader.send("/answer_time", nth=1)
    await handler.go(meeting)
    await handler.send("/plan_meeting", expects="Flytt møtet")
    await leader.go(meeting)
    assert "Hvem følger opp målingene?" in await leader.page.locator("#agenda").inner_text()
    await handler.send(
        "/record_minutes", held_at=clock(0), participants="Alle", minutes="Vi snakket om tid og forankring."
    )
    await handler.send("/answer_agenda_item", answer="Koordinatoren måler hver måned.")
    await leader.go(meeting)
    await leader.send("/confirm_minutes")
    await handler.go(meeting)
    await handler.send("/confirm_minutes")
