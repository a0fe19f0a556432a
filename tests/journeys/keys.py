"""Somebody at a browser who uses the keyboard and nothing else."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page

from tests.journeys.conftest import Visitor

MOST_STEPS = 60
STEPS = """place => {
  const fields = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
  const all = [...document.querySelectorAll(fields)].filter(
    each => each.tabIndex >= 0 && each.checkVisibility() && !(each.type === 'radio' && !each.checked))
  return Math.max(0, all.indexOf(place) - all.indexOf(document.activeElement) - 4)
}"""
"""How many fields there are at least between the one with the focus and the place."""


def named(words: str, of: str) -> re.Pattern[str]:
    """The name of a button that says what it is about in words that are not seen."""
    return re.compile(f"^{re.escape(words)} ?: {re.escape(of)}$")


class Keys:
    """Somebody who uses the keyboard and nothing else."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page: Page = visitor.page

    async def reach(self, place: Locator) -> None:
        """Go from field to field until the place has the focus."""
        for _ in range(await place.evaluate(STEPS)):
            await self.page.keyboard.press("Tab")
        for _ in range(MOST_STEPS):
            if await place.evaluate("place => place === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"not reached by the keyboard: {place}")

    async def write(self, label: str, text: str, *, within: Locator | None = None) -> None:
        """Type in the field of that label."""
        field = (within or self.page.locator("main")).get_by_label(label).first
        await self.reach(field)
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.type(text)

    async def tick(self, label: str, *, within: Locator | None = None) -> None:
        """Tick a box."""
        await self.reach((within or self.page.locator("main")).get_by_label(label).first)
        await self.page.keyboard.press("Space")

    async def choose(self, place: Locator, number: int) -> None:
        """Go down a list or a group so many times from its first."""
        await self.reach(place)
        for _ in range(number):
            await self.page.keyboard.press("ArrowDown")

    async def press(self, place: Locator) -> None:
        """Press a button or follow a link, and look the page through that comes."""
        await self.reach(place)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")
        await self.visitor.look()

    async def open(self, words: str) -> None:
        """Unfold what the words stand over."""
        await self.reach(self.page.locator("main summary", has_text=words).first)
        await self.page.keyboard.press("Enter")
