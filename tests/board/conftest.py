"""A call with four applications whose meetings are held, walked there once and copied for each test."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest_asyncio
from litestar import Litestar

from app.core.database import Database
from app.effects import EFFECTS
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock, app_on, copy_of, for_sqlalchemy, in_server, world_in
from tests.servers import Servers

OFFICES = ("lillestrom", "klepp_time", "grunerlokka", "hareid_ulstein_sande")


class Walked(NamedTuple):
    """The name of a database that others are copied from, and what is in it."""

    name: str
    call_id: UUID
    cases: dict[str, UUID]


def name_of(url: str) -> str:
    """The name of the database at an address."""
    found = re.search(r"/(\w+)\?", url)
    assert found is not None
    return found.group(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def walked(servers: Servers, template: str) -> AsyncIterator[Walked]:
    """Four applications of 400 000 kroner and 60 hours each, in a frame of 900 000 kroner and 200 hours."""
    url = await copy_of(servers, template)
    clock = MovingClock()
    database = Database(for_sqlalchemy(url), effects=EFFECTS, clock=clock, pool_size=2)
    led = Led(database, await world_in(database))
    call_id = await led.call(frame_ore=90_000_000, hours=200)
    clock.moved = timedelta(minutes=1)
    themes = dict(zip(OFFICES, ("young_people", "young_people", "employers", "other"), strict=True))
    cases = {office: await led.met(call_id, office, theme=theme) for office, theme in themes.items()}
    await database.close()
    yield Walked(name_of(url), call_id, cases)
    await in_server(servers, f"DROP DATABASE {name_of(url)} WITH (FORCE)")


class Board(Led):
    """The call with its applications, in a database of the test's own with real commits."""

    def __init__(self, led: Led, walked: Walked, clock: MovingClock):
        super().__init__(led.database, led.world)
        self.clock = clock
        self.call_id = walked.call_id
        self.cases = walked.cases


@pytest_asyncio.fixture(loop_scope="session")
async def board(servers: Servers, walked: Walked) -> AsyncIterator[Board]:
    """A copy of the walked database, an hour later."""
    url = await copy_of(servers, walked.name)
    clock = MovingClock()
    clock.moved = timedelta(hours=1)
    database = Database(for_sqlalchemy(url), effects=EFFECTS, clock=clock, pool_size=10)
    yield Board(Led(database, await world_in(database)), walked, clock)
    await database.close()
    await in_server(servers, f"DROP DATABASE {name_of(url)} WITH (FORCE)")


@pytest_asyncio.fixture(loop_scope="session")
async def browser(board: Board, application: Litestar) -> AsyncIterator[Browser]:
    """A browser on the board's database, signed in as nobody."""
    before = application.state.database
    found = Browser(app_on(application, board.database), board.database, board.world)
    yield found
    await found.http.aclose()
    application.state.database = before
