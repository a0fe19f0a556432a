"""The milestone plan as a drawing: a row for each milestone, the day it is due and the day it was reached along time.

Pure: days in, coordinates out; the page shows the same days as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from app.projects.plan_drawing import months_between
from workflows.milestone import WRITTEN_IN

WIDTH = 860
LEFT = 330
MARGIN = 24
TOP = 34
ROW = 30


class MilestoneDays(msgspec.Struct, frozen=True, kw_only=True):
    """The days of one milestone, as far as they are known."""

    key: str
    state: str
    due_on: date | None = None
    reported_on: date | None = None
    """When it was handed in last; None while it is not."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be handed in."""
        return self.state in WRITTEN_IN

    @property
    def reached_on(self) -> date | None:
        """When it was handed in; None for one that came back."""
        return None if self.is_open else self.reported_on

    def days_late(self, today: date) -> int:
        """How many days after its day it was handed in, or is late by now; 0 where it is not, was waived or has no day."""
        if self.due_on is None or self.state == "waived":
            return 0
        return max(((self.reached_on or today) - self.due_on).days, 0)

    def standing(self, today: date) -> str:
        """How it stands: undated, ahead, late, reached, reached_late or waived; told by word, sign and colour."""
        if self.state == "waived":
            return "waived"
        late = self.days_late(today) > 0
        if not self.is_open:
            return "reached_late" if late else "reached"
        return "undated" if self.due_on is None else "late" if late else "ahead"


class Mark(NamedTuple):
    """One row: its milestone, how it stands, and where the day it is due and the day it was reached lie."""

    key: str
    standing: str
    y: float
    due_x: float | None
    reached_x: float | None
    late_to_x: float | None
    """How far the time after its day reaches; None where there is none."""


class MilestonePlan(msgspec.Struct, frozen=True, kw_only=True):
    """The whole drawing, in the units of its sheet."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    months: tuple[tuple[date, float], ...]
    today_x: float


def draw_milestones(rows: Sequence[MilestoneDays], today: date) -> MilestonePlan | None:
    """Where everything stands; None while no day is known."""
    known = [day for row in rows for day in (row.due_on, row.reached_on) if day]
    if not known:
        return None
    first = min(*known, today)
    last = max(*known, today, first + timedelta(days=28))
    wide, length = WIDTH - LEFT - 2 * MARGIN, (last - first).days

    def x(day: date) -> float:
        return round(LEFT + MARGIN + wide * (day - first).days / length, 1)

    marks = tuple(
        Mark(
            key=row.key,
            standing=row.standing(today),
            y=TOP + ROW * number,
            due_x=x(row.due_on) if row.due_on else None,
            reached_x=x(row.reached_on) if row.reached_on else None,
            late_to_x=x(row.reached_on or today) if row.days_late(today) else None,
        )
        for number, row in enumerate(rows)
    )
    return MilestonePlan(
        width=WIDTH, height=TOP + ROW * len(rows) + 20, marks=marks,
        months=tuple((day, x(day)) for day in months_between(first, last)), today_x=x(today),
    )  # fmt: skip
