"""Lines of the portfolio's own: what overlap and optimism take away, seen beside the sums and never mixed into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from workflows.rollup import Sum, together

FIRST_YEAR, LAST_YEAR = 1990, 2100


class Kind(StrEnum):
    """Why the portfolio is worth less than its projects say, each by itself right (R33)."""

    OVERLAP = "overlap"
    """Projects count effects that are partly the same, without sharing a pool."""
    OPTIMISM = "optimism"
    """Projects like these have promised more than they gave."""


FIGURES: Mapping[Kind, tuple[str, ...]] = {
    Kind.OVERLAP: ("planned", "forecast", "realised"),
    Kind.OPTIMISM: ("planned", "forecast"),
}
"""What a kind of line may take away from: what has been measured was not hoped for, so that no optimism is in it."""


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """One line: kroner a year of one price year, in øre, taken away from the sums of the whole, of a goal or of a county."""

    kind: Kind
    price_year: int
    planned_ore: int = 0
    forecast_ore: int = 0
    realised_ore: int = 0
    goal: str | None = None
    county: str | None = None
    recorded_on: date
    ended_on: date | None = None
    """The first day on which it no longer counts."""

    def stands(self, as_of: date) -> bool:
        """Whether it counted at the end of a day."""
        return self.recorded_on <= as_of and (self.ended_on is None or as_of < self.ended_on)

    @property
    def amounts(self) -> Sum:
        """What it adds to the sums: nothing, or less than nothing."""
        return Sum(
            price_year=self.price_year, planned=-Decimal(self.planned_ore), forecast=-Decimal(self.forecast_ore),
            realised=-Decimal(self.realised_ore),
        )  # fmt: skip


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """By what a reader has narrowed the portfolio, as far as lines ask about it."""

    goal: str | None = None
    county: str | None = None
    is_narrowed_otherwise: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it is all of it."""
        return self.goal is None and self.county is None and not self.is_narrowed_otherwise


class Lines(msgspec.Struct, frozen=True):
    """The lines of a cut, and how many reach into it from elsewhere and cannot be split."""

    shown: tuple[Adjustment, ...]
    unsplit: int


def lines_of(adjustments: Iterable[Adjustment], scope: Scope, as_of: date) -> Lines:
    """The lines that count in a cut on a day.

    In the whole all of them do. A cut by a goal or a county alone has those made for it. Nobody knows how a line that was
    made for something else is spread over its parts, so that where it reaches in it is counted as one that cannot be split.
    """
    standing = [each for each in adjustments if each.stands(as_of)]
    if scope.is_whole:
        return Lines(tuple(standing), 0)
    alone = not scope.is_narrowed_otherwise and (scope.goal is None or scope.county is None)
    own = tuple(each for each in standing if alone and (each.goal, each.county) == (scope.goal, scope.county))
    touching = sum(
        (scope.goal is None or each.goal in (None, scope.goal))
        and (scope.county is None or each.county in (None, scope.county))
        for each in standing
    )
    return Lines(own, touching - len(own))


def with_lines(net: Iterable[Sum], lines: Iterable[Adjustment]) -> tuple[Sum, ...]:
    """The net sums with the lines taken away, for each price year that either is in; the net sums stay what they are."""
    return together([*net, *(each.amounts for each in lines)])


def faults(adjustment: Adjustment) -> dict[str, str]:
    """Why a line cannot be recorded, by its fields."""
    found = {}
    amounts = {name: getattr(adjustment, f"{name}_ore") for name in ("planned", "forecast", "realised")}
    if not any(amounts.values()):
        found["planned_ore"] = "portfolio.adjustment.nothing"
    for name, amount in amounts.items():
        if amount < 0:
            found[f"{name}_ore"] = "portfolio.adjustment.below_zero"
        elif amount and name not in FIGURES[adjustment.kind]:
            found[f"{name}_ore"] = "portfolio.adjustment.measured_is_not_hoped"
    if not FIRST_YEAR <= adjustment.price_year <= LAST_YEAR:
        found["price_year"] = "portfolio.index_year"
    if adjustment.goal is not None and adjustment.county is not None:
        found["county_id"] = "portfolio.adjustment.one_scope"
    return found
