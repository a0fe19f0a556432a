"""A facilitator answers for themselves, within the hours they have left and untied to the office."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import ASSIGNMENT_FACTS
from tests.workflows.samples import act
from tests.workflows.walk import codes, taken
from workflows.engine import Act, Verdict, decide, options
from workflows.facilitation import ASSIGNERS, FACILITATION, AssignmentState
from workflows.roles import Role

S = AssignmentState
KARI = act(Role.FACILITATOR, why="Fordi")
OLA = act(Role.FACILITATOR, who="Ola", why="Fordi")
HANDLER = act(Role.CASE_HANDLER, who="Ola", why="Fordi")


def verdict(name: str, who: Act = KARI, state: str = S.PROPOSED, **changes: Any) -> Verdict:
    """What somebody is told about a move, with some facts changed."""
    return decide(FACILITATION, name, state, replace(ASSIGNMENT_FACTS, **changes), who)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"hours": 41}, ["over_capacity"]),
        ({"hours_elsewhere": 61}, ["over_capacity"]),
        ({"capacity_hours": 0, "hours_elsewhere": 0}, ["over_capacity"]),
        ({"capacity_hours": 0, "hours_elsewhere": 0, "hours": 0}, []),
        ({"conflicts": ("own_unit",)}, ["conflict_own_unit"]),
        ({"conflicts": ("own_unit", "in_team")}, ["conflict_own_unit", "conflict_in_team"]),
        ({"hours": 41, "conflicts": ("in_team",)}, ["over_capacity", "conflict_in_team"]),
    ],
)
def test_what_is_in_the_way_of_accepting_is_named_and_the_assigners_mend_it(
    changes: dict[str, Any], expected: list[str]
) -> None:
    told = verdict("accept", **changes).unmet
    assert codes(told) == [f"facilitation.{code}" for code in expected]
    assert all(reason.who == ASSIGNERS and reason.parameters["name"] == "Kari" for reason in told)


HOURS = st.integers(0, 2_000)


@given(HOURS, HOURS, HOURS)
@example(40, 100, 60)
@example(41, 100, 60)
@example(1, 50, 60)
def test_nobody_gives_more_hours_than_they_have_left(hours: int, capacity: int, elsewhere: int) -> None:
    told = verdict("accept", hours=hours, capacity_hours=capacity, hours_elsewhere=elsewhere).unmet
    assert (told == ()) == (hours + elsewhere <= capacity)
    assert all(reason.parameters["left"] == max(capacity - elsewhere, 0) for reason in told)


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_a_facilitator_answers_for_themselves(name: str) -> None:
    assert verdict(name, KARI).allowed
    assert codes(verdict(name, OLA).unmet) == ["facilitation.only_self"]
    assert codes(verdict(name, replace(KARI, person_id=None)).unmet) == ["facilitation.only_self"]
    assert {role for role in Role if verdict(name, act(role, why="Fordi")).allowed} == {Role.FACILITATOR}


def test_somebody_tied_or_without_time_may_always_decline() -> None:
    assert verdict("decline", hours=10_000, conflicts=("own_unit", "in_team")).allowed


@pytest.mark.parametrize(
    ("name", "state"), [("decline", S.PROPOSED), ("withdraw", S.PROPOSED), ("end", S.ACCEPTED)]
)  # fmt: skip
def test_saying_no_and_ending_need_a_reason(name: str, state: str) -> None:
    who = KARI if name == "decline" else HANDLER
    assert verdict(name, who, state).allowed
    assert codes(verdict(name, replace(who, why=" "), state).unmet) == ["step.why_missing"]


@pytest.mark.parametrize(("name", "state"), [("withdraw", S.PROPOSED), ("end", S.ACCEPTED)])
def test_those_who_assign_take_an_assignment_back_whatever_stands_in_its_way(name: str, state: str) -> None:
    tied: dict[str, Any] = {"hours": 10_000, "conflicts": ("own_unit",)}
    ending = {role for role in Role if verdict(name, act(role, why="Fordi"), state, **tied).allowed}
    assert ending == set(ASSIGNERS)


def test_the_clock_releases_whoever_is_asked_or_at_work_and_nobody_else() -> None:
    clock = act(Role.SYSTEM)
    assert {state for state in S if verdict("release", clock, state).allowed} == {S.PROPOSED, S.ACCEPTED}
    assert {role for role in Role if verdict("release", act(role)).allowed} == {Role.SYSTEM}


def test_an_assignment_that_is_answered_or_over_is_not_answered_again() -> None:
    anybody = act(*Role, why="Fordi")
    moves = taken(FACILITATION, lambda state, name: ASSIGNMENT_FACTS, lambda name: anybody)
    assert {(state, name) for state, name, _ in moves if name in ("accept", "decline")} == {
        (S.PROPOSED, "accept"), (S.PROPOSED, "decline"),
    }  # fmt: skip
    for state in (S.DECLINED, S.ENDED):
        assert options(FACILITATION, state, ASSIGNMENT_FACTS, anybody) == ()
