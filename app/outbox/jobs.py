"""What the worker does by the clock, as each room declares it, and the outbox's own share of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

from app.core.database import UnitOfWork
from app.outbox import service

UnitOfWorkFactory = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


class Timed(NamedTuple):
    """A line of the timetable: when, and what; it must do no harm when it runs twice or a while too late.

    `schedule` holds the moments in Norwegian time, in arq's words: {"minute": {0, 30}}, {"hour": 3, "minute": 0}; what
    is not named means every (`second` is 0). Every line runs at the start of a worker too, so that nothing is missed
    that fell due while none was running. `run` makes as many units of work as it needs.
    """

    name: str
    schedule: Mapping[str, Any]
    run: Callable[[UnitOfWorkFactory], Awaitable[None]]


async def forget_done(unit_of_work: UnitOfWorkFactory) -> None:
    """Remove what was done long ago."""
    async with unit_of_work() as uow:
        await service.forget_done(uow)


TIMED = [Timed("forget_done_jobs", {"hour": 3, "minute": 10}, forget_done)]
