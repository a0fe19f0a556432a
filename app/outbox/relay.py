"""From the outbox to the broker: hands over what is due, and again what the broker has lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
import structlog
from arq.connections import ArqRedis
from redis.exceptions import RedisError
from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import Database
from app.outbox.models import OutboxRow
from app.outbox.service import CHANNEL

log = structlog.get_logger()

QUEUE = "drivkraft:jobs"
FUNCTION = "outbox"
AT_ONCE = 100
MOST_QUEUED = 1000
UNAVAILABLE = (RedisError, OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Relay:
    """Any number of relays may run; a row is handed over by one of them.

    A row goes to the broker under its id and the number of the handover, since a broker refuses an id that it believes
    to be running still. A row that the broker has had for `again_after` without its being done is handed over again:
    the broker may have come back empty, or a worker have died. Rows that a worker is busy with are locked, and are
    passed over here however long they take.
    """

    def __init__(
        self, database: Database, broker: ArqRedis, *, poll_seconds: float = 1.0,
        again_after: timedelta = timedelta(seconds=10),
    ):  # fmt: skip
        self._database = database
        self._broker = broker
        self._poll_seconds = poll_seconds
        self._again_after = again_after
        self._woken = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Hand over until told to stop; while the database or the broker is away, wait and try again."""
        listening = asyncio.create_task(self._listen(stop))
        away = False
        try:
            while not stop.is_set():
                self._woken.clear()
                try:
                    handed_over = await self.hand_over()
                    if away:
                        log.info("relay works again")
                    away = False
                except UNAVAILABLE as error:
                    if not away:
                        log.warning("relay waits", error=str(error))
                    away, handed_over = True, 0
                if handed_over < AT_ONCE:
                    await self._wait()
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def hand_over(self) -> int:
        """Hand over at most a hundred rows that are due; answers how many."""
        if await self._broker.zcard(QUEUE) >= MOST_QUEUED:
            return 0
        claimed = await self._claim()
        try:
            for row_id, number in claimed:
                await self._broker.enqueue_job(FUNCTION, str(row_id), _job_id=f"{row_id}:{number}", _queue_name=QUEUE)
        except UNAVAILABLE:
            await self._give_back([row_id for row_id, _ in claimed])
            raise
        return len(claimed)

    async def _claim(self) -> list[tuple[UUID, int]]:
        """Mark the next rows as handed over; committed first, so that no worker finds them locked by the relay."""
        server_now = func.clock_timestamp()
        async with self._database.unit_of_work() as uow:
            due = (
                select(OutboxRow.id)
                .where(
                    OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.due_at <= uow.now,
                    or_(OutboxRow.enqueued_at.is_(None), OutboxRow.enqueued_at < server_now - self._again_after),
                )
                .order_by(OutboxRow.due_at, OutboxRow.id)
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )  # fmt: skip
            rows = await uow.session.execute(
                update(OutboxRow)
                .where(OutboxRow.id.in_(due))
                .values(enqueued_at=server_now, handovers=OutboxRow.handovers + 1)
                .returning(OutboxRow.id, OutboxRow.handovers)
                .execution_options(synchronize_session=False)
            )
            return [(row.id, row.handovers) for row in rows]

    async def _give_back(self, row_ids: list[UUID]) -> None:
        with suppress(SQLAlchemyError, OSError):
            async with self._database.unit_of_work() as uow:
                await uow.session.execute(
                    update(OutboxRow)
                    .where(OutboxRow.id.in_(row_ids))
                    .values(enqueued_at=None)
                    .execution_options(synchronize_session=False)
                )

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll_seconds):
                await self._woken.wait()

    async def _listen(self, stop: asyncio.Event) -> None:
        """Be woken at every commit that put something in the outbox; the poll is the net below this."""
        while not stop.is_set():
            with suppress(*UNAVAILABLE):
                async with self._connection_gone() as gone:
                    self._woken.set()
                    await gone.wait()
            await asyncio.sleep(self._poll_seconds)

    @asynccontextmanager
    async def _connection_gone(self) -> AsyncIterator[asyncio.Event]:
        gone = asyncio.Event()
        async with self._database.engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None

            def wake(*_: object) -> None:
                self._woken.set()

            def end(*_: object) -> None:
                gone.set()

            raw.add_termination_listener(end)
            await raw.add_listener(CHANNEL, wake)
            try:
                yield gone
            finally:
                raw.remove_termination_listener(end)
                with suppress(Exception):  # the connection may be gone already
                    await raw.remove_listener(CHANNEL, wake)
