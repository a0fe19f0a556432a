"""Every gate of a project stays shut with its whole list, and opens when the list is empty."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.clarification import Needed, Side
from workflows.engine import Act, decide, options
from workflows.project import PROJECT, RUNNING, STEPS, ProjectState
from workflows.project_facts import (
    BenefitSeen,
    ChangeSeen,
    ChosenConcept,
    DueMeasurement,
    DueMilestone,
    Facilitating,
    ProjectFacts,
)
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES

BOTH = frozenset(Side)
TODAY = date(2026, 6, 1)


def agreed(*roles: Role, gate: str = "start") -> tuple[Needed, ...]:
    return tuple(Needed(clarification_id=uuid4(), role=role, holder="Kari", agreed=BOTH, gate=gate) for role in roles)


COMPLETE = ProjectFacts(
    rules=DEFAULT_RULES,
    today=TODAY,
    has_leader=True,
    has_coordinator=True,
    facilitators=(Facilitating(name="Frida", accepted=True, within_capacity=True, conflict=False),),
    methods_covered=frozenset({"service_design"}),
    clarifications=agreed(*DEFAULT_RULES.clarifications.at_start),
    renewed=agreed(*DEFAULT_RULES.clarifications.at_close_diamond_2, gate="close_diamond_2"),
    modules=frozenset({1, 2}),
    milestones=tuple(DueMilestone(key=rule.key, due_on=TODAY, settled=True) for rule in DEFAULT_RULES.milestones),
    insight_parties=frozenset({"employee", "user", "partner"}),
    success_statements=3,
    findings=2,
    texts=frozenset({"challenge_picture", "anchoring_plan"}),
    statement_confirmed=True,
    signed=frozenset({"team", "leader", "affected_party"}),
    gatherings_attended=frozenset({1, 2}),
    ideas=2,
    concepts=2,
    chosen=(ChosenConcept(title="Ny start", unchecked_deviances=0, placed=True, benefits_placed=True,
                          consequences_answered=True),),
    benefits=(BenefitSeen(benefit_id=uuid4(), title="Flere i jobb", reaches_goal=True, handed_over=True, follow_ups=3),),
    plan_approved=True,
    pilots=1,
    changes=(ChangeSeen(title="Ny samtale", planned_live_on=TODAY, is_live=True),),
    measurements=(DueMeasurement(measurement_id=uuid4(), benefit="Flere i jobb", due_on=TODAY, reported=True,
                                 settled=True),),
    shared_experiences=1,
    learning_points=1,
    report_approved=True,
    accounts_approved=True,
)  # fmt: skip

FORWARD = (
    "start", "define_challenge", "close_diamond_1", "choose_concepts", "close_diamond_2", "evaluate_pilots",
    "close_diamond_3", "close", "end",
)  # fmt: skip
ACT = Act(now=datetime(2026, 6, 1, tzinfo=UTC), roles=frozenset(Role), person_id=uuid4(), why="Fordi")


def broken(**changes: Any) -> ProjectFacts:
    return msgspec.structs.replace(COMPLETE, **changes)


def unmet(name: str, facts: ProjectFacts) -> list[str]:
    move = PROJECT.move(name)
    (source,) = move.sources
    return [reason.code for reason in decide(PROJECT, name, source, facts, ACT).unmet]


def test_a_complete_project_goes_all_the_way() -> None:
    state = str(PROJECT.initial)
    for name in FORWARD:
        verdict = decide(PROJECT, name, state, COMPLETE, ACT)
        assert verdict.allowed, (name, verdict.unmet)
        state = verdict.target
    assert state == ProjectState.ENDED


CONCEPT = COMPLETE.chosen[0]
BENEFIT = COMPLETE.benefits[0]
MEASUREMENT = COMPLETE.measurements[0]


def milestone(key: str, **changes: Any) -> tuple[DueMilestone, ...]:
    return tuple(msgspec.structs.replace(m, **changes) if m.key == key else m for m in COMPLETE.milestones)


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("start", {"has_leader": False}, "project.no_leader"),
        ("start", {"has_coordinator": False}, "project.no_coordinator"),
        ("start", {"facilitators": ()}, "project.no_facilitator"),
        ("start", {"facilitators": (Facilitating(name="F", accepted=True, within_capacity=False, conflict=False),)},
         "project.facilitator_over_capacity"),
        ("start", {"facilitators": (Facilitating(name="F", accepted=True, within_capacity=True, conflict=True),)},
         "project.facilitator_in_conflict"),
        ("start", {"methods_covered": frozenset()}, "project.methods_not_covered"),
        ("start", {"clarifications": ()}, "project.clarification_missing"),
        ("start", {"modules": frozenset()}, "project.leader_not_on_module"),
        ("start", {"milestones": milestone("M5", due_on=None)}, "project.milestone_without_date"),
        ("start", {"milestones": milestone("M0", settled=False)}, "project.milestone_not_approved"),
        ("define_challenge", {"insight_parties": frozenset({"user"})}, "project.insight_missing"),
        ("define_challenge", {"success_statements": 0}, "project.success_not_named"),
        ("close_diamond_1", {"findings": 0}, "project.findings_missing"),
        ("close_diamond_1", {"unvalidated_findings": 1}, "project.findings_not_validated"),
        ("close_diamond_1", {"texts": frozenset()}, "project.challenge_picture_missing"),
        ("close_diamond_1", {"statement_confirmed": False}, "project.statement_not_confirmed"),
        ("close_diamond_1", {"signed": frozenset({"team", "leader"})}, "project.not_signed_off"),
        ("choose_concepts", {"gatherings_attended": frozenset({1})}, "project.gathering_not_attended"),
        ("choose_concepts", {"ideas": 1}, "project.too_few_ideas"),
        ("choose_concepts", {"chosen": ()}, "project.too_few_concepts"),
        ("choose_concepts", {"chosen": (msgspec.structs.replace(CONCEPT, unchecked_deviances=2),)},
         "project.concept_not_checked"),
        ("close_diamond_2", {"chosen": (msgspec.structs.replace(CONCEPT, placed=False),)}, "project.concept_not_placed"),
        ("close_diamond_2", {"chosen": (msgspec.structs.replace(CONCEPT, benefits_placed=False),)},
         "project.concept_benefits_not_placed"),
        ("close_diamond_2", {"chosen": (msgspec.structs.replace(CONCEPT, consequences_answered=False),)},
         "project.concept_consequences_unanswered"),
        ("close_diamond_2", {"benefits": ()}, "project.no_benefits"),
        ("close_diamond_2", {"benefits": (msgspec.structs.replace(BENEFIT, reaches_goal=False),)},
         "project.benefit_reaches_no_goal"),
        ("close_diamond_2", {"plan_approved": False}, "project.plan_not_approved"),
        ("close_diamond_2", {"renewed": ()}, "project.clarification_missing"),
        ("close_diamond_2", {"texts": frozenset({"challenge_picture"})}, "project.anchoring_plan_missing"),
        ("close_diamond_2", {"modules": frozenset({1})}, "project.leader_not_on_module"),
        ("close_diamond_2", {"milestones": milestone("M4", settled=False)}, "project.milestone_not_approved"),
        ("evaluate_pilots", {"pilots": 0}, "project.too_few_pilots"),
        ("evaluate_pilots", {"measurements": (msgspec.structs.replace(MEASUREMENT, reported=False),)},
         "project.measurement_due"),
        ("evaluate_pilots", {"milestones": milestone("M5", settled=False)}, "project.milestone_due"),
        ("close_diamond_3", {"changes": (ChangeSeen(title="Ny samtale", planned_live_on=TODAY, is_live=False),)},
         "project.change_not_live"),
        ("close_diamond_3", {"changes": (ChangeSeen(title="Ny samtale", planned_live_on=None, is_live=False),)},
         "project.change_without_day"),
        ("close_diamond_3", {"shared_experiences": 0}, "project.experience_not_shared"),
        (
            "close_diamond_3", {"shared_experiences": 0, "unplaced_presentations": 1},
            "project.presentation_not_placed",
        ),
        ("close_diamond_3", {"learning_points": 0}, "project.learning_missing"),
        ("close", {"report_approved": False}, "project.report_not_approved"),
        ("close", {"accounts_approved": False}, "project.accounts_not_approved"),
        ("close", {"milestones": milestone("M5", settled=False)}, "project.milestone_not_approved"),
        ("close", {"unreturned_ore": 1}, "project.money_not_returned"),
        ("close", {"benefits": (msgspec.structs.replace(BENEFIT, handed_over=False),)}, "project.benefit_not_handed_over"),
        ("close", {"benefits": (msgspec.structs.replace(BENEFIT, follow_ups=2),)}, "project.follow_up_not_dated"),
        ("end", {"measurements": (msgspec.structs.replace(MEASUREMENT, settled=False),)},
         "project.measurement_unanswered"),
    ],
)  # fmt: skip
def test_a_gate_stays_shut_for_the_one_thing_that_is_missing(name: str, changes: dict[str, Any], code: str) -> None:
    assert code in unmet(name, broken(**changes))
    assert unmet(name, COMPLETE) == []


def test_a_written_reason_stands_in_for_insight_that_is_missing() -> None:
    facts = broken(insight_parties=frozenset({"user", "employee"}), insight_reasons=frozenset({"partner"}))
    assert unmet("define_challenge", facts) == []


def test_an_empty_project_is_told_everything_at_once() -> None:
    empty = ProjectFacts(rules=DEFAULT_RULES, today=TODAY, has_leader=False, has_coordinator=False)
    found = unmet("start", empty)
    assert found.count("project.clarification_missing") == len(DEFAULT_RULES.clarifications.at_start)
    assert {"project.no_leader", "project.no_coordinator", "project.no_facilitator", "project.no_milestones"} <= set(
        found
    )


NEVER_WAIVED = (
    "every_clarification_agreed",
    "benefit_plan_approved",
    "unspent_money_returned",
    "every_benefit_handed_over",
)


def test_clarifications_plan_and_money_are_never_waived() -> None:
    waivable = {rule.name for move in PROJECT.moves for rule in move.requires if rule.waivable_by}
    assert waivable.isdisjoint(NEVER_WAIVED)


def test_every_state_is_reached_and_every_state_that_is_not_final_has_a_way_out() -> None:
    reached, frontier = {PROJECT.initial}, [PROJECT.initial]
    while frontier:
        state = frontier.pop()
        for move in PROJECT.moves:
            if state in move.sources and move.target not in reached:
                reached.add(move.target)
                frontier.append(move.target)
    assert reached == set(ProjectState)
    for state in ProjectState:
        leaves = [move for move in PROJECT.moves if state in move.sources]
        assert bool(leaves) == (state not in PROJECT.final)


def test_a_paused_project_goes_on_only_where_it_was_paused() -> None:
    for step in RUNNING:
        facts = broken(paused_from=str(step))
        allowed = [verdict.target for verdict in options(PROJECT, "paused", facts, ACT) if verdict.allowed]
        assert sorted(allowed) == sorted([str(step), "stopped"])


def test_a_step_is_never_skipped() -> None:
    order = [ProjectState.SET_UP, *STEPS, ProjectState.CLOSING, ProjectState.CLOSED, ProjectState.ENDED]
    place = {state: index for index, state in enumerate(order)}
    for move in PROJECT.moves:
        for source in move.sources:
            if source in place and move.target in place:
                assert place[move.target] - place[source] in (1, -1), move.name


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([move.name for move in PROJECT.moves]), max_size=40),
       st.booleans(), st.booleans(), st.booleans())  # fmt: skip
def test_no_walk_starts_without_clarifications_or_closes_with_anything_open(
    names: list[str], clarified: bool, planned: bool, settled: bool
) -> None:
    facts = broken(
        clarifications=COMPLETE.clarifications if clarified else (), plan_approved=planned,
        milestones=COMPLETE.milestones if settled else milestone("M7", settled=False),
    )  # fmt: skip
    state, passed = str(PROJECT.initial), []
    for name in names:
        paused = msgspec.structs.replace(facts, paused_from=passed[-1] if passed else None)
        verdict = decide(PROJECT, name, state, paused, ACT)
        if verdict.allowed:
            passed.append(state)
            state = verdict.target
    seen = {*passed, state}
    assert clarified or seen.isdisjoint(STEPS)
    assert planned or ProjectState.IMPLEMENT_OPEN not in seen
    assert settled or ProjectState.CLOSED not in seen
