"""A review is written by somebody impartial, for every criterion, before they see what others think."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.samples import CANDIDATE, REVIEW_FACTS, act, person
from tests.workflows.walk import assert_sound, codes, taken
from workflows.engine import decide
from workflows.review import (
    REVIEW,
    Conflict,
    ConflictKind,
    ReviewState,
    against_assigning,
    disagreements,
    may_read_case,
    may_see_reviews,
    spread,
    weighted_score,
)
from workflows.roles import Role

S = ReviewState
KARI = act(Role.REVIEWER)
FIRST, SECOND = REVIEW_FACTS.scores
TIE = Conflict(kind=ConflictKind.SAME_UNIT, detail="Nav Lillestrøm")


def unmet(name: str, state: S, **changes: Any) -> list[str]:
    """What is missing for a move, with some facts changed."""
    return codes(decide(REVIEW, name, state, replace(REVIEW_FACTS, **changes), KARI).unmet)


def test_the_lifecycle_is_sound() -> None:
    assert_sound(REVIEW)


def test_a_whole_review_is_handed_in() -> None:
    assert unmet("declare", S.ASSIGNED, declared_at=None) == []
    assert unmet("start", S.DECLARED) == []
    assert unmet("submit", S.STARTED) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reviewer_id": person("Ola")}, ["review.only_self"]),
        ({"conflicts": (TIE, replace(TIE, detail="Nav Klepp Time"))}, ["review.conflict"] * 2),
        ({"declared_at": None}, ["review.undeclared"]),
        ({"application_state": "withdrawn"}, ["review.application_not_in_review"]),
        ({"scores": ()}, ["review.no_criteria"]),
        ({"scores": (replace(FIRST, value=None), SECOND)}, ["review.score_missing"]),
        ({"scores": (replace(FIRST, value=6), replace(SECOND, value=-1))}, ["review.score_off_scale"] * 2),
        ({"scores": (FIRST, replace(SECOND, reason="Bra." + " " * 30))}, ["review.reason_too_short"]),
        (
            {"scores": (replace(FIRST, value=None, reason=""), SECOND)},
            ["review.score_missing", "review.reason_too_short"],
        ),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], expected: list[str]) -> None:
    assert unmet("submit", S.STARTED, **changes) == expected


@pytest.mark.parametrize("kind", ConflictKind)
def test_every_kind_of_tie_blocks_assigning_declaring_and_reading(kind: ConflictKind) -> None:
    tie = Conflict(kind=kind, detail="x")
    (reason,) = against_assigning(replace(CANDIDATE, conflicts=(tie,)))
    assert reason.parameters["conflict_key"] == f"conflict.{kind}"
    assert unmet("declare", S.ASSIGNED, conflicts=(tie,)) == ["review.conflict"]
    assert not may_read_case(S.SUBMITTED, (tie,))


def test_who_may_be_given_an_application() -> None:
    assert against_assigning(CANDIDATE) == ()
    found = against_assigning(replace(CANDIDATE, is_reviewer_already=True, application_state="draft", conflicts=(TIE,)))
    assert codes(found) == ["review.conflict", "review.assigned_already", "review.application_not_assignable"]


def test_nothing_is_read_before_the_declaration() -> None:
    assert {state for state in S if may_read_case(state, ())} == {S.DECLARED, S.STARTED, S.SUBMITTED}


OWN_UNFINISHED = (S.ASSIGNED, S.DECLARED, S.STARTED)


def test_others_reviews_are_seen_after_ones_own() -> None:
    def sees(own: tuple[str, ...], roles: set[Role], state: str = S.SUBMITTED) -> bool:
        return may_see_reviews(
            person_id=person("Kari"), roles=roles, own_states=own, review_of=person("Ola"), review_state=state
        )

    for state in OWN_UNFINISHED:
        assert not sees((state,), {Role.REVIEWER, Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR})
    assert sees((S.SUBMITTED,), {Role.REVIEWER})
    assert not sees((S.RECUSED,), {Role.REVIEWER, Role.CASE_HANDLER})
    assert sees((), {Role.CASE_HANDLER}) and not sees((), {Role.COORDINATOR, Role.REVIEWER})
    for state in (*OWN_UNFINISHED, S.VOIDED):
        assert not sees((S.SUBMITTED,), {Role.REVIEWER, Role.CASE_HANDLER}, state)
    assert may_see_reviews(
        person_id=person("Ola"), roles=set(), own_states=(S.STARTED,), review_of=person("Ola"), review_state=S.STARTED
    )


@given(st.lists(st.integers(0, 5), max_size=6), st.integers(0, 5))
def test_disagreement_is_a_spread_above_the_limit(scores: list[int], limit: int) -> None:
    assert spread(scores) == (max(scores) - min(scores) if scores else 0)
    apart = any(abs(a - b) > limit for a in scores for b in scores)
    assert disagreements({person("C1"): scores}, limit) == ((person("C1"),) if apart else ())


def test_the_mean_is_weighted_and_waits_for_every_criterion() -> None:
    one, two = person("C1"), person("C2")
    weights = {one: 60, two: 40}
    assert weighted_score({one: [4, 5], two: [1]}, weights) == Decimal("3.10")
    assert weighted_score({one: [4]}, weights) is None
    assert weighted_score({}, {}) is None


def test_the_rules_allow_every_move_to_somebody() -> None:
    everybody = replace(KARI, roles=frozenset(Role), why="Because")
    moves = taken(REVIEW, lambda state, name: REVIEW_FACTS, lambda name: everybody)
    assert {name for _, name, _ in moves} == {each.name for each in REVIEW.moves}
    assert unmet("recuse", S.DECLARED) == ["step.why_missing"]
