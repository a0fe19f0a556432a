"""The jobs as the administrator sees them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE, Page, page_of
from app.outbox.models import OutboxRow


class JobRow(msgspec.Struct, frozen=True):
    """One job that has failed, for good (`dead_at`) or until its next try at `due_at`."""

    id: UUID
    kind: str
    created_at: datetime
    due_at: datetime
    attempts: int
    last_error: str
    dead_at: datetime | None


class Waiting(msgspec.Struct, frozen=True):
    """How many jobs of a kind are not done, how many of them are due, and since when the first has been."""

    kind: str
    count: int
    due: int
    first_due_at: datetime


_ROW = (
    OutboxRow.id, OutboxRow.kind, OutboxRow.created_at, OutboxRow.due_at, OutboxRow.attempts, OutboxRow.last_error,
    OutboxRow.dead_at,
)  # fmt: skip


async def dead(uow: UnitOfWork, *, after: UUID | None = None) -> Page[JobRow]:
    """What failed for good and waits for the administrator, newest first."""
    statement = select(*_ROW).where(OutboxRow.dead_at.is_not(None), OutboxRow.done_at.is_(None))
    if after is not None:
        statement = statement.where(OutboxRow.id < after)
    rows = await uow.session.execute(statement.order_by(OutboxRow.id.desc()).limit(PAGE_SIZE + 1))
    return page_of([JobRow(*row) for row in rows])


async def failing(uow: UnitOfWork) -> list[JobRow]:
    """What has failed and will be tried again, the next first; at most one page of it."""
    rows = await uow.session.execute(
        select(*_ROW)
        .where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.attempts > 0)
        .order_by(OutboxRow.due_at)
        .limit(PAGE_SIZE)
    )
    return [JobRow(*row) for row in rows]


async def waiting(uow: UnitOfWork) -> list[Waiting]:
    """What is not done yet, by kind."""
    rows = await uow.session.execute(
        select(
            OutboxRow.kind,
            func.count(),
            func.count().filter(OutboxRow.due_at <= uow.now),
            func.min(OutboxRow.due_at),
        )
        .where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))
        .group_by(OutboxRow.kind)
        .order_by(OutboxRow.kind)
    )
    return [Waiting(*row) for row in rows]
