"""An office draws its benefit map: by the keyboard, by mouse, two at once, and through the tables without JavaScript."""

from __future__ import annotations

from uuid import UUID

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from app.benefits import map_queries
from app.benefits.service import add_node
from tests.calls_under_way import Acting
from tests.journeys.conftest import Site, Visitor, visitor
from tests.journeys.keys import named
from tests.projects_under_way import open_project

KNUT, LISE = "grunerlokka.coordinator", "grunerlokka.leader"
NARROW = 320
GOAL, LOCAL, MEASURE = "Bedre brukermøter", "Færre spør to ganger", "Felles telefontid"
PRACTISED = "Kortere møter"


@pytest_asyncio.fixture(loop_scope="session")
async def project(empty: Site) -> UUID:
    """A project whose map is empty."""
    return await open_project(empty.database, empty.world)


class WithoutScripts(Visitor):
    """Somebody whose browser runs no scripts: then axe, which is one, cannot look the page through either."""

    async def look(self) -> None:
        """Nothing asked of anybody else."""
        assert not self.outside


async def stored(site: Site, project: UUID) -> tuple[set[str], set[tuple[str, str, str]]]:
    """The map in words: its places, and what leads to what."""
    async with site.database.reading() as uow:
        nodes, edges = await map_queries.benefit_map(uow, project)
    labels = {node.id: node.label or node.goal for node in nodes}
    return set(labels.values()), {(labels[edge.from_id], edge.kind, labels[edge.to_id]) for edge in edges}


def node(page: Page, label: str) -> Locator:
    return page.locator(f'[data-map-node][data-label="{label}"]')


async def said(page: Page, words: str) -> None:
    """The words are said to whoever does not see the page."""
    await expect(page.locator("#map-said")).to_contain_text(words)


async def reach(page: Page, place: Locator, most: int = 90) -> None:
    """Tab to a place."""
    for _ in range(most):
        if await place.evaluate("place => place === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"not reached by the keyboard: {place}")


async def add_by_keyboard(page: Page, layer: str, label: str) -> None:
    """N, the layer by its first letters, the words, and Enter."""
    await page.keyboard.press("n")
    dialog = page.locator("dialog[open]")
    await expect(dialog).to_be_visible()
    await expect(dialog.locator('[name="label"]')).to_be_focused()
    await page.keyboard.type(label)
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.type(layer)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(node(page, label)).to_be_focused()


async def test_a_map_by_keyboard_alone(chromium: Browser, empty: Site, project: UUID) -> None:
    knut = await visitor(chromium, empty, KNUT)
    page = knut.page
    await knut.go(f"/projects/{project}/benefit-map")
    await reach(page, page.locator("#node-kind"))
    await page.keyboard.type("Overordnet")
    await reach(page, page.locator("#node-goal"))
    await page.keyboard.type("Bedre")
    await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await reach(page, node(page, GOAL))
    await add_by_keyboard(page, "Lokal", LOCAL)
    await add_by_keyboard(page, "Tiltak", MEASURE)
    await knut.look()
    await page.keyboard.press("k")
    await said(page, f"Kobler fra «{MEASURE}»")
    await page.keyboard.press("ArrowRight")
    await expect(node(page, LOCAL)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator('dialog[open] [name="kind"]')).to_be_focused()
    await knut.look()
    await page.keyboard.type("!")
    await reach(page, page.locator('dialog[open] [name="assumption"]'))
    await page.keyboard.type("Alle svarer likt")
    await reach(page, page.locator("dialog[open] form button"))
    await page.keyboard.press("Enter")
    await said(page, "Kartet er endret.")
    assert (await stored(empty, project))[1] == {(MEASURE, "requires", LOCAL)}
    # wrong way: told in the dialog, and nothing is lost
    await node(page, LOCAL).focus()
    await page.keyboard.press("k")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await reach(page, page.locator("dialog[open] form button"))
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog[open] .aksel-error-summary")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(node(page, MEASURE)).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(node(page, LOCAL)).to_be_focused()
    described = await node(page, LOCAL).get_attribute("aria-label")
    assert described == f"Lokal gevinst: {LOCAL}. Kommer fra: {MEASURE}. Fører ikke videre"
    await page.keyboard.press("Delete")
    await expect(node(page, LOCAL)).to_have_count(0)
    await page.keyboard.press("Control+z")
    await expect(node(page, LOCAL)).to_have_count(1)
    await said(page, "angret")
    assert await stored(empty, project) == (
        {"better_meetings", LOCAL, MEASURE}, {(MEASURE, "requires", LOCAL)}
    )  # fmt: skip
    # on the map for practice at the width of a telephone a benefit is made that is only practice
    await page.set_viewport_size({"width": NARROW, "height": 900})
    await knut.go(f"/projects/{project}/benefit-map?practice=true")
    assert await page.evaluate("document.documentElement.scrollWidth") == NARROW
    await reach(page, page.locator("#practice-title"))
    await page.keyboard.type(PRACTISED)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await knut.look()
    await expect(page.locator("#node-benefit_id option", has_text=PRACTISED)).to_have_count(1)
    await knut.go(f"/projects/{project}/benefits")
    await expect(page.get_by_role("main")).not_to_contain_text(PRACTISED)
    assert await stored(empty, project) == (
        {"better_meetings", LOCAL, MEASURE}, {(MEASURE, "requires", LOCAL)}
    ), "practice is no part of the map"  # fmt: skip


async def drag(page: Page, start: Locator, end: Locator, *, by: float = 0) -> None:
    """Take hold in the middle of one and let go in the middle of the other, or so far below it."""
    boxes = [await each.bounding_box() for each in (start, end)]
    (one, other) = (box for box in boxes if box is not None)
    await page.mouse.move(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(other["x"] + other["width"] / 2, other["y"] + other["height"] / 2 + by, steps=5)
    await page.mouse.up()


async def test_a_map_by_mouse_and_what_another_does_meanwhile(chromium: Browser, empty: Site, project: UUID) -> None:
    act = Acting(empty.database, empty.world)
    for kind, label in (("measure", MEASURE), ("measure", "Ny mal"), ("local_benefit", LOCAL)):
        await act(KNUT, add_node, case_id=project, kind=kind, label=label, at=empty.database.clock())
    knut = await visitor(chromium, empty, KNUT, scheme="dark")
    page = knut.page
    await knut.go(f"/projects/{project}/benefit-map")
    await drag(page, node(page, MEASURE).locator(".map-handle"), node(page, LOCAL).locator("rect"))
    dialog = page.locator("dialog[open]")
    await dialog.get_by_label("Antakelse").fill("Alle svarer likt")
    await dialog.get_by_role("button", name="Koble sammen").click()
    await expect(page.locator("[data-map-edge]")).to_have_count(1)
    assert (await stored(empty, project))[1] == {(MEASURE, "contributes", LOCAL)}
    await page.locator("[data-map-edge] text").click()
    await dialog.locator('[name="confidence"]').select_option("low")
    await dialog.get_by_role("button", name="Lagre", exact=True).click()
    await expect(page.locator("dialog[open]")).to_have_count(0)
    measures = page.locator('[data-map-node][data-layer="measure"]')
    first = await measures.first.get_attribute("data-label")
    await drag(page, measures.first.locator("rect"), measures.last.locator("rect"), by=30)
    await expect(measures.last).to_have_attribute("data-label", str(first))
    await said(page, "Rekkefølgen er endret.")
    # somebody else adds a place: it comes by itself, and is said
    await act(
        LISE, add_node, case_id=project, kind="changed_practice", label="Vi ringer først", at=empty.database.clock()
    )
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(node(page, "Vi ringer først")).to_have_count(1)
    await said(page, "Vi ringer først")
    await knut.look()
    await page.get_by_role("button", name="Angre").click()
    await expect(measures.first).to_have_attribute("data-label", str(first))


async def test_the_tables_do_the_same_without_javascript(chromium: Browser, empty: Site, project: UUID) -> None:
    page = (await visitor(chromium, empty, KNUT, width=NARROW, script=False)).page
    knut = WithoutScripts(page, empty)
    own = f"/projects/{project}/benefit-map"
    await knut.go(own)
    await knut.send("/benefit-nodes/add_node", kind="measure", label=MEASURE)
    await knut.send("/benefit-nodes/add_node", kind="local_benefit", label=LOCAL)
    await knut.send("/benefit-nodes/add_node", kind="local_benefit", label="Tryggere samtaler")
    await knut.send("/benefit-edges/connect", from_id=await chosen(page, MEASURE), to_id=await chosen(page, LOCAL))
    await knut.send("/benefit-maps/keep_version", name="Etter samling 2")
    await follow(page, "Endre", LOCAL)
    await knut.send("/rename", label="Færre spør igjen")
    assert page.url.endswith(own)
    await follow(page, "Endre", f"{MEASURE} – Færre spør igjen")
    await knut.send("/reconnect", kind="counteracts", confidence="high")
    order = page.locator("tr[id^=place-] th")
    before = await order.all_inner_texts()
    await page.get_by_role("button", name="Flytt ned").first.click()
    after = await order.all_inner_texts()
    assert before != after
    assert sorted(before) == sorted(after)
    await page.get_by_role("button", name=named("Ta bort", MEASURE)).click()
    await page.get_by_role("button", name="Angre").click()
    assert (await stored(empty, project))[1] == {(MEASURE, "counteracts", "Færre spør igjen")}
    await knut.follow("Sammenlign med kartet nå")
    text = await page.locator("main").inner_text()
    assert text.count("~ endret") >= 2
    tables, picture = page.locator(".map-tables"), page.locator(".map-picture")
    await knut.go(own)
    boxes = [await each.bounding_box() for each in (tables, picture)]
    assert boxes[0] is not None and boxes[1] is not None
    assert boxes[0]["y"] < boxes[1]["y"], "on a small screen the tables come first"
    await knut.go(f"{own}?practice=true")


async def follow(page: Page, words: str, of: str) -> None:
    """Follow the link of a row that says what it is about."""
    async with page.expect_navigation():
        await page.get_by_role("link", name=named(words, of)).click()


async def chosen(page: Page, label: str) -> str:
    """The value of the place in the list of places."""
    option = page.locator("#edge-from_id option", has_text=label).first
    return str(await option.get_attribute("value"))
