"""What the clock does with the portfolio's tables: totals behind their rows, and every night the proof."""

from __future__ import annotations

import structlog

from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.portfolio import keeping, waiting

log = structlog.get_logger()


async def take_into_totals(unit_of_work: UnitOfWorkFactory) -> None:
    """Take rows that have begun or ended since the last time into the totals; harmless a second time."""
    while True:
        async with unit_of_work() as uow:
            count = await keeping.fold(uow)
        if count < keeping.AT_ONCE:
            return


async def keep_the_unkept(unit_of_work: UnitOfWorkFactory) -> None:
    """Write the rows of projects that were there before the tables were."""
    while True:
        async with unit_of_work() as uow:
            found = await waiting.unkept(uow)
            for case_id in found:
                await keeping.keep_from_the_first(uow, case_id)
        if not found:
            return


async def verify(unit_of_work: UnitOfWorkFactory) -> None:
    """Take everything anew from its sources, and say in the log what differs."""
    async with unit_of_work() as uow:
        await uow.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        if count := await waiting.waiting(uow):
            log.info("portfolio is being written", projects=count)
        async for found in keeping.differences(uow):
            if isinstance(found, keeping.Difference):
                log.error("portfolio differs", where=found.where, kept=found.kept, anew=found.anew)


TIMED = [
    Timed("keep_unkept_portfolio", {"second": 10}, keep_the_unkept),
    Timed("take_into_portfolio_totals", {"second": 30}, take_into_totals),
    Timed("verify_portfolio", {"hour": 2, "minute": 40}, verify),
]
