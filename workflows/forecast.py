"""The need for facilitation against what there is, by month and method, before a decision is made (S72, recommendation 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import msgspec

from workflows.calendar import add_months
from workflows.capacity import (
    Given,
    Period,
    PlannedStep,
    available_by_month,
    by_half,
    by_method,
    by_month,
    half_of,
    month_of,
    work_of,
)

Hours = tuple[tuple[date, int], ...]
"""Hours by month."""


class Certainty(StrEnum):
    """How sure it is that hours will be needed."""

    RUNNING = "running"
    AWARDED = "awarded"
    RECOMMENDED = "recommended"
    PENDING = "pending"


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """A project, or what may become one, with the hours it needs and when."""

    case_id: UUID
    hours: int
    plan: tuple[PlannedStep, ...]
    certainty: Certainty


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """What one person has to give, and the methods they can take on."""

    given: Given
    methods: frozenset[str]


class HalfUse(msgspec.Struct, frozen=True, kw_only=True):
    """One half-year as awards are ranked, in hours."""

    half: date
    available: int
    bound: int
    asked: int

    @property
    def left(self) -> int:
        """What is left; below 0 where more is promised than there is."""
        return self.available - self.bound - self.asked


class ForecastMonth(msgspec.Struct, frozen=True, kw_only=True):
    """One month: what there is, and what is needed by how sure that is."""

    month: date
    available: int
    needed: Mapping[Certainty, int]

    @property
    def total(self) -> int:
        """All that is needed."""
        return sum(self.needed.values())

    @property
    def short(self) -> int:
        """How many hours are lacking; 0 where there is enough."""
        return max(self.total - self.available, 0)


class Shortage(msgspec.Struct, frozen=True, kw_only=True):
    """Months one after another in which there is too little of a method, or of everything together (method "")."""

    method: str
    first: date
    last: date
    hours: int


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The months to come, what each method needs and has, and where there is too little."""

    months: tuple[ForecastMonth, ...]
    by_method: Mapping[str, tuple[ForecastMonth, ...]]
    shortages: tuple[Shortage, ...]


def forecast(
    demands: Iterable[Demand], supplies: Iterable[Supply], methods: Sequence[str], first: date, months: int = 18
) -> Forecast:
    """The need of every month against what there is, from the month of `first` on.

    What there is of a method is what all who can take it on have to give together: whoever has several of them can give
    each hour once only, so that a method is short at the latest where this says so, and everything together is looked at
    besides.
    """
    span = [add_months(month_of(first), place) for place in range(months)]
    needed: dict[tuple[str, date], dict[Certainty, int]] = {}
    for (plan, certainty, hours), count in _alike(demands).items():
        for cell, part in _laid_out(hours, plan):
            by_certainty = needed.setdefault(cell, {})
            by_certainty[certainty] = by_certainty.get(certainty, 0) + part * count
    available = _available(supplies, methods)

    def line(method: str) -> tuple[ForecastMonth, ...]:
        return tuple(
            ForecastMonth(
                month=month, available=available.get((method, month), 0), needed=needed.get((method, month), {})
            )
            for month in span
        )  # fmt: skip

    lines = {method: line(method) for method in methods}
    total = line("")
    found = [short for method, months_ in (("", total), *lines.items()) for short in shortages(method, months_)]
    return Forecast(
        months=total, by_method=lines, shortages=tuple(sorted(found, key=lambda each: (each.first, each.method)))
    )


def _alike(demands: Iterable[Demand]) -> Counter[tuple[tuple[PlannedStep, ...], Certainty, int]]:
    """How many there are of each plan, certainty and number of hours: their months are found once.

    Hours of several are not added up before they are laid out: whole hours fall otherwise then, and a project more could
    take an hour from a month.
    """
    return Counter((each.plan, each.certainty, each.hours) for each in demands)


@lru_cache(maxsize=4096)
def _laid_out(hours: int, plan: tuple[PlannedStep, ...]) -> tuple[tuple[tuple[str, date], int], ...]:
    """Hours over the months of a plan: all of them under "", and those of each method it needs.

    Kept, since whoever ranks asks for nearly the same plans each time.
    """
    work = work_of(hours, plan)
    methods = (each for each in by_method(work, plan).items() if each[0][0])
    return (*((("", month), part) for month, part in by_month(work).items()), *methods)


def _available(supplies: Iterable[Supply], methods: Sequence[str]) -> dict[tuple[str, date], int]:
    found: dict[tuple[str, date], int] = {}
    for supply in supplies:
        known = ("", *(method for method in methods if method in supply.methods))
        for month, hours in _given(supply.given):
            for method in known:
                found[method, month] = found.get((method, month), 0) + hours
    return found


@lru_cache(maxsize=1024)
def _kept(halves: tuple[tuple[date, int], ...], leaves: tuple[Period, ...], first: date, last: date) -> Hours:
    given = Given(hours=dict(halves), leaves=leaves, member_from=first, member_to=last)
    return tuple((month, each.available) for month, each in available_by_month(given).items())


def _given(given: Given) -> Hours:
    """What somebody has to give in each month, leave taken off; kept as long as nothing of it changes."""
    return _kept(tuple(sorted(given.hours.items())), given.leaves, given.member_from, given.member_to)


def shortages(method: str, months: Sequence[ForecastMonth]) -> tuple[Shortage, ...]:
    """The months that are short, those that follow each other as one, with the hours lacking in all of them."""
    found: list[Shortage] = []
    for each in months:
        if not each.short:
            continue
        if found and add_months(found[-1].last, 1) == each.month:
            found[-1] = msgspec.structs.replace(found[-1], last=each.month, hours=found[-1].hours + each.short)
        else:
            found.append(Shortage(method=method, first=each.month, last=each.month, hours=each.short))
    return tuple(found)


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """Hours lacking of a method, or of everything together (method ""), in all the months that are short between two."""

    method: str
    first: date
    last: date
    hours: int
    hours_without: int
    """What is lacking in the same months without these awards."""


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """What awards that are not decided yet would take of facilitation."""

    halves: tuple[HalfUse, ...]
    lacks: tuple[Lack, ...]


def as_ranked(
    bound: Sequence[Demand], asked: Sequence[Demand], supplies: Sequence[Supply], methods: Sequence[str], first: date
) -> Ranked:
    """What there is by half-year beside what is bound and what these would take, and what is short of each method.

    Said before a decision is made, from the month of `first` on (S72, recommendation 1).
    """
    without = forecast(bound, supplies, methods, first)
    together = forecast([*bound, *asked], supplies, methods, first)
    before = {"": without.months, **without.by_method}
    after = {"": together.months, **together.by_method}
    found = [lack for method in after if (lack := _lack(method, before[method], after[method]))]
    lacks = tuple(sorted(found, key=lambda each: (bool(each.method), -each.hours, each.method)))
    return Ranked(halves=_half_uses(bound, asked, supplies, half_of(first)), lacks=lacks)


def _lack(method: str, before: Sequence[ForecastMonth], after: Sequence[ForecastMonth]) -> Lack | None:
    short = [(then.short, now) for then, now in zip(before, after, strict=True) if now.short]
    if not short:
        return None
    return Lack(
        method=method, first=short[0][1].month, last=short[-1][1].month, hours=sum(now.short for _, now in short),
        hours_without=sum(then for then, _ in short),
    )  # fmt: skip


def _half_uses(
    bound: Iterable[Demand], asked: Iterable[Demand], supplies: Iterable[Supply], first: date
) -> tuple[HalfUse, ...]:
    available: dict[date, int] = {}
    for supply in supplies:
        for month, hours in _given(supply.given):
            available[half_of(month)] = available.get(half_of(month), 0) + hours
    taken, wanted = (_hours_by_half(each) for each in (bound, asked))
    halves = sorted(half for half in {*available, *taken, *wanted} if half >= first)
    last = max([half for half in halves if taken.get(half) or wanted.get(half)], default=first)
    return tuple(
        HalfUse(half=half, available=available.get(half, 0), bound=taken.get(half, 0), asked=wanted.get(half, 0))
        for half in halves
        if half <= last
    )


def _hours_by_half(demands: Iterable[Demand]) -> dict[date, int]:
    found: dict[date, int] = {}
    for (plan, _, hours), count in _alike(demands).items():
        months = {month: part * count for (method, month), part in _laid_out(hours, plan) if not method}
        for half, part in by_half(months).items():
            found[half] = found.get(half, 0) + part
    return found
