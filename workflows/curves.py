"""The portfolio over time as it is told above a project: what rests on too few is kept back (DOMAIN 3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from workflows.leaf import RESULTS
from workflows.over_time import Amounts, LeftOut, Period, Rolled, by_year, running_total


def kept_back(month: Period) -> Period:
    """A month without what was measured in it that rests on too few; planned and forecast for others stand.

    Gains, harms and the grades are figures each by itself: what one of them rests on hides nothing behind another.
    """
    if not month.few_gains and not month.few_harms:
        return month
    return msgspec.structs.replace(
        month, gains=_without(month.gains, month.few_gains), harms=_without(month.harms, month.few_harms)
    )


def _without(amounts: Amounts, grades: tuple[str, ...]) -> Amounts:
    gone = sum((getattr(amounts, grade) for grade in grades if grade in RESULTS), Decimal(0))
    kept = {("estimated" if grade == "d" else grade): Decimal(0) for grade in grades}
    return msgspec.structs.replace(
        amounts, **kept, low=amounts.low - gone, likely=amounts.likely - gone, high=amounts.high - gone
    )


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """A year, with all before it, and how many of its months are kept back."""

    own: Period
    so_far: Period
    months_kept_back: int


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A cut over time: month by month with all before it, and year by year."""

    so_far: tuple[Period, ...]
    years: tuple[Year, ...]
    by_now: Period
    """All months that have come, whatever follows them: the same however far ahead is looked."""
    keeps_back: bool
    """Whether something measured is in none of it."""
    units: Mapping[str, tuple[Year, ...]] = {}
    """Year by year in other units, by the unit."""
    left_out: tuple[LeftOut, ...] = ()
    """What cannot be told in the kroner of the year asked for."""


def curve_of(rolled: Rolled, *, above_projects: bool = True) -> Curve:
    """What a cut comes to over time; every year is the sum of its months, and what is kept back is in no sum at all.

    So that nobody finds it by taking one sum from another. Within a project nothing is kept back.
    """

    def shown(month: Period) -> Period:
        return kept_back(month) if above_projects else month

    months = tuple(map(shown, rolled.months))
    years = _years(months, above_projects=above_projects)
    return Curve(
        so_far=running_total(months), years=years, by_now=_together(month for month in months if month.has_come),
        keeps_back=any(each.months_kept_back for each in years),
        units={
            unit: _years(tuple(map(shown, own)), above_projects=above_projects) for unit, own in rolled.quantities.items()
        },
        left_out=rolled.left_out_of(shown),
    )  # fmt: skip


def _years(months: tuple[Period, ...], *, above_projects: bool) -> tuple[Year, ...]:
    hidden: dict[int, int] = {}
    for month in months if above_projects else ():
        if month.few_gains or month.few_harms:
            hidden[month.first.year] = hidden.get(month.first.year, 0) + 1
    years = by_year(months)
    return tuple(
        Year(own=own, so_far=so_far, months_kept_back=hidden.get(own.first.year, 0))
        for own, so_far in zip(years, running_total(years), strict=True)
    )


def _together(months: Iterable[Period]) -> Period:
    found = Period(first=date.max, months=0, has_come=True)
    for month in months:
        found = found + month
    return found


def kept_back_of(parts: Mapping[str, Curve]) -> frozenset[str]:
    """Of the parts of a whole those of which nothing measured is told, by key.

    One that keeps something back could be found by taking the others from the whole: of the others the one that shows
    least is kept back with it.
    """
    found = {key for key, part in parts.items() if part.keeps_back}
    others = [key for key in parts if key not in found and _shown(parts[key])]
    if len(found) == 1 and others:
        found.add(min(others, key=lambda key: (_shown(parts[key]), key)))
    return frozenset(found)


def _shown(part: Curve) -> Decimal:
    return abs(part.by_now.net.realised) + abs(part.by_now.net.estimated)
