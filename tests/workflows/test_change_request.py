"""An award changes only by another's answer, within the frame of the call and what is not released yet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import CHANGE_REQUEST_FACTS
from tests.workflows.samples import act, person
from tests.workflows.walk import codes
from workflows.change_request import CHANGE_REQUEST, ChangeKind, ChangeRequestState
from workflows.effects import Effect
from workflows.engine import Act, Verdict, decide, options
from workflows.roles import Role

S = ChangeRequestState
DECIDER = act(Role.DECISION_MAKER, why="Fordi")


def verdict(name: str, who: Act = DECIDER, state: str = S.PROPOSED, **changes: Any) -> Verdict:
    """What somebody is told about an answer, with some facts changed."""
    return decide(CHANGE_REQUEST, name, state, replace(CHANGE_REQUEST_FACTS, **changes), who)


def unmet(name: str, **changes: Any) -> list[str]:
    """What is missing for an answer, with some facts changed."""
    return codes(verdict(name, **changes).unmet)


@pytest.mark.parametrize("kind", ChangeKind)
def test_every_kind_of_change_is_accepted_or_refused_by_the_decision_maker_alone(kind: ChangeKind) -> None:
    for name in ("accept", "refuse"):
        answering = {role for role in Role if verdict(name, act(role, why="Fordi"), kind=kind).allowed}
        assert answering == {Role.DECISION_MAKER}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"project_over": True}, ["project_over"]),
        ({"proposed_by": person("Kari")}, ["proposed_by_yourself"]),
        ({"proposed_by": None}, []),
        ({"signed_by": None}, ["not_signed"]),
        ({"is_stale": True}, ["stale"]),
        ({"milestone_settled": True}, ["milestone_settled"]),
        ({"amount_change_ore": 101}, ["beyond_frame"]),
        ({"amount_change_ore": 100}, []),
        ({"amount_change_ore": 1, "frame_left_ore": 0}, ["beyond_frame"]),
        ({"amount_change_ore": 0, "frame_left_ore": 0, "unreleased_ore": 0}, []),
        ({"amount_change_ore": -100, "frame_left_ore": 0}, []),
        ({"amount_change_ore": -10, "frame_left_ore": -50}, []),
        ({"amount_change_ore": 0, "frame_left_ore": -50}, []),
        ({"amount_change_ore": -101}, ["already_released"]),
        ({"amount_change_ore": -1, "unreleased_ore": 0}, ["already_released"]),
        ({"amount_change_ore": 100, "unreleased_ore": 0}, []),
        ({"project_over": True, "proposed_by": person("Kari"), "amount_change_ore": 101},
         ["project_over", "proposed_by_yourself", "beyond_frame"]),
    ],
)  # fmt: skip
def test_what_is_in_the_way_of_accepting_is_named(changes: dict[str, Any], expected: list[str]) -> None:
    assert unmet("accept", **changes) == [f"change_request.{code}" for code in expected]


SUMS = st.integers(0, 10**9)


@given(st.integers(-(10**9), 10**9), SUMS, SUMS)
@example(5, 5, 0)
@example(6, 5, 0)
@example(-5, 0, 5)
@example(-6, 0, 5)
def test_no_change_binds_more_than_the_frame_or_takes_back_what_is_released(change: int, left: int, free: int) -> None:
    told = verdict("accept", amount_change_ore=change, frame_left_ore=left, unreleased_ore=free).unmet
    assert (told == ()) == (left - max(change, 0) >= 0 and free + min(change, 0) >= 0)
    expected = left if change > 0 else free
    assert all(reason.parameters["left_ore"] == expected for reason in told)


def test_a_request_that_nobody_is_known_to_have_proposed_stands_in_nobodys_way() -> None:
    assert verdict("accept", replace(DECIDER, person_id=None), proposed_by=None).allowed


def test_a_frame_that_is_overdrawn_is_told_as_empty() -> None:
    (told,) = verdict("accept", amount_change_ore=1, frame_left_ore=-50).unmet
    assert (told.code, told.parameters["left_ore"]) == ("change_request.beyond_frame", 0)


def test_a_refusal_needs_a_reason_and_another_person_and_no_money() -> None:
    impossible: dict[str, Any] = {"project_over": True, "amount_change_ore": 101, "frame_left_ore": 0}
    assert verdict("refuse", **impossible).allowed
    assert codes(verdict("refuse", replace(DECIDER, why=" "), **impossible).unmet) == ["step.why_missing"]
    assert unmet("refuse", **impossible, proposed_by=person("Kari")) == ["change_request.proposed_by_yourself"]
    assert verdict("accept", replace(DECIDER, why="")).allowed


def test_only_an_acceptance_changes_the_award() -> None:
    assert {each.name: each.effects for each in CHANGE_REQUEST.moves} == {
        "accept": (Effect.APPLY_CHANGE,),
        "refuse": (),
    }


@pytest.mark.parametrize("state", [S.ACCEPTED, S.REFUSED])
def test_an_answer_is_given_once(state: str) -> None:
    assert options(CHANGE_REQUEST, state, CHANGE_REQUEST_FACTS, act(*Role)) == ()
    for name in ("accept", "refuse"):
        assert codes(verdict(name, state=state).unmet) == ["change_request.wrong_state"]
