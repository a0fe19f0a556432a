"""What the files tell beside their figures: the cut year by year, and the portfolio's own lines; declared once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from app.core.clock import day_in_oslo
from app.portfolio.adjustments import Line
from app.portfolio.columns import COLUMNS, Column
from workflows.curves import Curve, Year
from workflows.over_time import Amounts

DECIMALS = 6
KRONER = "NOK"
"""The unit of sums of money, by its code."""


@dataclass(frozen=True)
class Table:
    """A table of a file: its key (its name stands under `portfolio.sheet.<key>`), and its columns."""

    key: str
    columns: tuple[Column, ...]

    def values_of(self, row: Any) -> list[Any]:
        """What each column says of a row."""
        return [column.of(row) for column in self.columns]


class YearRow(msgspec.Struct, frozen=True, kw_only=True):
    """A year of a cut: gains, harms or both together, in kroner or in another unit."""

    year: Year
    what: str
    unit: str
    price_year: int | None

    @property
    def amounts(self) -> Amounts:
        """What the year comes to."""
        return getattr(self.year.own, self.what)  # type: ignore[no-any-return]

    @property
    def is_kept_back(self) -> bool:
        """Whether nothing of what was measured is told: in other units than kroner where a month of it rests on too few."""
        return self.price_year is None and bool(self.year.months_kept_back)

    def amount(self, name: str) -> Decimal:
        """One of the amounts, in kroner or in its unit; what the index leaves behind the decimals of a measure is nothing."""
        value: Decimal = getattr(self.amounts, name)
        return round(value / 100 if self.unit == KRONER else value, DECIMALS)


def years_of(curve: Curve, price_year: int | None) -> Iterator[YearRow]:
    """The years of a cut as rows, kroner first; in other units those in which there is anything."""
    for year in curve.years if price_year is not None else ():
        for what in ("gains", "harms", "net"):
            yield YearRow(year=year, what=what, unit=KRONER, price_year=price_year)
    for unit, years in curve.units.items():
        for year in years:
            for what in ("gains", "harms"):
                row = YearRow(year=year, what=what, unit=unit, price_year=None)
                if row.amounts != Amounts():
                    yield row


def _planned(name: str) -> Column:
    return Column(f"{name}_in_year", "number", lambda row: row.amount(name), explained=True)


def _measured(name: str, key: str = "") -> Column:
    return Column(
        f"{key or name}_in_year", "number", lambda row: None if row.is_kept_back else row.amount(name), explained=True
    )


def _months(name: str) -> Column:
    return Column(f"{name}_months", "whole", lambda row: getattr(row.year.own.there, name), explained=True)


def _taken_away(name: str) -> Column:
    return Column(
        f"{name}_adjusted", "kroner", lambda line: -Decimal(getattr(line, f"{name}_ore")) / 100, explained=True
    )


FIGURES = Table("figures", COLUMNS)
YEARS = Table("years", (
    Column("year", "whole", lambda row: row.year.own.first.year),
    Column("what", "code", lambda row: row.what, words="portfolio", explained=True),
    Column("unit", "text", lambda row: row.unit),
    Column("price_year", "whole", lambda row: row.price_year, explained=True),
    _planned("planned"), _measured("low"), _measured("likely"), _measured("high"), _measured("realised"),
    _measured("a", "grade_a"), _measured("b", "grade_b"), _measured("c", "grade_c"), _measured("estimated"),
    _planned("unmeasured"), _months("running"), _months("measured"), _months("estimated"), _months("missing"),
    Column("months_kept_back", "whole", lambda row: row.year.months_kept_back, explained=True),
))  # fmt: skip
ADJUSTMENTS = Table("adjustments", (
    Column("kind", "code", lambda line: line.kind, words="portfolio.adjustment.kind"),
    Column("goal", "code", lambda line: line.goal, words="benefits.goal"),
    Column("county", "text", lambda line: line.county),
    Column("price_year", "whole", lambda line: line.price_year, explained=True),
    _taken_away("planned"), _taken_away("forecast"), _taken_away("realised"),
    Column("why", "text", lambda line: line.why),
    Column("recorded_on", "day", lambda line: day_in_oslo(line.recorded_at)),
    Column("adjustment_id", "text", lambda line: str(line.id)),
))  # fmt: skip
BESIDE = (YEARS, ADJUSTMENTS)
"""One entry makes a table that stands beside the figures: a sheet or a list of its own, or a file of its own."""


def beside(curve: Curve, price_year: int | None, lines: Iterable[Line]) -> dict[Table, list[Any]]:
    """The rows of each of those tables."""
    return {YEARS: list(years_of(curve, price_year)), ADJUSTMENTS: list(lines)}
