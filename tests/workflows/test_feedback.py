"""Feedback: made of what may be shown and of nothing else, answered with an action or a reason, and in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.test_survey import ANSWERERS, answers_of
from workflows.feedback import (
    ANSWER_DAYS,
    Answer,
    Answered,
    FeedbackKind,
    Said,
    against_answer,
    answer_by,
    heard,
    is_negative,
)
from workflows.survey import SMALLEST_GROUP, ShownLevels, groups_of, shown

TODAY = date(2026, 11, 30)


@given(ANSWERERS)
def test_feedback_tells_nothing_that_the_survey_does_not_show(answerers: list[tuple[str, int, str]]) -> None:
    groups = groups_of([role for role, _, _ in answerers])
    slips = [slip for role, level, words in answerers for slip in answers_of("gathering", groups[role], level, words)]
    seen = shown("gathering", slips, is_closed=True)
    if seen is None:
        assert len(answerers) < SMALLEST_GROUP
        return
    levels = {
        (each.question.key, row.role): (sum(row.counts[:2]), row.answers)
        for each in seen.questions for row in each.levels
    }  # fmt: skip
    words = [(each.question.key, said.role, said.words) for each in seen.questions for said in each.words]
    for each in heard(seen):
        if each.kind is FeedbackKind.FINDING:
            assert levels[each.question, each.role] == (each.low, each.answers)
            assert each.answers >= SMALLEST_GROUP
        else:
            words.remove((each.question, each.role, each.words))


@pytest.mark.parametrize(
    ("counts", "negative"),
    [((0, 2, 0, 4, 0), True), ((1, 0, 0, 4, 0), False), ((0, 0, 5, 0, 0), False), ((5, 0, 0, 0, 0), True),
     ((0, 0, 0, 0, 0), False)],
)  # fmt: skip
def test_a_third_who_chose_a_low_level_is_a_negative_finding(counts: tuple[int, ...], negative: bool) -> None:
    assert is_negative(ShownLevels("", counts)) is negative


def said(**fields: object) -> Said:
    return Said(answer=str(fields.pop("answer")), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        (said(answer=Answer.NONE), {"why": "feedback.why_missing"}),
        (said(answer=Answer.NONE, why="Ikke råd"), {}),
        (said(answer=Answer.SAME), {"change_id": "form.empty"}),
        (said(answer=Answer.SAME, names_change=True), {}),
        (said(answer=Answer.CHANGE, why="x"), {"text": "form.empty", "responsible_id": "form.empty", "due_on": "form.empty"}),
        (said(answer=Answer.CHANGE, text="Kortere dager", has_responsible=True, due_on=TODAY - timedelta(days=1)),
         {"due_on": "feedback.due_past"}),
        (said(answer=Answer.CHANGE, text="Kortere dager", has_responsible=True, due_on=TODAY), {}),
    ],
)  # fmt: skip
def test_an_answer_is_an_action_with_who_and_when_or_a_reason(typed: Said, faults: dict[str, str]) -> None:
    assert {name: reason.code for name, reason in against_answer(typed, TODAY)} == faults


def test_there_are_fourteen_whole_days_to_answer() -> None:
    received = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)  # the 21st in Norway, and the clocks go forward meanwhile
    assert answer_by(received) == datetime(2026, 4, 4, 21, 59, tzinfo=UTC)
    assert ANSWER_DAYS == 14


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_the_share_counts_what_has_come_due_and_is_whole_only_where_all_was_in_time(
    in_time: int, late: int, waiting: int
) -> None:
    percent = Answered(in_time=in_time, late=late, waiting=waiting).percent
    assert (percent is None) == (in_time + late == 0)
    assert (percent == 100) == (late == 0 and in_time > 0)
    assert percent is None or 0 <= percent <= 100
