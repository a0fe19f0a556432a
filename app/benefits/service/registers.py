"""What is kept of a benefit in rows: preconditions, risks, and those whom it concerns; and what was learnt of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.benefits import choices
from app.benefits.facts import BENEFIT
from app.benefits.models import Benefit, BenefitRisk, BenefitStakeholder, Precondition
from app.benefits.service.plan import refuse_submitted
from app.benefits.service.profile import held_for_writing
from app.benefits.service.progress import advance
from app.core.database import UnitOfWork
from app.core.errors import NotYet, invalid
from app.core.ids import new_id
from app.identity.actor import Actor
from app.moves import Held, hold, note
from workflows.benefit import BenefitState
from workflows.engine import Reason
from workflows.roles import Permission


async def write_preconditions(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, rows: Sequence[Any] = ()
) -> Benefit:
    """Write what must be in place for a benefit to come, who sees to it and whether it is (DOMAIN 3.7).

    It can be written as long as the benefit lasts: a plan that stands does not keep what it rests on from failing.
    """
    held = await _held(uow, actor, benefit_id, version)
    await _refuse_strangers(uow, held, rows)
    return await _noted(uow, actor, held, "write_preconditions", await _write(uow, held, Precondition, rows))


async def _held(uow: UnitOfWork, actor: Actor, benefit_id: UUID, version: int | None) -> Held[Benefit]:
    held = await held_for_writing(uow, actor, benefit_id, version)
    await refuse_submitted(uow, held.case.id)
    return held


async def _refuse_strangers(uow: UnitOfWork, held: Held[Benefit], rows: Sequence[Any]) -> None:
    """Raise Invalid beside who is to see to a precondition and neither works in the project's units nor leads in its line."""
    asked = {each.owner_id for each in rows if each.owner_id is not None}
    if not asked:
        return
    before = set(await uow.session.scalars(select(Precondition.owner_id).where(Precondition.benefit_id == held.row.id)))
    known = {person for person, _ in await choices.people_around(uow, held.case.id)} | before
    for number, each in enumerate(rows):
        if each.owner_id is not None and each.owner_id not in known:
            raise invalid(f"rows-{number}-owner_id", "form.unknown")


async def write_risks(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, rows: Sequence[Any] = ()
) -> Benefit:
    """Write what can keep a benefit from coming, how likely and how bad it is, and what is done about it (DOMAIN 3.7)."""
    held = await _held(uow, actor, benefit_id, version)
    return await _noted(uow, actor, held, "write_risks", await _write(uow, held, BenefitRisk, rows))


async def write_stakeholders(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, rows: Sequence[Any] = ()
) -> Benefit:
    """Write whom a benefit concerns, also those who lose by it (R16, DOMAIN 3.7)."""
    held = await _held(uow, actor, benefit_id, version)
    return await _noted(uow, actor, held, "write_stakeholders", await _write(uow, held, BenefitStakeholder, rows))


async def _noted(uow: UnitOfWork, actor: Actor, held: Held[Benefit], verb: str, changes: dict[str, Any]) -> Benefit:
    await note(uow, actor, BENEFIT, held, verb, changes=changes)
    return await advance(uow, actor, held)


async def _write(uow: UnitOfWork, held: Held[Benefit], table: Any, rows: Sequence[Any]) -> dict[str, Any]:
    """Make the open rows of a table say what was typed. What has changed, by line.

    What is gone or said in other words is ended, never deleted nor written over, so that every earlier day can be read.
    """
    there = {
        row.id: row
        for row in await uow.session.scalars(
            select(table).where(table.benefit_id == held.row.id, table.removed_at.is_(None)).order_by(table.id)
        )
    }
    changes: dict[str, Any] = {}
    for number, each in enumerate(rows):
        said = {name: value for name, value in msgspec.structs.asdict(each).items() if name != "id"}
        said = {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}
        if not said["text"]:
            continue
        row = there.pop(each.id, None) if each.id is not None else None
        if each.id is not None and row is None:
            raise invalid(f"rows-{number}-text", "benefits.row_is_gone")
        before = {name: getattr(row, name) for name in said} if row is not None else None
        if before == said:
            continue
        if row is not None:
            row.removed_at = uow.now
        own = new_id()
        line_id = row.line_id if row is not None else own
        uow.session.add(
            table(id=own, line_id=line_id, case_id=held.case.id, benefit_id=held.row.id, added_at=uow.now, **said)
        )
        changes[str(line_id)] = [before, said]
    for row in there.values():
        row.removed_at = uow.now
        changes[str(row.line_id)] = [{"text": row.text}, None]
    await uow.session.flush()
    return changes


async def learn(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, learning: str
) -> Benefit:
    """Write what worked, for whom and under which conditions, also of a benefit that is concluded (S77)."""
    held = await hold(uow, actor, BENEFIT, benefit_id, Permission.MEASUREMENT_REPORT, version=version)
    if held.row.state == BenefitState.DRAFT:
        reason = Reason(code="benefits.nothing_learnt_yet", place="benefit", parameters={"id": str(benefit_id)})
        raise NotYet([reason], subject="benefit", step="learn", case_id=held.case.id)
    changes = {"learning": [held.row.learning, learning]}
    held.row.learning = learning
    return await note(uow, actor, BENEFIT, held, "learn", changes=changes)
