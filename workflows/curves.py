"""The portfolio over time as it is told above a project: what rests on too few is kept back (DOMAIN 3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from workflows.over_time import Amounts, Period, Rolled, by_year, running_total


def kept_back(month: Period) -> Period:
    """A month without what was measured in it, where that rests on too few; planned and forecast for others stand."""
    if not month.there.is_hidden:
        return month
    return msgspec.structs.replace(month, gains=_unmeasured(month.gains), harms=_unmeasured(month.harms))


def _unmeasured(amounts: Amounts) -> Amounts:
    realised = amounts.realised
    return Amounts(
        planned=amounts.planned, low=amounts.low - realised, likely=amounts.likely - realised,
        high=amounts.high - realised, unmeasured=amounts.unmeasured,
    )  # fmt: skip


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """A year, with all before it, and how many of its months are kept back."""

    own: Period
    so_far: Period
    months_kept_back: int = 0


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A cut over time: month by month with all before it, and year by year."""

    so_far: tuple[Period, ...]
    years: tuple[Year, ...]
    by_now: Period
    """All months that have come, whatever follows them: the same however far ahead is looked."""
    keeps_back: bool
    """Whether something measured is in none of it."""


def curve_of(rolled: Rolled, *, above_projects: bool = True) -> Curve:
    """What a cut comes to over time; every year is the sum of its months, and what is kept back is in no sum at all.

    So that nobody finds it by taking one sum from another. Within a project nothing is kept back.
    """
    there = rolled.months
    months = tuple(map(kept_back, there)) if above_projects else there
    hidden: dict[int, int] = {}
    if above_projects:
        for month in there:
            if month.there.is_hidden:
                hidden[month.first.year] = hidden.get(month.first.year, 0) + 1
    years = by_year(months)
    return Curve(
        so_far=running_total(months),
        years=tuple(
            Year(own=own, so_far=so_far, months_kept_back=hidden.get(own.first.year, 0))
            for own, so_far in zip(years, running_total(years), strict=True)
        ),
        by_now=_together(month for month in months if month.has_come),
        keeps_back=bool(hidden),
    )  # fmt: skip


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
