"""Management's questions to the portfolio, in Chromium: by keyboard in one cut, at 320 px in dark, and on paper."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys
from workflows.portfolio import Question

SHADES = "each => getComputedStyle(each).backgroundAttachment.split(', ')"
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


async def test_every_question_is_asked_in_one_cut_by_keyboard(chromium: Browser, moving: Site) -> None:
    person = await visitor(chromium, moving, "management", width=320, scheme="dark")
    keys, page = Keys(person), person.page
    await person.go("/portfolio")
    county = page.locator('main select[name="county"]')
    await keys.reach(county)
    await page.keyboard.type("Nav Oslo")
    await keys.reach(page.get_by_role("button", name="Vis", exact=True))
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await person.look()
    cut = await county.input_value()
    assert cut
    for question in Question:
        await keys.reach(page.locator(f'main nav a[href^="/portfolio/{question}?"]'))
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await person.look()
        assert page.url.endswith(f"/portfolio/{question}?county={cut}")
        assert await page.evaluate(FITS), question
        await expect(county).to_have_value(cut)
    await person.go("/portfolio")
    wide = page.locator('.table-scroll[role="group"][aria-label]').filter(has=page.locator("th:nth-child(5)")).first
    assert await wide.evaluate(SHADES) == ["local", "local", "scroll", "scroll"], (
        "the shade stays, what covers it moves"
    )
    await keys.reach(wide)
    await page.keyboard.press("ArrowRight")
    await expect(wide).not_to_have_js_property("scrollLeft", 0)
    await page.emulate_media(media="print")
    assert await wide.evaluate("each => getComputedStyle(each).backgroundImage") == "none"
    await expect(page.locator("main nav.tabs")).to_be_hidden()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.context.close()
