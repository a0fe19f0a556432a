"""Accounts against a budget: what is explained and what is asked for, to the øre; a shift moves and makes nothing."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import REPORT_FACTS
from tests.workflows.samples import act
from tests.workflows.walk import codes
from workflows.accounts import KindAccount, accounted, kinds_of, shifted, spent_in_all, spent_key
from workflows.budget import COST_KINDS, KindBudget, per_kind
from workflows.engine import decide
from workflows.forms.report import BUDGETED, FORMS, PER_KIND, form_of
from workflows.money import MOST_ORE, WHOLE
from workflows.report import REPORT, ReportKind, ReportState, standing
from workflows.roles import Role

TOLERANCE, THRESHOLD = 500, 1_000
BUDGET = (
    KindBudget(cost_kind="competence", applied_ore=80, awarded_ore=80, office_ore=0, others_ore=0),
    KindBudget(cost_kind="travel", applied_ore=20, awarded_ore=20, office_ore=0, others_ore=0),
)
OTHER = {key: answer for key, answer in REPORT_FACTS.answers.items() if key != "spent_ore"}


def told(competence: int | None, travel: int | None, **more: str | int) -> list[str]:
    """What a final report still lacks, given what was spent of 80 and 20."""
    answers = {**OTHER, "spent_competence_ore": competence, "spent_travel_ore": travel, "returned_ore": 0, **more}
    facts = replace(REPORT_FACTS, budget=BUDGET, answers=answers)
    return codes(decide(REPORT, "submit", ReportState.DUE, facts, act(Role.COORDINATOR)).unmet)


@pytest.mark.parametrize(
    ("competence", "travel", "lacks"),
    [
        (80, 20, []),
        (76, 21, []),
        (75, 20, ["deviation_unexplained"]),
        (78, 22, ["deviation_unexplained"]),
        (70, 23, ["deviation_unexplained", "deviation_unexplained", "shift_not_granted"]),
        (81, 20, ["more_than_awarded"]),
        (None, 20, ["form.question_unanswered"]),
    ],
)
def test_small_deviations_pass_larger_are_explained_and_the_largest_asked_for(
    competence: int | None, travel: int, lacks: list[str]
) -> None:
    facts_tolerance = replace(REPORT_FACTS, budget=BUDGET).tolerance_basis_points
    assert facts_tolerance == TOLERANCE
    assert [code.removeprefix("report.") for code in told(competence, travel)] == lacks
    explained = [code for code in lacks if code != "deviation_unexplained"]
    assert [code.removeprefix("report.") for code in told(competence, travel, accounts_explained="Tog")] == explained


ACCOUNT = st.builds(
    KindAccount, cost_kind=st.just("travel"), budget_ore=st.integers(0, MOST_ORE), spent_ore=st.integers(0, MOST_ORE)
)


@given(ACCOUNT, st.integers(0, WHOLE), st.integers(0, WHOLE), st.sampled_from(ReportKind))
def test_what_is_asked_for_grows_with_the_deviation(
    account: KindAccount, tolerance: int, threshold: int, kind: ReportKind
) -> None:
    assume(tolerance <= threshold)
    found, more = (
        standing(account, tolerance, threshold, kind),
        replace(account, spent_ore=(account.spent_ore or 0) + 1),
    )
    over = account.deviation_ore * WHOLE
    assert (found == "grant") == (over > threshold * account.budget_ore)
    if account.deviation_ore >= 0:
        rank = ("", "explain", "grant")
        assert rank.index(standing(more, tolerance, threshold, kind)) >= rank.index(found)
    elif kind is not ReportKind.FINAL:
        assert found == "", "before the end what is left is no deviation"
    assert standing(replace(account, spent_ore=None), tolerance, threshold, kind) == ""


SUMS = st.dictionaries(st.sampled_from(COST_KINDS), st.integers(0, MOST_ORE), min_size=1)


@given(
    SUMS, st.sampled_from(COST_KINDS), st.sampled_from(COST_KINDS), st.integers(-1, MOST_ORE), st.integers(0, MOST_ORE)
)
def test_a_shift_moves_a_sum_and_makes_none(budget: dict[str, int], a: str, b: str, ore: int, award: int) -> None:
    if ore <= 0 or a == b or budget.get(a, 0) < ore:
        with pytest.raises(ValueError, match="cannot go"):
            shifted(budget, a, b, ore)
        return
    after = shifted(budget, a, b, ore)
    assert sum(after.values()) == sum(budget.values()) and min(after.values()) >= 0
    assert after[b] - budget.get(b, 0) == budget[a] - after[a] == ore
    spread = per_kind((), award, after)
    assert sum(each.awarded_ore for each in spread) == award
    same = {each.cost_kind: each.awarded_ore for each in per_kind((), sum(after.values()), after)}
    assert same == {kind: value for kind, value in after.items() if value}


def test_a_report_asks_for_the_kinds_of_its_budget_and_earlier_ones_for_one_figure() -> None:
    final = form_of("final", kinds_of(BUDGET))
    money = [each.key for each in final.of_section("accounts") if each.kind == "money"]
    assert money == ["spent_competence_ore", "spent_travel_ore", "returned_ore"]
    assert {each.key for each in form_of("final", kinds_of(BUDGET), PER_KIND - 1).of_section("accounts")} == {
        "spent_ore", "returned_ore",
    }  # fmt: skip
    assert form_of("interim", kinds_of(BUDGET)).of_section("accounts") == ()
    for kind in COST_KINDS:
        assert BUDGETED["yearly"].question(spent_key(kind)).required
    assert "spent_ore" in {each.key for each in FORMS["final"].questions}
    assert spent_in_all({"spent_competence_ore": 3, "spent_travel_ore": None}) == 3
    assert spent_in_all({"spent_ore": 5}) == 5 and spent_in_all({}) == 0
    assert [each.deviation_ore for each in accounted(BUDGET, {"spent_competence_ore": 90})] == [10, -20]
