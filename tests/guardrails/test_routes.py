"""Every address: who may come to it, what a stranger meets, and what an unknown id answers."""

from __future__ import annotations

import re
from uuid import uuid4

import html5lib
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from app.web.guards import undeclared
from app.web.places import PLACES as ADDRESSES
from tests.conftest import Browser
from workflows.places import PLACES

PUBLIC = {
    "/isalive", "/isready", "/metrics", "/sign-in", "/sign-out", "/demo", "/demo/{person_id:uuid}", "/language", "/theme",
    "/static/{file_path:path}", "/api/v1/docs", "/invitations/{token:str}", "/invitations/{token:str}/accept",
    "/invitations/{token:str}/account", "/clarify/{token:str}", "/calendars/{token:str}", "/open/awards.json",
}  # fmt: skip
"""The whole list of addresses that need nobody to be signed in."""

PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")


def routes(app: Litestar) -> list[tuple[str, str, dict[str, object]]]:
    found = []
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith("/api/v1/openapi"):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                    found.append((method, route.path, handler.opt))
    return found


def filled(path: str) -> str:
    return PARAMETER.sub(lambda match: str(uuid4()) if match.group(2) == "uuid" else "x", path)


@pytest.fixture
def app(browser: Browser, application: Litestar) -> Litestar:
    """The application that the browser is on."""
    return application


async def test_every_address_declares_a_permission_or_stands_in_the_list_of_public_ones(app: Litestar) -> None:
    assert undeclared(app) == []
    assert {path for _, path, opt in routes(app) if opt.get("public")} == PUBLIC


def test_every_place_of_the_rules_has_an_address_that_is_a_page(app: Litestar) -> None:
    assert set(ADDRESSES) == PLACES
    pages = {PARAMETER.sub("{}", path) for method, path, _ in routes(app) if method == "GET"}
    for name, address in ADDRESSES.items():
        assert re.sub(r"\{\w+\}", "{}", re.split("[?#]", address)[0]) in pages, name


async def test_a_stranger_is_led_to_the_sign_in_page_and_a_program_is_told(app: Litestar, browser: Browser) -> None:
    await browser.get("/sign-in")
    for method, path, opt in routes(app):
        if opt.get("public"):
            continue
        if method == "GET" and not path.startswith("/api/"):
            answer = await browser.get(filled(path))
            assert (answer.status_code, answer.headers.get("location", "")[:8]) == (303, "/sign-in"), path
        elif method == "POST" and not path.startswith("/api/"):
            assert (await browser.post(filled(path))).status_code == 401, path
        else:
            answer = await (browser.get(filled(path)) if method == "GET" else browser.call(filled(path)))
            assert answer.status_code == 401, path
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("who", ["case_handler", "lillestrom.leader", "management", "administrator"])
async def test_what_does_not_exist_answers_so_and_nothing_breaks(app: Litestar, browser: Browser, who: str) -> None:
    await browser.as_person(who)
    for method, path, opt in routes(app):
        if opt.get("public") or method != "GET":
            continue
        answer = await browser.get(filled(path))
        unknown = "{" in path
        allowed = {404} if unknown else {200, 303, 403, 404}
        assert answer.status_code in allowed, (path, answer.status_code)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_every_page_without_an_id_is_whole_html_in_every_language(
    app: Litestar, browser: Browser, language: str
) -> None:
    browser.http.cookies.set("language", language)
    parser = html5lib.HTMLParser(strict=True)
    for who in ("case_handler", "lillestrom.coordinator", "decision_maker", "management", "administrator", "auditor"):
        await browser.as_person(who)
        for method, path, _ in routes(app):
            if (
                method != "GET"
                or "{" in path
                or path.startswith("/api/")
                or path in ("/isalive", "/isready", "/metrics")
            ):
                continue
            answer = await browser.get(path)
            if answer.status_code == 200 and "text/html" in answer.headers["content-type"]:
                parser.parse(answer.text)
                assert f'<html lang="{language}"' in answer.text, path
