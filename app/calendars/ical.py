"""Entries as calendars read them (RFC 5545): one clock for Norway, stable names, and the same bytes for the same entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

import msgspec
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from app.core.clock import OSLO

KEPT = 20_000
"""Entries whose bytes a process remembers: what many calendars show is written once."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands in a calendar: from one moment to another, or on a day; every week where it ends on one."""

    uid: str
    sequence: int
    changed_at: datetime
    starts: datetime | date
    ends: datetime | None = None
    summary: str
    description: str = ""
    place: str = ""
    address: str = ""
    cancelled: bool = False
    weekly_until: date | None = None
    skipped: tuple[date, ...] = ()


@cache
def norwegian_time() -> bytes:
    """The clock in Norway by the rule that has held since 1996, in the form that every calendar takes."""
    zone = Timezone()
    zone.add("tzid", "Europe/Oslo")
    for kind, name, month, before, after, hour in (
        (TimezoneDaylight, "CEST", 3, 1, 2, 2), (TimezoneStandard, "CET", 10, 2, 1, 3),
    ):  # fmt: skip
        part = kind()
        part.add("tzname", name)
        part.add("dtstart", datetime(1996, month, 31 if month == 3 else 27, hour))  # noqa: DTZ001
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("rrule", vRecur(freq="yearly", bymonth=month, byday="-1su"))
        zone.add_component(part)
    text: bytes = zone.to_ical()
    return text


@lru_cache(KEPT)
def event_of(entry: Entry) -> bytes:
    """One entry as text; a day takes no time of anybody, a moment stands by the clock in Norway."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("summary", entry.summary)
    if isinstance(entry.starts, datetime):
        starts = entry.starts.astimezone(OSLO)
        event.add("dtstart", starts)
        event.add("dtend", (entry.ends or entry.starts).astimezone(OSLO))
        if entry.weekly_until is not None:
            last = datetime.combine(entry.weekly_until, time(23, 59, 59), OSLO)
            event.add("rrule", vRecur(freq="weekly", until=last.astimezone(UTC)))
            for day in entry.skipped:
                event.add("exdate", datetime.combine(day, starts.time(), OSLO))
    else:
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.starts + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    for name, value in (("description", entry.description), ("location", entry.place), ("url", entry.address)):
        if value:
            event.add(name, value)
    text: bytes = event.to_ical()
    return text


@cache
def _around(name: str) -> tuple[bytes, bytes]:
    calendar = Calendar()
    calendar.add("prodid", "-//Nav//Drivkraft//NO")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Oslo")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", timedelta(hours=1))
    text: bytes = calendar.to_ical()
    end = b"END:VCALENDAR\r\n"
    return text.removesuffix(end), end


def calendar_of(name: str, entries: Iterable[Entry], *, write: Callable[[Entry], bytes] = event_of) -> bytes:
    """A whole calendar of that name."""
    before, end = _around(name)
    return b"".join((before, norwegian_time(), *map(write, entries), end))
