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

import pytest

from app.core.database import Database, UnitOfWork
from app.embedded import Postgres
from app.settings import Settings
from app.tables import metadata
from app.worker import Work
from tests.outbox.surroundings import a_broker, mark, marks, put_marks, undone, until, url_of, with_marks, working

NAMES = sorted(f"{number:03}" for number in range(120))


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A server of the test's own, to be killed."""
    folder = Path(tempfile.mkdtemp(prefix="drivkraft-killed-"))
    folder.chmod(0o755)
    yield Postgres(folder / "data")
    Postgres(folder / "data").stop()  # not the one that was killed: the one that runs now
    shutil.rmtree(folder, ignore_errors=True)


async def kill(server: Postgres) -> None:
    """Kill the whole server at once, as a power cut does, and wait until all of it is gone."""
    leader = server.pid
    assert leader is not None
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    family = [leader, *map(int, children)]
    for pid in family:
        os.kill(pid, signal.SIGKILL)

    async def gone() -> bool:
        return not any(Path(f"/proc/{pid}/cmdline").exists() for pid in family)

    await until(gone)


async def test_a_database_killed_in_the_middle(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.url
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
            await asyncio.to_thread(Postgres, postgres.folder)
            await until(all_done, seconds=60)
            await put_marks(database, ["after"])
            await until(all_done)
        assert await marks(database) == [*NAMES, "after"]
    await database.close()
