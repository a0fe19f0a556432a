"""A report in Chromium: it saves itself, is handed in by keyboard at 320 px, comes back in part, and is approved."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.async_api import Browser, expect

from app.reports import service as reports
from app.reports.models import Report
from tests.conftest import MovingClock
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys
from tests.projects_under_way import Acts
from tests.reports.test_service import BY, HANDLER, STATUS, planned

WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"


async def test_a_report_is_written_handed_in_sent_back_in_part_and_approved(
    chromium: Browser, moving: Site, clock: MovingClock
) -> None:
    clock.at = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
    moving.database.clock = clock
    acts = Acts(moving.database, moving.world)
    case_id, first = await planned(acts)
    path = f"/reports/{first['interim']}"
    writer = await visitor(chromium, moving, BY, width=320, scheme="dark")
    await writer.go(f"/projects/{case_id}/report")
    assert await writer.page.evaluate(WIDTH)
    await writer.go(path)
    assert await writer.page.evaluate(WIDTH)
    await writer.page.locator('[name="done"]').fill("Intervjuer er gjort.")
    await expect(writer.page.locator("#form-status [data-autosave-status]")).to_contain_text("Lagret")
    async with acts.database.reading() as uow:
        kept = await uow.session.get_one(Report, first["interim"])
    assert kept.answers == {"done": "Intervjuer er gjort."}, "it saved itself"
    await acts(BY, reports.save, first["interim"], **STATUS, as_planned="yes")
    await writer.go(path)
    keys = Keys(writer)
    await keys.reach(writer.page.get_by_role("button", name="Lever rapporten"))
    async with writer.page.expect_navigation():
        await writer.page.keyboard.press("Enter")
    await writer.look()
    handler = await visitor(chromium, moving, HANDLER, width=320)
    await handler.go(path)
    assert await handler.page.evaluate(WIDTH)
    await handler.send("/return", part_deviations="Hva med tida?")
    await expect(handler.page.get_by_text("Sendt tilbake").first).to_be_visible()
    await writer.go(path)
    await expect(writer.page.get_by_text("Hva med tida?").last).to_be_visible()
    assert await writer.page.locator('[name="done"]').count() == 0, "what was not named stays locked"
    assert await writer.page.locator('[name="as_planned"]').count() == 2
    await writer.send("/submit")
    await handler.go(path)
    await handler.send("/approve")
    await expect(handler.page.get_by_text("Rapporten er godkjent.")).to_be_visible()
