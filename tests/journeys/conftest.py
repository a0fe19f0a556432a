"""Drivkraft as people meet it: a web of its own, and Chromium, with everything a page must not do watched for."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, async_playwright

from app.core.clock import utc_now
from app.core.database import Database
from app.demo.cast import World
from app.effects import EFFECTS
from app.main import create_app
from app.settings import Settings
from tests.conftest import MovingClock, copy_of, for_sqlalchemy, world_in
from tests.faults.processes import SECRET, free_port
from tests.servers import Servers

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = ROOT / "docs" / "pictures"
TAKES_PICTURES = os.environ.get("DRIVKRAFT_PICTURES") == "1"
"""DRIVKRAFT_PICTURES=1 .venv/bin/python -m pytest tests/journeys writes the pictures of the README anew."""
AXE_PATH = "/axe"
"""Where the sites have axe, as a file that the browser keeps: half a megabyte to be handed over for each page, else."""
UNFOLD = "form => { for (let e = form; e; e = e.parentElement) if (e.tagName == 'DETAILS') e.open = true }"
SENDS = "button:not(.unseen):not([data-add-row]):not([data-remove-row])"
"""The button that sends a form; a row of a table has others."""
KIND = "location.pathname.replace(/[0-9a-f-]{36}/g, 'X')"
PARTS = """[...new Set([...document.querySelectorAll('body *')].map(each =>
  [each.parentElement.tagName, each.tagName, each.getAttribute('class'), each.role, each.type].join('.')
))]"""
LOOKED_THROUGH: dict[tuple[str, str, str], set[str]] = {}
"""What pages are made of, by their address, how wide they were and in which colours, where axe has found nothing."""
COLOURED: dict[tuple[str, str], set[int]] = {}
"""What axe has found enough contrast in, by how wide the page was and in which colours: see WAYS."""
WAYS = """(() => {
  const told = new Set(['class', 'style']), silent = new Set(['action', 'alt', 'aria-label', 'content', 'for', 'href',
    'name', 'placeholder', 'src', 'title', 'value'])
  const own = each => [each.tagName, each.matches(':disabled'), each.matches(':checked'), ...[...each.attributes].map(
    one => told.has(one.name) ? one.value : silent.has(one.name) || /\\d/.test(one.value) ? one.name
      : one.name + one.value)].join()
  const number = words => [...words].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7)
  const ways = window.waysToElements = new Map()
  const walk = (each, above) => {
    const way = (Math.imul(above, 65599) + number(own(each))) | 0
    ways.set(way, [...(ways.get(way) || []), each])
    for (const one of each.children) walk(one, way)
  }
  walk(document.documentElement, 7)
  return [...ways.keys()]
})()"""
"""How each element is come to from the root, past what a style sheet goes by: alike in that, alike in their colours."""
LOOK = """async fresh => {
  const marked = fresh.flatMap(way => window.waysToElements.get(way))
  for (const each of marked) each.setAttribute('data-fresh', '')
  const plain = new CSSStyleSheet()
  plain.replaceSync('.table-scroll { background: none !important }')
  document.adoptedStyleSheets = [plain]
  axe.configure({rules: [{id: 'color-contrast', selector: '[data-fresh]'}]})
  const found = await axe.run(document, {resultTypes: ['violations']})
  for (const each of marked) each.removeAttribute('data-fresh')
  document.adoptedStyleSheets = []
  return found.violations
}"""
"""What axe finds; contrast, which takes as long as the rest together, only where colours have not been seen before.

Axe passes over what stands on a gradient: the shade at the edges of what scrolls is taken away for as long."""
REFUSED = re.compile(r"(status of|Status Error Code) (409|422)")


class Site:
    """A web with a database of its own, and the browsers that are closed when it ends."""

    def __init__(self, address: str, database: Database, world: World):
        self.address = address
        self.database = database
        self.world = world
        self.contexts: list[BrowserContext] = []


class Visitor:
    """One person at a browser; every page they come to is looked through."""

    def __init__(self, page: Page, site: Site, scheme: str = "light"):
        self.page = page
        self.site = site
        self.scheme = scheme
        self.outside: list[str] = []
        self.complaints: list[str] = []
        page.on(
            "request",
            lambda request: None if request.url.startswith(site.address) else self.outside.append(request.url),
        )
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        """Keep what the browser complains of; a form that is refused as it should be is nothing to complain of."""
        if message.type == "error" and not REFUSED.search(message.text):
            self.complaints.append(message.text)

    async def go(self, path: str, expects: int = 200) -> Response:
        """Open an address and look the page through."""
        answer = await self.page.goto(self.site.address + path)
        assert answer is not None
        assert answer.status == expects, f"{path}: {answer.status}"
        await self.look()
        return answer

    async def press(self, name: str, *, within: str = "main", exact: bool = True, nth: int = 0) -> None:
        """Press a button, and look the page through that comes."""
        button = self.page.locator(within).get_by_role("button", name=name, exact=exact).nth(nth)
        async with self.page.expect_navigation():
            await button.click()
        await self.look()

    async def follow(self, name: str, *, within: str = "main", exact: bool = False) -> None:
        """Follow a link, and look the page through."""
        async with self.page.expect_navigation():
            await self.page.locator(within).get_by_role("link", name=name, exact=exact).first.click()
        await self.look()

    async def send(self, action: str, *, nth: int = 0, expects: str = "", **fields: str | Sequence[str]) -> None:
        """Fill in the form whose address ends so, by the names of its fields, send it, and look the page through.

        With `expects` that sentence must stand on the page that comes.
        """
        form = self.page.locator(f'main form[action$="{action}"]').nth(nth)
        await form.evaluate(UNFOLD)
        for name, value in fields.items():
            await self._fill(form, name, value)
        async with self.page.expect_navigation():
            await form.locator(SENDS).first.click()
        await self.look()
        if expects:
            assert expects in await self.page.locator("main").inner_text(), f"{self.page.url}: {expects}"

    async def _fill(self, form: Locator, name: str, value: str | Sequence[str]) -> None:
        field = form.locator(f'[name="{name}"]')
        kind = await field.first.evaluate("field => field.tagName == 'SELECT' ? 'select' : field.type")
        if kind == "select":
            await field.select_option(value)
        elif kind in ("radio", "checkbox"):
            for each in [value] if isinstance(value, str) else value:
                await form.locator(f'[name="{name}"][value="{each}"]').check()
        else:
            assert isinstance(value, str)
            await field.fill(value)

    async def look(self) -> None:
        """Nothing for axe to find, no complaint in the console, nothing asked of anybody else.

        A page with no part that was not on the same page before, as wide and of the same colours, is not looked through
        again, whoever came to it. Contrast is measured where an element has colours that were not on any page before.
        """
        assert not self.complaints, f"{self.page.url}: {self.complaints}"
        assert not self.outside, f"{self.page.url}: {self.outside}"
        width = str(self.page.viewport_size)
        kind, parts = await self.page.evaluate(f"[{KIND}, {PARTS}]")
        known = LOOKED_THROUGH.setdefault((kind, width, self.scheme), set())
        if known.issuperset(parts):
            return
        coloured = COLOURED.setdefault((width, self.scheme), set())
        ways = await self.page.evaluate(WAYS)
        await self.page.add_script_tag(url=f"{self.site.address}{AXE_PATH}/axe.min.js")
        found: Sequence[Any] = await self.page.evaluate(LOOK, [way for way in ways if way not in coloured])
        assert not found, f"{self.page.url}: " + "; ".join(
            f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found
        )
        known.update(parts)
        coloured.update(ways)

    async def picture(self, name: str) -> None:
        """Keep what is on the screen for the README, where that is asked for."""
        if TAKES_PICTURES:
            await self.page.screenshot(path=PICTURES / f"{name}.png")


def chromium_path() -> str:
    """Where Chromium is: CHROMIUM_PATH, or on the machine."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, names)), None)
    assert path, "Chromium is needed: install it, or set CHROMIUM_PATH to where it is"
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def served_application(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """The application that this worker serves, put together once; each site brings its database and folder."""
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(database_url=servers.postgres, redis_url=servers.redis, var=folder, demo=True, secret=SECRET)
    application = create_app(settings)
    application.register(
        create_static_files_router(
            AXE_PATH, directories=[AXE], opt={"public": True}, include_in_schema=False,
            cache_control=CacheControlHeader(max_age=86_400, immutable=True),
        )
    )  # fmt: skip
    return application


@asynccontextmanager
async def served_here(
    application: Litestar, url: str, folder: Path, clock: MovingClock | None = None
) -> AsyncIterator[Site]:
    """A web in this process on the database at an address, for one site at a time; under a clock, where a test has one.

    To start a process for it takes ten seconds of processor time; tests/operation and tests/faults do.
    """
    assert "site" not in application.state, "the application serves one site at a time"
    database = Database(for_sqlalchemy(url), effects=EFFECTS, pool_size=5)
    own: dict[str, Any] = {
        "database": Database(for_sqlalchemy(url), effects=EFFECTS, clock=clock or utc_now, pool_size=5),
        "settings": msgspec.structs.replace(application.state.settings, database_url=url, var=folder),
    }
    before = {key: application.state[key] for key in own}
    port = free_port()
    site = Site(f"http://127.0.0.1:{port}", database, await world_in(database))
    application.state.update({**own, "site": site})
    server = Server(application, port=port, interface=Interfaces.ASGI, log_level=LogLevels.warning)
    serving = asyncio.create_task(server.serve())
    try:
        yield site
    finally:
        for context in site.contexts:
            await context.close()
        server.stop()
        await serving
        await database.close()
        await own["database"].close()
        application.state.update(before)
        del application.state["site"]
        application.state.pop("files", None)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(
    servers: Servers, played_template: str, served_application: Litestar, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """The whole demo, served."""
    url = await copy_of(servers, played_template)
    async with served_here(served_application, url, tmp_path_factory.mktemp("demo")) as site:
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty(
    servers: Servers, template: str, served_application: Litestar, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """A scheme in which nothing has happened yet, served."""
    url = await copy_of(servers, template)
    async with served_here(served_application, url, tmp_path_factory.mktemp("empty")) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def moving(
    servers: Servers, template: str, served_application: Litestar, tmp_path: Path, clock: MovingClock
) -> AsyncIterator[Site]:
    """A scheme in which nothing has happened yet, served under a clock that the test moves."""
    async with served_here(served_application, await copy_of(servers, template), tmp_path, clock) as site:
        yield site


async def visitor(
    chromium: Browser, site: Site, who: str, *, width: int = 1280, scheme: str = "light", script: bool = True
) -> Visitor:
    """Somebody of the demo, stepped in through its page; `who` is their key in the cast."""
    context = await chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True,  # type: ignore[arg-type]
        locale="nb-NO", java_script_enabled=script,
    )  # fmt: skip
    site.contexts.append(context)
    page = await context.new_page()
    page.set_default_timeout(30_000)
    await step_in(page, site, who)
    return Visitor(page, site, scheme)


async def step_in(page: Page, site: Site, who: str) -> None:
    """Begin a session as somebody of the demo, through its page."""
    await page.goto(site.address + "/demo")
    name = site.world.people[who].name
    async with page.expect_navigation():
        await page.get_by_role("button", name=name, exact=True).click()


ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
