"""Walking every chain of events, to show that nothing was changed, removed or put in between."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from app.audit.models import Event
from app.audit.service import FIRST_HASH, hash_of
from app.cases.models import Case
from app.core.database import UnitOfWork


class Fault(msgspec.Struct, frozen=True):
    """A place where a chain does not hold."""

    case_id: str
    sequence: int
    what: str


async def faults(uow: UnitOfWork) -> tuple[int, list[Fault]]:
    """How many events were read, and every place where a chain is broken, altered or cut short."""
    heads = {case.id: case for case in await uow.session.scalars(select(Case))}
    found: list[Fault] = []
    last: dict[object, tuple[int, str]] = {}
    count = 0
    rows = await uow.session.stream_scalars(
        select(Event).order_by(Event.case_id, Event.sequence).execution_options(yield_per=1000)
    )
    async for event in rows:
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
