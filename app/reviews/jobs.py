"""What reviews do by the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog

from app.core.database import UnitOfWork
from app.core.errors import DomainError
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.reviews import follow_up
from workflows.reminder import in_office_hours

log = structlog.get_logger()


async def each_apart(
    unit_of_work: UnitOfWorkFactory, found: list[UUID], verb: Callable[[UnitOfWork, UUID], Awaitable[Any]]
) -> None:
    """Do it for each in a transaction of its own, so that one that cannot be does not stop the others."""
    for row_id in found:
        try:
            async with unit_of_work() as uow:
                await verb(uow, row_id)
        except DomainError as error:
            log.info("review stays as it is", id=str(row_id), reason=str(error))


async def remind(unit_of_work: UnitOfWorkFactory) -> None:
    """Remind of reviews that are due, in office hours only; nobody is reminded of the same twice."""
    async with unit_of_work() as uow:
        if not in_office_hours(uow.now):
            return
        found = await follow_up.reviews_to_remind_of(uow)
    await each_apart(unit_of_work, found, follow_up.remind)


TIMED = [Timed("remind_of_reviews", {"minute": 40}, remind)]
