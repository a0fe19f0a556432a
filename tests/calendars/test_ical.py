"""Feeds as calendars read them: valid, stable, and at the same clock time across the changes to and from summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from app.calendars.ical import Entry, calendar_of, norwegian_time
from workflows.weekly import Weekly, against_skipping, against_weekly, days_of, starts_of

OSLO = ZoneInfo("Europe/Oslo")
AT = datetime(2026, 9, 1, 12, tzinfo=UTC)


def entry(**changes: object) -> Entry:
    given = {"uid": "a@drivkraft", "sequence": 0, "changed_at": AT, "summary": "Åpen time; spør, «om alt»",
             "starts": datetime(2026, 9, 7, 9, tzinfo=OSLO), "ends": datetime(2026, 9, 7, 10, tzinfo=OSLO)}  # fmt: skip
    return Entry(**{**given, **changes})  # type: ignore[arg-type]


def read(*entries: Entry) -> Calendar:
    return Calendar.from_ical(calendar_of("Drivkraft", entries))


def occurrences(calendar: Calendar, first: date, last: date) -> list[datetime]:
    found = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
    return sorted(each["DTSTART"].dt for each in found)


@pytest.mark.parametrize(
    ("first_on", "last_on", "change"),
    [
        (date(2026, 10, 5), date(2026, 11, 30), date(2026, 10, 25)),
        (date(2026, 3, 2), date(2026, 4, 27), date(2026, 3, 29)),
    ],
)
def test_a_weekly_meeting_keeps_its_clock_time_across_the_change_of_the_clock(
    first_on: date, last_on: date, change: date
) -> None:
    weekly = Weekly(first_on=first_on, last_on=last_on, begins=datetime(2026, 1, 1, 9).time(), lasts_minutes=60)
    starts = datetime.combine(first_on, weekly.begins, OSLO)
    calendar = read(entry(starts=starts, ends=starts + timedelta(hours=1), weekly_until=last_on))
    found = occurrences(calendar, first_on, last_on + timedelta(days=30))
    assert [each.astimezone(OSLO).hour for each in found] == [9] * len(found)
    assert [each.astimezone(OSLO).date() for each in found] == days_of(weekly)
    assert [each.astimezone(UTC) for each in found] == starts_of(weekly)
    before = [each for each in found if each.astimezone(OSLO).date() < change]
    after = [each for each in found if each.astimezone(OSLO).date() >= change]
    assert {each.astimezone(UTC).hour for each in before} != {each.astimezone(UTC).hour for each in after}
    assert before and after


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2026, 3, 29)])
def test_an_entry_on_the_very_day_of_the_change_stands_at_its_instant(day: date) -> None:
    starts = datetime.combine(day, datetime(2026, 1, 1, 9).time(), OSLO)
    calendar = read(entry(starts=starts, ends=starts + timedelta(hours=6)))
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].params["TZID"] == "Europe/Oslo"
    assert event["DTSTART"].dt.astimezone(UTC) == starts.astimezone(UTC)


def test_a_skipped_day_is_left_out_in_summer_time_and_in_winter_time() -> None:
    days = (date(2026, 10, 19), date(2026, 11, 2))
    starts = datetime(2026, 10, 5, 9, tzinfo=OSLO)
    calendar = read(
        entry(starts=starts, ends=starts + timedelta(hours=1), weekly_until=date(2026, 11, 9), skipped=days)
    )
    found = {each.date() for each in occurrences(calendar, date(2026, 10, 1), date(2026, 12, 1))}
    assert found == {date(2026, 10, 5), date(2026, 10, 12), date(2026, 10, 26), date(2026, 11, 9)}


def test_the_feed_has_all_that_a_calendar_asks_for() -> None:
    body = calendar_of(
        "Drivkraft", [entry(), entry(uid="b@drivkraft", starts=date(2026, 9, 8), ends=None, cancelled=True)]
    )
    assert body == calendar_of(
        "Drivkraft", [entry(), entry(uid="b@drivkraft", starts=date(2026, 9, 8), ends=None, cancelled=True)]
    )
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(body)
    assert not calendar.errors
    assert (calendar["VERSION"], calendar["PRODID"]) == ("2.0", "-//Nav//Drivkraft//NO")
    moment, day = calendar.walk("VEVENT")
    for event in (moment, day):
        assert not event.errors
        assert {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "SUMMARY"} <= set(event)
    assert (moment["STATUS"], day["STATUS"], day["TRANSP"]) == ("CONFIRMED", "CANCELLED", "TRANSPARENT")
    assert day["DTEND"].dt == date(2026, 9, 9)
    assert moment["SUMMARY"] == "Åpen time; spør, «om alt»"
    assert [each["TZID"] for each in calendar.walk("VTIMEZONE")] == ["Europe/Oslo"]
    assert not calendar.get_missing_tzids()


def test_the_clock_in_norway_is_the_world_s_own() -> None:
    zone = (
        Calendar.from_ical(b"BEGIN:VCALENDAR\r\n" + norwegian_time() + b"END:VCALENDAR\r\n")
        .walk("VTIMEZONE")[0]
        .to_tz()
    )
    moment = datetime(2025, 1, 1, 12, 30)
    while moment.year < 2029:
        if moment.replace(tzinfo=OSLO).utcoffset() == moment.replace(tzinfo=OSLO, fold=1).utcoffset():
            assert moment.replace(tzinfo=zone).utcoffset() == moment.replace(tzinfo=OSLO).utcoffset(), moment
        moment += timedelta(hours=7)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120)


@settings(max_examples=60)
@given(TEXTS, TEXTS, st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1)), st.integers(0, 600))
def test_whatever_is_written_comes_back_from_a_calendar(summary: str, place: str, at: datetime, minutes: int) -> None:
    starts = at.replace(tzinfo=UTC, microsecond=0)
    body = calendar_of(
        "x", [entry(summary=summary, place=place, starts=starts, ends=starts + timedelta(minutes=minutes))]
    )
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (summary, place)
    fold = starts.astimezone(OSLO)
    if fold.replace(fold=0).utcoffset() == fold.replace(fold=1).utcoffset():  # the hour that comes twice has one name
        assert event["DTSTART"].dt.astimezone(UTC) == starts


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(0, 23))
def test_a_weekly_meeting_is_a_week_apart_and_never_past_its_last_day(first_on: date, weeks: int, hour: int) -> None:
    weekly = Weekly(
        first_on=first_on, last_on=first_on + timedelta(days=7 * weeks + 3), begins=datetime(2026, 1, 1, hour).time(),
        lasts_minutes=30,
    )  # fmt: skip
    days = days_of(weekly)
    assert days[0] == first_on and days[-1] <= weekly.last_on < days[-1] + timedelta(days=7)
    assert {later - earlier for earlier, later in pairwise(days)} <= {timedelta(days=7)}
    if hour not in (2,):
        assert [each.astimezone(OSLO).hour for each in starts_of(weekly)] == [hour] * len(days)


def test_what_keeps_a_weekly_meeting_from_being_planned_or_skipped() -> None:
    weekly = Weekly(
        first_on=date(2026, 9, 7), last_on=date(2026, 10, 5), begins=datetime(2026, 1, 1, 9).time(), lasts_minutes=60
    )
    now = datetime(2026, 9, 10, tzinfo=UTC)
    assert list(against_weekly(weekly, now)) == []
    for last_on, code in ((date(2026, 9, 1), "weekly.ends_before_start"), (date(2029, 9, 1), "weekly.too_long")):
        wrong = Weekly(first_on=weekly.first_on, last_on=last_on, begins=weekly.begins, lasts_minutes=60)
        assert [(field, reason.code) for field, reason in against_weekly(wrong, now)] == [("last_on", code)]
    for day, known, code in (
        (date(2026, 9, 14), (), None), (date(2026, 9, 15), (), "weekly.not_on_that_day"),
        (date(2026, 9, 14), (date(2026, 9, 14),), "weekly.skipped_already"), (date(2026, 9, 7), (), "weekly.day_past"),
    ):  # fmt: skip
        assert [each.code for each in against_skipping(weekly, day, known, now)] == ([code] if code else [])
