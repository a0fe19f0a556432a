"""The jobs as the administrator sees them."""

from __future__ import annotations

from datetime import datetime, timedelta
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


class JobCounts(msgspec.Struct, frozen=True):
    """How many jobs have failed for good, and how many are due now."""

    dead: int
    due: int


async def job_counts(uow: UnitOfWork) -> JobCounts:
    """The jobs that are not done, counted; one statement."""
    is_dead = OutboxRow.dead_at.is_not(None)
    row = (
        await uow.session.execute(
            select(
                func.count().filter(is_dead),
                func.count().filter(~is_dead, OutboxRow.due_at <= uow.now),
            ).where(OutboxRow.done_at.is_(None))
        )
    ).one()
    return JobCounts(*row)


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
        .where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.last_error != "")
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


class Figures(msgspec.Struct, frozen=True):
    """How the outbox is doing: jobs, and for how many seconds the one that is due the longest has been."""

    waiting: int
    oldest_seconds: float
    failing: int
    dead: int
    done_last_hour: int


async def figures(uow: UnitOfWork) -> Figures:
    """What the operator's graphs show; one statement on the outbox's partial indexes."""
    undone = (OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))
    oldest = select(func.min(OutboxRow.due_at)).where(*undone).scalar_subquery()
    found = await uow.session.execute(
        select(
            select(func.count()).where(*undone).select_from(OutboxRow).scalar_subquery(),
            oldest,
            select(func.count()).where(*undone, OutboxRow.last_error != "").select_from(OutboxRow).scalar_subquery(),
            select(func.count())
            .where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_not(None))
            .select_from(OutboxRow)
            .scalar_subquery(),
            select(func.count())
            .where(OutboxRow.done_at > uow.now - timedelta(hours=1))
            .select_from(OutboxRow)
            .scalar_subquery(),
        )
    )
    waits, first_due_at, fails, given_up, done = found.one()
    late = (uow.now - first_due_at).total_seconds() if first_due_at else 0.0
    return Figures(waits, max(0.0, late), fails, given_up, done)
