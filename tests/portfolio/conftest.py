"""The whole demo's portfolio, and management who looks at it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from litestar import Litestar

from app.core.database import Database
from app.effects import EFFECTS
from tests.conftest import Browser, app_on, copy_of, for_sqlalchemy, world_in
from tests.servers import Servers


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def played(servers: Servers, played_template: str) -> AsyncIterator[Database]:
    """The whole demo, for tests that only read."""
    found = Database(for_sqlalchemy(await copy_of(servers, played_template)), effects=EFFECTS, pool_size=1)
    yield found
    await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def management(played: Database, application: Litestar) -> AsyncIterator[Browser]:
    """Management, signed in."""
    found = Browser(app_on(application, played), played, await world_in(played))
    await found.as_person("management")
    yield found
    await found.http.aclose()
