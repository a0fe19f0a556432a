"""What it costs to measure an indicator, weighed against what the benefit is planned to give (R18, DOMAIN 3.2)."""

from __future__ import annotations

from decimal import Decimal

from workflows.leaf import USUAL_INTERVAL

YEAR = 12
WORTH_PART = 10
"""Measuring may take up to one part in so many of what is measured; beyond that it is asked why it is worth it."""


def cost_per_year(cost_ore: int, interval_months: int | None) -> Decimal:
    """What measuring costs in a year, in øre, where it is measured so often."""
    return Decimal(cost_ore) * YEAR / (interval_months or USUAL_INTERVAL)


def value_per_year(baseline: Decimal, target: Decimal, periods_per_year: int, unit_value_ore: int) -> Decimal:
    """What a benefit is planned to give in a year once its target is reached, in øre."""
    return abs(target - baseline) * periods_per_year * unit_value_ore


def is_dear(cost: Decimal, value: Decimal) -> bool:
    """Whether measuring takes more of what is measured than it should without a reason; asked, never refused."""
    return cost * WORTH_PART > value
