"""Deadlines in Norway to the second, months, working days, and sums that lose no øre."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import (
    add_months,
    add_working_days,
    closes_at,
    day_in_oslo,
    easter_sunday,
    end_of_day,
    from_oslo,
    has_passed,
    is_open,
    is_working_day,
    public_holidays,
    to_oslo,
    working_days_between,
)
from workflows.money import basis_points_of, share_of, split, within


def test_the_stated_minute_is_open_to_its_end() -> None:
    opens, deadline = from_oslo(datetime(2026, 1, 5, 9, 0)), from_oslo(datetime(2026, 3, 2, 23, 59))
    assert not is_open(opens, deadline, opens - timedelta(microseconds=1))
    assert is_open(opens, deadline, opens)
    assert is_open(opens, deadline, from_oslo(datetime(2026, 3, 2, 23, 59, 59, 999_999)))
    assert not is_open(opens, deadline, from_oslo(datetime(2026, 3, 3, 0, 0, 0)))
    assert has_passed(deadline, from_oslo(datetime(2026, 3, 3)))
    assert not has_passed(deadline, from_oslo(datetime(2026, 3, 3)), grace_minutes=1)


@pytest.mark.parametrize(
    ("local", "later", "utc"),
    [
        (datetime(2026, 1, 1, 12), True, datetime(2026, 1, 1, 11)),
        (datetime(2026, 7, 1, 12), True, datetime(2026, 7, 1, 10)),
        (datetime(2026, 10, 25, 2, 30), True, datetime(2026, 10, 25, 1, 30)),  # comes twice
        (datetime(2026, 10, 25, 2, 30), False, datetime(2026, 10, 25, 0, 30)),
        (datetime(2026, 3, 29, 2, 30), True, datetime(2026, 3, 29, 1, 30)),  # is skipped
        (datetime(2026, 3, 29, 2, 30), False, datetime(2026, 3, 29, 1, 30)),
    ],
)
def test_a_wall_clock_is_read_across_summer_time(local: datetime, later: bool, utc: datetime) -> None:
    assert from_oslo(local, later=later) == utc.replace(tzinfo=UTC)


@given(st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2037, 1, 1)))
def test_every_time_that_exists_comes_back_as_it_was(local: datetime) -> None:
    shown = to_oslo(from_oslo(local)).replace(tzinfo=None)
    assert shown == local or shown - local == timedelta(hours=1)


def test_times_without_or_with_a_zone_are_not_mixed_up() -> None:
    with pytest.raises(ValueError):
        from_oslo(datetime(2026, 1, 1, tzinfo=UTC))
    for wrong in (to_oslo, closes_at):
        with pytest.raises(ValueError):
            wrong(datetime(2026, 1, 1))


def test_the_day_is_norwegian() -> None:
    assert day_in_oslo(datetime(2026, 6, 1, 22, 30, tzinfo=UTC)) == date(2026, 6, 2)
    assert end_of_day(date(2026, 6, 1)) == datetime(2026, 6, 1, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_are_added(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


@pytest.mark.parametrize(
    "easter", [date(2019, 4, 21), date(2021, 4, 4), date(2024, 3, 31), date(2026, 4, 5), date(2038, 4, 25)]
)
def test_easter_and_the_days_that_follow_it(easter: date) -> None:
    assert easter_sunday(easter.year) == easter
    assert {easter + timedelta(days=days) for days in (-3, -2, 1, 39, 50)} <= public_holidays(easter.year)


def test_working_days() -> None:
    assert not is_working_day(date(2026, 5, 1)) and not is_working_day(date(2026, 11, 21))
    assert is_working_day(date(2026, 4, 1))
    assert add_working_days(date(2026, 4, 1), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert working_days_between(date(2026, 4, 1), date(2026, 4, 7)) == 1
    assert working_days_between(date(2026, 4, 7), date(2026, 4, 1)) == 0
    with pytest.raises(ValueError):
        add_working_days(date(2026, 4, 1), -1)


@given(st.dates(min_value=date(2015, 1, 1), max_value=date(2060, 1, 1)), st.integers(1, 30))
def test_added_working_days_are_counted_back(day: date, count: int) -> None:
    assert working_days_between(day, add_working_days(day, count)) == count


shares = st.lists(st.integers(0, 10_000), min_size=0, max_size=6).map(
    lambda cuts: [b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 10_000], strict=True)]
)


@given(st.integers(0, 10**12), shares)
def test_a_split_loses_no_ore_and_strays_less_than_one(total_ore: int, parts: list[int]) -> None:
    result = split(total_ore, parts)
    assert sum(result) == total_ore
    for part, share in zip(result, parts, strict=True):
        assert abs(part * 10_000 - total_ore * share) < 10_000
        assert share or not part


def test_sums_that_cannot_be_split() -> None:
    assert split(101, (4_000, 4_000, 2_000)) == (41, 40, 20)
    for total_ore, parts in ((-1, (10_000,)), (1, (9_999,)), (1, (-1, 10_001))):
        with pytest.raises(ValueError):
            split(total_ore, parts)
    with pytest.raises(ValueError):
        share_of(-1, 1)


def test_shares_and_limits() -> None:
    assert share_of(105, 5_000) == 53
    assert basis_points_of(1, 3) == 3_333
    assert basis_points_of(1, 0) == 0
    assert within(10, 4, 6) and not within(10, 4, 7)
