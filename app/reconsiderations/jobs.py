"""What is done about requests by the clock."""

from __future__ import annotations

import structlog

from app.core.errors import DomainError
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.reconsiderations import follow_up
from workflows.reminder import in_office_hours

log = structlog.get_logger()


async def remind(unit_of_work: UnitOfWorkFactory) -> None:
    """Remind of requests whose answer is due, in office hours only; nobody is reminded of the same twice."""
    async with unit_of_work() as uow:
        if not in_office_hours(uow.now):
            return
        found = await follow_up.to_remind_of(uow)
    for request_id in found:
        try:
            async with unit_of_work() as uow:
                await follow_up.remind(uow, request_id)
        except DomainError as error:
            log.info("request stays as it is", id=str(request_id), reason=str(error))


async def remind_of_last_day(unit_of_work: UnitOfWorkFactory) -> None:
    """Remind offices of their last day to disagree with an outcome, in office hours only, and once."""
    async with unit_of_work() as uow:
        if not in_office_hours(uow.now):
            return
        found = await follow_up.to_remind_of_last_day(uow)
    for application_id in found:
        try:
            async with unit_of_work() as uow:
                await follow_up.remind_of_last_day(uow, application_id)
        except DomainError as error:
            log.info("nothing to remind of", id=str(application_id), reason=str(error))


TIMED = [
    Timed("remind_of_reconsiderations", {"minute": 45}, remind),
    Timed("remind_of_last_day_to_disagree", {"minute": 40}, remind_of_last_day),
]
