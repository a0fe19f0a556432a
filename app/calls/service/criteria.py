"""The award criteria of a call."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.calls.facts import CALL, levels_of
from app.calls.models import Call, Criterion
from app.calls.service.draft import held_draft
from app.core.database import UnitOfWork
from app.core.errors import NotFound, invalid
from app.identity.actor import Actor
from app.moves import note
from workflows.rules import Rules

MOST_CRITERIA = 20


async def _criterion(uow: UnitOfWork, call_id: UUID, criterion_id: UUID) -> Criterion:
    row = await uow.session.get(Criterion, criterion_id)
    if row is None or row.call_id != call_id:
        raise NotFound
    return row


async def write_criterion(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, criterion_id: UUID, language: str, title: str, description: str,
    version: int | None = None, **levels: str,
) -> Call:  # fmt: skip
    """Write a criterion in one language: `level_<score>` holds the sentence for each score (G9)."""
    held = await held_draft(uow, actor, call_id, version, "write_criterion")
    row = await _criterion(uow, call_id, criterion_id)
    scale = levels_of(msgspec.convert(held.row.rules, Rules))
    written = {str(score): levels.get(f"level_{score}", "") for score in scale}
    row.texts = {
        **row.texts,
        language: {"title": title, "description": description, "levels": written},
    }
    changes = {"criterion": row.key, "language": language, **row.texts[language]}
    return await note(uow, actor, CALL, held, "write_criterion", changes=changes)


async def weigh_criterion(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    criterion_id: UUID,
    weight: int,
    version: int | None = None,
) -> Call:
    """Set how much a criterion counts."""
    held = await held_draft(uow, actor, call_id, version, "weigh_criterion")
    row = await _criterion(uow, call_id, criterion_id)
    row.weight = weight
    return await note(
        uow,
        actor,
        CALL,
        held,
        "weigh_criterion",
        changes={"criterion": row.key, "weight": weight},
    )


async def add_criterion(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    title: str,
    weight: int,
    version: int | None = None,
) -> Call:
    """Add a criterion, to be written in the other languages and with its levels afterwards."""
    held = await held_draft(uow, actor, call_id, version, "add_criterion")
    keys = set(await uow.session.scalars(select(Criterion.key).where(Criterion.call_id == call_id)))
    if len(keys) >= MOST_CRITERIA:
        raise invalid("title", "call.criteria_too_many", most=MOST_CRITERIA)
    key = next(f"C{number}" for number in range(1, MOST_CRITERIA + 2) if f"C{number}" not in keys)
    last = await uow.session.scalar(select(func.max(Criterion.position)).where(Criterion.call_id == call_id))
    texts = {actor.language: {"title": title, "description": "", "levels": {}}}
    uow.session.add(
        Criterion(
            call_id=call_id,
            key=key,
            position=(last or 0) + 1,
            weight=weight,
            texts=texts,
        )
    )
    return await note(
        uow,
        actor,
        CALL,
        held,
        "add_criterion",
        changes={"criterion": key, "title": title},
    )


async def remove_criterion(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    criterion_id: UUID,
    version: int | None = None,
) -> Call:
    """Take a criterion away; its wording stays in the event."""
    held = await held_draft(uow, actor, call_id, version, "remove_criterion")
    row = await _criterion(uow, call_id, criterion_id)
    await uow.session.delete(row)
    return await note(
        uow,
        actor,
        CALL,
        held,
        "remove_criterion",
        changes={"criterion": row.key, "texts": row.texts},
    )
