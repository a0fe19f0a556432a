"""What the steps of a project ask for beside their own work: signatures, reasons and what is told or let go."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.workflows.carrying_out import PROJECT_FACTS, TIED_FACILITATOR
from tests.workflows.samples import act
from tests.workflows.walk import codes
from workflows.effects import Effect
from workflows.engine import decide
from workflows.project import PROJECT, RUNNING, ProjectState
from workflows.roles import Role

S = ProjectState
ANYBODY = act(*Role, why="Fordi")
SIDES = ("team", "leader", "affected_party")


def unmet(name: str, why: str = "Fordi", **changes: Any) -> list[str]:
    """What is missing for a step out of the first state that has it, with some facts changed."""
    source = min(PROJECT.move(name).sources)
    return codes(decide(PROJECT, name, source, replace(PROJECT_FACTS, **changes), replace(ANYBODY, why=why)).unmet)


@pytest.mark.parametrize(
    ("name", "signing"),
    [("close_diamond_1", SIDES), ("close_diamond_2", ("team", "leader")), ("close_diamond_3", ("team", "leader"))],
)
def test_a_diamond_closes_with_every_signature_it_asks_for(name: str, signing: tuple[str, ...]) -> None:
    assert unmet(name, signed=frozenset(signing)) == []
    assert unmet(name, signed=frozenset()) == ["project.not_signed_off"] * len(signing)
    for side in signing:
        assert unmet(name, signed=frozenset(SIDES) - {side}) == ["project.not_signed_off"]


OFF_THE_WAY = [
    each.name for each in PROJECT.moves if each.name in ("pause", "stop") or each.name.startswith("back_to_")
]


@pytest.mark.parametrize("name", OFF_THE_WAY)
def test_pausing_stopping_and_going_back_need_a_reason_and_nothing_else(name: str) -> None:
    empty: dict[str, Any] = {"has_leader": False, "clarifications": (), "milestones": (), "plan_approved": False}
    assert unmet(name, **empty) == []
    assert unmet(name, why=" ", **empty) == ["step.why_missing"]


def test_the_way_back_is_one_step_at_a_time() -> None:
    assert {name for name in OFF_THE_WAY if name.startswith("back_to_")} == {
        f"back_to_{state}" for state in RUNNING if state != S.CLOSING
    }
    for each in PROJECT.moves:
        assert each.aside == (each.name in OFF_THE_WAY), each.name


def following(name: str) -> set[Effect]:
    """What follows from a step besides that the team is told and the benefit map is kept."""
    return set(PROJECT.move(name).effects) - {Effect.TELL_TEAM, Effect.KEEP_BENEFIT_MAP}


def test_the_team_is_told_of_every_step_but_a_step_back() -> None:
    untold = {each.name for each in PROJECT.moves if Effect.TELL_TEAM not in each.effects}
    assert untold == {name for name in OFF_THE_WAY if name.startswith("back_to_")}


def test_the_benefit_map_is_kept_at_every_gate_up_to_the_close() -> None:
    kept = {each.name for each in PROJECT.moves if Effect.KEEP_BENEFIT_MAP in each.effects}
    onward = {each.name for each in PROJECT.moves if not each.name.startswith("resume_")}
    assert kept == onward - {*OFF_THE_WAY, "end"}


def test_what_follows_from_a_step_follows_from_that_step_alone() -> None:
    assert {each.name: following(each.name) for each in PROJECT.moves if following(each.name)} == {
        "close_diamond_2": {Effect.CONFIRM_COMMITMENT},
        "close": {Effect.SCHEDULE_FOLLOW_UP, Effect.RELEASE_FACILITATORS},
        "stop": {Effect.RELEASE_FACILITATORS, Effect.WIND_DOWN},
    }


def test_only_facilitators_who_have_accepted_count_for_or_against_the_start() -> None:
    only_asked = replace(TIED_FACILITATOR, accepted=False)
    (fit,) = PROJECT_FACTS.facilitators
    assert unmet("start", facilitators=(fit, only_asked)) == []
    assert unmet("start", facilitators=(only_asked,), methods_covered=frozenset()) == ["project.no_facilitator"]
    assert unmet("start", facilitators=(fit, TIED_FACILITATOR)) == [
        "project.facilitator_over_capacity",
        "project.facilitator_in_conflict",
    ]


RULES = PROJECT_FACTS.rules
ENOUGH = {
    "success_statements": ("define_challenge", "success_statements", "project.success_not_named"),
    "findings_minimum": ("close_diamond_1", "findings", "project.findings_missing"),
    "ideas_minimum": ("choose_concepts", "ideas", "project.too_few_ideas"),
    "pilots_minimum": ("evaluate_pilots", "pilots", "project.too_few_pilots"),
    "shared_experiences_minimum": ("close_diamond_3", "shared_experiences", "project.experience_not_shared"),
    "learning_points_minimum": ("close_diamond_3", "learning_points", "project.learning_missing"),
}
"""By the number in the rules of the call: the step that asks for it, the fact it counts and what is then missing."""


@pytest.mark.parametrize("number", ENOUGH)
def test_the_call_says_how_many_are_enough(number: str) -> None:
    name, counted, code = ENOUGH[number]
    rules = replace(RULES, gates=replace(RULES.gates, **{number: 4}))
    few: dict[str, Any] = {counted: 3, "rules": rules}
    assert unmet(name, **few) == [code]
    assert unmet(name, **{**few, counted: 4}) == []


def test_a_step_asks_for_the_modules_gatherings_and_parties_of_the_call() -> None:
    rules = replace(
        RULES,
        gates=replace(
            RULES.gates, modules_at_start=(7,), modules_at_close_diamond_2=(8, 9), gatherings=(5,), insight_parties=("user",)
        ),
    )  # fmt: skip
    assert unmet("start", rules=rules) == ["project.leader_not_on_module"]
    assert unmet("close_diamond_2", rules=rules) == ["project.leader_not_on_module"] * 2
    assert unmet("choose_concepts", rules=rules) == ["project.gathering_not_attended"]
    assert unmet("choose_concepts", rules=rules, gatherings_attended=frozenset({5})) == []
    assert unmet("define_challenge", rules=rules, insight_parties=frozenset({"user"})) == []
    assert unmet("define_challenge", rules=rules, insight_parties=frozenset({"partner"})) == ["project.insight_missing"]
