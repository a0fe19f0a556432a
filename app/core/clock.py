"""What time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

OSLO = ZoneInfo("Europe/Oslo")


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def day_in_oslo(moment: datetime) -> date:
    """The calendar day in Norway at that moment."""
    return moment.astimezone(OSLO).date()


def number_of(day: date) -> int:
    """A day as a number in the order of days, 20261130: what many rows are counted and compared by."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    """The day that has a number."""
    return date(number // 10_000, number // 100 % 100, number % 100)
