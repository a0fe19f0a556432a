"""A review is written by somebody impartial, for every criterion, before they see what others think."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

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
    Untenable,
    against_assigning,
    disagreements,
    due_on,
    may_read_case,
    may_see_reviews,
    normalised,
    spread,
    untenable,
    weighted_score,
)
from workflows.review_phases import PHASES
from workflows.roles import Role
from workflows.rules import Rules

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
    changing = replace(REVIEW_FACTS, phases=(replace(PHASES[0], may_change=True),))
    moves = taken(REVIEW, lambda state, name: changing, lambda name: everybody)
    assert {name for _, name, _ in moves} == {each.name for each in REVIEW.moves}
    assert unmet("recuse", S.DECLARED) == ["step.why_missing"]


def test_a_tie_found_late_ends_every_review_and_leaving_only_those_not_handed_in() -> None:
    for state in S:
        over = state in (S.RECUSED, S.VOIDED)
        assert untenable(state, [TIE], in_the_group=True) is (None if over else Untenable.CONFLICT)
        assert untenable(state, [], in_the_group=True) is None
        stands = over or state is S.SUBMITTED
        assert untenable(state, [], in_the_group=False) is (None if stands else Untenable.LEFT)


def test_a_review_is_due_in_working_days_over_easter() -> None:
    assigned = datetime(2027, 3, 22, 9, 0, tzinfo=UTC)  # Monday of Easter week
    assert due_on(assigned, Rules()) == date(2027, 4, 8)


CASES = [UUID(int=number) for number in range(1, 6)]
GIVEN = st.dictionaries(
    st.uuids(),
    st.dictionaries(st.sampled_from(CASES), st.decimals(0, 5, places=2), min_size=1),
    min_size=1,
    max_size=5,
)


@given(GIVEN, st.decimals(-2, 2, places=2))
def test_how_strict_somebody_is_does_not_move_what_is_normalised_apart(
    scored: dict[UUID, dict[UUID, Decimal]], by: Decimal
) -> None:
    enough = {reviewer: scores for reviewer, scores in scored.items() if len(scores) >= 3}
    before = normalised(enough)
    if not enough:
        assert before == {}
        return
    strict = next(iter(enough))
    after = normalised({**enough, strict: {case: score + by for case, score in enough[strict].items()}})
    moved = {case: after[case] - before[case] for case in before}
    assert max(moved.values()) - min(moved.values()) <= Decimal("0.02"), "all move alike, but for rounding"


@given(GIVEN)
def test_reviewers_with_few_cases_are_taken_as_they_are(scored: dict[UUID, dict[UUID, Decimal]]) -> None:
    few = {reviewer: dict(list(scores.items())[:2]) for reviewer, scores in scored.items()}
    plain: dict[UUID, list[Decimal]] = {}
    for scores in few.values():
        for case, score in scores.items():
            plain.setdefault(case, []).append(score)
    means = {case: (sum(all_of, Decimal()) / len(all_of)).quantize(Decimal("0.01")) for case, all_of in plain.items()}
    assert normalised(few) == means
