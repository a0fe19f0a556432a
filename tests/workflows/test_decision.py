"""A decision is prepared by one and made by another, within authority and frame, with reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from tests.workflows.samples import DECISION_FACTS, NOW, act, person
from tests.workflows.walk import assert_sound, codes, taken
from workflows.decision import (
    BINDS_MONEY,
    CHECKS,
    DECISION,
    Authority,
    DecisionFacts,
    DecisionState,
    Outcome,
    PersonTie,
)
from workflows.engine import Act, decide
from workflows.review import Conflict, ConflictKind
from workflows.roles import Role

S = DecisionState
KARI = act(Role.DECISION_MAKER)
OLA = act(Role.CASE_HANDLER, who="Ola")
MEETING = DECISION_FACTS.meeting
(AUTHORITY,) = DECISION_FACTS.authorities
PENDING = replace(DECISION_FACTS, application_state="clarification_meeting", recommended_by=None)


def unmet(facts: DecisionFacts, who: Act = KARI) -> list[str]:
    """What is missing for deciding."""
    return codes(decide(DECISION, "decide", S.RECOMMENDED, facts, who).unmet)


def test_the_lifecycle_is_sound() -> None:
    assert_sound(DECISION)


def test_one_recommends_another_decides_and_it_is_released() -> None:
    assert decide(DECISION, "recommend", S.PENDING, PENDING, OLA).allowed
    assert decide(DECISION, "decide", S.RECOMMENDED, DECISION_FACTS, KARI).allowed
    assert decide(DECISION, "release", S.DECIDED, DECISION_FACTS, OLA).allowed
    waiting = replace(DECISION_FACTS, has_letter=False)
    assert codes(decide(DECISION, "release", S.DECIDED, waiting, OLA).unmet) == ["decision.letter_missing"]


TIE = Conflict(kind=ConflictKind.LEADER_OF_UNIT)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reviews_submitted": 1}, ["review.too_few"]),
        ({"undiscussed": ("Need", "Potential")}, ["decision.undiscussed"] * 2),
        ({"meeting": None}, ["decision.meeting_missing"]),
        ({"meeting": replace(MEETING, held_at=NOW + timedelta(hours=1))}, ["decision.meeting_missing"]),
        (
            {"meeting": replace(MEETING, has_minutes=False, confirmed_by_office=None, confirmed_by_scheme=None)},
            [
                "decision.minutes_missing",
                "decision.minutes_unconfirmed_by_office",
                "decision.minutes_unconfirmed_by_scheme",
            ],
        ),
        ({"outcome": None, "recommended_outcome": None}, ["decision.outcome_missing"]),
        (
            {"amount_ore": None, "recommended_amount_ore": None, "hours": None, "recommended_hours": None},
            ["decision.amount_missing", "decision.hours_missing"],
        ),
        ({"amount_ore": -1, "recommended_amount_ore": -1}, ["decision.amount_missing"]),
        ({"amount_ore": 0, "recommended_amount_ore": 0}, []),
        ({"reasons": " \n"}, ["decision.reasons_missing"]),
        ({"declared_impartial": frozenset()}, ["decision.impartiality_undeclared"]),
        ({"ties": (PersonTie(person_id=person("Kari"), name="Kari", conflict=TIE),)}, ["review.conflict"]),
        ({"ties": (PersonTie(person_id=person("Per"), name="Per", conflict=TIE),)}, []),
        ({"recommended_by": None}, ["decision.not_recommended"]),
        ({"recommended_by": person("Kari")}, ["decision.same_person"]),
        ({"authorities": ()}, ["decision.authority_missing"]),
        ({"authorities": (replace(AUTHORITY, person_id=person("Per")),)}, ["decision.authority_missing"]),
        ({"authorities": (replace(AUTHORITY, valid_to=NOW),)}, ["decision.authority_missing"]),
        (
            {"authorities": (replace(AUTHORITY, valid_from=NOW + timedelta(days=1)),)},
            ["decision.authority_missing"],
        ),
        ({"authorities": (replace(AUTHORITY, limit_ore=29_999_999),)}, ["decision.over_limit"]),
        ({"authorities": (replace(AUTHORITY, limit_ore=1), replace(AUTHORITY, limit_ore=None))}, []),
        ({"checks": frozenset()}, ["decision.check_missing"] * len(CHECKS)),
        ({"committed_ore": 70_000_001}, ["decision.over_frame"]),
        ({"committed_hours": 201}, ["decision.over_hours"]),
        ({"recommended_outcome": Outcome.REJECTED}, ["decision.deviation_unexplained"]),
        ({"recommended_amount_ore": 29_000_000}, ["decision.deviation_unexplained"]),
        ({"application_state": "withdrawn"}, ["decision.application_not_recommended"]),
        ({"application_state": "waitlisted"}, []),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], expected: list[str]) -> None:
    assert unmet(replace(DECISION_FACTS, **changes)) == expected


def test_recommending_names_everything_at_once() -> None:
    empty = replace(
        PENDING, application_state="in_review", outcome=None, reasons="", reviews_submitted=0, undiscussed=("Need",),
        meeting=None, declared_impartial=frozenset(),
    )  # fmt: skip
    assert codes(decide(DECISION, "recommend", S.PENDING, empty, OLA).unmet) == [
        "decision.application_not_clarified", "review.too_few", "decision.undiscussed", "decision.meeting_missing",
        "decision.outcome_missing", "decision.reasons_missing", "decision.impartiality_undeclared",
    ]  # fmt: skip


def test_a_deviation_may_be_explained() -> None:
    facts = replace(DECISION_FACTS, recommended_outcome=Outcome.REJECTED)
    assert unmet(facts, replace(KARI, why="Bredden i porteføljen")) == []


def test_a_rejection_binds_nothing_and_still_needs_reasons() -> None:
    facts = replace(
        DECISION_FACTS, outcome=Outcome.REJECTED, recommended_outcome=Outcome.REJECTED, amount_ore=None, hours=None,
        checks=frozenset(), committed_ore=100_000_000, committed_hours=300,
    )  # fmt: skip
    assert unmet(facts) == []
    assert unmet(replace(facts, reasons="")) == ["decision.reasons_missing"]


def test_no_person_can_do_both_halves() -> None:
    both = replace(KARI, roles=frozenset(Role))
    assert decide(DECISION, "recommend", S.PENDING, PENDING, both).allowed
    assert unmet(replace(DECISION_FACTS, recommended_by=both.person_id), both) == ["decision.same_person"]


def test_the_rules_allow_every_move_to_somebody() -> None:
    everybody = replace(KARI, roles=frozenset(Role), why="Because")
    moves = taken(
        DECISION, lambda state, name: PENDING if name == "recommend" else DECISION_FACTS, lambda name: everybody
    )
    assert {name for _, name, _ in moves} == {each.name for each in DECISION.moves}


class Frame(RuleBasedStateMachine):
    """Decisions of any size, one after another, over one frame."""

    @initialize(frame_ore=st.integers(1, 1000), frame_hours=st.integers(0, 100))
    def begin(self, frame_ore: int, frame_hours: int) -> None:
        self.frame_ore, self.frame_hours = frame_ore, frame_hours
        self.committed_ore = self.committed_hours = 0

    @rule(
        amount_ore=st.integers(0, 1200), hours=st.integers(0, 120), limit_ore=st.none() | st.integers(0, 1200),
        outcome=st.sampled_from(Outcome), recommended_by=st.sampled_from(["Kari", "Ola"]),
    )  # fmt: skip
    def attempt(
        self, amount_ore: int, hours: int, limit_ore: int | None, outcome: Outcome, recommended_by: str
    ) -> None:
        facts = replace(
            DECISION_FACTS, outcome=outcome, recommended_outcome=outcome, amount_ore=amount_ore, hours=hours,
            recommended_amount_ore=amount_ore, recommended_hours=hours, recommended_by=person(recommended_by),
            frame_ore=self.frame_ore, frame_hours=self.frame_hours, committed_ore=self.committed_ore,
            committed_hours=self.committed_hours,
            authorities=(Authority(person_id=person("Kari"), limit_ore=limit_ore, valid_from=NOW),),
        )  # fmt: skip
        if decide(DECISION, "decide", S.RECOMMENDED, facts, KARI).allowed:
            assert recommended_by != "Kari"
            if outcome in BINDS_MONEY:
                assert limit_ore is None or amount_ore <= limit_ore
                self.committed_ore += amount_ore
                self.committed_hours += hours

    @invariant()
    def never_over_committed(self) -> None:
        if hasattr(self, "frame_ore"):
            assert self.committed_ore <= self.frame_ore and self.committed_hours <= self.frame_hours


TestFrame = Frame.TestCase
TestFrame.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
