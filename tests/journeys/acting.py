"""The people of the demo at browsers: whatever they do, they find its form on a page, fill it in and send it."""

from __future__ import annotations

import re
import typing
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from playwright.async_api import Browser, Locator
from sqlalchemy import select

from app import rooms
from app.commands import Command
from app.core.clock import OSLO
from app.demo.acting import STEP, Acting
from app.identity.service import SESSION_LASTS
from app.web.visit import path_of
from tests.conftest import MovingClock
from tests.journeys.conftest import ID, SENDS, UNFOLD, Site, Visitor, step_in, visitor

ASIDE = re.compile(r"^/calls/[^/]+/letters/.|\.(pdf|csv|xlsx|json|parquet|ics|svg|png)(\?|$)|[?&]month=|/template$")
"""The texts of a call's letters, three dozen pages of one kind; files; and a calendar's months without end."""
MOST_PAGES = 200
"""How many pages somebody leafs through for a form before they give up."""
UNSEEN = frozenset({"is_invented"})
"""What the demo's script says of its own figures; nobody at a page has that to say."""
READ = """text => {
  const page = new DOMParser().parseFromString(text, 'text/html')
  return {
    links: [...page.querySelectorAll('a[href]')].map(link => link.getAttribute('href').split('#')[0]),
    forms: [...page.querySelectorAll('main form')].map(form => ({
      action: form.getAttribute('action'),
      hidden: Object.fromEntries([...form.querySelectorAll('input[type=hidden]')].map(each => [each.name, each.value])),
      names: [...new Set([...form.querySelectorAll('input, select, textarea')].map(each => each.name))],
    })),
  }
}"""


class Form(NamedTuple):
    """A form as it stands on a page: its place among those of the page, its address, and its fields."""

    place: int
    action: str
    hidden: dict[str, str]
    names: list[str]

    def is_for(self, fields: dict[str, Any]) -> bool:
        """Whether what the form says of itself, such as which criterion it scores, is what is to be sent."""
        return all(self.hidden[name] == typed(name, fields[name]) for name in self.hidden if name in fields)


def typed(name: str, value: Any) -> str:
    """A value as somebody types it: kroner, not øre; a moment as a clock in Norway shows it."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return f"{value.astimezone(OSLO):%Y-%m-%dT%H:%M}"
        case Enum():
            return str(value.value)
        case int() if name.endswith("_ore"):
            return f"{value / 100:.2f}".removesuffix(".00").replace(".", ",")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def spread(name: str, value: Any) -> list[tuple[str, Any]]:
    """The fields of a form in which a value is typed: the row of a table has a field for each thing it says."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
        rows = enumerate(map(msgspec.structs.asdict, value))
        return [(f"{name}-{number}-{field}", said) for number, row in rows for field, said in row.items()]
    return [(name, value)]


class ThroughPages(Acting):
    """The demo's own script, carried out at browsers under a clock that moves; the clock's own acts happen by
    themselves."""

    def __init__(self, chromium: Browser, site: Site, clock: MovingClock, at: datetime):
        super().__init__(site.database, site.world, at)
        self.chromium = chromium
        self.site = site
        self.clock = clock
        self.visitors: dict[str, Visitor] = {}
        self.signed_in: dict[str, datetime] = {}
        self.found: dict[str, str] = {}
        self.last = ""
        self.commands: dict[Any, list[Command]] = {}
        for command in rooms.commands():
            self.commands.setdefault(command.run, []).append(command)

    async def __call__(self, who: str, verb: Any, *ids: Any, **fields: Any) -> Any:
        """Do one thing as one person, on the page where it is done."""
        self.clock.at = self.at + STEP
        if who == "system":
            return await super().__call__(who, verb, *ids, **fields)
        self.at += STEP
        browser = await self.at_a_browser(who)
        asked = [each for name, value in fields.items() for each in spread(name, value)]
        left = {name: value for name, value in asked if value not in (None, "", ()) and name not in UNSEEN}
        if self.last != who or not await self._is_here(browser, self.commands[verb], ids, left):
            await browser.go(await self._page_with_form(browser, self.commands[verb], ids, left))
        self.last = who
        await self._fill_in_and_send(browser, self.commands[verb], ids, left)
        return await self._row(verb, ids, fields)

    async def at_a_browser(self, who: str) -> Visitor:
        """Somebody at their browser, stepped in anew where their session may have run out."""
        since, now = self.signed_in.get(who), self.clock()
        if since is None or now - since > SESSION_LASTS / 2:
            if who in self.visitors:
                await step_in(self.visitors[who].page, self.site, who)
            else:
                self.visitors[who] = await visitor(self.chromium, self.site, who)
            self.signed_in[who] = now
        return self.visitors[who]

    @staticmethod
    def _addresses(commands: list[Command], ids: tuple[Any, ...]) -> set[str]:
        return {
            f"/{path_of(each.subject)}/{each.verb}" if each.on_collection
            else f"/{path_of(each.subject)}/{ids[0]}/{each.verb}"
            for each in commands
        }  # fmt: skip

    async def _is_here(
        self, browser: Visitor, commands: list[Command], ids: tuple[Any, ...], fields: dict[str, Any]
    ) -> bool:
        """Whether the form stands on the page that the person has come to."""
        wanted = self._addresses(commands, ids)
        _, forms = await self._links_and_forms(browser, await browser.page.content())
        return any(form.action in wanted and form.is_for(fields) for form in forms)

    async def _page_with_form(
        self, browser: Visitor, commands: list[Command], ids: tuple[Any, ...], fields: dict[str, Any]
    ) -> str:
        """The page on which the form stands: where it stood last time, or found by following links from the front."""
        wanted = self._addresses(commands, ids)
        kind = ID.sub("X", min(wanted))
        about = [str(value) for value in (*ids, *fields.values()) if isinstance(value, UUID)]
        known = [self.found.get(kind, "/"), *self.found.values()]
        waiting = [known[0], *(ID.sub(each, path, count=1) for path in known for each in about), *known, "/"]
        seen: set[str] = set()
        while waiting and len(seen) < MOST_PAGES:
            path = waiting.pop(0)
            if path in seen:
                continue
            seen.add(path)
            links, forms = await self._read(browser, path)
            if any(form.action in wanted and form.is_for(fields) for form in forms):
                self.found[kind] = path
                return path
            fresh = [link for link in links if link.startswith("/") and link not in seen and not ASIDE.search(link)]
            closer = [link for link in fresh if any(each in link for each in about)]
            waiting = [*closer, *waiting, *(link for link in fresh if link not in closer)]
        raise AssertionError(f"{sorted(wanted)} stands on none of {sorted(seen)}")

    async def _read(self, browser: Visitor, path: str) -> tuple[list[str], list[Form]]:
        """The links and forms of a page, read without going there."""
        answer = await browser.page.context.request.get(self.site.address + path)
        if answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
            return [], []
        return await self._links_and_forms(browser, await answer.text())

    @staticmethod
    async def _links_and_forms(browser: Visitor, text: str) -> tuple[list[str], list[Form]]:
        read = await browser.page.evaluate(READ, text)
        return read["links"], [Form(place, **form) for place, form in enumerate(read["forms"])]

    async def _fill_in_and_send(
        self, browser: Visitor, commands: list[Command], ids: tuple[Any, ...], left: dict[str, Any]
    ) -> None:
        """Send the form, or one after the other where what is to be said is spread over several."""
        wanted = self._addresses(commands, ids)
        sent = False
        while left or not sent:
            _, forms = await self._links_and_forms(browser, await browser.page.content())
            form = next(
                (each for each in forms if each.action in wanted and each.is_for(left) and
                 (not left or any(name in left for name in each.names))), None,
            )  # fmt: skip
            assert form is not None, f"{browser.page.url}: no form {sorted(wanted)} takes {left}"
            shown = browser.page.locator("main form").nth(form.place)
            await shown.evaluate(UNFOLD)
            for name in [name for name in left if name in form.names]:
                value = left.pop(name)
                if name not in form.hidden:
                    await self._fill(shown, name, value)
            async with browser.page.expect_navigation() as navigation:
                await shown.locator(SENDS).first.click()
            answer = await navigation.value
            said = await browser.page.locator("main").inner_text()
            assert answer is not None and answer.status == 200, f"{form.action}: {said}"
            await browser.look()
            sent = True

    @staticmethod
    async def _fill(form: Locator, name: str, value: Any) -> None:
        field = form.locator(f'[name="{name}"]')
        kind = await field.first.evaluate("field => field.tagName == 'SELECT' ? 'select' : field.type")
        if kind == "select":
            await field.select_option(typed(name, value))
        elif kind in ("radio", "checkbox"):
            for each in value if isinstance(value, tuple) else [value]:
                await form.locator(f'[name="{name}"][value="{typed(name, each)}"]').check()
        else:
            await field.fill(typed(name, value))

    async def _row(self, verb: Any, ids: tuple[Any, ...], fields: dict[str, Any]) -> Any:
        """The row that the service would have answered: the one acted on, or the newest of its kind."""
        kind = typing.get_type_hints(verb, include_extras=False).get("return")
        if not hasattr(kind, "id"):
            return None
        async with self.database.reading() as uow:
            for each in (*ids, fields.get("case_id")):
                if each is not None and (row := await uow.session.get(kind, each)) is not None:
                    return row
            return await uow.session.scalar(select(kind).order_by(kind.id.desc()).limit(1))
