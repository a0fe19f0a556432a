"""The decision board in Chromium: dragged, by keyboard, by two at once, tried out, in batches, narrow, without a script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest_asyncio
from litestar import Litestar
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from app.board import batch, ranking
from app.board.jobs import JOBS
from app.decisions import service as decisions
from app.decisions.models import Decision
from app.facilitation import service as facilitation
from app.outbox import service as outbox
from app.outbox.models import OutboxRow
from tests.applications_under_way import Led
from tests.board.conftest import Walked
from tests.board.conftest import walked as walked
from tests.conftest import MovingClock, copy_of
from tests.journeys.conftest import Site, Visitor, served_here, visitor
from tests.journeys.keys import Keys
from tests.servers import Servers
from workflows.facilitation import METHODS

HANDLER, DECIDER = "case_handler", "decision_maker"
CHECKS = ("authority", "cover", "prudence")
NAMES = "[...document.querySelectorAll('#ranked tr[data-place]')].map(row => row.id.slice(4))"
FOCUS = "document.activeElement.id"
WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"


class Ranked(Site):
    """The call of tests/board, served: four applications of 400 000 kroner and 60 hours in a frame for two of them."""

    def __init__(self, site: Site, walked: Walked):
        super().__init__(site.address, site.database, site.world)
        self.call_id = walked.call_id
        self.cases = walked.cases
        self.path = f"/decisions?call={walked.call_id}"
        self.led = Led(site.database, site.world)


@pytest_asyncio.fixture(loop_scope="session")
async def ranked(
    servers: Servers, walked: Walked, served_application: Litestar, tmp_path: Path, clock: MovingClock
) -> AsyncIterator[Ranked]:
    """The call, an hour after its meetings."""
    clock.moved = timedelta(hours=1)
    async with served_here(served_application, await copy_of(servers, walked.name), tmp_path, clock) as site:
        site.database.clock = clock
        yield Ranked(site, walked)


async def order(page: Page) -> list[UUID]:
    """The applications in the order that the page shows."""
    return [UUID(each) for each in await page.evaluate(NAMES)]


async def above(page: Page) -> int:
    """How many stand above the line where the frame is used up."""
    rows: int = await page.evaluate(
        "[...document.querySelectorAll('#ranked tbody tr')].findIndex(row => row.classList.contains('frame-line'))"
    )
    return rows


async def prepared(site: Ranked, outcome: str, amount_ore: int | None, *offices: str) -> list[UUID]:
    """Recommendations that are written and not signed."""
    ids = []
    for office in offices:
        row = await site.led(HANDLER, decisions.prepare, case_id=site.cases[office])
        fields = {"outcome": outcome, "amount_ore": amount_ore, "hours": 60 if amount_ore else None}
        await site.led(HANDLER, decisions.write, row.id, **fields, reasons="Et reelt behov.")
        ids.append(UUID(str(row.id)))
    return ids


async def work(site: Ranked, kind: str, most: int = 100) -> int:
    """Do what waits for the worker, one after the other; answers how much it was."""
    async with site.database.reading() as uow:
        waiting = select(OutboxRow.id).where(OutboxRow.kind == kind, OutboxRow.done_at.is_(None))
        ids = list(await uow.session.scalars(waiting.order_by(OutboxRow.id).limit(most)))
    for each in ids:
        await outbox.run(site.database, JOBS, each)
    return len(ids)


async def drag(page: Page, row: UUID, over: UUID, *, after: bool = False) -> None:
    """Take a row by its handle and let it go over another one."""
    handle = page.locator(f"#row-{row} [data-drag]")
    await handle.scroll_into_view_if_needed()
    start, end = await handle.bounding_box(), await page.locator(f"#row-{over}").bounding_box()
    assert start is not None and end is not None
    await page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(end["x"] + 30, end["y"] + end["height"] * (0.8 if after else 0.2), steps=5)
    await page.mouse.up()


async def test_ranked_by_hand_and_by_keyboard_and_by_two_at_once(chromium: Browser, ranked: Ranked) -> None:
    for who in ("facilitator_one", "facilitator_three"):
        await ranked.led(HANDLER, facilitation.register, person_id=ranked.world.people[who].id, capacity_hours=60,
                         methods=METHODS)  # fmt: skip
    kari = await visitor(chromium, ranked, HANDLER)
    page, said, keys = kari.page, kari.page.locator("#board-said"), Keys(kari)
    await kari.go(ranked.path)
    first, second, third, fourth = await order(page)
    shares = page.locator("figure:has(figcaption:text('fylke')) svg")
    before = await shares.inner_html()
    assert await above(page) == 2

    await drag(page, fourth, first)
    await expect(said).to_contain_text("er nå på plass 1 av 4")
    assert await order(page) == [fourth, first, second, third]
    await expect(page.locator(f"#open-{fourth}")).to_be_focused()
    assert await shares.inner_html() != before, "the breadth is of those above the line"
    await kari.look()

    await page.locator(f"#down-{fourth}").focus()
    for place in (2, 3, 4):
        await page.keyboard.press("Enter")
        await expect(said).to_contain_text(f"er nå på plass {place} av 4")
        assert await page.evaluate(FOCUS) == f"down-{fourth}", "the focus stays where one works"
    assert await order(page) == [first, second, third, fourth]
    assert await said.get_attribute("role") == "status"

    await keys.reach(page.locator(f"#open-{second}"))
    await page.keyboard.press("Enter")
    opened = page.locator("tr.opened")
    await expect(opened.locator('input[name="place"]')).to_be_focused()
    await kari.look()
    await opened.locator('[name="outcome"]').select_option("awarded")
    await keys.reach(opened.locator('[name="amount_ore"]'))
    await page.keyboard.press("Control+a")
    await page.keyboard.type("100 000")
    await keys.reach(opened.locator('[name="hours"]'))
    await page.keyboard.press("Control+a")
    await page.keyboard.type("10")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert await above(page) == 3, "the frame has room for one more now"
    row = page.locator(f"#row-{second}")
    await expect(row).to_contain_text("100 000")
    await expect(page.locator("#facilitation")).to_contain_text("timer")

    siri = await visitor(chromium, ranked, "second_case_handler")
    await siri.go(ranked.path)
    await siri.page.locator(f"#up-{third}").press("Enter")
    await expect(siri.page.locator("#board-said")).to_contain_text("plass 2 av 4")
    await page.locator(f"#up-{fourth}").press("Enter")
    warning = page.locator("[data-focus][role=alert]")
    await expect(warning).to_contain_text("Flyttingen din er ikke gjort")
    await expect(warning).to_contain_text(ranked.world.people["second_case_handler"].name)
    await expect(warning).to_be_focused()
    assert await order(page) == [first, third, second, fourth], "nothing of the other's is lost"
    await page.locator(f"#up-{fourth}").press("Enter")
    await expect(said).to_contain_text("er nå på plass 3 av 4")
    assert await order(page) == [first, third, fourth, second]
    await kari.look()


async def test_a_scenario_is_tried_out_compared_and_adopted_on_a_narrow_screen(
    chromium: Browser, ranked: Ranked
) -> None:
    kari = await visitor(chromium, ranked, HANDLER, width=320, scheme="dark")
    page = kari.page

    async def looks(path: str = "") -> None:
        if path:
            await kari.go(path)
        assert await page.evaluate(WIDTH), f"{page.url} is wider than the screen"

    await looks(ranked.path)
    await kari.follow("Scenarier")
    await looks()
    await kari.send("/save_scenario", name="Bredde", why="Se hva som skjer når Oslo er med", begins="line")
    await looks()
    scenario = page.url
    last = (await order(page))[-1]
    await page.locator(f"#up-{last}").press("Enter")
    await expect(page.locator("#board-said")).to_contain_text("plass 3 av 4")
    await page.locator(f"#open-{last}").press("Enter")
    await looks()
    await kari.send("/weigh", outcome="provisionally_awarded", amount_ore="50 000", hours="10")
    await looks()
    await looks(f"/boards/{ranked.call_id}/scenarios")
    await expect(page.locator("main")).to_contain_text("Ulikt")
    await kari.go(scenario.removeprefix(ranked.address).partition("#")[0])
    await kari.press("Ta scenariet i bruk")
    await looks()
    assert "Foreløpig tildelt" in await page.locator(f"#row-{last}").inner_text()
    async with ranked.database.reading() as uow:
        states = await uow.session.scalars(select(Decision.state))
        assert set(states) == {"pending"}, "outcomes are prepared, and nothing is decided"


async def test_a_text_from_reviews_and_a_batch_by_two_and_the_waiting_list_moves_up(
    chromium: Browser, ranked: Ranked
) -> None:
    awards = await prepared(ranked, "awarded", 40_000_000, "lillestrom", "grunerlokka")
    await prepared(ranked, "waitlisted", None, "klepp_time")
    kari = await visitor(chromium, ranked, HANDLER)
    page = kari.page
    await kari.go(f"/decisions/{awards[0]}/recommendation")
    await kari.send("/draft_text")
    text = page.locator("#text textarea")
    assert len(await text.input_value()) > 100
    assert ranked.world.people["reviewer_one"].name not in await text.input_value()

    await _batch(kari, ranked, "Innstill flere samlet", 3)
    async with ranked.database.reading() as uow:
        assert set(await uow.session.scalars(select(Decision.state))) == {"recommended"}

    beate = await visitor(chromium, ranked, DECIDER)
    await _batch(beate, ranked, "Beslutt flere samlet", 3, checks=CHECKS)
    await beate.go(ranked.path)
    decided = beate.page.locator("#decided-heading + *")
    await expect(decided).to_contain_text("400 000")
    for each in await _decisions(ranked):
        await ranked.led(HANDLER, decisions.release, each)
    await ranked.led("lillestrom.leader", decisions.decline, ranked.cases["lillestrom"], why="Vi har mistet teamet")
    assert await work(ranked, "move_waitlist_up") == 1
    await kari.go(ranked.path)
    waiting = page.locator("#waitlist")
    await expect(waiting).to_contain_text("Plass ledig etter")
    await kari.look()


async def _decisions(ranked: Ranked) -> list[UUID]:
    async with ranked.database.reading() as uow:
        return list(await uow.session.scalars(select(Decision.id).where(Decision.state == "decided")))


async def _batch(person: Visitor, ranked: Ranked, words: str, count: int, checks: tuple[str, ...] = ()) -> None:
    """Choose all that is ready, by keyboard, and see how it goes on until the end."""
    page, keys = person.page, Keys(person)
    await person.go(ranked.path)
    await person.follow(words)
    boxes = page.locator('[name="decision_ids"]:checked')
    assert await boxes.count() == count
    await keys.reach(page.locator('[name="impartial"]'))
    await page.keyboard.press("Space")
    for check in checks:
        await keys.reach(page.locator(f'[name="checks"][value="{check}"]'))
        await page.keyboard.press("Space")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    bar = page.locator("#batch-bar")
    await expect(bar).to_have_attribute("value", "0")
    await person.look()
    assert await work(ranked, batch.JOB, 1) == 1
    await expect(bar).to_have_attribute("value", "1")
    await work(ranked, batch.JOB)
    await expect(bar).to_have_attribute("value", str(count))
    await expect(page.locator('#batch [role="status"]')).to_contain_text(re.compile(rf"\b{count}\b"))
    assert await page.locator("#batch").get_attribute("hx-get") is None, "it asks no more"
    await person.look()


async def test_without_a_script_everything_is_done_by_forms(chromium: Browser, ranked: Ranked) -> None:
    beate = await visitor(chromium, ranked, DECIDER, width=320, script=False)
    page = beate.page

    async def shown() -> list[UUID]:
        rows = await page.locator("#ranked tr[data-place]").all()
        return [UUID(str(await row.get_attribute("id")).removeprefix("row-")) for row in rows]

    await page.goto(ranked.address + ranked.path)
    first, second, third, fourth = await shown()
    async with page.expect_navigation():
        await page.locator(f"#up-{fourth}").click()
    assert await shown() == [first, second, fourth, third]
    assert page.url.endswith(f"#row-{fourth}")
    async with page.expect_navigation():
        await page.locator(f"#open-{fourth}").click()
    await page.locator('tr.opened input[name="place"]').fill("1")
    async with page.expect_navigation():
        await page.get_by_role("button", name="Flytt", exact=True).click()
    assert await shown() == [fourth, first, second, third]
    await ranked.led(HANDLER, ranking.move, ranked.call_id, up=third)
    async with page.expect_navigation():
        await page.locator(f"#up-{first}").click()
    assert "Flyttingen din er ikke gjort" in await page.locator("main").inner_text()
    async with page.expect_navigation():
        await page.locator(f"#up-{first}").click()
    assert await shown() == [first, fourth, third, second]
