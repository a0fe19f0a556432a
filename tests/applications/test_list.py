"""The list of what has come in to a call, narrowed by those who handle it."""

from __future__ import annotations

import pytest

from app.applications import service
from app.core.database import Database
from app.demo.cast import World
from tests.applications.drafts import send
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    return Acting(database, world)


async def test_case_handlers_narrow_what_has_come_in(browser: Browser, act: Acting, clock: MovingClock) -> None:
    call_id = await publish_call(act)
    clock.at = DURING
    first = await send(act, call_id, theme="employers")
    second = await send(act, call_id, "grunerlokka", theme="other")
    await act("case_handler", service.claim, first, at=DURING)
    await browser.as_person("case_handler")
    address = f"/calls/{call_id}/applications"
    me = browser.world.people["case_handler"].id
    for query, found in (
        ("", {first, second}), (f"handler={me}", {first}), ("handler=nobody", {second}), ("theme=other", {second}),
        ("q=Lillestr", {first}), ("state=submitted", {first, second}), ("state=in_review", set()),
        ("theme=other&handler=" + str(me), set()), ("handler=x&theme=x&county=x&state=x", {first, second}),
    ):  # fmt: skip
        page = await browser.get(f"{address}?{query}")
        assert page.status_code == 200
        assert {each for each in (first, second) if f"/applications/{each}" in page.text} == found, query
