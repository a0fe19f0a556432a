"""The whole life of a project, from the call to the last follow-up, by its people at their browsers alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.async_api import Browser
from sqlalchemy import select

from app.benefits.models import Measurement
from app.demo.invented import story
from app.demo.play import Stage, pilot
from app.payments.models import Payment
from app.projects.models import Project
from tests.conftest import MovingClock
from tests.journeys.acting import ThroughPages
from tests.journeys.conftest import Site, Visitor

OFFICE = "grunerlokka"


async def open_first(person: Visitor, start: str) -> str:
    """Follow the first link whose address begins so; what the page says."""
    async with person.page.expect_navigation():
        await person.page.locator(f'main a[href^="{start}"]').first.click()
    await person.look()
    return await person.page.locator("main").inner_text()


async def test_from_the_call_to_the_last_follow_up(chromium: Browser, moving: Site, clock: MovingClock) -> None:
    act = ThroughPages(chromium, moving, clock, datetime(2019, 8, 19, 7, tzinfo=UTC))
    await pilot(act, Stage.ENDED)
    (project,) = await act.rows(select(Project))
    assert project.state == "ended"
    assert set(await act.rows(select(Payment.state))) == {"paid"}
    assert set(await act.rows(select(Measurement.state))) == {"confirmed"}
    await _the_office_reads_its_letter(act, project)
    await _management_opens_a_figure(act)
    await _others_see_what_they_may(act)


async def _the_office_reads_its_letter(act: ThroughPages, project: Project) -> None:
    leader = await act.at_a_browser(f"{OFFICE}.leader")
    await leader.go(f"/applications/{project.id}")
    letter = await open_first(leader, f"/applications/{project.id}/letter")
    assert "600 000" in re.sub(r"\s", " ", letter)
    link = await leader.page.locator('main a[href$=".pdf"]').first.get_attribute("href")
    answer = await leader.page.context.request.get(act.site.address + (link or ""))
    assert (answer.headers["content-type"], (await answer.body())[:5]) == ("application/pdf", b"%PDF-")


async def _management_opens_a_figure(act: ThroughPages) -> None:
    """Down from the portfolio to the single measurement that a figure rests on."""
    management = await act.at_a_browser("management")
    await management.go("/portfolio")
    told = story(OFFICE).benefits[0]
    async with management.page.expect_navigation():
        await management.page.locator("main").get_by_role("link", name=told.title).first.click()
    await management.look()
    said = await open_first(management, "/measurements/")
    assert told.measured[0].replace(".", ",") in said, said
    assert await management.page.locator("main form").count() == 0, "management reads, and changes nothing"


async def _others_see_what_they_may(act: ThroughPages) -> None:
    colleague = await act.at_a_browser("lillestrom.counsellor")
    await colleague.go("/knowledge")
    assert "Arbeidet vårt, erfaringer og læring" in await colleague.page.locator("main").inner_text()
    (project_id,) = await act.rows(select(Project.id))
    auditor = await act.at_a_browser("auditor")
    await auditor.go(f"/operation/events?case={project_id}")
    await auditor.go("/operation/events/check")
    administrator = await act.at_a_browser("administrator")
    await administrator.go("/operation")
