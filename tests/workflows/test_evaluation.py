"""The evaluation report: made of what surveys may show and of nothing else, and whole under its three headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.test_survey import ANSWERERS, answers_of
from workflows.evaluation import (
    HEADINGS,
    MOST_QUOTES,
    Evaluated,
    QuestionFigure,
    Quote,
    against_report,
    chosen_of,
    figures_of,
    quotes_of,
)
from workflows.survey import SMALLEST_GROUP, groups_of, shown

TEXTS = dict.fromkeys(HEADINGS, "Slik gikk det")


@given(ANSWERERS)
def test_no_figure_of_a_report_is_of_fewer_than_five_and_none_can_be_taken_from_another(
    answerers: list[tuple[str, int, str]],
) -> None:
    groups = groups_of([role for role, _, _ in answerers])
    slips = [slip for role, level, words in answerers for slip in answers_of("step", groups[role], level, words)]
    seen = shown("step", slips, is_closed=True)
    if seen is None:
        return
    figures = figures_of(seen)
    assert all(each.answers >= SMALLEST_GROUP for each in figures)
    for question in {each.question for each in figures}:
        sizes = {each.role: each.answers for each in figures if each.question == question}
        apart = [size for role, size in sizes.items() if role]
        rest = sizes.get("", sum(apart)) - sum(apart)
        assert rest == 0 or rest >= SMALLEST_GROUP
    told = {levels.role for each in seen.questions for levels in each.levels}
    assert all(quote.role in told for quote in quotes_of(seen, "s"))


@given(st.integers(1, 60), st.integers(0, 60))
def test_a_share_is_whole_only_where_all_chose_it(answers: int, high: int) -> None:
    figure = QuestionFigure(question="useful", role="", answers=answers, high=min(high, answers))
    assert 0 <= figure.percent <= 100
    assert abs(figure.percent - 100 * figure.high / answers) <= 0.5


def quote(number: int, role: str = "") -> Quote:
    return Quote(key=f"s.keep.{number}", question="keep", words=f"Ord {number}", role=role)


@pytest.mark.parametrize(
    ("texts", "keys", "faults"),
    [
        (TEXTS, ["s.keep.1"], {}),
        ({**TEXTS, "onward": " "}, [], {"onward": "form.empty"}),
        (TEXTS, ["s.keep.99"], {"quotes": "form.not_a_choice"}),
        (TEXTS, [f"s.keep.{number}" for number in range(MOST_QUOTES + 1)], {"quotes": "evaluation.too_many_quotes"}),
    ],
)
def test_a_version_has_words_under_each_heading_and_quotes_that_were_offered(
    texts: dict[str, str], keys: list[str], faults: dict[str, str]
) -> None:
    offered = [quote(number) for number in range(MOST_QUOTES + 2)]
    assert {name: reason.code for name, reason in against_report(texts, keys, offered)} == faults


def test_quotes_stand_role_by_role_whatever_the_order_they_were_chosen_in() -> None:
    offered = [quote(1), quote(2, "leader"), quote(3, "core_team")]
    assert [each.role for each in chosen_of(offered, ["s.keep.2", "s.keep.1", "s.keep.3"])] == [
        "core_team",
        "leader",
        "",
    ]


def test_attendance_is_known_only_where_somebody_signed_up() -> None:
    assert Evaluated(projects=1).attendance_percent is None
