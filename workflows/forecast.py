"""The need for facilitation against what there is, by month and method, before a decision is made (S72, recommendation 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.calendar import add_months
from workflows.capacity import (
    Given,
    PlannedStep,
    available_by_month,
    by_half,
    by_method,
    by_month,
    month_of,
    work_of,
)


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


def hours_by_half(hours: int, plan: Sequence[PlannedStep]) -> dict[date, int]:
    """The hours of a project in each half-year."""
    return by_half(by_month(work_of(hours, plan)))


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
    for demand in demands:
        work = work_of(demand.hours, demand.plan)
        cells = {("", month): hours for month, hours in by_month(work).items()}
        for (method, month), hours in by_method(work, demand.plan).items():
            if method:
                cells[method, month] = hours
        for cell, hours in cells.items():
            by_certainty = needed.setdefault(cell, {})
            by_certainty[demand.certainty] = by_certainty.get(demand.certainty, 0) + hours
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


def _available(supplies: Iterable[Supply], methods: Sequence[str]) -> dict[tuple[str, date], int]:
    found: dict[tuple[str, date], int] = {}
    for supply in supplies:
        for month, each in available_by_month(supply.given).items():
            for method in ("", *(method for method in methods if method in supply.methods)):
                found[method, month] = found.get((method, month), 0) + each.available
    return found


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
