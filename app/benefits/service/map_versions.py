"""Versions of a benefit map: kept at each gate of the project, and under a name when somebody wishes."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.benefits.map_queries import benefit_map, said_of
from app.benefits.models import BenefitMapVersion
from app.benefits.service.map import practised
from app.core.database import UnitOfWork
from app.core.errors import NotYet, invalid
from app.identity.actor import Actor
from app.moves import hold, note
from app.projects.facts import PROJECT
from workflows.engine import Reason
from workflows.roles import Permission


async def keep_version(
    uow: UnitOfWork, actor: Actor, *, case_id: UUID, name: str, is_practice: bool = False
) -> BenefitMapVersion:
    """Keep the map as it stands under a name; NotYet for an empty map."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.BENEFIT_WRITE)
    if not name.strip():
        raise invalid("name", "form.empty")
    row = await _kept(uow, actor, case_id, name=name.strip(), is_practice=is_practice)
    if row is None:
        reason = Reason(code="benefits.map_is_empty", place="benefit.map")
        raise NotYet([reason], subject="benefit_map", step="keep_version", case_id=case_id)
    changes = {"number": row.number, "label": row.name, "fingerprint": row.said_hash, **practised(is_practice)}
    await note(uow, actor, PROJECT, held, "keep_map_version", changes=changes)
    return row


async def keep_at_gate(uow: UnitOfWork, actor: Actor, project: Any) -> None:
    """What follows when a project passes a gate: the map is kept as it stood then; an empty one is not."""
    await _kept(uow, actor, project.id, gate=project.state)


async def _kept(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, name: str = "", gate: str = "", is_practice: bool = False
) -> BenefitMapVersion | None:
    said = said_of(*await benefit_map(uow, case_id, is_practice=is_practice))
    if not said.nodes:
        return None
    before = await uow.session.scalar(
        select(func.max(BenefitMapVersion.number)).where(
            BenefitMapVersion.case_id == case_id, BenefitMapVersion.is_practice.is_(is_practice)
        )
    )
    row = BenefitMapVersion(
        case_id=case_id, is_practice=is_practice, number=(before or 0) + 1, name=name, gate=gate,
        said=msgspec.to_builtins(said), kept_by=actor.person_id, kept_at=uow.now,
        said_hash=hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest(),
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    return row
