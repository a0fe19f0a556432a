"""Every page that a link leads to, as each kind of user: it answers, axe finds nothing, and it fits a narrow screen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser

from tests.journeys.conftest import ID, Site, visitor

ROLES = (
    "case_handler", "method_owner", "reviewer_one", "facilitator_one", "decision_maker", "certifier", "management",
    "administrator", "auditor", "hareid_ulstein_sande.coordinator", "grunerlokka.leader", "lillestrom.line_leader",
    "grunerlokka.counsellor", "county.rogaland",
)  # fmt: skip
FILES = (".pdf", ".csv", ".json", ".ics", ".xlsx", ".parquet", ".svg", ".png", "/template")
SEES_TO = {"case_handler": {"/letters", "/reconsiderations"}, "decision_maker": {"/letters", "/reconsiderations"}}
"""Pages that some must find from their front page."""
ALIKE = re.compile(r"(?<=^/help/)\w+|(?<=/templates/)\w+/\w+|(?<=/letters/)\w+/\w\w")
"""What else than an id stands in an address for one of many pages that the same template draws."""
OF_A_KIND = 1
"""How many pages of the same kind are looked at: those of different cases are drawn by the same template."""


@pytest.mark.parametrize("who", ROLES)
async def test_every_page_that_a_link_leads_to(chromium: Browser, demo: Site, who: str) -> None:
    person = await visitor(chromium, demo, who, scheme="dark" if ROLES.index(who) % 2 else "light")
    waiting = [person.page.url.removeprefix(demo.address)]
    seen: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0).split("#")[0]
        kind = ALIKE.sub("X", ID.sub("X", path.split("?")[0]))
        if not path.startswith("/") or path.startswith("/static") or kind.endswith(FILES):
            continue
        if seen.get(kind, 0) >= OF_A_KIND:
            continue
        seen[kind] = seen.get(kind, 0) + 1
        await person.go(path)
        await person.page.set_viewport_size({"width": 320, "height": 900})
        assert await person.page.evaluate("document.scrollingElement.scrollWidth") <= 320, path
        await person.page.set_viewport_size({"width": 1280, "height": 900})
        waiting += await person.page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        )
    assert len(seen) >= 8, seen
    assert SEES_TO.get(who, set()) <= seen.keys()
    await person.page.context.close()


async def test_pictures(chromium: Browser, demo: Site) -> None:
    """The pages that the README shows."""

    async def at(who: str, path: str, name: str) -> None:
        person = await visitor(chromium, demo, who)
        await person.go(path) if path else await person.look()
        await person.picture(name)
        await person.page.context.close()

    await at("management", "", "portfolio")
    await at("case_handler", "", "resource_group")
    office = await visitor(chromium, demo, "hareid_ulstein_sande.coordinator")
    await office.page.locator("main h2 a").first.click()
    await office.look()
    await office.picture("project")
    shut = office.page.locator("article.step-blocked", has=office.page.locator(".missing-list")).first
    await shut.scroll_into_view_if_needed()
    await office.picture("gate")
    await office.page.context.close()
    draft = await visitor(chromium, demo, "grunerlokka.coordinator")
    await draft.page.locator("main h2 a").first.click()
    await draft.look()
    await draft.picture("application")
    await draft.page.context.close()
    decider = await visitor(chromium, demo, "decision_maker")
    await decider.page.locator("main table a").nth(1).click()
    await decider.look()
    await decider.picture("board")
    await decider.page.context.close()
