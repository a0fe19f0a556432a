"""Reports have their days from the award on, are written in open sections alone, and approved by somebody else."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import REPORT_FACTS
from tests.workflows.samples import act
from tests.workflows.walk import codes
from workflows.engine import decide
from workflows.forms.report import FORMS
from workflows.report import NEAR, REPORT, WRITTEN_IN, ReportKind, ReportState, calendar, keeps_closed, open_sections
from workflows.report_rules import REPORT_LIMITS, ReportRules
from workflows.roles import Role

AWARDED = date(2026, 6, 1)


def test_the_calendar_of_an_ordinary_project() -> None:
    found = calendar(ReportRules(), AWARDED, AWARDED + timedelta(weeks=57))
    assert [(str(each.kind), each.due_on) for each in found] == [
        ("interim", date(2026, 10, 1)), ("yearly", date(2027, 2, 1)), ("interim", date(2027, 6, 1)),
        ("final", date(2027, 8, 4)),
    ]  # fmt: skip


RULES = st.builds(
    ReportRules, interim_months=st.integers(*REPORT_LIMITS["interim_months"]), yearly=st.booleans(),
    final_days=st.integers(*REPORT_LIMITS["final_days"]),
)  # fmt: skip


@given(RULES, st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 400))
def test_there_is_one_final_report_and_none_after_it_and_no_two_close_by(
    rules: ReportRules, awarded_on: date, weeks: int
) -> None:
    found = calendar(rules, awarded_on, awarded_on + timedelta(weeks=weeks))
    assert [each.kind for each in found].count(ReportKind.FINAL) == 1
    assert found[-1].kind is ReportKind.FINAL
    for before, after in pairwise(found):
        assert after.due_on - before.due_on >= min(NEAR, timedelta(days=28))
    for kind in ReportKind:
        assert [each.number for each in found if each.kind is kind] == list(
            range(1, 1 + sum(each.kind is kind for each in found))
        )


@pytest.mark.parametrize("kind", list(ReportKind))
def test_what_came_back_is_open_where_it_was_named_and_nowhere_else(kind: ReportKind) -> None:
    sections = FORMS[kind].sections
    assert open_sections(kind, ReportState.PLANNED, {}) == set(sections)
    assert open_sections(kind, ReportState.RETURNED, {}) == set(sections)
    assert open_sections(kind, ReportState.RETURNED, {"deviations": "x"}) == {"deviations"}
    for state in set(ReportState) - WRITTEN_IN:
        assert open_sections(kind, state, {}) == frozenset()
        assert [reason.code for reason in keeps_closed(state, {})] == ["report.sent_already"]


def test_everything_that_is_missing_is_said_at_once() -> None:
    by = act(Role.COORDINATOR)
    found = decide(REPORT, "submit", ReportState.DUE, replace(REPORT_FACTS, answers={"spent_ore": 101}), by)
    assert [reason.code for reason in found.unmet].count("form.question_unanswered") == 8
    assert "report.more_than_awarded" in codes(found.unmet)
    assert decide(REPORT, "submit", ReportState.DUE, REPORT_FACTS, by).allowed
    off = {**REPORT_FACTS.answers, "as_planned": False}
    assert codes(decide(REPORT, "submit", ReportState.DUE, replace(REPORT_FACTS, answers=off), by).unmet) == [
        "form.question_unanswered"
    ]
