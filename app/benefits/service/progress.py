"""Letting a benefit go forward by itself when what is known of it allows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.activities.models import Change
from app.benefits.facts import BENEFIT
from app.benefits.models import Benefit
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.actor import SYSTEM, Actor
from app.moves import Held, hold, make, verdicts
from workflows.benefit import AUTOMATIC, BY_PLAN, BenefitState
from workflows.roles import Role


async def advance(uow: UnitOfWork, actor: Actor, held: Held[Benefit], *, approving: bool = False) -> Benefit:
    """Let the benefit go as far forward as what is known of it allows; it never asks anybody to press a button for it.

    `approving` opens the step that only an approved plan makes.
    """
    names = {*AUTOMATIC, *(BY_PLAN if approving else ())}
    alone = Held(held.row, held.case, held.roles | {Role.SYSTEM})
    await uow.session.flush()
    while True:
        open_moves = [
            each.move for each in await verdicts(uow, actor, BENEFIT, alone.row, alone.roles)
            if each.allowed and each.move in names
        ]  # fmt: skip
        if not open_moves:
            return alone.row
        await make(uow, actor, BENEFIT, alone, open_moves[0])


async def going_live(uow: UnitOfWork, limit: int = 200) -> list[UUID]:
    """The planned benefits whose change has gone live."""
    return list(
        await uow.session.scalars(
            select(Benefit.id)
            .join(Change, Change.id == Benefit.change_id)
            .where(Benefit.state == BenefitState.PLANNED, Change.live_on <= day_in_oslo(uow.now))
            .order_by(Benefit.id)
            .limit(limit)
        )
    )


async def begin_realising(uow: UnitOfWork, benefit_id: UUID) -> Benefit:
    """The change is live: the clock's own step."""
    return await advance(uow, SYSTEM, await hold(uow, SYSTEM, BENEFIT, benefit_id))
