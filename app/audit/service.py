"""Writing an event: part of every change, and of nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from app.audit.models import Event
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.inputs import bare
from app.identity.actor import Actor

FIRST_HASH = "0" * 64


def hash_of(event: Event) -> str:
    """The event's fingerprint over all that it says and the fingerprint before it (SHA-256, hexadecimal)."""
    said = (
        event.case_id, event.sequence, event.at.timestamp(), event.actor_id, event.actor_name, event.subject,
        event.subject_id, event.verb, event.from_state, event.to_state, event.why, event.changes, event.previous_hash,
    )  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


async def record(
    uow: UnitOfWork,
    actor: Actor,
    case: Case,
    subject: str,
    subject_id: UUID,
    verb: str,
    *,
    from_state: str | None = None,
    to_state: str | None = None,
    why: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Event:
    """Append an event to the case's chain; the case's row must be locked by this unit of work."""
    event = append(
        uow, actor, case, subject, subject_id, verb, from_state=from_state, to_state=to_state, why=why, changes=changes
    )
    await uow.session.flush()
    return event


def append(
    uow: UnitOfWork,
    actor: Actor,
    case: Case,
    subject: str,
    subject_id: UUID,
    verb: str,
    *,
    from_state: str | None = None,
    to_state: str | None = None,
    why: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Event:
    """Append an event as `record` does, and leave it to the caller to write it together with others."""
    if case.id not in uow.locked:
        raise RuntimeError(f"case {case.id} must be locked before an event is appended to it")
    event = Event(
        case_id=case.id,
        sequence=case.event_count + 1,
        at=uow.now,
        actor_id=actor.person_id,
        actor_name=actor.name,
        subject=subject,
        subject_id=subject_id,
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        why=why,
        changes=msgspec.to_builtins(
            {**(changes or {}), **({"personal_data": uow.confirmed} if uow.confirmed else {})}, enc_hook=bare
        ),
        previous_hash=case.event_hash,
    )
    event.hash = hash_of(event)
    case.event_count, case.event_hash = event.sequence, event.hash
    uow.changed[case.id] = case
    uow.happened.setdefault(case.id, set()).add((subject, verb, subject_id))
    uow.session.add(event)
    return event
