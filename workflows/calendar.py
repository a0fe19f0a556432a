"""Deadlines, months and working days in Norway, given the present moment by whoever asks."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def from_oslo(local: datetime, *, later: bool = True) -> datetime:
    """The instant, in UTC, that a clock on a wall in Norway shows as `local` (without a zone).

    An hour that comes twice in autumn is the later of the two, to the applicant's good, unless `later` is False. One
    that is skipped in spring is read as if the clock had not been moved: 02.30 becomes 03.30. ValueError for a time
    that has a zone already.
    """
    if local.tzinfo is not None:
        raise ValueError("a local time has no zone")
    first = local.replace(tzinfo=OSLO, fold=0)
    skipped = first.astimezone(UTC).astimezone(OSLO).replace(tzinfo=None) != local
    return (first if skipped or not later else local.replace(tzinfo=OSLO, fold=1)).astimezone(UTC)


def to_oslo(moment: datetime) -> datetime:
    """What a clock on a wall in Norway shows at that instant; ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    return moment.astimezone(OSLO)


def day_in_oslo(moment: datetime) -> date:
    """The calendar day in Norway at that instant."""
    return to_oslo(moment).date()


def closes_at(deadline: datetime, *, grace_minutes: int = 0) -> datetime:
    """The first instant that is too late: the stated minute is open to its end, and so is the grace after it (G4)."""
    if deadline.tzinfo is None:
        raise ValueError("a deadline has a zone")
    minute = deadline.astimezone(UTC).replace(second=0, microsecond=0)
    return minute + timedelta(minutes=1 + grace_minutes)


def has_passed(deadline: datetime, now: datetime, *, grace_minutes: int = 0) -> bool:
    """Whether it is too late at `now` (G4)."""
    return now >= closes_at(deadline, grace_minutes=grace_minutes)


def is_open(opens_at: datetime, deadline: datetime, now: datetime, *, grace_minutes: int = 0) -> bool:
    """Whether `now` lies between the opening and the end of the stated minute of the deadline (G4)."""
    return opens_at <= now and not has_passed(deadline, now, grace_minutes=grace_minutes)


def end_of_day(day: date) -> datetime:
    """The last minute of a day in Norway, 23.59, in UTC: what a deadline given as a day means."""
    return from_oslo(datetime(day.year, day.month, day.day, 23, 59))


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def easter_sunday(year: int) -> date:
    """Easter Sunday of a year in the Gregorian calendar, by the method of Meeus, Jones and Butcher."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - moon - year_rest) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=200)
def public_holidays(year: int) -> frozenset[date]:
    """The Norwegian public holidays of a year, Sundays as such left out."""
    easter = easter_sunday(year)
    movable = (-3, -2, 0, 1, 39, 49, 50)
    fixed = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
    return frozenset(
        {easter + timedelta(days=days) for days in movable} | {date(year, month, day) for month, day in fixed}
    )


def is_working_day(day: date) -> bool:
    """Whether offices are open: Monday to Friday and not a public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The day that lies `count` working days after `day`; with 0 the day itself or the next working day."""
    if count < 0:
        raise ValueError("working days are counted forwards")
    found = day if count else _working_day_from(day)
    for _ in range(count):
        found = _working_day_from(found + timedelta(days=1))
    return found


def _working_day_from(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days come after `start` up to and including `end`; 0 where `end` is not later."""
    return sum(is_working_day(start + timedelta(days=days)) for days in range(1, (end - start).days + 1))
