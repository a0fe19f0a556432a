"""What has happened, for a case's timeline and for the auditor."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Select, bindparam, select

from app.audit.models import Event
from app.cases.models import Case
from app.core.database import CASE, UnitOfWork
from app.core.questions import constant, told_each
from app.core.settled import settled

NAMING = ("title", "name", "label", "text", "milestone")
"""The fields of a change that say what was changed, the plainest first."""
ABOUT_LENGTH = 90
BEFORE = bindparam("before", type_=BigInteger())


class EventRow(msgspec.Struct, frozen=True):
    """One event as lists show it."""

    id: int
    case_id: UUID
    sequence: int
    at: datetime
    who: str
    subject: str
    verb: str
    from_state: str | None
    to_state: str | None
    why: str
    changes: dict[str, Any]
    hash: str

    @property
    def key(self) -> str:
        """The key of the text that says what was done."""
        return f"event.{self.subject}.{self.verb}"

    @property
    def about(self) -> str:
        """What the thing that was changed is called, where the event says it; at most ABOUT_LENGTH characters."""
        for name in NAMING:
            value = self.changes.get(name)
            said = value[-1] if isinstance(value, list) and value else value
            if isinstance(said, str) and said:
                return said if len(said) <= ABOUT_LENGTH else said[: ABOUT_LENGTH - 1].rstrip() + "…"
        return ""


COLUMNS = (
    Event.id, Event.case_id, Event.sequence, Event.at, Event.actor_name, Event.subject, Event.verb, Event.from_state,
    Event.to_state, Event.why, Event.changes, Event.hash,
)  # fmt: skip


@cache
def timeline(limit: int) -> Select[Any]:
    """Asks for the latest events of a case, the newest first, as one value; built once."""
    latest = select(*COLUMNS).where(Event.case_id == CASE).order_by(Event.sequence.desc())
    return select(told_each(EventRow, latest.limit(constant(limit))))


async def timeline_of(uow: UnitOfWork, subject_id: UUID, limit: int = 20) -> list[EventRow]:
    """The latest events about one row, the newest first; the caller has checked that it may be seen."""
    rows = await uow.session.execute(
        select(*COLUMNS).where(Event.subject_id == subject_id).order_by(Event.id.desc()).limit(limit)
    )
    return [EventRow(*row) for row in rows]


@cache
def _of_kind(subject: str, verbs: tuple[str, ...], limit: int, *, turned: bool) -> Select[Any]:
    statement = (
        select(*COLUMNS)
        .where(Event.case_id == CASE, Event.subject == subject, Event.verb.in_(verbs))
        .order_by(Event.sequence.desc())
        .limit(constant(limit))
    )
    return settled(statement.where(Event.sequence < BEFORE) if turned else statement)


async def events_of_kind(
    uow: UnitOfWork, case_id: UUID, subject: str, verbs: Collection[str], *, before: int | None = None, limit: int = 50
) -> list[EventRow]:
    """The events of a case that are of certain verbs, the newest first, from before the one with that sequence."""
    statement = _of_kind(subject, tuple(sorted(verbs)), limit, turned=before is not None)
    rows = await uow.session.execute(statement, {"case_id": case_id, "before": before})
    return [EventRow(*row) for row in rows]


async def events(uow: UnitOfWork, *, case_id: UUID | None, before: int | None, limit: int) -> list[EventRow]:
    """Events over all cases or in one, the newest first, from before the one with that number."""
    statement = select(*COLUMNS).order_by(Event.id.desc()).limit(limit)
    if case_id is not None:
        statement = statement.where(Event.case_id == case_id)
    if before is not None:
        statement = statement.where(Event.id < before)
    return [EventRow(*row) for row in await uow.session.execute(statement)]


async def case_titles(uow: UnitOfWork, ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """The reference and title of each case."""
    rows = await uow.session.execute(select(Case.id, Case.reference, Case.title).where(Case.id.in_(ids)))
    return {row.id: (row.reference, row.title) for row in rows}
