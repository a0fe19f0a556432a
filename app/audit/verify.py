"""Walking every chain of events, to show that nothing was changed, removed or put in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
from sqlalchemy import select, tuple_

from app.audit.models import Event
from app.audit.service import FIRST_HASH, hash_of
from app.cases.models import Case
from app.core.database import UnitOfWork


class Fault(msgspec.Struct, frozen=True):
    """A place where a chain does not hold."""

    case_id: str
    sequence: int
    what: str


CHUNK = 1000


async def _all(uow: UnitOfWork) -> AsyncIterator[Event]:
    """Every event, chain by chain; read a thousand at a time, so that memory does not grow with the record."""
    after: tuple[UUID, int] | None = None
    while True:
        statement = select(Event).order_by(Event.case_id, Event.sequence).limit(CHUNK)
        if after is not None:
            statement = statement.where(tuple_(Event.case_id, Event.sequence) > after)
        rows = list(await uow.session.scalars(statement))
        for event in rows:
            yield event
        if len(rows) < CHUNK:
            return
        after = rows[-1].case_id, rows[-1].sequence
        uow.session.expunge_all()


async def faults(uow: UnitOfWork) -> tuple[int, list[Fault]]:
    """How many events were read, and every place where a chain is broken, altered or cut short."""
    heads = {row.id: row for row in await uow.session.execute(select(Case.id, Case.event_count, Case.event_hash))}
    found: list[Fault] = []
    last: dict[object, tuple[int, str]] = {}
    count = 0
    async for event in _all(uow):
        count += 1
        sequence, previous = last.get(event.case_id, (0, FIRST_HASH))
        if event.sequence != sequence + 1:
            found.append(Fault(str(event.case_id), event.sequence, f"follows number {sequence}"))
        if event.previous_hash != previous:
            found.append(Fault(str(event.case_id), event.sequence, "does not chain to the one before"))
        if event.hash != hash_of(event):
            found.append(Fault(str(event.case_id), event.sequence, "says something else than when it was written"))
        last[event.case_id] = (event.sequence, event.hash)
    for case_id, case in heads.items():
        if last.get(case_id, (0, FIRST_HASH)) != (case.event_count, case.event_hash):
            found.append(Fault(str(case_id), case.event_count, "the chain does not end where the case says"))
    return count, found
