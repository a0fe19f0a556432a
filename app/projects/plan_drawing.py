"""The plan as a drawing: a row for each step in its band, planned and actual days as bars along time.

Pure: days in, coordinates out; the page shows the same days as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

WIDTH = 760
LEFT = 210
RIGHT = 16
TOP = 34
BAND = 26
ROW = 38
BAR = 12
MONTHS_BETWEEN = (1, 2, 3, 6, 12, 24)
MOST_MONTHS = 9

BANDS: Mapping[str, tuple[str, ...]] = {
    "prepare": ("set_up",),
    "insight": ("diagnose_open", "diagnose_close"),
    "concepts": ("platform_open", "platform_close"),
    "implement": ("implement_open", "implement_close"),
}
"""The seed's bands, each with the steps that it spans (S24)."""


class StepDays(msgspec.Struct, frozen=True, kw_only=True):
    """The days of one step, as far as they are known."""

    step: str
    planned_from: date | None = None
    planned_to: date | None = None
    actual_from: date | None = None
    actual_to: date | None = None

    def is_late(self, today: date) -> bool:
        """Whether it should have been left by now and is not, or was left later than planned."""
        left = self.actual_to or today
        return self.planned_to is not None and left > self.planned_to

    def days_late(self, today: date) -> int:
        """How many days later than planned it was left, or is by now; 0 where it is not."""
        return ((self.actual_to or today) - self.planned_to).days if self.planned_to and self.is_late(today) else 0


class Bar(NamedTuple):
    """One bar: its kind is planned, actual or late."""

    kind: str
    x: float
    y: float
    width: float


class PlanRow(NamedTuple):
    """One step with the place of its name."""

    step: str
    y: float


class PlanDrawing(msgspec.Struct, frozen=True, kw_only=True):
    """The whole drawing, in the units of its sheet."""

    width: int
    height: int
    bands: tuple[tuple[str, float], ...]
    rows: tuple[PlanRow, ...]
    bars: tuple[Bar, ...]
    months: tuple[tuple[date, float], ...]
    today_x: float | None


def months_between(first: date, last: date) -> Iterator[date]:
    """The first days of months between two days, so few that their names have room."""
    total = (last.year - first.year) * 12 + last.month - first.month + 1
    between = next((each for each in MONTHS_BETWEEN if total / each <= MOST_MONTHS), MONTHS_BETWEEN[-1])
    start = first.year * 12 + first.month - 1
    for number in range(start + (first.day > 1), start + total + 1, between):
        day = date(number // 12, number % 12 + 1, 1)
        if day <= last:
            yield day


def draw_plan(days: Sequence[StepDays], today: date) -> PlanDrawing | None:
    """Where everything stands; None while no day is known."""
    by_step = {each.step: each for each in days}
    known = [
        day for each in days for day in (each.planned_from, each.planned_to, each.actual_from, each.actual_to) if day
    ]
    if not known:
        return None
    begun = any(each.actual_from for each in days)
    first = min(known)
    last = max(*known, *([today] if begun and not _is_over(days) else []), first + timedelta(days=28))
    length = (last - first).days
    wide = WIDTH - LEFT - RIGHT

    def x(day: date) -> float:
        return round(LEFT + wide * (day - first).days / length, 1)

    y: float = TOP
    bands, rows, bars = [], [], []
    for band, steps in BANDS.items():
        bands.append((band, y))
        y += BAND
        for step in steps:
            rows.append(PlanRow(step, y))
            each = by_step.get(step)
            if each is not None and each.planned_from and each.planned_to:
                bars.append(Bar("planned", x(each.planned_from), y + 4, _width(x, each.planned_from, each.planned_to)))
            if each is not None and each.actual_from:
                until = each.actual_to or max(today, each.actual_from)
                kind = "late" if each.is_late(today) else "actual"
                bars.append(Bar(kind, x(each.actual_from), y + 6 + BAR, _width(x, each.actual_from, min(until, last))))
            y += ROW
    return PlanDrawing(
        width=WIDTH, height=round(y) + 8, bands=tuple(bands), rows=tuple(rows), bars=tuple(bars),
        months=tuple((day, x(day)) for day in months_between(first, last)),
        today_x=x(today) if first <= today <= last else None,
    )  # fmt: skip


def _is_over(days: Sequence[StepDays]) -> bool:
    return not any(each.actual_from and not each.actual_to for each in days)


def _width(x: Callable[[date], float], start: date, end: date) -> float:
    return max(round(x(end) - x(start), 1), 4)
