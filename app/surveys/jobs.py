"""What surveys do by the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog

from app.core.database import UnitOfWork
from app.core.errors import DomainError
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.surveys import due, service
from workflows.reminder import in_office_hours

log = structlog.get_logger()


async def each_apart(
    unit_of_work: UnitOfWorkFactory, verb: Callable[..., Awaitable[Any]], found: Iterable[tuple[Any, ...]]
) -> None:
    """Do it for each in a transaction of its own, so that one that cannot be does not stop the others."""
    for about in found:
        try:
            async with unit_of_work() as uow:
                await verb(uow, *about)
        except DomainError as error:
            log.info("nobody is asked", about=str(about), reason=str(error))


async def in_office_hours_read(
    unit_of_work: UnitOfWorkFactory, *reads: Callable[[UnitOfWork], Awaitable[list[Any]]]
) -> list[list[Any]]:
    """What each read finds, in office hours; at other times nothing, for people are told of it."""
    async with unit_of_work() as uow:
        if not in_office_hours(uow.now):
            return [[] for _ in reads]
        return [await read(uow) for read in reads]


async def ask(unit_of_work: UnitOfWorkFactory) -> None:
    """Open surveys about gatherings that are over and steps that are closed, and ask whom they lack; in office hours."""
    gatherings, steps, lacking = await in_office_hours_read(
        unit_of_work, due.gatherings_to_ask_about, due.steps_to_ask_about, due.surveys_that_lack_somebody
    )
    await each_apart(unit_of_work, service.open_for_gathering, [(row_id,) for row_id in gatherings])
    await each_apart(unit_of_work, service.open_for_step, steps)
    await each_apart(unit_of_work, service.invite_late, [(row_id,) for row_id in lacking])


async def remind(unit_of_work: UnitOfWorkFactory) -> None:
    """Remind once of surveys that close soon."""
    (found,) = await in_office_hours_read(unit_of_work, due.surveys_to_remind_of)
    await each_apart(unit_of_work, service.remind, [(row_id,) for row_id in found])


TIMED = [
    Timed("open_surveys", {"minute": 25}, ask),
    Timed("remind_of_surveys", {"minute": 55}, remind),
]
