"""A call is published only when it is whole, opens and closes by the clock, and ends when everybody has been told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.workflows.samples import CALL_FACTS, NOW, act
from tests.workflows.walk import assert_sound, codes, taken
from workflows.call import CALL, TEXT_FIELDS, CallFacts, CallState
from workflows.engine import Act, decide
from workflows.roles import Role

HANDLER = act(Role.CASE_HANDLER)
CLOCK = Act(now=NOW, roles=frozenset({Role.SYSTEM}))
RULES = CALL_FACTS.rules


def publish(**changes: Any) -> list[str]:
    """What is missing before the call can be published, with some facts changed."""
    return codes(decide(CALL, "publish", CallState.DRAFT, replace(CALL_FACTS, **changes), HANDLER).unmet)


def test_the_lifecycle_is_sound() -> None:
    assert_sound(CALL)


def test_a_whole_call_can_be_published() -> None:
    verdict = decide(CALL, "publish", CallState.DRAFT, CALL_FACTS, HANDLER)
    assert verdict.allowed and verdict.target == CallState.PUBLISHED
    assert not decide(CALL, "publish", CallState.DRAFT, CALL_FACTS, act(Role.COORDINATOR)).permitted


def test_an_empty_call_is_told_everything_at_once() -> None:
    empty = CallFacts(
        rules=replace(RULES, version=0), texts=(), owner_unit_id=None, owner_person_id=None, opens_at=None,
        deadline=None, frame_ore=None, facilitation_hours=None, criteria=(),
    )  # fmt: skip
    found = codes(decide(CALL, "publish", CallState.DRAFT, empty, HANDLER).unmet)
    assert found.count("call.text_missing") == 3 * len(TEXT_FIELDS)
    assert set(found) == {
        "call.text_missing", "call.owner_unit_missing", "call.owner_person_missing", "call.opening_missing",
        "call.deadline_missing", "call.frame_missing", "call.hours_missing", "call.criteria_missing",
        "rules.version_unknown",
    }  # fmt: skip


FIRST, SECOND = CALL_FACTS.criteria
BOKMAL, *OTHERS = CALL_FACTS.texts


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"texts": tuple(OTHERS)}, ["call.text_missing"] * len(TEXT_FIELDS)),
        ({"texts": (replace(BOKMAL, evaluation="  "), *OTHERS)}, ["call.text_missing"]),
        ({"owner_unit_id": None}, ["call.owner_unit_missing"]),
        ({"opens_at": None}, ["call.opening_missing"]),
        ({"opens_at": CALL_FACTS.deadline}, ["call.deadline_before_opening"]),
        (
            {"opens_at": NOW - timedelta(days=2), "deadline": NOW - timedelta(minutes=1)},
            ["call.deadline_passed"],
        ),
        ({"frame_ore": 0}, ["call.frame_missing"]),
        ({"facilitation_hours": -1}, ["call.hours_missing"]),
        ({"criteria": (FIRST,)}, ["call.weights_not_whole"]),
        ({"criteria": (replace(FIRST, weight=100), replace(SECOND, weight=0))}, ["call.weight_not_positive"]),
        ({"criteria": (replace(FIRST, incomplete_in=("nn", "en")), SECOND)}, ["call.criterion_incomplete"] * 2),
        ({"rules": replace(RULES, reviews=replace(RULES.reviews, needed=0))}, ["rules.number_too_small"]),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], expected: list[str]) -> None:
    assert publish(**changes) == expected


def test_the_clock_opens_and_closes() -> None:
    opens, deadline = CALL_FACTS.opens_at, CALL_FACTS.deadline
    assert opens and deadline

    def at(name: str, state: CallState, moment: Any) -> list[str]:
        return codes(decide(CALL, name, state, CALL_FACTS, replace(CLOCK, now=moment)).unmet)

    assert at("open", CallState.PUBLISHED, opens - timedelta(seconds=1)) == ["call.not_open_yet"]
    assert at("open", CallState.PUBLISHED, opens) == []
    assert at("close", CallState.OPEN, deadline + timedelta(seconds=59)) == ["call.still_open"]
    assert at("close", CallState.OPEN, deadline + timedelta(seconds=60)) == []


def test_a_call_ends_when_every_applicant_has_been_told() -> None:
    waiting = replace(CALL_FACTS, undecided=("2026-0001", "2026-0002"), unreleased=("2026-0003",))
    decided = decide(CALL, "mark_decided", CallState.CLOSED, waiting, HANDLER).unmet
    assert [reason.parameters["reference"] for reason in decided] == ["2026-0001", "2026-0002"]
    archived = decide(CALL, "archive", CallState.DECIDED, waiting, HANDLER).unmet
    assert codes(archived) == ["call.letter_unreleased"]


def test_the_rules_allow_the_whole_way() -> None:
    assert CALL_FACTS.deadline is not None
    late = CALL_FACTS.deadline + timedelta(days=1)
    moves = taken(
        CALL,
        lambda state, name: CALL_FACTS,
        lambda name: replace(HANDLER, now=NOW if name == "publish" else late),
    )
    assert {name for _, name, _ in moves} == {each.name for each in CALL.moves}
