"""Reminders climb a ladder one rung at a time, and keep quiet in the evening and on days off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import working_days_between
from workflows.reminder import REVIEW_LADDER, in_office_hours, next_rung
from workflows.roles import Role

DUE = date(2027, 3, 31)  # the Wednesday after Easter
DAYS = st.integers(-40, 40).map(lambda days: DUE + timedelta(days=days))


@pytest.mark.parametrize(
    ("today", "climbed", "expected"),
    [
        (date(2027, 3, 23), (), None),
        (date(2027, 3, 24), (), "soon"),  # Easter lies between: two working days are left
        (date(2027, 3, 28), ("soon",), None),
        (DUE, (), "soon"),
        (date(2027, 4, 1), ("soon",), "late"),
        (date(2027, 4, 5), ("soon", "late"), "case_handler"),
        (date(2027, 4, 8), ("soon", "late", "case_handler"), "method_owner"),
        (date(2027, 6, 1), (), "method_owner"),
        (date(2027, 6, 1), ("method_owner",), None),
        (date(2027, 4, 1), ("case_handler",), None),
    ],
)
def test_the_ladder_of_a_review(today: date, climbed: tuple[str, ...], expected: str | None) -> None:
    rung = next_rung(REVIEW_LADDER, DUE, today, climbed)
    assert (rung.key if rung else None) == expected


@given(st.lists(DAYS, max_size=30))
def test_whatever_the_days_nobody_is_told_twice_and_it_only_goes_higher(days: list[date]) -> None:
    order = [rung.key for rung in REVIEW_LADDER]
    climbed: list[str] = []
    for today in sorted(days):
        rung = next_rung(REVIEW_LADDER, DUE, today, climbed)
        if rung:
            climbed.append(rung.key)
    assert climbed == sorted(set(climbed), key=order.index)


@given(DAYS)
def test_a_rung_once_reached_stays_reached(today: date) -> None:
    for rung in REVIEW_LADDER:
        assert not rung.is_reached(DUE, today) or rung.is_reached(DUE, today + timedelta(days=1))
        if rung.working_days > 0:
            assert rung.is_reached(DUE, today) == (working_days_between(DUE, today) >= rung.working_days)


def test_the_ladder_ends_with_those_who_lead_the_group() -> None:
    assert [rung.to for rung in REVIEW_LADDER] == [
        Role.REVIEWER, Role.REVIEWER, Role.CASE_HANDLER, Role.METHOD_OWNER,
    ]  # fmt: skip
    assert [rung.working_days for rung in REVIEW_LADDER] == sorted({rung.working_days for rung in REVIEW_LADDER})


@pytest.mark.parametrize(
    ("now", "open_now"),
    [
        (datetime(2027, 4, 7, 6, 0, tzinfo=UTC), True),  # 08.00 in summer time
        (datetime(2027, 4, 7, 5, 59, tzinfo=UTC), False),
        (datetime(2027, 4, 7, 13, 59, tzinfo=UTC), True),
        (datetime(2027, 4, 7, 14, 0, tzinfo=UTC), False),
        (datetime(2027, 1, 7, 7, 0, tzinfo=UTC), True),  # 08.00 in winter time
        (datetime(2027, 1, 7, 6, 30, tzinfo=UTC), False),
        (datetime(2027, 5, 17, 10, 0, tzinfo=UTC), False),
        (datetime(2027, 4, 10, 10, 0, tzinfo=UTC), False),  # a Saturday
    ],
)
def test_quiet_hours(now: datetime, open_now: bool) -> None:
    assert in_office_hours(now) is open_now
