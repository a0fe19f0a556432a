"""A facilitator answers for themselves, within the hours they have left and untied to the office."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import ASSIGNMENT_FACTS
from tests.workflows.samples import NOW, act
from tests.workflows.walk import codes, taken
from workflows.capacity import HalfNeed, Period, half_of, next_half
from workflows.engine import Act, Verdict, decide, options
from workflows.facilitation import (
    ASSIGNERS,
    CONFLICTS,
    FACILITATION,
    AssignmentState,
    GapKind,
    against_leave,
    gaps,
    methods_to_come,
    within_capacity,
    without_conflict,
)
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES

S = AssignmentState
KARI = act(Role.FACILITATOR, why="Fordi")
OLA = act(Role.FACILITATOR, who="Ola", why="Fordi")
HANDLER = act(Role.CASE_HANDLER, who="Ola", why="Fordi")


def verdict(name: str, who: Act = KARI, state: str = S.PROPOSED, **changes: Any) -> Verdict:
    """What somebody is told about a move, with some facts changed."""
    return decide(FACILITATION, name, state, replace(ASSIGNMENT_FACTS, **changes), who)


THIS_HALF = half_of(NOW.date())


def need(hours: int, left: int, half: date = THIS_HALF) -> dict[str, Any]:
    """An assignment that takes so much of a half-year in which so much is left."""
    return {"needs": (HalfNeed(half=half, hours=hours, left=left),)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        (need(41, 40), ["over_capacity"]),
        (need(1, -20), ["over_capacity"]),
        (need(0, 0), []),
        (need(41, 0, next_half(THIS_HALF, -1)), []),
        (need(41, 40, next_half(THIS_HALF)), ["over_capacity"]),
        ({"conflicts": ("own_unit",)}, ["conflict_own_unit"]),
        ({"conflicts": CONFLICTS}, [f"conflict_{kind}" for kind in CONFLICTS]),
        ({**need(41, 40), "conflicts": ("in_team",)}, ["over_capacity", "conflict_in_team"]),
    ],
)
def test_what_is_in_the_way_of_accepting_is_named_and_the_assigners_mend_it(
    changes: dict[str, Any], expected: list[str]
) -> None:
    told = verdict("accept", **changes).unmet
    assert codes(told) == [f"facilitation.{code}" for code in expected]
    assert all(reason.who == ASSIGNERS and reason.parameters["name"] == "Kari" for reason in told)


HOURS = st.integers(0, 2_000)


@given(HOURS, st.integers(-500, 2_000))
@example(40, 40)
@example(41, 40)
@example(1, -10)
def test_nobody_gives_more_hours_than_they_have_left(hours: int, left: int) -> None:
    told = verdict("accept", **need(hours, left)).unmet
    assert (told == ()) == (hours <= left)
    assert all(reason.parameters["left"] == max(left, 0) for reason in told)


def test_the_capacity_is_overridden_by_a_case_handler_with_a_reason_and_a_conflict_by_nobody() -> None:
    assert (within_capacity.waivable_by, without_conflict.waivable_by) == (Role.CASE_HANDLER, None)
    facts = replace(ASSIGNMENT_FACTS, **need(41, 40))
    told = decide(FACILITATION, "accept", S.PROPOSED, facts, KARI, frozenset({"within_capacity", "without_conflict"}))
    assert told.allowed and told.waived == ("within_capacity",)
    tied = replace(facts, conflicts=("reviewed",))
    told = decide(FACILITATION, "accept", S.PROPOSED, tied, KARI, frozenset({"within_capacity", "without_conflict"}))
    assert codes(told.unmet) == ["facilitation.conflict_reviewed"]


def test_every_half_year_that_is_too_full_is_named() -> None:
    needs = tuple(HalfNeed(half=next_half(THIS_HALF, place), hours=10, left=9) for place in range(3))
    told = verdict("accept", needs=needs).unmet
    assert [(reason.parameters["half_key"], reason.parameters["year"]) for reason in told] == [
        (f"half.{1 if each.half.month == 1 else 2}", str(each.half.year)) for each in needs
    ]


def test_what_the_resource_group_lacks_is_said_of_methods_and_of_half_years() -> None:
    found = gaps(
        ["service_design", "evaluation"], {"service_design"}, {"evaluation"},
        {THIS_HALF: (), next_half(THIS_HALF): ("Kari", "Ola")},
    )  # fmt: skip
    assert [(gap.kind, gap.method, gap.half, gap.names) for gap in found] == [
        (GapKind.NOBODY_LEADS, "service_design", None, ()),
        (GapKind.NOBODY_RESPONSIBLE, "evaluation", None, ()),
        (GapKind.NO_CAPACITY, "", next_half(THIS_HALF), ("Kari", "Ola")),
    ]
    assert gaps(["evaluation"], {"evaluation"}, {"evaluation"}, {THIS_HALF: ()}) == ()


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (3, 4, []), (5, 4, ["form.before_start"]), (10, 12, ["facilitation.leave_known"]), (9, 12, []),
        (11, 11, ["facilitation.leave_known"]), (12, 16, ["facilitation.leave_known"]), (12, 20, []),
    ],
)  # fmt: skip
def test_leave_is_entered_the_right_way_round_and_once(first: int, last: int, expected: list[str]) -> None:
    def days(start: int, end: int) -> Period:
        return Period(date(2027, 3, start), date(2027, 3, end))

    told = [reason.code for _, reason in against_leave(days(first, last), [days(10, 13), days(14, 16)])]
    assert told == expected
    years = Period(date(2027, 1, 1), date(2030, 2, 1))
    assert [reason.code for _, reason in against_leave(years, [])] == ["facilitation.leave_too_long"]


@pytest.mark.parametrize(
    ("state", "first"),
    [("set_up", "service_design"), ("paused", "service_design"), ("platform_close", "systemic_design"),
     ("implement_close", "benefits_realisation"), ("closing", None), ("ended", None)],
)  # fmt: skip
def test_the_methods_to_come_are_those_of_the_steps_from_here_on(state: str, first: str | None) -> None:
    found = methods_to_come(DEFAULT_RULES.facilitation, state)
    assert (found[0] if found else None) == first
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_a_facilitator_answers_for_themselves(name: str) -> None:
    assert verdict(name, KARI).allowed
    assert codes(verdict(name, OLA).unmet) == ["facilitation.only_self"]
    assert codes(verdict(name, replace(KARI, person_id=None)).unmet) == ["facilitation.only_self"]
    assert {role for role in Role if verdict(name, act(role, why="Fordi")).allowed} == {Role.FACILITATOR}


def test_somebody_tied_or_without_time_may_always_decline() -> None:
    assert verdict("decline", **need(10_000, 0), conflicts=("own_unit", "in_team")).allowed


@pytest.mark.parametrize(
    ("name", "state"), [("decline", S.PROPOSED), ("withdraw", S.PROPOSED), ("end", S.ACCEPTED)]
)  # fmt: skip
def test_saying_no_and_ending_need_a_reason(name: str, state: str) -> None:
    who = KARI if name == "decline" else HANDLER
    assert verdict(name, who, state).allowed
    assert codes(verdict(name, replace(who, why=" "), state).unmet) == ["step.why_missing"]


@pytest.mark.parametrize(("name", "state"), [("withdraw", S.PROPOSED), ("end", S.ACCEPTED)])
def test_those_who_assign_take_an_assignment_back_whatever_stands_in_its_way(name: str, state: str) -> None:
    tied: dict[str, Any] = {**need(10_000, 0), "conflicts": ("own_unit",)}
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
