"""A job is done with its change or not at all, once, and what fails is counted and shown."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.core.database import Database, UnitOfWork
from app.core.errors import NotFound, NotYet
from app.identity.actor import Actor
from app.outbox import queries, service
from app.outbox.models import OutboxRow
from tests.conftest import MovingClock
from tests.outbox.surroundings import mark, marks, row_of
from workflows.roles import Role

ADMINISTRATOR = Actor(person_id=uuid4(), name="Kari", scheme_roles=frozenset({Role.ADMINISTRATOR}))
EMPLOYEE = Actor(person_id=uuid4(), name="Ola")


async def put(database: Database, kind: str = "mark", **more: Any) -> UUID:
    async with database.unit_of_work() as uow:
        row_id = await service.put(uow, kind, {"mark": "a"}, **more)
    assert row_id is not None
    return row_id


async def fail(uow: UnitOfWork, payload: Any) -> None:
    await mark(uow, payload)
    raise RuntimeError("the printer is out of paper")


async def test_the_same_key_twice_is_one_job(database: Database) -> None:
    await put(database, key="letter:1")
    async with database.unit_of_work() as uow:
        assert await service.put(uow, "mark", {"mark": "b"}, key="letter:1") is None
        assert await service.put(uow, "mark", {"mark": "c"}, key="letter:2") is not None
        assert await service.put(uow, "mark", {"mark": "d"}, key="letter:2") is None
        assert await uow.session.scalar(select(func.count()).select_from(OutboxRow)) == 2


async def test_a_change_that_fails_leaves_no_job(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.unit_of_work() as uow:
            await service.put(uow, "mark", {"mark": "a"})
            raise RuntimeError("no")
    async with database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(OutboxRow)) == 0


async def test_a_job_is_done_once(database: Database) -> None:
    row_id = await put(database)
    assert await service.run(database, {"mark": mark}, row_id)
    assert not await service.run(database, {"mark": mark}, row_id)
    assert await marks(database) == ["a"]
    assert (await row_of(database, row_id)).done_at is not None


async def test_two_workers_at_once_make_one_effect(database: Database) -> None:
    row_id = await put(database)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(uow: UnitOfWork, payload: Any) -> None:
        begun.set()
        await go_on.wait()
        await mark(uow, payload)

    first = asyncio.create_task(service.run(database, {"mark": slow}, row_id))
    await asyncio.wait_for(begun.wait(), 10)
    assert not await service.run(database, {"mark": mark}, row_id)
    go_on.set()
    assert await first
    assert await marks(database) == ["a"]


async def test_a_job_waits_until_it_is_due(database: Database, clock: MovingClock) -> None:
    row_id = await put(database, due_at=clock() + timedelta(days=2))
    assert not await service.run(database, {"mark": mark}, row_id)
    clock.moved = timedelta(days=3)
    assert await service.run(database, {"mark": mark}, row_id)


async def test_a_failing_job_is_tried_again_later_and_later_and_then_no_more(
    database: Database, clock: MovingClock
) -> None:
    row_id = await put(database)
    waits = []
    for attempt in range(1, service.MOST_ATTEMPTS + 1):
        assert not await service.run(database, {"mark": fail}, row_id)
        row = await row_of(database, row_id)
        assert row.attempts == attempt
        assert row.last_error == "RuntimeError: the printer is out of paper"
        if row.dead_at is None:
            waits.append(row.due_at - clock())
            assert not await service.run(database, {"mark": mark}, row_id), "it must wait first"
            clock.moved += waits[-1] + timedelta(seconds=1)
    assert len(waits) == service.MOST_ATTEMPTS - 1
    assert waits == sorted(waits)
    assert row.dead_at is not None
    clock.moved += timedelta(days=1)
    assert not await service.run(database, {"mark": mark}, row_id)
    assert await marks(database) == [], "a failure leaves nothing behind"


async def test_what_can_never_succeed_is_dead_at_once(database: Database) -> None:
    async def refuse(uow: UnitOfWork, payload: Any) -> None:
        raise service.PermanentFailure("no such mailbox")

    for kind in ("mark", "unheard_of"):
        row_id = await put(database, kind)
        await service.run(database, {"mark": refuse}, row_id)
        row = await row_of(database, row_id)
        assert row.dead_at is not None
        assert row.attempts == 1


async def test_a_job_that_takes_too_long_has_failed(database: Database) -> None:
    async def hang(uow: UnitOfWork, payload: Any) -> None:
        await mark(uow, payload)
        await asyncio.Event().wait()

    row_id = await put(database)
    assert not await service.run(database, {"mark": hang}, row_id, seconds=0.2)
    row = await row_of(database, row_id)
    assert row.attempts == 1
    assert row.last_error.startswith("TimeoutError")
    assert await marks(database) == []


async def test_the_administrator_tries_a_dead_job_again(database: Database) -> None:
    row_id = await put(database, "later_known")
    await service.run(database, {}, row_id)
    async with database.unit_of_work() as uow:
        with pytest.raises(NotFound):
            await service.retry(uow, EMPLOYEE, row_id)
        with pytest.raises(NotFound):
            await service.retry(uow, ADMINISTRATOR, uuid4())
        await service.retry(uow, ADMINISTRATOR, row_id)
    assert await service.run(database, {"later_known": mark}, row_id)
    assert await marks(database) == ["a"]
    async with database.unit_of_work() as uow:
        with pytest.raises(NotYet):
            await service.retry(uow, ADMINISTRATOR, row_id)


async def test_what_was_done_long_ago_is_forgotten_and_nothing_else(database: Database, clock: MovingClock) -> None:
    done, waiting = await put(database), await put(database)
    await service.run(database, {"mark": mark}, done)
    clock.moved = timedelta(days=91)
    async with database.unit_of_work() as uow:
        await service.forget_done(uow)
        assert list(await uow.session.scalars(select(OutboxRow.id))) == [waiting]


async def test_the_figures_of_the_outbox(database: Database, clock: MovingClock) -> None:
    async def now() -> tuple[int, ...]:
        async with database.reading() as uow:
            found = await queries.figures(uow)
        return found.waiting, round(found.oldest_seconds), found.failing, found.dead, found.done_last_hour

    assert await now() == (0, 0, 0, 0, 0)
    done = await put(database)
    await service.run(database, {"mark": mark}, done)
    await service.run(database, {}, await put(database, "unheard_of"))
    await service.run(database, {"mark": fail}, await put(database))
    await put(database, due_at=clock() + timedelta(days=2))
    clock.moved = timedelta(minutes=30)
    waiting, oldest, *others = await now()
    assert (waiting, others) == (2, [1, 1, 1])
    assert 1780 < oldest < 1800, "since the failed job was due again"
    clock.moved = timedelta(hours=2)
    assert (await now())[-1] == 0
