"""What benefits do by the clock."""

from __future__ import annotations

import structlog

from app.benefits import service
from app.core.errors import DomainError
from app.outbox.jobs import Timed, UnitOfWorkFactory

log = structlog.get_logger()


async def begin_realising(unit_of_work: UnitOfWorkFactory) -> None:
    """Let the planned benefits whose change has gone live begin to be realised; harmless a second time."""
    async with unit_of_work() as uow:
        waiting = await service.going_live(uow)
    for benefit_id in waiting:
        try:
            async with unit_of_work() as uow:
                await service.begin_realising(uow, benefit_id)
        except DomainError as error:
            log.info("benefit not live", benefit=str(benefit_id), reason=str(error))


async def pass_on(unit_of_work: UnitOfWorkFactory) -> None:
    """Pass benefits whose owner in the line has moved to whoever holds the position now; harmless a second time."""
    async with unit_of_work() as uow:
        waiting = await service.owners_who_moved(uow)
    for benefit_id in waiting:
        try:
            async with unit_of_work() as uow:
                await service.pass_on(uow, benefit_id)
        except DomainError as error:
            log.info("benefit stays where it is", benefit=str(benefit_id), reason=str(error))


TIMED = [
    Timed("begin_realising_benefits", {"hour": {0, 6}, "minute": 15}, begin_realising),
    Timed("pass_on_benefits", {"hour": {7}, "minute": 30}, pass_on),
]
