"""Putting a job in the outbox, running it once, and giving a dead one another chance."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.core.database import Database, UnitOfWork
from app.core.errors import NotFound, NotYet
from app.core.ids import new_id
from app.identity.actor import Actor
from app.outbox.models import OutboxRow
from workflows.engine import Reason
from workflows.roles import Permission

log = structlog.get_logger()

Handler = Callable[[UnitOfWork, Mapping[str, Any]], Awaitable[None]]

CHANNEL = "outbox"
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
KEPT_FOR = timedelta(days=90)
INSERTED_AT_ONCE = 2000
GRACE = timedelta(seconds=2)
_TOLD = "outbox_told"


class PermanentFailure(Exception):
    """The job can never succeed as it stands: do not try again, show it to the administrator."""


class WorkerDied(Exception):
    """The worker, or its database, was gone before the job had ended."""


async def put(
    uow: UnitOfWork, kind: str, payload: Mapping[str, Any], *, due_at: datetime | None = None, key: str | None = None
) -> UUID | None:
    """Queue a job in the caller's transaction; answers its id, or None where the key has been used before.

    It runs after the commit, not before `due_at` (UTC); a handler named `kind` gets `payload`.
    """
    made = await put_all(uow, kind, [(payload, key)], due_at=due_at)
    return made[0] if made else None


async def put_all(
    uow: UnitOfWork, kind: str, jobs: Sequence[tuple[Mapping[str, Any], str | None]], *, due_at: datetime | None = None
) -> list[UUID]:
    """Queue many jobs of one kind, (payload, key) each, in the caller's transaction; answers the ids of the new ones."""
    due = due_at or uow.now
    made: list[UUID] = []
    for start in range(0, len(jobs), INSERTED_AT_ONCE):
        rows = [
            {"id": new_id(), "kind": kind, "payload": dict(payload), "key": key, "created_at": uow.now, "due_at": due,
             "handovers": 0, "attempts": 0, "last_error": ""}
            for payload, key in jobs[start : start + INSERTED_AT_ONCE]
        ]  # fmt: skip
        statement = insert(OutboxRow).values(rows).on_conflict_do_nothing(index_elements=["key"])
        made += await uow.session.scalars(statement.returning(OutboxRow.id))
    if made and due <= uow.now:
        await wake_relay(uow)
    return made


async def wake_relay(uow: UnitOfWork) -> None:
    """Tell the relays, at the commit, that there is something to do."""
    if not uow.session.info.get(_TOLD):
        await uow.session.execute(select(func.pg_notify(CHANNEL, "")))
        uow.session.info[_TOLD] = True


async def run(
    database: Database, handlers: Mapping[str, Handler], row_id: UUID, *, seconds: float | None = None,
    grace: timedelta = GRACE,
) -> bool:  # fmt: skip
    """Do one job: its effect and the mark that it is done are one transaction; answers whether it was done here.

    A row that another worker holds, that is done, dead, gone or not yet due, is left alone. The attempt is counted
    before it is made, so that a job which takes its worker down with it gives up like any other. A handler that raises
    changes nothing, and neither does one that takes longer than `seconds`: the job waits, longer each time. A row that
    was begun less than `grace` ago is another's, though nobody holds it.
    """
    attempt = await _begin(database, row_id, grace)
    if attempt is None:
        return False
    try:
        async with asyncio.timeout(seconds), database.unit_of_work() as uow:
            row = await _alone_with(uow, row_id)
            if row is None or row.attempts != attempt:
                return False
            handler = handlers.get(row.kind)
            if handler is None:
                raise PermanentFailure(f"nothing handles {row.kind!r}")
            await handler(uow, row.payload)
            row.done_at = uow.now
            row.begun_at = None
            row.last_error = ""
        return True
    except Exception as error:  # whatever a handler raises is counted and shown, never lost
        await _note_failure(database, row_id, attempt, error)
        return False


async def _alone_with(uow: UnitOfWork, row_id: UUID) -> OutboxRow | None:
    """The row, locked, where it is to be done now; None where another worker holds it."""
    found: OutboxRow | None = await uow.session.scalar(
        select(OutboxRow)
        .where(
            OutboxRow.id == row_id, OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None),
            OutboxRow.due_at <= uow.now,
        )
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return found


async def _begin(database: Database, row_id: UUID, grace: timedelta) -> int | None:
    """Count an attempt, committed before it is made; answers its number, or None where there is none to make now.

    A row that was begun and is held by nobody is one whose worker died in the middle of it: that attempt has failed.
    Between the commit here and the lock of the attempt itself nobody holds the row either, hence the time of grace.
    """
    async with database.unit_of_work() as uow:
        row = await _alone_with(uow, row_id)
        if row is None:
            return None
        server_now = await uow.session.scalar(select(func.clock_timestamp()))
        assert server_now is not None
        if row.begun_at is not None:
            if row.begun_at > server_now - grace:
                return None
            _fail(uow, row, WorkerDied("cut off: the worker or its database ended in the middle of it"))
            return None
        row.attempts += 1
        row.begun_at = server_now
        return row.attempts


async def _note_failure(database: Database, row_id: UUID, attempt: int, error: Exception) -> None:
    async with database.unit_of_work() as uow:
        row = await uow.session.get(OutboxRow, row_id, with_for_update=True)
        if row is None or row.done_at or row.dead_at or row.attempts != attempt:
            return
        _fail(uow, row, error)


def _fail(uow: UnitOfWork, row: OutboxRow, error: Exception) -> None:
    """The attempt has failed: the row waits for the next one, or is dead."""
    row.last_error = f"{type(error).__name__}: {error}"[:2000]
    row.begun_at = None
    row.enqueued_at = None
    if isinstance(error, PermanentFailure) or row.attempts >= MOST_ATTEMPTS:
        row.dead_at = uow.now
    else:
        row.due_at = uow.now + wait_after(row.attempts)
    log.warning(
        "job failed", row=str(row.id), kind=row.kind, attempts=row.attempts, dead=row.dead_at is not None,
        error=row.last_error, exc_info=error,
    )  # fmt: skip


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: three times longer each time, a little uneven so that rows spread."""
    wait = min(FIRST_WAIT.total_seconds() * 3.0 ** (attempts - 1), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=wait * random.uniform(1.0, 1.2))


async def retry(uow: UnitOfWork, actor: Actor, row_id: UUID) -> OutboxRow:
    """Give a job that failed, or waits after a failure, a fresh set of attempts now; NotYet where it is done already."""
    if not actor.may(Permission.JOBS_ADMINISTER):
        raise NotFound
    row = await uow.session.get(OutboxRow, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.done_at is not None:
        raise NotYet([Reason(code="outbox_row.already_done")], subject="outbox_row", step="retry")
    row.dead_at = None
    row.begun_at = None
    row.attempts = 0
    row.due_at = uow.now
    row.enqueued_at = None
    await wake_relay(uow)
    log.info("job is tried again", row=str(row.id), kind=row.kind, by=str(actor.person_id))
    return row


async def forget_done(uow: UnitOfWork) -> None:
    """Remove the rows that were done more than 90 days ago."""
    await uow.session.execute(delete(OutboxRow).where(OutboxRow.done_at < uow.now - KEPT_FOR))
