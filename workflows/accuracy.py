"""How good forecasts are: what was measured against what was forecast at the gate, never of a few (DOMAIN 3.6, R36)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from statistics import median

import msgspec

from workflows.leaf import FEWEST

MONTHS = (6, 12, 24)
"""When what came of it is measured, in months after the close."""
NEAR = Decimal("0.2")
"""As near to what was forecast as this part of it is near enough."""
DIMENSIONS = ("category", "theme")
"""What forecasts are compared by: DFØ's type of benefit, and the theme of the project."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A follow-up measurement of grade A to C, and what was forecast for its day when the plan was approved at the gate."""

    months: int
    category: str
    theme: str
    baseline: Decimal | None
    forecast: Decimal | None
    """None where nothing had been forecast by then."""
    actual: Decimal

    @property
    def ratio(self) -> Decimal | None:
        """What came of it, of what was forecast: 1 where it came true; None where nothing, or no change, was forecast."""
        if self.baseline is None or self.forecast is None or self.forecast == self.baseline:
            return None
        return (self.actual - self.baseline) / (self.forecast - self.baseline)


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """How good the forecasts of some indicators were."""

    measured: int
    compared: int
    """Of those measured: with a forecast from the gate to hold against."""
    middle: Decimal | None
    """The ratio in the middle."""
    near: int
    below: int
    above: int
    few: bool
    """Fewer than five, or findable from the others: nothing but how many may be shown."""


def accuracy(outcomes: Sequence[Outcome]) -> Accuracy:
    """How good the forecasts of these were."""
    ratios = [ratio for each in outcomes if (ratio := each.ratio) is not None]
    near = sum(abs(ratio - 1) <= NEAR for ratio in ratios)
    below = sum(ratio < 1 - NEAR for ratio in ratios)
    return Accuracy(
        measured=len(outcomes), compared=len(ratios), middle=Decimal(median(ratios)) if ratios else None, near=near,
        below=below, above=len(ratios) - near - below, few=len(ratios) < FEWEST,
    )  # fmt: skip


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One kind, at each of the times at which it is measured."""

    key: str
    at: tuple[Accuracy, ...]


def accuracy_by(dimension: str, outcomes: Iterable[Outcome]) -> tuple[Row, ...]:
    """How good the forecasts of each kind were after so many months, in the order of the kinds.

    Where one kind alone has too few to be shown at a time, it could be found by taking the others from the whole: of
    those the one with fewest is kept back with it.
    """
    there = list(outcomes)
    keys = sorted({str(getattr(each, dimension)) for each in there})
    table = {
        (key, months): accuracy([each for each in there if getattr(each, dimension) == key and each.months == months])
        for key in keys
        for months in MONTHS
    }
    for months in MONTHS:
        shown = [key for key in keys if not table[key, months].few]
        hidden = [key for key in keys if table[key, months].compared and table[key, months].few]
        if len(hidden) == 1 and shown:
            least = min(shown, key=lambda key: (table[key, months].compared, key))
            table[least, months] = msgspec.structs.replace(table[least, months], few=True)
    return tuple(Row(key=key, at=tuple(table[key, months] for months in MONTHS)) for key in keys)


def of_all(outcomes: Iterable[Outcome]) -> tuple[Accuracy, ...]:
    """How good all of them were, after so many months."""
    there = list(outcomes)
    return tuple(accuracy([each for each in there if each.months == months]) for months in MONTHS)
