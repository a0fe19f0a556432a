"""A project begins when both sides agree, and ends with nothing half done."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import PROJECT_FACTS, TODAY
from tests.workflows.every_lifecycle import EVERY_RULE, acting
from tests.workflows.samples import (
    person,
)
from tests.workflows.walk import codes
from workflows.clarification import Needed, Side
from workflows.engine import Reason, decide
from workflows.project import PROJECT, ProjectState
from workflows.project_facts import DueMeasurement, DueMilestone, ProjectFacts
from workflows.project_gates import FOLLOW_UP_MILESTONE
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES

AT_START = DEFAULT_RULES.clarifications.at_start
HOLDERS = st.sampled_from(["Kari", "Ola"])
SIDES = st.frozensets(st.sampled_from(Side))
CLARIFIED = st.lists(
    st.builds(Needed, clarification_id=st.just(person("c")), role=st.sampled_from([*AT_START, Role.PARTNER]),
              holder=HOLDERS, agreed=SIDES | st.just(frozenset(Side))),
    max_size=8,
).map(tuple)  # fmt: skip
ALL_CLARIFIED = PROJECT_FACTS.clarifications


def can_reach(facts: ProjectFacts, waived: frozenset[str] = frozenset()) -> set[str]:
    """Every state that a project with these facts can come to, remembering where it was paused."""
    first = (str(PROJECT.initial), "")
    seen, waiting = {first}, deque([first])
    while waiting:
        state, paused_from = waiting.popleft()
        for each in PROJECT.moves:
            now = replace(facts, paused_from=paused_from or None)
            verdict = decide(PROJECT, each.name, state, now, acting("Kari"), waived)
            paused = state if verdict.target == ProjectState.PAUSED else paused_from
            if verdict.allowed and (verdict.target, paused) not in seen:
                seen.add((verdict.target, paused))
                waiting.append((verdict.target, paused))
    return {state for state, _ in seen}


@given(CLARIFIED | CLARIFIED.map(lambda found: ALL_CLARIFIED + found))
@example(ALL_CLARIFIED)
@example(ALL_CLARIFIED[1:])
@example((*ALL_CLARIFIED, Needed(clarification_id=None, role=Role.PARTNER, holder="P", agreed=frozenset())))
@example((*ALL_CLARIFIED, Needed(clarification_id=None, role=Role.LEADER, holder="P", agreed=frozenset({Side.OFFICE}))))
def test_a_project_begins_only_when_both_sides_agree_on_every_clarification_asked_for(
    found: tuple[Needed, ...],
) -> None:
    asked_for = [each for each in found if each.role in AT_START]
    agreed = {each.role for each in asked_for} == set(AT_START) and all(each.sides <= each.agreed for each in asked_for)
    facts = replace(PROJECT_FACTS, clarifications=found)
    for waived in (frozenset(), EVERY_RULE):
        states = can_reach(facts, waived)
        assert (ProjectState.DIAGNOSE_OPEN in states) == agreed
        assert agreed or states == {ProjectState.SET_UP, ProjectState.PAUSED, ProjectState.STOPPED}
    unmet = decide(PROJECT, "start", ProjectState.SET_UP, facts, acting("Kari")).unmet
    for side in Side:
        lacking = {(each.role, each.holder) for each in asked_for if side in each.sides - each.agreed}
        told = [reason for reason in unmet if reason.code == f"project.clarification_{side}_has_not_agreed"]
        assert {(str(each.parameters["role_key"]), each.parameters["holder"]) for each in told} == {
            (f"role.{role}", holder) for role, holder in lacking
        }
    missing = [reason.parameters["role_key"] for reason in unmet if reason.code == "project.clarification_missing"]
    assert missing == [f"role.{role}" for role in AT_START if role not in {each.role for each in asked_for}]


KEYS = [rule.key for rule in DEFAULT_RULES.milestones]
NOT_SETTLED = "project.milestone_not_approved"
SETTLED = st.fixed_dictionaries({key: st.booleans() for key in KEYS}) | st.sampled_from(KEYS).map(
    lambda open_one: {key: key != open_one for key in KEYS}
)


def gate(name: str, state: str, facts: ProjectFacts) -> tuple[Reason, ...]:
    """Everything that holds the gate shut, whatever has been waived."""
    return decide(PROJECT, name, state, facts, acting("Kari"), EVERY_RULE).unmet


@given(SETTLED)
@example(dict.fromkeys(KEYS, True))
def test_a_project_closes_exactly_when_every_milestone_before_the_close_is_approved_or_waived(
    settled: dict[str, bool],
) -> None:
    facts = replace(
        PROJECT_FACTS,
        milestones=tuple(DueMilestone(key=key, due_on=TODAY, settled=is_so) for key, is_so in settled.items()),
    )
    unmet = gate("close", ProjectState.CLOSING, facts)
    still_open = {key for key, is_so in settled.items() if not is_so and key != FOLLOW_UP_MILESTONE}
    assert {reason.parameters["milestone_key"] for reason in unmet} == {f"milestone.{key}" for key in still_open}
    assert {reason.code for reason in unmet} == ({NOT_SETTLED} if still_open else set())


@given(st.sets(st.sampled_from(KEYS)))
@example(set(KEYS))
@example(set())
def test_what_hangs_on_a_waived_milestone_is_answered_before_the_close(unanswered: set[str]) -> None:
    unmet = gate("close", ProjectState.CLOSING, replace(PROJECT_FACTS, unanswered_payments=tuple(sorted(unanswered))))
    assert codes(unmet) == ["project.payment_not_answered"] * len(unanswered)
    assert {reason.parameters["milestone_key"] for reason in unmet} == {f"milestone.{key}" for key in unanswered}


DUE = st.lists(st.tuples(st.integers(-800, 800), st.sampled_from(["planned", "reported", "settled"])), max_size=6)


def measurements(found: list[tuple[int, str]]) -> tuple[DueMeasurement, ...]:
    """Measurements that many days from today, as far as they have come."""
    return tuple(
        DueMeasurement(
            measurement_id=person(f"measurement {index}"), benefit="Flere i jobb", due_on=TODAY + timedelta(days=days),
            reported=come != "planned", settled=come == "settled",
        )
        for index, (days, come) in enumerate(found)
    )  # fmt: skip


@given(DUE, st.booleans())
@example([], True)
@example([(0, "settled"), (365, "settled")], True)
@example([(0, "settled"), (365, "reported")], True)
def test_a_project_ends_exactly_when_every_measurement_is_confirmed_or_written_off(
    found: list[tuple[int, str]], followed_up: bool
) -> None:
    milestones = tuple(
        replace(each, settled=followed_up) if each.key == FOLLOW_UP_MILESTONE else each
        for each in PROJECT_FACTS.milestones
    )
    facts = replace(PROJECT_FACTS, measurements=measurements(found), milestones=milestones)
    unmet = gate("end", ProjectState.CLOSED, facts)
    still_open = {str(each.measurement_id) for each in facts.measurements if not each.settled}
    told = [reason.parameters["id"] for reason in unmet if reason.code == "project.measurement_unanswered"]
    assert sorted(map(str, told)) == sorted(still_open)
    assert (unmet == ()) == (not still_open and followed_up)
    assert [each.code for each in unmet if each.code != "project.measurement_unanswered"] == (
        [] if followed_up else [NOT_SETTLED]
    )


@given(DUE)
@example([(0, "planned")])
@example([(1, "planned")])
@example([(-1, "reported")])
def test_pilots_are_evaluated_exactly_when_every_measurement_due_by_now_is_reported(
    found: list[tuple[int, str]],
) -> None:
    facts = replace(PROJECT_FACTS, measurements=measurements(found))
    unmet = gate("evaluate_pilots", ProjectState.IMPLEMENT_OPEN, facts)
    overdue = [days for days, come in found if days <= 0 and come == "planned"]
    assert codes(unmet) == ["project.measurement_due"] * len(overdue)
