"""What benefits come to, added up: planned, forecast, measured and estimated, never unlike things together (DOMAIN 3.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from functools import lru_cache

import msgspec

from workflows.benefit import progress
from workflows.leaf import FEWEST
from workflows.over_time import Factors

ZERO = Decimal(0)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator of one benefit, with what was known of it by a day; None where nothing was.

    Values are in the indicator's unit and per period; `unit_value_ore` is what one unit is worth, in øre of `price_year`.
    """

    sign: int = 1
    direction: str = "up"
    baseline: Decimal | None = None
    target: Decimal | None = None
    forecast: Decimal | None = None
    measured: Decimal | None = None
    counterfactual: Decimal | None = None
    """What would have been without the project; the baseline where nobody knows."""
    grade: str | None = None
    observations: int | None = None
    share: Decimal | None = None
    """The part of the effect that is this project's, where several claim it; the whole where none is set."""
    unit_value_ore: int | Decimal | None = None
    price_year: int | None = None
    periods_per_year: int = 1
    is_end_benefit: bool = True
    is_dropped: bool = False

    @property
    def is_priced(self) -> bool:
        """Whether it may be counted in kroner at all (I11)."""
        return self.unit_value_ore is not None and self.price_year is not None

    @property
    def is_estimate(self) -> bool:
        """Whether the measurement is no more than somebody's estimate: grade D, never realised (W6)."""
        return self.measured is not None and self.grade == "D"

    @property
    def progress(self) -> Decimal | None:
        """How far from baseline to target it has come; beyond 1 where it went further (W2, W3)."""
        if self.baseline is None or self.target is None or self.measured is None:
            return None
        return progress(self.baseline, self.target, self.measured)

    @property
    def is_hidden(self) -> bool:
        """Whether the measured value rests on too few to be shown above the project."""
        return self.measured is not None and self.observations is not None and self.observations < FEWEST

    def _part(self, value: Decimal | None, reference: Decimal | None) -> Decimal | None:
        """This project's part of the effect, per year, in the indicator's unit."""
        if value is None or reference is None:
            return None
        effect = value - reference if self.direction == "up" else reference - value
        return effect * (Decimal(1) if self.share is None else self.share) * self.periods_per_year

    @property
    def planned(self) -> Decimal | None:
        """What the plan promises a year; a dropped benefit's plan stands (I13)."""
        return self._part(self.target, self.baseline)

    @property
    def expected(self) -> Decimal | None:
        """What is forecast a year: the last forecast, nothing once the benefit is dropped (I13)."""
        return ZERO if self.is_dropped else self._part(self.forecast, self.baseline)

    @property
    def effect(self) -> Decimal | None:
        """What was measured against what would have been, a year."""
        return self._part(self.measured, self.baseline if self.counterfactual is None else self.counterfactual)


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """Kroner a year of one price year, in øre with all their decimals; what is harmful is below zero (I12)."""

    price_year: int
    planned: Decimal = ZERO
    forecast: Decimal = ZERO
    realised: Decimal = ZERO
    estimated: Decimal = ZERO
    keeps_back: bool = False
    """Whether something measured rests on fewer than five, and is in neither of the two (DOMAIN 3.6)."""

    def __add__(self, other: Sum) -> Sum:
        """Two sums of the same price year; ValueError for others, which are never added (I11)."""
        if self.price_year != other.price_year:
            raise ValueError(f"kroner of {self.price_year} and of {other.price_year} cannot be added")
        return Sum(
            price_year=self.price_year,
            planned=self.planned + other.planned,
            forecast=self.forecast + other.forecast,
            realised=self.realised + other.realised,
            estimated=self.estimated + other.estimated,
            keeps_back=self.keeps_back or other.keeps_back,
        )

    def taken_back(self) -> Sum:
        """The same the other way round."""
        return msgspec.structs.replace(self, **{name: ZERO - getattr(self, name) for name in AMOUNTS})

    def kept_back(self) -> Sum:
        """The same with nothing of what was measured."""
        return msgspec.structs.replace(self, realised=ZERO, estimated=ZERO, keeps_back=True)


def value_of(line: Line) -> Sum | None:
    """What a line is worth a year; None where it is not priced or not an end benefit (I11, DOMAIN 3.6)."""
    if line.unit_value_ore is None or line.price_year is None or not line.is_end_benefit:
        return None
    price = Decimal(line.unit_value_ore) * line.sign
    measured = (line.effect or ZERO) * price
    return Sum(
        price_year=line.price_year,
        planned=(line.planned or ZERO) * price,
        forecast=(line.expected or ZERO) * price,
        realised=ZERO if line.is_estimate else measured,
        estimated=measured if line.is_estimate else ZERO,
    )


def together(sums: Iterable[Sum]) -> tuple[Sum, ...]:
    """Sums of any price years, one for each of them, the newest first; never two years in one (I11)."""
    found: dict[int, Sum] = {}
    with localcontext(prec=80):
        for each in sums:
            before = found.get(each.price_year)
            found[each.price_year] = each if before is None else before + each
    return tuple(found[year] for year in sorted(found, reverse=True))


HELD = 12
"""Decimals of an øre that an amount a year can have: those of a measure and those of a share of it."""
AMOUNTS = ("planned", "forecast", "realised", "estimated")
ESTIMATE = "d"
"""The grade of what is no result (W6)."""
GRADES = ("a", "b", "c", ESTIMATE)


def held(line: Line) -> dict[str, int]:
    """What one line is worth a year as whole numbers by name, which any number of lines are added up by exactly.

    What was measured is held by its grade, with how many lines it is of and how many of them rest on too few.
    """
    value = value_of(line)
    if value is None:
        return {}
    place = f"{line.sign:+d} {value.price_year}"
    found = {
        f"{place} lines": 1,
        f"{place} planned": _whole(value.planned),
        f"{place} forecast": _whole(value.forecast),
    }
    if line.measured is not None:
        grade = f"{place} {(line.grade or 'c').lower()}"
        found |= {
            grade: _whole(value.realised + value.estimated), f"{grade} lines": 1, f"{grade} few": int(line.is_hidden),
        }  # fmt: skip
    return found


def _whole(amount: Decimal) -> int:
    with localcontext(prec=80):
        return int(amount.scaleb(HELD))


def places(numbers: Iterable[str]) -> list[tuple[int, int]]:
    """The signs and price years that anything is held under."""
    return sorted({place for name in numbers if (place := _place(name)) is not None})


@lru_cache(maxsize=4096)
def _place(name: str) -> tuple[int, int] | None:
    """The sign and price year that the lines of a name are held under; the same few names are read again and again."""
    parts = name.split(" ")
    if len(parts) == 3 and parts[2] == "lines" and parts[1].isdigit():
        return int(parts[0]), int(parts[1])
    return None


def _measured(numbers: Mapping[str, int], place: str, grade: str, *, above_projects: bool) -> tuple[Decimal, bool]:
    """What was measured with a grade, and whether it is kept back: where it rests on nothing but too few."""
    few = numbers.get(f"{place} {grade} few", 0)
    if above_projects and few and few >= numbers.get(f"{place} {grade} lines", 0):
        return ZERO, True
    return _amount(numbers.get(f"{place} {grade}", 0)), False


def from_held(numbers: Mapping[str, int], sign: int | None = None, *, above_projects: bool = False) -> tuple[Sum, ...]:
    """The kroner a year out of what was held, as `in_kroner` adds them up."""
    sums: dict[int, Sum] = {}
    for own, year in places(numbers):
        place = f"{own:+d} {year}"
        if not numbers[f"{place} lines"] or (sign is not None and own != sign):
            continue
        found = [_measured(numbers, place, grade, above_projects=above_projects) for grade in GRADES]
        (a, _), (b, _), (c, _), (estimated, _) = found
        with localcontext(prec=80):
            value = Sum(
                price_year=year, planned=_amount(numbers.get(f"{place} planned", 0)),
                forecast=_amount(numbers.get(f"{place} forecast", 0)), realised=a + b + c, estimated=estimated,
                keeps_back=any(is_kept for _, is_kept in found),
            )  # fmt: skip
            sums[year] = sums[year] + value if year in sums else value
    return tuple(sums[year] for year in sorted(sums, reverse=True))


def of_grade(numbers: Mapping[str, int], grade: str) -> tuple[Sum, ...]:
    """The kroner a year that were measured with one grade, gains and harms together, as they are told above projects."""
    sums = []
    for own, year in places(numbers):
        place = f"{own:+d} {year}"
        if numbers.get(f"{place} {grade} lines"):
            amount, is_kept = _measured(numbers, place, grade, above_projects=True)
            part = {"estimated" if grade == ESTIMATE else "realised": amount}
            sums.append(Sum(price_year=year, keeps_back=is_kept, **part))
    return together(sums)


def promised(numbers: Mapping[str, int], without: Mapping[str, int]) -> tuple[Sum, ...]:
    """The gains that are planned a year, for each price year, without those of some of the lines."""
    found = []
    for own, year in places(numbers):
        place = f"{own:+d} {year}"
        if own > 0 and numbers[f"{place} lines"] > without.get(f"{place} lines", 0):
            planned = numbers.get(f"{place} planned", 0) - without.get(f"{place} planned", 0)
            found.append(Sum(price_year=year, planned=_amount(planned)))
    return together(found)


def _amount(number: int) -> Decimal:
    with localcontext(prec=80):
        return Decimal(number).scaleb(-HELD)


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Kroner a year that cannot be made kroner of the year asked for, since the price index lacks a year: in no sum."""

    lacking: tuple[int, ...]
    """The years without an index."""
    own: Sum
    """What they come to in their own kroner."""


def lacking_years(price_year: int, to: int, factors: Factors) -> tuple[int, ...]:
    """The years that the price index lacks to make kroner of one year those of another; none where it can be done."""
    if factors.ratio(price_year, to) is not None:
        return ()
    return tuple(sorted(year for year in (price_year, to) if year not in factors.of_year))


def in_price_year(sums: Iterable[Sum], to: int, factors: Factors) -> tuple[Sum, ...]:
    """The sums as one, in kroner of one year, without those that the price index lacks a year for (I11)."""
    found: Sum | None = None
    with localcontext(prec=80):
        for each in sums:
            ratio = factors.ratio(each.price_year, to)
            if ratio is None:
                continue
            amounts = {name: getattr(each, name) * ratio for name in AMOUNTS}
            own = Sum(price_year=to, keeps_back=each.keeps_back, **amounts)
            found = own if found is None else found + own
    return () if found is None else (found,)


def left_out(sums: Iterable[Sum], to: int, factors: Factors) -> tuple[LeftOut, ...]:
    """What of the sums cannot be told in kroner of one year, and which years the price index lacks for it."""
    found = ((lacking_years(each.price_year, to, factors), each) for each in sums)
    return tuple(LeftOut(lacking=lacking, own=each) for lacking, each in found if lacking)


def in_kroner(lines: Iterable[Line], sign: int | None = None, *, above_projects: bool = False) -> tuple[Sum, ...]:
    """The kroner a year, one sum for each price year, the newest first; with `sign` only gains (1) or harms (-1).

    Above projects nothing is told of what was measured with a grade where all of it rests on too few (DOMAIN 3.6): gains,
    harms and the grades are figures each by itself.
    """
    there = list(lines)
    valued = [line for line in there if value_of(line) is not None and line.measured is not None]
    groups = {(line.sign, line.price_year, line.grade) for line in valued if line.is_hidden}
    groups -= {(line.sign, line.price_year, line.grade) for line in valued if not line.is_hidden}
    sums: dict[int, Sum] = {}
    for line in there:
        value = value_of(line)
        if value is None or (sign is not None and line.sign != sign):
            continue
        if above_projects and line.is_hidden and (line.sign, line.price_year, line.grade) in groups:
            value = value.kept_back()
        before = sums.get(value.price_year)
        sums[value.price_year] = value if before is None else before + value
    return tuple(sums[year] for year in sorted(sums, reverse=True))
