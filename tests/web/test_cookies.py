"""Cookies are the server's alone, and go over https where people come over https."""

from __future__ import annotations

from http.cookies import SimpleCookie

import httpx
import pytest
from msgspec.structs import replace

from app.core.database import Database
from app.demo.cast import World
from app.main import create_app
from app.settings import Settings
from tests.conftest import app_on


@pytest.mark.parametrize(("address", "secure"), [("https://drivkraft.example", True), ("http://localhost:8000", False)])
async def test_cookies_follow_the_address_that_people_open(
    database: Database, world: World, settings: Settings, address: str, secure: bool
) -> None:
    app = app_on(create_app(replace(settings, base_url=address)), database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address) as client:
        page = await client.get("/demo")
        person = world.people["grunerlokka.leader"].id
        answer = await client.post(f"/demo/{person}", data={"_csrf_token": client.cookies["csrf"]})
    assert answer.status_code == 303
    found = SimpleCookie("; ".join(page.headers.get_list("set-cookie") + answer.headers.get_list("set-cookie")))
    for name in ("csrf", "session"):
        assert bool(found[name]["secure"]) == secure, name
        assert found[name]["httponly"] and found[name]["samesite"].lower() == "lax"
