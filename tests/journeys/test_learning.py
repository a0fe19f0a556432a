"""What people say of a gathering, in Chromium: asked, answered by keyboard and without scripts, and shown from five on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser, expect

from app.surveys import service as surveys
from tests.conftest import MovingClock
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys
from tests.projects_under_way import Acts
from tests.surveys.test_service import ANSWERS, CAME, gather, opened

WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"


async def test_a_survey_is_answered_by_keyboard_and_shown_when_it_has_closed(
    chromium: Browser, moving: Site, clock: MovingClock
) -> None:
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    moving.database.clock = clock
    acts = Acts(moving.database, moving.world)
    await gather(acts)
    survey = await opened(acts, clock)
    member = await visitor(chromium, moving, CAME[0], width=320, scheme="dark")
    await member.go("/surveys")
    await member.follow("Samling 1")
    assert await member.page.evaluate(WIDTH)
    await member.send("/answer", **{"answer-useful": "4", "answer-keep": "Mer tid"})
    assert await member.page.locator('main [aria-invalid="true"], main .choice-error').count()
    await expect(member.page.locator('[name="answer-keep"]')).to_have_value("Mer tid")
    keys = Keys(member)
    for name in ("own_voice", "material", "know_next"):
        await keys.reach(member.page.locator(f'[name="answer-{name}"]').first)
        await member.page.keyboard.press("Space")
    await keys.reach(member.page.get_by_role("button", name="Send svaret"))
    async with member.page.expect_navigation():
        await member.page.keyboard.press("Enter")
    await member.look()
    await expect(member.page.get_by_text("Takk, du har svart.")).to_be_visible()
    for key in CAME[1:5]:
        await acts(key, surveys.answer, survey.id, answers=ANSWERS)
    clock.moved = timedelta(days=16)
    handler = await visitor(chromium, moving, "case_handler", width=320)
    await handler.go("/surveys")
    await handler.follow("Samling 1")
    assert await handler.page.evaluate(WIDTH)
    await expect(handler.page.get_by_role("rowheader", name="Alle (5)").first).to_be_visible()
    await expect(handler.page.get_by_text("Mer tid")).to_be_visible()
