"""Two offices find each other while they write, and join forces or decline."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from playwright.async_api import Browser, Error, Route, expect
from sqlalchemy import select

from app.applications import service as applications
from app.applications.models import Application
from app.joining import service as joining
from app.joining.models import JoinProposal
from tests.applications.drafts import write
from tests.calls_under_way import Acting, publish_call
from tests.journeys.conftest import Site, Visitor, visitor
from tests.journeys.test_ways_in import tab_until

OURS, THEIRS = "lillestrom", "hareid_ulstein_sande"
SUMMARY = "Ungdommar fell ut av vidaregåande skule, og vi vil prøve ut tettare oppfølging saman med andre."
STATEMENT = "Hvordan kan vi følge opp ungdommer som faller ut av videregående skole?"
NARROW = 320


class Office(Acting):
    """Acts for both offices at one moment of today."""

    def __init__(self, site: Site):
        super().__init__(site.database, site.world)
        self.now = datetime.now(UTC)

    async def drafts(self) -> tuple[UUID, UUID]:
        """Our draft and theirs, to the same call."""
        call_id = await publish_call(self, deadline=self.now + timedelta(days=30))
        return await write(self, call_id, OURS, at=self.now), await write(self, call_id, THEIRS, at=self.now)


async def fits(person: Visitor) -> None:
    """Nothing of the page reaches beyond the window."""
    wide = await person.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{person.page.url} is {wide} px wide"


async def test_two_offices_find_each_other_and_join_forces(chromium: Browser, empty: Site) -> None:
    ours, theirs = await Office(empty).drafts()
    seeker = await visitor(chromium, empty, f"{THEIRS}.coordinator")
    await seeker.go(f"/applications/{theirs}/partners")
    await seeker.send("/seek_partners", summary=SUMMARY, expects="Slutt å søkje partnarar")

    writer = await visitor(chromium, empty, f"{OURS}.coordinator")
    await writer.go(f"/applications/{ours}")
    await writer.page.locator("#answer-problem_statement").fill(STATEMENT)
    found = writer.page.locator("#similar-found")
    await expect(found).to_contain_text(SUMMARY)
    await writer.look()
    await writer.follow("Foreslå å gå sammen", within="#similar-found")
    await writer.send("/propose_joining", keep="ours", message="Skal vi søke sammen?", expects="Venter på svar")

    leader = await visitor(chromium, empty, f"{THEIRS}.leader", width=NARROW, scheme="dark")
    await leader.go(f"/applications/{theirs}/partners")
    await fits(leader)
    await tab_until(leader.page, "Sei ja")
    async with leader.page.expect_navigation():
        await leader.page.keyboard.press("Enter")
    await leader.look()
    await fits(leader)
    await leader.go(f"/applications/{theirs}")
    assert "Denne søknaden er slått saman med ein annan" in await leader.page.locator("main").inner_text()
    await leader.go(f"/applications/{ours}")
    await fits(leader)
    text = await leader.page.locator("main").inner_text()
    assert "Nav Lillestrøm + Nav Hareid-Ulstein-Sande" in text
    await leader.send("/endorse")
    async with empty.database.reading() as uow:
        rows = await uow.session.execute(select(Application.id, Application.state, Application.joined_into))
        states = {row.id: (row.state, row.joined_into) for row in rows}
    assert (states[ours], states[theirs]) == (("draft", None), ("joined", ours))
    for each in (seeker, writer, leader):
        await each.page.context.close()


async def test_what_was_typed_is_saved_before_a_link_is_followed(chromium: Browser, empty: Site) -> None:
    act = Office(empty)
    ours, theirs = await act.drafts()
    await act(f"{THEIRS}.coordinator", joining.seek_partners, theirs, summary=SUMMARY)
    writer = await visitor(chromium, empty, f"{OURS}.coordinator")
    await writer.go(f"/applications/{ours}")
    left, saved = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        """A server that saves only once another page has been asked for, or nobody has gone there for a while."""
        with suppress(TimeoutError):
            await asyncio.wait_for(left.wait(), 1.5)
        answer = await route.fetch()
        saved.set()
        with suppress(Error):
            await route.fulfill(response=answer)

    await writer.page.route("**/autosave/save_answers", slow)
    writer.page.on("framenavigated", lambda _: left.set())
    await writer.page.locator("#answer-problem_statement").fill(STATEMENT)
    await expect(writer.page.locator("#similar-found")).to_contain_text(SUMMARY)
    await writer.follow("Foreslå å gå sammen", within="#similar-found")
    await saved.wait()
    await writer.send("/propose_joining", keep="ours", message="Skal vi søke sammen?", expects="Venter på svar")
    await writer.page.context.close()


async def test_offices_find_each_other_and_answer_without_javascript(chromium: Browser, empty: Site) -> None:
    act = Office(empty)
    ours, theirs = await act.drafts()
    await act(f"{THEIRS}.coordinator", joining.seek_partners, theirs, summary=SUMMARY)
    await act(f"{OURS}.coordinator", applications.save_answers, ours, problem_statement=STATEMENT)
    writer = await visitor(chromium, empty, f"{OURS}.coordinator", width=NARROW, script=False)
    page = writer.page
    await page.goto(f"{empty.address}/applications/{ours}")
    await page.get_by_role("link", name="Se hvem som har en lignende utfordring").click()
    assert SUMMARY in await page.locator("main").inner_text()
    await page.get_by_role("link", name="Foreslå å gå sammen").click()
    form = page.locator('main form[action$="/propose_joining"]')
    async with page.expect_navigation() as refused:
        await form.locator("button").click()
    assert (await refused.value).status == 422
    await form.locator('[name="message"]').fill("Uten skript?")
    async with page.expect_navigation():
        await form.locator("button").click()
    leader = await visitor(chromium, empty, f"{THEIRS}.leader", script=False)
    await leader.page.goto(f"{empty.address}/applications/{theirs}/partners")
    await leader.page.get_by_label("Svar til kontoret").fill("Ikkje denne gongen.")
    async with leader.page.expect_navigation():
        await leader.page.get_by_role("button", name="Sei nei").click()
    async with empty.database.reading() as uow:
        row = (await uow.session.scalars(select(JoinProposal).where(JoinProposal.case_id == ours))).one()
    assert (row.state, row.answer) == ("declined", "Ikkje denne gongen.")
    for each in (writer, leader):
        await each.page.context.close()
