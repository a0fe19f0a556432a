"""The milestone plan drawn along time: every mark on the sheet, what is late as loud as what is done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.milestones.plan_drawing import LEFT, WIDTH, MilestoneDays, draw_milestones
from workflows.milestone import MilestoneState

TODAY = date(2026, 6, 15)
DAYS = st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2036, 12, 31)))


@given(
    st.lists(st.tuples(st.sampled_from(MilestoneState), DAYS, DAYS), max_size=9),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
)
def test_whatever_the_days_every_mark_lies_on_the_sheet(
    found: list[tuple[MilestoneState, date | None, date | None]], today: date
) -> None:
    rows = [
        MilestoneDays(key=f"M{number}", state=state, due_on=due_on, reported_on=reported_on)
        for number, (state, due_on, reported_on) in enumerate(found)
    ]
    plan = draw_milestones(rows, today)
    if plan is None:
        assert not any(row.due_on or row.reached_on for row in rows)
        return
    assert [mark.key for mark in plan.marks] == [row.key for row in rows]
    for mark in plan.marks:
        places = [x for x in (mark.due_x, mark.reached_x, mark.late_to_x, plan.today_x) if x is not None]
        assert all(LEFT < x < WIDTH for x in places)
        assert mark.late_to_x is None or (mark.due_x is not None and mark.due_x <= mark.late_to_x)
        assert (mark.late_to_x is not None) == (mark.standing in ("late", "reached_late"))


@pytest.mark.parametrize(
    ("state", "due_in", "reported_in", "standing", "days_late"),
    [
        ("planned", None, None, "undated", 0),
        ("planned", 0, None, "ahead", 0),
        ("due", -1, None, "late", 1),
        ("returned", -10, -12, "late", 10),
        ("returned", 3, -2, "ahead", 0),
        ("reported", -4, -4, "reached", 0),
        ("approved", -9, -2, "reached_late", 7),
        ("approved", None, -2, "reached", 0),
        ("waived", -9, None, "waived", 0),
    ],
)
def test_how_a_milestone_stands_against_its_day(
    state: str, due_in: int | None, reported_in: int | None, standing: str, days_late: int
) -> None:
    row = MilestoneDays(
        key="M4", state=state, due_on=None if due_in is None else TODAY + timedelta(days=due_in),
        reported_on=None if reported_in is None else TODAY + timedelta(days=reported_in),
    )  # fmt: skip
    assert (row.standing(TODAY), row.days_late(TODAY)) == (standing, days_late)
