"""What is said of what is due by the clock."""

from __future__ import annotations

import structlog

from app.core.errors import DomainError
from app.obligations import leaving, queries, service
from app.outbox.jobs import Timed, UnitOfWorkFactory
from workflows.reminder import in_office_hours

log = structlog.get_logger()


async def remind(unit_of_work: UnitOfWorkFactory) -> None:
    """Remind of what is due and take what is late a step higher, in office hours only; nobody is told the same twice."""
    async with unit_of_work() as uow:
        if not in_office_hours(uow.now):
            return
        found = await queries.to_remind_of(uow)
    for row in found:
        try:
            async with unit_of_work() as uow:
                await service.remind(uow, row.case_id, row.kind, row.row_id)
        except DomainError as error:
            log.info("nobody is reminded", kind=str(row.kind), id=str(row.row_id), reason=str(error))


async def tell_who_left(unit_of_work: UnitOfWorkFactory) -> None:
    """Tell leaders of coordinators who have left their projects, in office hours, each once."""
    async with unit_of_work() as uow:
        if not in_office_hours(uow.now):
            return
        found = await leaving.coordinators_who_left(uow)
    for row in found:
        try:
            async with unit_of_work() as uow:
                await leaving.tell_of_leaving(uow, row.case_id, row.person_id)
        except DomainError as error:
            log.info("nobody is told who left", case=str(row.case_id), reason=str(error))


TIMED = [
    Timed("remind_of_obligations", {"minute": 10}, remind),
    Timed("tell_who_left", {"minute": 25}, tell_who_left),
]
