"""What calls do by the clock."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import and_, or_, select

from app.calls import service
from app.calls.models import Call
from app.core.database import UnitOfWork
from app.core.errors import DomainError
from app.identity.actor import SYSTEM
from app.outbox.jobs import Timed, UnitOfWorkFactory
from workflows.call import CallState

log = structlog.get_logger()


async def waiting(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """The calls whose opening or deadline has come, with the state they are in."""
    rows = await uow.session.execute(
        select(Call.id, Call.state)
        .where(
            or_(
                and_(Call.state == CallState.PUBLISHED, Call.opens_at <= uow.now),
                and_(Call.state == CallState.OPEN, Call.deadline <= uow.now),
            )
        )
        .order_by(Call.id)
    )
    return [(row.id, row.state) for row in rows]


async def follow_the_clock(unit_of_work: UnitOfWorkFactory) -> None:
    """Open and close calls, each in a transaction of its own; harmless a second time."""
    async with unit_of_work() as uow:
        found = await waiting(uow)
    for call_id, state in found:
        verb = service.open_call if state == CallState.PUBLISHED else service.close
        try:
            async with unit_of_work() as uow:
                await verb(uow, SYSTEM, call_id)
        except DomainError as error:
            log.info("call stays as it is", call=str(call_id), reason=str(error))


TIMED = [Timed("follow_the_clock_of_calls", {"second": 1}, follow_the_clock)]
