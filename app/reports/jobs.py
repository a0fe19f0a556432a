"""What reports do by the clock."""

from __future__ import annotations

import structlog

from app.core.clock import day_in_oslo
from app.core.errors import DomainError
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.reports import queries, service
from workflows.report import OPENS

log = structlog.get_logger()


async def mark_due(unit_of_work: UnitOfWorkFactory) -> None:
    """Mark the reports that are to be written now, each in a transaction of its own; harmless a second time."""
    async with unit_of_work() as uow:
        waiting = await queries.falling_due(uow, day_in_oslo(uow.now) + OPENS)
    for report_id in waiting:
        try:
            async with unit_of_work() as uow:
                await service.fall_due(uow, report_id)
        except DomainError as error:
            log.info("report not due", report=str(report_id), reason=str(error))


TIMED = [Timed("mark_reports_due", {"hour": {0, 6}, "minute": 8}, mark_due)]
