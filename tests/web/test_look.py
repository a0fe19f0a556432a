"""The page of examples in a real browser: nothing for axe to find, nothing from elsewhere, nothing beside the sheet."""

from __future__ import annotations

import mimetypes
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from app.web.forms import EMPTY
from app.web.middleware import SECURITY_HEADERS
from app.web.templates import STATIC
from tests.web import samples

Draw = Callable[..., str]
ORIGIN = "http://localhost"
AXE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, from CHROMIUM_PATH or the machine."""
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is needed: install it, or set CHROMIUM_PATH to where it is"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Seen:
    """What a page asked for and complained about."""

    def __init__(self) -> None:
        self.outside: list[str] = []
        self.complaints: list[str] = []


def opened(browser: Browser, html: str, *, width: int, check: bool) -> tuple[Page, Seen]:
    """The page as the application would serve it; with `check`, axe may be put into it."""
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=check)
    page, seen = context.new_page(), Seen()

    def answer(route: Route) -> None:
        address = route.request.url.split("?")[0]
        if not address.startswith(ORIGIN):
            seen.outside.append(address)
            route.abort()
        elif address.startswith(f"{ORIGIN}/static/"):
            file = STATIC / address.removeprefix(f"{ORIGIN}/static/")
            if file.is_file():
                route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "")
            else:
                route.fulfill(status=404)
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=SECURITY_HEADERS)

    page.route("**/*", answer)
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.goto(ORIGIN, wait_until="networkidle")
    return page, seen


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("refused", [False, True], ids=["fresh", "refused"])
def test_the_examples_can_be_used_by_everybody(
    browser: Browser, draw: Draw, width: int, theme: str, refused: bool
) -> None:
    form: Any = samples.refused() if refused else EMPTY
    html = draw("layout/examples.html", language="nn", form=form, cookies={"theme": theme})
    page, _ = opened(browser, html, width=width, check=True)
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert not found, [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
    page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_comes_from_elsewhere_and_nothing_runs_over_the_edge(browser: Browser, draw: Draw, width: int) -> None:
    page, seen = opened(browser, draw("layout/examples.html"), width=width, check=False)
    assert seen.outside == []
    assert seen.complaints == [], "a policy broken, a file that is not there, or an error in a script"
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Source Sans 3"')
    page.context.close()


def test_a_draft_saves_itself_and_takes_over_the_new_version(browser: Browser, draw: Draw) -> None:
    html = draw("layout/examples.html")
    page, _ = opened(browser, html, width=1280, check=False)
    sent: list[str] = []

    def save(route: Route) -> None:
        sent.append(route.request.post_data or "")
        body = html.replace('name="version" value="3"', 'name="version" value="4"') if len(sent) == 1 else "taken"
        route.fulfill(status=200 if len(sent) == 1 else 409, body=body, content_type="text/html")

    page.route("**/applications/1/write", save)
    page.fill("#problem", "Korleis lykkast vi?")
    page.locator("[data-autosave-status]", has_text="Lagret kl.").wait_for()
    assert "Korleis" in sent[0] and "version=3" in sent[0]
    page.fill("#title", "Ny tittel")
    page.locator(".autosave-wrong", has_text="noen andre har endret").wait_for()
    assert "version=4" in sent[1]
    assert page.input_value("#title") == "Ny tittel"
    page.context.close()


def test_a_menu_opens_without_javascript_and_closes_by_escape_with_it(browser: Browser, draw: Draw) -> None:
    html = draw("layout/examples.html")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(ORIGIN)
    page.locator("summary").first.click()
    assert page.locator("button[value=nn]").is_visible()
    context.close()
    page, _ = opened(browser, html, width=1280, check=False)
    page.locator("summary").first.click()
    page.keyboard.press("Escape")
    assert not page.locator("button[value=nn]").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.context.close()
