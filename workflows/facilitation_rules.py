"""The part of a call's rules that says how the hours of facilitation of a project lie along time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

ALL_HOURS = 10_000
"""All the hours of a project, in basis points."""


class StepPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a step of a project takes where nothing else is planned: weeks, its share of the hours, the methods it needs."""

    step: str
    weeks: int
    share_basis_points: int
    methods: tuple[str, ...] = ()


STEP_PLANS = (
    StepPlan(step="diagnose_open", weeks=7, share_basis_points=2_000, methods=("service_design", "positive_deviance")),
    StepPlan(step="diagnose_close", weeks=7, share_basis_points=1_500, methods=("service_design", "systemic_design")),
    StepPlan(step="platform_open", weeks=7, share_basis_points=2_000, methods=("service_design", "positive_deviance")),
    StepPlan(step="platform_close", weeks=7, share_basis_points=1_500,
             methods=("systemic_design", "benefits_realisation")),
    StepPlan(step="implement_open", weeks=14, share_basis_points=2_000, methods=("service_design", "evaluation")),
    StepPlan(step="implement_close", weeks=7, share_basis_points=1_000, methods=("benefits_realisation", "evaluation")),
)  # fmt: skip
"""The three diamonds: most facilitation where a diamond opens, benefits and evaluation where it closes (S7, S10)."""


LONGEST_STEP = 104
"""The most weeks that a step is planned to take."""


class FacilitationRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the hours of facilitation of a project lie along time where no dates are planned yet (S72)."""

    steps: tuple[StepPlan, ...] = STEP_PLANS
    people: int = 2
    """So many facilitators follow a project: an experienced one, and one who learns (FEATURES 4.8)."""
    weeks_to_start: int = 8
    """From a decision to the first step of the project, where the office has named no day."""


def against_plan(rules: FacilitationRules) -> Iterator[tuple[str, Mapping[str, int | str]]]:
    """What is wrong with the plan: other steps than the six, weeks out of range, shares that do not add up."""
    if [plan.step for plan in rules.steps] != [plan.step for plan in STEP_PLANS]:
        yield "rules.steps_changed", {}
    if any(not 1 <= plan.weeks <= LONGEST_STEP for plan in rules.steps):
        yield "rules.step_weeks_wrong", {"most": LONGEST_STEP}
    total = sum(plan.share_basis_points for plan in rules.steps)
    if total != ALL_HOURS or any(plan.share_basis_points < 0 for plan in rules.steps):
        yield "rules.step_shares_not_whole", {"percent": f"{total / 100:g}"}
