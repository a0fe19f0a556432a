"""What milestones do by the clock."""

from __future__ import annotations

import structlog

from app.core.errors import DomainError
from app.milestones import service
from app.outbox.jobs import Timed, UnitOfWorkFactory

log = structlog.get_logger()


async def mark_due(unit_of_work: UnitOfWorkFactory) -> None:
    """Mark the milestones whose day has come, each in a transaction of its own; harmless a second time."""
    async with unit_of_work() as uow:
        waiting = await service.falling_due(uow)
    for milestone_id in waiting:
        try:
            async with unit_of_work() as uow:
                await service.fall_due(uow, milestone_id)
        except DomainError as error:
            log.info("milestone not due", milestone=str(milestone_id), reason=str(error))


TIMED = [Timed("mark_milestones_due", {"hour": {0, 6}, "minute": 5}, mark_due)]
