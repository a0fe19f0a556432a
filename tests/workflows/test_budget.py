"""A budget: who bears what adds up, an award is spread to the øre, and what a call does not pay for is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.samples import ANSWERS, TEAM, person
from workflows.budget import (
    COST_KINDS,
    Bearer,
    BudgetLine,
    above_most,
    against_paying,
    applied_ore,
    borne,
    lacking,
    not_paid_for,
    own_share_too_small,
    paid_kinds,
    per_kind,
)
from workflows.budget_rules import BudgetRules, against_budget
from workflows.forms.reading import Unreadable, ore_from
from workflows.money import divided
from workflows.team import content_to_endorse

TRAVEL = BudgetLine(id=person("line"), cost_kind="travel", description="Reiser", amount_ore=100_00, bearer="scheme")
ASKED = BudgetRules(asked=True)


def codes(found: Any) -> list[str]:
    return [reason.code for reason in found]


LINES = st.lists(
    st.builds(
        BudgetLine, id=st.uuids(), cost_kind=st.sampled_from(COST_KINDS), description=st.just("x"),
        amount_ore=st.integers(0, 10**11), bearer=st.sampled_from(list(map(str, Bearer))),
        year=st.none() | st.integers(2026, 2030),
    ),
    max_size=12,
)  # fmt: skip


@given(LINES, st.integers(0, 10**12))
def test_the_kinds_add_up_to_what_each_bears_and_to_the_award(lines: list[BudgetLine], awarded: int) -> None:
    sums, kinds = borne(lines), per_kind(lines, awarded)
    assert sum(sums.values()) == sum(line.amount_ore for line in lines)
    assert sum(each.applied_ore for each in kinds) == sums[Bearer.SCHEME] == (applied_ore(lines) or 0)
    assert sum(each.office_ore for each in kinds) == sums[Bearer.OFFICE]
    assert sum(each.others_ore for each in kinds) == sums[Bearer.OTHERS]
    assert sum(each.awarded_ore for each in kinds) == (awarded if sums[Bearer.SCHEME] else 0)
    assert all(each.awarded_ore == 0 for each in kinds if each.applied_ore == 0)


@given(LINES)
def test_what_is_awarded_as_applied_for_falls_as_applied_for(lines: list[BudgetLine]) -> None:
    assert all(each.awarded_ore == each.applied_ore for each in per_kind(lines, applied_ore(lines) or 0))


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_a_sum_is_divided_to_the_ore_and_no_part_is_an_ore_off(total: int, weights: list[int]) -> None:
    if not any(weights):
        with pytest.raises(ValueError, match="nothing"):
            divided(total, weights)
        return
    parts = divided(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


@given(LINES, st.integers(0, 10_000))
def test_the_own_share_is_compared_to_the_ore(lines: list[BudgetLine], needed: int) -> None:
    found = list(own_share_too_small(replace(ASKED, own_share_basis_points=needed), lines))
    sums = borne(lines)
    whole = sum(sums.values())
    assert bool(found) == bool(whole and (whole - sums[Bearer.SCHEME]) * 10_000 < needed * whole)
    for reason in found:
        least = int(str(reason.parameters["least_ore"]))
        assert least * 10_000 >= needed * whole > (least - 1) * 10_000, "the least that would do"


def test_what_a_budget_lacks() -> None:
    assert codes(lacking(BudgetRules(), ())) == [], "no budget is asked for"
    assert codes(lacking(ASKED, ())) == ["application.budget_missing"]
    assert codes(lacking(ASKED, (TRAVEL,))) == []
    by_year = replace(ASKED, by_year=True)
    assert codes(lacking(by_year, (TRAVEL, replace(TRAVEL, year=2027)))) == ["application.budget_line_without_year"]
    assert codes(above_most(BudgetRules(most_ore=99_99), 100_00)) == ["application.amount_above_most"]
    assert codes(above_most(BudgetRules(most_ore=100_00), 100_00)) == []
    assert codes(above_most(BudgetRules(), 10**11)) == [], "0 is no limit"


def test_only_what_the_scheme_is_to_bear_must_be_paid_for() -> None:
    assert paid_kinds(()) == COST_KINDS
    assert paid_kinds(("travel", "competence")) == ("competence", "travel")
    assert codes(against_paying("travel", "scheme", ("travel",))) == []
    assert codes(against_paying("time", "scheme", ("travel",))) == ["application.cost_not_paid_for"]
    assert codes(against_paying("time", "office", ("travel",))) == []
    wrong = replace(TRAVEL, cost_kind="time")
    assert codes(not_paid_for(ASKED, (TRAVEL, wrong, replace(wrong, bearer="others")), ("travel",))) == [
        "application.line_not_paid_for"
    ]


def test_rules_for_lines_need_lines() -> None:
    assert list(against_budget(BudgetRules(most_ore=1))) == []
    assert list(against_budget(BudgetRules(by_year=True, own_share_basis_points=1))) == [
        ("rules.budget_not_asked", "by_year"), ("rules.budget_not_asked", "own_share_basis_points"),
    ]  # fmt: skip


def test_a_leader_stands_behind_sums_and_not_behind_words() -> None:
    before = content_to_endorse(ANSWERS, TEAM, (), (TRAVEL,))
    assert content_to_endorse(ANSWERS, TEAM, (), (replace(TRAVEL, description="Tog"),)) == before
    for other in (replace(TRAVEL, amount_ore=1), replace(TRAVEL, bearer="office"), replace(TRAVEL, year=2027)):
        assert content_to_endorse(ANSWERS, TEAM, (), (other,)) != before
    assert content_to_endorse(ANSWERS, TEAM) == content_to_endorse(ANSWERS, TEAM, (), ())


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("12 500", 1_250_000), ("12\u00a0500,50", 1_250_050), ("12\u2009500.5", 1_250_050), ("12\u202f500", 1_250_000),
        ("kr 40", 4_000), ("12.50", 1_250), ("1.250,50", 125_050), ("0", 0),
    ],
)  # fmt: skip
def test_sums_as_people_type_them(text: str, ore: int) -> None:
    assert ore_from(text) == ore


@pytest.mark.parametrize("text", ["12.500", "12,500", "mye", "0,001", "1e5000000", "NaN"])
def test_a_sum_that_could_mean_another_is_asked_for_again(text: str) -> None:
    with pytest.raises(Unreadable):
        ore_from(text)
