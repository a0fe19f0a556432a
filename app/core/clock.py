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
