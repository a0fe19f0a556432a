"""When a precondition is late, and when it puts its benefit in danger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from workflows.precondition import Standing, is_in_danger, is_late

TODAY = date(2026, 6, 1)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("standing", "due_on", "late", "in_danger"),
    [
        (Standing.MET, YESTERDAY, False, False),
        (Standing.NOT_MET, YESTERDAY, True, True),
        (Standing.NOT_MET, TODAY, False, False),
        (Standing.NOT_MET, TOMORROW, False, False),
        (Standing.NOT_MET, None, False, False),
        (Standing.NOT_ASSESSED, YESTERDAY, True, True),
        (Standing.NOT_ASSESSED, None, False, False),
        (Standing.AT_RISK, None, False, True),
        (Standing.AT_RISK, TOMORROW, False, True),
        (Standing.AT_RISK, YESTERDAY, True, True),
    ],
)
def test_what_is_at_risk_or_past_its_day_is_a_danger(
    standing: Standing, due_on: date | None, late: bool, in_danger: bool
) -> None:
    assert (is_late(standing, due_on, TODAY), is_in_danger(standing, due_on, TODAY)) == (late, in_danger)
