"""The worker: runs the jobs of the outbox and the timetable, and outlives a broker that goes away."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import msgspec
import structlog
from arq import cron, func
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.cron import CronJob
from arq.worker import Worker
from redis.exceptions import RedisError

import app.tables  # noqa: F401
from app import rooms
from app.core.clock import OSLO, Clock, utc_now
from app.core.database import Database
from app.effects import EFFECTS
from app.outbox import service
from app.outbox.relay import FUNCTION, QUEUE, Relay
from app.outbox.service import Handler
from app.settings import Settings

log = structlog.get_logger()

JOBS_AT_ONCE = 10
JOB_SECONDS = 60
STOPPING_SECONDS = 25
BROKER_GONE = (RedisError, OSError, TimeoutError)


def _encode(value: dict[str, Any]) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=str)


class Work:
    """One worker process: what it has open, and what it is busy with."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = utc_now,
        handlers: Mapping[str, Handler] | None = None,
        timetable: list[Any] | None = None,
        again_after: timedelta = timedelta(seconds=10),
    ):
        self.database = Database(
            settings.sqlalchemy_url,
            effects=EFFECTS,
            clock=clock,
            pool_size=max(JOBS_AT_ONCE + 3, settings.database_pool_size),
            idle_seconds=settings.database_idle_seconds,
        )
        self.handlers = rooms.jobs(settings) if handlers is None else handlers
        self.timetable = rooms.timed() if timetable is None else timetable
        self.stop = asyncio.Event()
        self.broker_failures = 0
        self._broker_settings = RedisSettings.from_dsn(settings.redis_url or "redis://127.0.0.1")
        self._broker_settings.conn_retries = 0
        self._again_after = again_after
        self._running: set[asyncio.Task[Any]] = set()
        self._busy_with: set[UUID] = set()

    async def serve(self) -> None:
        """Work until told to stop; then finish what is begun, for 25 seconds at most."""
        log.info("worker starts", jobs=sorted(self.handlers), timetable=[line[0] for line in self.timetable])
        try:
            while not self.stop.is_set():
                try:
                    await self._with_broker()
                except BROKER_GONE as error:
                    self.broker_failures += 1
                    log.warning("broker away", error=str(error))
                    await self._pause(1.0)
                except Exception:  # a fault in here must not stop every job: begin anew
                    log.exception("worker begins anew")
                    await self._pause(1.0)
        finally:
            await self._finish()
            await self.database.close()
            log.info("worker stopped")

    async def _with_broker(self) -> None:
        """Relay and worker for as long as the broker answers; raises one of BROKER_GONE when it does not."""
        broker = await create_pool(
            self._broker_settings, job_serializer=_encode, job_deserializer=msgspec.msgpack.decode,
            default_queue_name=QUEUE,
        )  # fmt: skip
        worker = self._worker(broker)
        stop_relay = asyncio.Event()
        relay = asyncio.create_task(Relay(self.database, broker, again_after=self._again_after).run(stop_relay))
        working = asyncio.create_task(worker.async_run())
        stopping = asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait({relay, working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            worker.allow_pick_jobs = False
            if stopping.done():
                await self._finish(worker)
            else:
                await asyncio.gather(*(task for task in (working, relay) if task.done()))
        finally:
            stop_relay.set()
            for task in (relay, worker.main_task, working, stopping):
                if task is not None:
                    task.cancel()
            await asyncio.gather(relay, working, stopping, return_exceptions=True)
            with suppress(*BROKER_GONE):
                await broker.aclose(close_connection_pool=True)

    def _worker(self, broker: ArqRedis) -> Worker:
        return Worker(
            functions=[func(cast(Any, self._job), name=FUNCTION, timeout=JOB_SECONDS + 10, keep_result=0)],
            cron_jobs=[self._line(*line) for line in self.timetable],
            redis_pool=broker,
            queue_name=QUEUE,
            handle_signals=False,
            max_jobs=JOBS_AT_ONCE,
            keep_result=0,
            poll_delay=0.2,
            timezone=cast(Any, OSLO),
            job_serializer=_encode,
            job_deserializer=msgspec.msgpack.decode,
        )

    async def _job(self, context: dict[str, Any], row_id: str) -> None:
        await self._kept(self._once(UUID(row_id)))

    async def _once(self, row_id: UUID) -> None:
        """Do a row, unless this worker is busy with it: handed over again, it would look as if its worker had died.

        An attempt holds its row neither before its transaction has begun nor once that has failed, and either may take
        a while where much is done at once.
        """
        if row_id in self._busy_with:
            return
        self._busy_with.add(row_id)
        try:
            await service.run(
                self.database, self.handlers, row_id, seconds=JOB_SECONDS, grace=max(service.GRACE, self._again_after)
            )
        finally:
            self._busy_with.discard(row_id)

    def _line(self, name: str, schedule: Mapping[str, Any], run: Callable[[Any], Awaitable[None]]) -> CronJob:
        async def by_the_clock(context: dict[str, Any]) -> None:
            try:
                async with asyncio.timeout(JOB_SECONDS):
                    await self._kept(run(self.database.unit_of_work))
            except Exception:  # one line's fault is logged, and the others go on
                log.exception("timed job failed", name=name)

        return cron(
            cast(Any, by_the_clock), name=f"timed:{name}", run_at_startup=True, timeout=JOB_SECONDS + 10, **schedule
        )

    async def _kept(self, work: Awaitable[Any]) -> Any:
        """Do it as a task of our own that a broker going away does not cancel."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _finish(self, worker: Worker | None = None) -> None:
        begun = {*self._running, *(worker.tasks.values() if worker else ())}
        if begun:
            _, late = await asyncio.wait(begun, timeout=STOPPING_SECONDS)
            for task in late:
                task.cancel()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)


async def serve(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    work = Work(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.stop.set)
    await work.serve()


def run(settings: Settings) -> None:
    """The worker as a process of its own; comes back when it has been told to stop and has finished what it began."""
    asyncio.run(serve(settings))
