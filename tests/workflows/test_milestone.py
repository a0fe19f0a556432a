"""A milestone falls due on its day, is reported with what shows it, and approved by the role that the rules name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import MILESTONE_FACTS, TODAY
from tests.workflows.samples import act, person
from tests.workflows.walk import codes
from workflows.effects import Effect
from workflows.engine import Act, Verdict, decide, options
from workflows.milestone import MILESTONE, OFFICE, MilestoneState
from workflows.roles import GRANTS, Permission, Role
from workflows.rules import MILESTONES, MilestoneRule

S = MilestoneState
ANYBODY = act(*Role, why="Fordi")
METHOD_OWNER = act(Role.METHOD_OWNER, why="Fordi")
APPROVERS = GRANTS[Permission.MILESTONE_APPROVE]
UNREPORTED = (S.PLANNED, S.DUE, S.RETURNED)


def verdict(name: str, state: str, who: Act = METHOD_OWNER, **changes: Any) -> Verdict:
    """What somebody is told about a move, with some facts changed."""
    return decide(MILESTONE, name, state, replace(MILESTONE_FACTS, **changes), who)


def unmet(name: str, state: str, who: Act = METHOD_OWNER, **changes: Any) -> list[str]:
    """What is missing for a move, with some facts changed."""
    return codes(verdict(name, state, who, **changes).unmet)


@given(st.integers(-400, 400))
def test_it_falls_due_on_its_day_and_not_before(days: int) -> None:
    clock = act(Role.SYSTEM)
    found = verdict("fall_due", S.PLANNED, clock, due_on=TODAY + timedelta(days=days))
    assert found.allowed == (days <= 0)
    assert codes(found.unmet) == (["milestone.not_due_yet"] if days > 0 else [])


def test_without_a_date_it_never_falls_due_and_the_office_sets_one() -> None:
    (told,) = verdict("fall_due", S.PLANNED, due_on=None).unmet
    assert (told.code, told.who) == ("milestone.no_date", OFFICE)


@pytest.mark.parametrize(("name", "states"), [("report", UNREPORTED), ("approve", (S.REPORTED,))])
@pytest.mark.parametrize(
    ("has_evidence", "needs_evidence", "expected"),
    [
        (True, True, []),
        (False, True, ["milestone.no_evidence"]),
        (False, False, []),
        (True, False, []),
    ],
)
def test_it_is_shown_that_it_is_reached_where_the_rules_ask_for_that(
    name: str, states: tuple[str, ...], has_evidence: bool, needs_evidence: bool, expected: list[str]
) -> None:
    for state in states:
        assert unmet(name, state, has_evidence=has_evidence, needs_evidence=needs_evidence) == expected


def test_it_may_be_reported_before_its_day_by_the_office_alone() -> None:
    early: dict[str, Any] = {"due_on": TODAY + timedelta(days=30)}
    for state in UNREPORTED:
        assert {role for role in Role if verdict("report", state, act(role), **early).allowed} == set(OFFICE)


@pytest.mark.parametrize("name", ["approve", "return"])
@pytest.mark.parametrize("named", sorted(APPROVERS))
def test_only_the_role_that_the_rules_name_approves_or_returns(name: str, named: Role) -> None:
    for role in Role:
        found = verdict(name, S.REPORTED, act(role, why="Fordi"), approved_by_role=named)
        assert found.allowed == (role == named)
        assert codes(found.unmet) == ([] if role == named else ["milestone.another_role_approves"])
        assert all(reason.who == (named,) for reason in found.unmet)


@pytest.mark.parametrize("name", ["approve", "return"])
def test_whoever_reported_it_is_told_that_besides_all_else(name: str) -> None:
    kari: dict[str, Any] = {"reported_by": person("Kari")}
    assert unmet(name, S.REPORTED, **kari) == ["milestone.reported_by_yourself"]
    leader = act(Role.LEADER, why="Fordi")
    assert unmet(name, S.REPORTED, leader, **kari) == [
        "milestone.another_role_approves",
        "milestone.reported_by_yourself",
    ]
    assert unmet(name, S.REPORTED, replace(METHOD_OWNER, person_id=None), reported_by=None) == []


@pytest.mark.parametrize("rule", MILESTONES, ids=lambda rule: rule.key)
def test_every_milestone_of_the_scheme_can_be_approved_by_the_role_it_names(rule: MilestoneRule) -> None:
    approver = act(rule.approved_by)
    assert verdict("approve", S.REPORTED, approver, key=rule.key, approved_by_role=rule.approved_by).allowed
    assert not verdict("report", S.DUE, approver).permitted


def test_only_an_approval_releases_a_payment() -> None:
    assert {each.name for each in MILESTONE.moves if Effect.RELEASE_PAYMENT in each.effects} == {"approve"}


def test_it_is_waived_for_a_reason_while_nothing_is_reported() -> None:
    handler = act(Role.CASE_HANDLER, why="Fordi")
    assert {state for state in S if verdict("waive", state, handler).allowed} == set(UNREPORTED)
    waiving = {role for role in Role if verdict("waive", S.DUE, act(role, why="Fordi")).allowed}
    assert waiving == {Role.CASE_HANDLER, Role.DECISION_MAKER}
    nothing_there: dict[str, Any] = {"has_evidence": False, "due_on": None}
    assert verdict("waive", S.PLANNED, handler, **nothing_there).allowed
    assert unmet("waive", S.PLANNED, replace(handler, why=" "), **nothing_there) == ["step.why_missing"]


def test_it_is_returned_for_a_reason() -> None:
    assert verdict("return", S.REPORTED, has_evidence=False).allowed
    assert unmet("return", S.REPORTED, replace(METHOD_OWNER, why="")) == ["step.why_missing"]


@pytest.mark.parametrize("state", [S.APPROVED, S.WAIVED])
def test_what_is_settled_stays_settled(state: str) -> None:
    assert options(MILESTONE, state, MILESTONE_FACTS, ANYBODY) == ()
    for each in MILESTONE.moves:
        assert unmet(each.name, state, ANYBODY) == ["milestone.wrong_state"]
