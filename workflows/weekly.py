"""A meeting that comes back every week at the same time by the clock on the wall, summer and winter."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

import msgspec

from workflows.calendar import day_in_oslo, from_oslo
from workflows.engine import Reason
from workflows.gathering import FARTHEST

WEEK = timedelta(days=7)
MOST_WEEKS = 104
"""How long it can go on before somebody has to think about it again."""


class Weekly(msgspec.Struct, frozen=True, kw_only=True):
    """Every week on the weekday of its first day, until its last day has passed."""

    first_on: date
    last_on: date
    begins: time
    lasts_minutes: int
    skipped: frozenset[date] = frozenset()


def days_of(weekly: Weekly, *, with_skipped: bool = False) -> list[date]:
    """The days it is held on."""
    weeks = (weekly.last_on - weekly.first_on).days // 7 + 1
    days = [weekly.first_on + WEEK * number for number in range(max(0, weeks))]
    return [day for day in days if with_skipped or day not in weekly.skipped]


def starts_of(weekly: Weekly) -> list[datetime]:
    """The instants at which it begins, in UTC: the clock on the wall shows the same in summer and winter."""
    return [from_oslo(datetime.combine(day, weekly.begins)) for day in days_of(weekly)]


def against_weekly(weekly: Weekly, now: datetime) -> Iterator[tuple[str, Reason]]:
    """The faults of a weekly meeting, each with the field it stands in."""
    if weekly.last_on < weekly.first_on:
        yield "last_on", Reason(code="weekly.ends_before_start")
    elif weekly.last_on - weekly.first_on > WEEK * MOST_WEEKS:
        yield "last_on", Reason(code="weekly.too_long", parameters={"weeks": MOST_WEEKS})
    if weekly.first_on - day_in_oslo(now) > FARTHEST:
        yield "first_on", Reason(code="gathering.too_far")


def against_skipping(weekly: Weekly, day: date, known: Collection[date], now: datetime) -> Iterator[Reason]:
    """What keeps one of its days from being called off."""
    if day not in days_of(weekly, with_skipped=True):
        yield Reason(code="weekly.not_on_that_day")
    elif day in known:
        yield Reason(code="weekly.skipped_already")
    elif day < day_in_oslo(now):
        yield Reason(code="weekly.day_past")
