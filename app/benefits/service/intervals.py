"""How often an indicator is measured, kept from the moment it is in force, so that what held on a day holds for it (I15)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.benefits.models import Benefit, BenefitPlan, Indicator, IndicatorInterval
from app.core.database import UnitOfWork


async def keep_without_plan(uow: UnitOfWork, indicator: Indicator) -> None:
    """What is written of an indicator that no approved plan has yet is in force at once; else the next plan waits for it."""
    approved = select(BenefitPlan.id).where(
        BenefitPlan.case_id == indicator.case_id, BenefitPlan.approved_at.is_not(None),
        BenefitPlan.snapshot["indicators"].contains([{"id": str(indicator.id)}]),
    )  # fmt: skip
    if await uow.session.scalar(approved.limit(1)) is None:
        await _keep(uow, indicator)


async def keep_by_plan(uow: UnitOfWork, case_id: UUID) -> None:
    """What a plan that is approved now says of each indicator is in force from now on."""
    rows = await uow.session.scalars(
        select(Indicator)
        .join(Benefit, Benefit.id == Indicator.benefit_id)
        .where(Indicator.case_id == case_id, Indicator.removed_at.is_(None), Benefit.is_practice.is_(False))
        .order_by(Indicator.id)
    )
    for indicator in rows.all():
        await _keep(uow, indicator)


async def _keep(uow: UnitOfWork, indicator: Indicator) -> None:
    last = await uow.session.scalar(
        select(IndicatorInterval)
        .where(IndicatorInterval.indicator_id == indicator.id)
        .order_by(IndicatorInterval.since.desc(), IndicatorInterval.id.desc())
        .limit(1)
    )
    if last is None or last.months != indicator.interval_months:
        uow.session.add(
            IndicatorInterval(
                case_id=indicator.case_id, indicator_id=indicator.id, months=indicator.interval_months, since=uow.now
            )
        )
        await uow.session.flush()
