"""What a page of a plan asks before it says which steps there are."""

from __future__ import annotations

from typing import Any

from app.benefits.models import BenefitPlan
from app.identity.actor import SYSTEM
from app.moves import Subject, verdicts
from workflows.benefit import BENEFIT_PLAN, PlanState


async def test_of_a_plan_that_no_step_leaves_nothing_is_asked() -> None:
    """Not even its facts, which are those of every benefit in it."""

    async def refuse(_uow: Any, _row: BenefitPlan) -> None:
        raise AssertionError("the facts were asked for")

    approved = BenefitPlan(state=PlanState.APPROVED)
    nowhere: Any = None
    assert await verdicts(nowhere, SYSTEM, Subject(BENEFIT_PLAN, BenefitPlan, refuse), approved, frozenset()) == ()
