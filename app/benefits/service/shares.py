"""Who may call which part of an effect their own: 1 at most together, also when two claim at once (DOMAIN 3.8 I4)."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.benefits.facts import BENEFIT
from app.benefits.models import AttributionShare, OutcomePool
from app.benefits.service.plan import indicator_of, refuse_practice
from app.core.database import UnitOfWork
from app.core.errors import invalid
from app.core.ids import new_id
from app.identity.actor import Actor
from app.moves import hold, note
from workflows.roles import Permission

WHOLE = Decimal(1)
KEPT = Decimal("0.000001")
"""As fine as a share is kept: rounded when it is written, many could come to more than the whole."""


async def _pool(uow: UnitOfWork, key: str, unit_id: UUID, period: str) -> OutcomePool:
    """The pool, made where there is none, and locked: whoever claims of it next waits until this transaction ends."""
    await uow.session.execute(
        insert(OutcomePool)
        .values(id=new_id(), indicator_key=key, unit_id=unit_id, period=period)
        .on_conflict_do_nothing(index_elements=["indicator_key", "unit_id", "period"])
    )
    found: OutcomePool = (
        await uow.session.scalars(
            select(OutcomePool)
            .where(OutcomePool.indicator_key == key, OutcomePool.unit_id == unit_id, OutcomePool.period == period)
            .with_for_update()
        )
    ).one()
    return found


async def claim_share(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, indicator_id: UUID, period: str,
    share: Decimal, why: str,
) -> AttributionShare:  # fmt: skip
    """Claim a part of what is counted in the office over a year; an earlier claim of the benefit is replaced.

    Invalid where all claims together would come to more than 1; exact decimals.
    """
    held = await hold(uow, actor, BENEFIT, benefit_id, Permission.BENEFIT_WRITE, version=version)
    refuse_practice(held.row, "claim_share")
    indicator = await indicator_of(uow, held.row, indicator_id)
    share = share.quantize(KEPT, ROUND_DOWN)
    pool = await _pool(uow, indicator.key, held.case.unit_id, period)
    own = await uow.session.scalar(
        select(AttributionShare).where(
            AttributionShare.pool_id == pool.id, AttributionShare.benefit_id == benefit_id,
            AttributionShare.ended_at.is_(None),
        )
    )  # fmt: skip
    others = await uow.session.scalar(
        select(func.coalesce(func.sum(AttributionShare.share), 0)).where(
            AttributionShare.pool_id == pool.id, AttributionShare.benefit_id != benefit_id,
            AttributionShare.ended_at.is_(None),
        )
    )  # fmt: skip
    taken = Decimal(others or 0)
    if taken + share > WHOLE:
        raise invalid("share", "benefits.share_too_much", sum=_plain(taken + share), left=_plain(WHOLE - taken))
    if own is not None:
        own.ended_at = uow.now
        await uow.session.flush()
    row = AttributionShare(
        pool_id=pool.id, case_id=held.case.id, benefit_id=benefit_id, share=share, why=why, given_by=actor.person_id,
        given_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    changes = {"indicator": indicator.key, "period": period, "share": [own.share if own else None, share]}
    await note(uow, actor, BENEFIT, held, "claim_share", why=why, changes=changes)
    return row


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
