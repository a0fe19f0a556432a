"""The portfolio's own lines as pages tell them: in the kroner asked for, on a day, and what became of them between two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from app.core.clock import day_in_oslo
from app.portfolio.adjustments import Line, Lines, within
from app.portfolio.cut import Cut
from workflows.over_time import Factors
from workflows.rollup import Sum, in_price_year, lacking_years


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A line with what it takes away a year in the kroner asked for; nothing where the price index lacks a year."""

    line: Line
    sums: tuple[Sum, ...]
    lacking: tuple[int, ...] = ()


def told(line: Line, to: int | None, index: Factors) -> Told:
    """A line in kroner of a year, or in its own where none is asked for."""
    if to is None:
        return Told(line=line, sums=(line.own,))
    lacking = lacking_years(line.price_year, to, index)
    return Told(line=line, sums=in_price_year((line.own,), to, index), lacking=lacking)


def told_each(lines: Lines, to: int | None, index: Factors) -> tuple[Told, ...]:
    """The lines of a cut in kroner of a year."""
    return tuple(told(line, to, index) for line in lines.shown)


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was recorded between two days, or ended: what that made of what is taken away a year."""

    told: Told
    has_ended: bool
    on: date
    who: str
    why: str

    @property
    def sums(self) -> tuple[Sum, ...]:
        """What there is less of since it was recorded, or more of since it has ended."""
        return tuple(each.taken_back() for each in self.told.sums) if self.has_ended else self.told.sums


def turned(
    lines: Sequence[Line], cut: Cut, since: date, until: date, to: int | None, index: Factors
) -> tuple[Turned, ...]:
    """The lines of a cut that counted on one of two days and not on the other, in the order of what was done."""
    then, now = (within(lines, cut, day).shown for day in (since, until))
    recorded = [
        Turned(
            told=told(line, to, index), has_ended=False, on=day_in_oslo(line.recorded_at), who=line.recorded_by,
            why=line.why,
        )
        for line in now if line not in then
    ]  # fmt: skip
    ended = [
        Turned(
            told=told(line, to, index), has_ended=True, on=day_in_oslo(line.ended_at), who=line.ended_by or "",
            why=line.ended_why,
        )
        for line in then if line not in now and line.ended_at is not None
    ]  # fmt: skip
    return tuple(sorted([*recorded, *ended], key=lambda each: (each.on, each.told.line.id)))
