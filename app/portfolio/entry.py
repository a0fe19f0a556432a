"""What one project or one of its benefits adds to the portfolio, as a row of its tables says it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from workflows.over_time import Sums
from workflows.rollup import Line

MISSING = ("goal", "owner", "indicator", "baseline", "target", "overdue")
"""What a benefit can lack, in the order in which it should be mended."""


class Known(msgspec.Struct, frozen=True, array_like=True):
    """What is known of an indicator, as a list shows it."""

    indicator_id: UUID
    baseline: Decimal | None = None
    target: Decimal | None = None
    forecast: Decimal | None = None
    measurement_id: UUID | None = None
    measured: Decimal | None = None
    grade: str | None = None
    observations: int | None = None

    @property
    def line(self) -> Line:
        """The same as the arithmetic takes it."""
        return Line(
            baseline=self.baseline, target=self.target, forecast=self.forecast, measured=self.measured, grade=self.grade,
            observations=self.observations,
        )  # fmt: skip


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What one project or one of its benefits adds to the portfolio, and by what it can be found: a row of the tables.

    `tally` counts what there is, `late` what becomes late: how many by the day on which it was due.
    """

    case_id: UUID
    benefit_id: UUID | None = None
    unit_id: UUID
    county_id: UUID | None = None
    call_id: UUID | None = None
    step: str
    goals: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    """Each category with the goals that benefits of it lead to, `category|goal`; one that leads to none with ""."""
    sums: Sums = Sums()
    tally: dict[str, int] = {}
    late: dict[str, dict[date, int]] = {}
    known: tuple[Known, ...] = ()
    """What is known of each of its indicators."""
    marks: tuple[str, ...] = ()
    """By what else a list finds it: a benefit by MARKS, a project by ALL_DROPPED."""
    forecasts: dict[int, Decimal] = {}
    """What it is forecast to come to a year, gains less harms, for each price year that it is in a sum of."""
    committed_ore: int = 0


MARKS = ("dropped", "harms", "measurable", "unpriced")
"""What is counted that a list is also made of."""
ALL_DROPPED = "all_dropped"
"""That a project has benefits, and every one of them has been taken out."""
