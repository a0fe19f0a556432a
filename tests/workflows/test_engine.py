"""The engine answers with everything at once, for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

import msgspec
import pytest

from workflows.engine import Act, Lifecycle, Reason, decide, move, options, requirement
from workflows.roles import Permission, Role


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


class Facts(msgspec.Struct, frozen=True):
    missing: tuple[str, ...] = ()
    late: bool = False


@requirement(source="S1")
def nothing_missing(facts: Facts, act: Act):  # type: ignore[no-untyped-def]
    """Nothing is missing."""
    for name in facts.missing:
        yield Reason(code=f"light.{name}")


@requirement(waivable_by=Role.DECISION_MAKER)
def in_time(facts: Facts, act: Act):  # type: ignore[no-untyped-def]
    """It is in time."""
    if facts.late:
        yield Reason(code="light.late")


LIFECYCLE = Lifecycle(
    subject="light",
    states=Light,
    initial=Light.RED,
    final=frozenset(),
    moves=(
        move("go", Light.RED, Light.GREEN, Permission.CALL_PUBLISH, nothing_missing, in_time),
        move("stop", Light.GREEN, Light.RED, Permission.CALL_PUBLISH, needs_why=True),
    ),
)


def act(*roles: Role, why: str = "") -> Act:
    return Act(now=datetime(2026, 1, 1, tzinfo=UTC), roles=frozenset(roles), person_id=uuid4(), why=why)


HANDLER = act(Role.CASE_HANDLER)


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


def test_every_unmet_requirement_is_said_at_once() -> None:
    verdict = decide(LIFECYCLE, "go", "red", Facts(missing=("bulb", "power"), late=True), HANDLER)
    assert codes(verdict.unmet) == ["light.bulb", "light.power", "light.late"]
    assert not verdict.allowed


def test_the_same_thing_in_the_same_place_is_said_once() -> None:
    verdict = decide(LIFECYCLE, "go", "red", Facts(missing=("bulb", "power", "bulb")), HANDLER)
    assert codes(verdict.unmet) == ["light.bulb", "light.power"]


def test_a_move_is_allowed_when_nothing_is_in_the_way_and_a_role_grants_it() -> None:
    assert decide(LIFECYCLE, "go", "red", Facts(), HANDLER).allowed
    verdict = decide(LIFECYCLE, "go", "red", Facts(), act(Role.EMPLOYEE))
    assert (verdict.permitted, verdict.allowed) == (False, False)


def test_the_wrong_state_is_a_reason_among_the_others() -> None:
    verdict = decide(LIFECYCLE, "go", "green", Facts(missing=("bulb",)), HANDLER)
    assert codes(verdict.unmet) == ["light.wrong_state", "light.bulb"]


def test_a_waiver_counts_only_for_what_is_declared_waivable() -> None:
    facts = Facts(missing=("bulb",), late=True)
    verdict = decide(LIFECYCLE, "go", "red", facts, HANDLER, frozenset({"in_time", "nothing_missing"}))
    assert codes(verdict.unmet) == ["light.bulb"]
    assert verdict.waived == ("in_time",)
    assert decide(LIFECYCLE, "go", "red", facts, HANDLER).waivable == ("in_time",)


@pytest.mark.parametrize("why", ["", "   "])
def test_a_move_that_needs_a_reason_is_not_made_without_one(why: str) -> None:
    verdict = decide(LIFECYCLE, "stop", "green", Facts(), act(Role.CASE_HANDLER, why=why))
    assert codes(verdict.unmet) == ["step.why_missing"]
    assert decide(LIFECYCLE, "stop", "green", Facts(), act(Role.CASE_HANDLER, why="Dark")).allowed


def test_options_are_what_decide_will_say_once_a_reason_is_typed() -> None:
    (option,) = options(LIFECYCLE, "green", Facts(), HANDLER)
    assert option.allowed and option.needs_why


def test_a_move_that_a_rule_hides_is_no_option_and_says_why_when_asked_for() -> None:
    @requirement(hides=True)
    def not_late(facts: Facts, act: Act) -> Iterator[Reason]:
        """It is not late."""
        if facts.late:
            yield Reason(code="light.late")

    hidden = move("hurry", Light.RED, Light.GREEN, Permission.CALL_PUBLISH, not_late, aside=True)
    lifecycle = Lifecycle("light", Light, Light.RED, frozenset(), (hidden,))
    assert options(lifecycle, "red", Facts(late=True), HANDLER) == ()
    assert codes(decide(lifecycle, "hurry", "red", Facts(late=True), HANDLER).unmet) == ["light.late"]
    (option,) = options(lifecycle, "red", Facts(), HANDLER)
    assert option.allowed and option.aside


def test_a_lifecycle_refuses_two_moves_of_one_name() -> None:
    twice = move("go", Light.RED, Light.GREEN, Permission.CALL_PUBLISH)
    with pytest.raises(ValueError, match="share a name"):
        Lifecycle("light", Light, Light.RED, frozenset(), (twice, twice))


def test_an_unknown_move_is_an_error_of_the_caller() -> None:
    with pytest.raises(LookupError, match="no move 'fly'"):
        decide(LIFECYCLE, "fly", "red", Facts(), HANDLER)
