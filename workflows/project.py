"""The funded project: set up, three diamonds that each open and then close, closing, and the years of follow-up."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from workflows.effects import Effect
from workflows.engine import Act, Lifecycle, Reason, Requirement, move, requirement
from workflows.project_facts import ProjectFacts
from workflows.project_gates import (
    OFFICE,
    anchoring_planned,
    benefit_map_reaches_a_goal,
    benefit_plan_approved,
    blocking,
    challenge_picture_written,
    changes_gone_live,
    clarifications_renewed,
    clarifications_renewed_for_closing,
    clarifications_renewed_for_platform,
    clarifications_still_stand,
    concepts_checked_against_deviances,
    concepts_chosen,
    concepts_placed_in_the_system,
    due_measurements_reported,
    due_milestones_approved,
    every_benefit_handed_over,
    every_clarification_agreed,
    every_measurement_answered,
    every_milestone_settled,
    everyone_signed_off,
    experiences_shared,
    facilitator_accepted_with_capacity,
    findings_validated,
    gatherings_attended,
    insight_from_all_parties,
    leader_and_coordinator_in_place,
    leader_on_benefits_module,
    leader_on_first_module,
    learning_written,
    methods_covered,
    milestones_dated,
    payments_of_waived_milestones_answered,
    pilots_tried,
    report_and_accounts_approved,
    statement_reconfirmed,
    success_named_and_ranked,
    team_and_leader_signed_off,
    unspent_money_returned,
)
from workflows.roles import Permission


class ProjectState(StrEnum):
    """Where a project stands."""

    SET_UP = "set_up"
    DIAGNOSE_OPEN = "diagnose_open"
    DIAGNOSE_CLOSE = "diagnose_close"
    PLATFORM_OPEN = "platform_open"
    PLATFORM_CLOSE = "platform_close"
    IMPLEMENT_OPEN = "implement_open"
    IMPLEMENT_CLOSE = "implement_close"
    CLOSING = "closing"
    CLOSED = "closed"
    ENDED = "ended"
    PAUSED = "paused"
    STOPPED = "stopped"


def _resumes(step: ProjectState) -> Requirement:
    @requirement(hides=True)
    def goes_on_where_it_was_paused(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
        """A paused project goes on where it was paused."""
        if facts.paused_from != step:
            yield Reason(code="project.paused_elsewhere", place="project", who=OFFICE)

    return goes_on_where_it_was_paused


S = ProjectState
STEPS = (S.DIAGNOSE_OPEN, S.DIAGNOSE_CLOSE, S.PLATFORM_OPEN, S.PLATFORM_CLOSE, S.IMPLEMENT_OPEN, S.IMPLEMENT_CLOSE)
RUNNING = (S.SET_UP, *STEPS, S.CLOSING)
STEP, STOP, CLOSE = Permission.PROJECT_STEP, Permission.PROJECT_STOP, Permission.PROJECT_CLOSE

PROJECT = Lifecycle(
    subject="project",
    states=ProjectState,
    initial=S.SET_UP,
    final=frozenset({S.ENDED, S.STOPPED}),
    moves=(
        move("start", S.SET_UP, S.DIAGNOSE_OPEN, STEP,
             leader_and_coordinator_in_place, facilitator_accepted_with_capacity, methods_covered,
             every_clarification_agreed, leader_on_first_module, milestones_dated, blocking("start"),
             effects=(Effect.KEEP_BENEFIT_MAP, Effect.TELL_TEAM)),
        move("define_challenge", S.DIAGNOSE_OPEN, S.DIAGNOSE_CLOSE, STEP,
             insight_from_all_parties, success_named_and_ranked, clarifications_still_stand,
             blocking("close_diagnose_opening"),
             effects=(Effect.KEEP_BENEFIT_MAP, Effect.TELL_TEAM)),
        move("close_diamond_1", S.DIAGNOSE_CLOSE, S.PLATFORM_OPEN, STEP,
             findings_validated, challenge_picture_written, statement_reconfirmed, everyone_signed_off,
             clarifications_renewed_for_platform, clarifications_still_stand,
             blocking("close_diamond_1"), effects=(Effect.KEEP_BENEFIT_MAP, Effect.TELL_TEAM)),
        move("choose_concepts", S.PLATFORM_OPEN, S.PLATFORM_CLOSE, STEP,
             gatherings_attended, concepts_chosen, concepts_checked_against_deviances,
             clarifications_still_stand, blocking("close_platform_opening"),
             effects=(Effect.KEEP_BENEFIT_MAP, Effect.TELL_TEAM)),
        move("close_diamond_2", S.PLATFORM_CLOSE, S.IMPLEMENT_OPEN, STEP,
             concepts_placed_in_the_system, benefit_map_reaches_a_goal, benefit_plan_approved, clarifications_renewed,
             clarifications_still_stand, anchoring_planned, leader_on_benefits_module, team_and_leader_signed_off,
             blocking("close_diamond_2"),
             effects=(Effect.CONFIRM_COMMITMENT, Effect.KEEP_BENEFIT_MAP, Effect.TELL_TEAM)),
        move("evaluate_pilots", S.IMPLEMENT_OPEN, S.IMPLEMENT_CLOSE, STEP,
             pilots_tried, due_measurements_reported, due_milestones_approved, clarifications_still_stand,
             blocking("close_implement_opening"),
             effects=(Effect.KEEP_BENEFIT_MAP, Effect.TELL_TEAM)),
        move("close_diamond_3", S.IMPLEMENT_CLOSE, S.CLOSING, STEP,
             changes_gone_live, experiences_shared, learning_written, team_and_leader_signed_off,
             clarifications_renewed_for_closing, clarifications_still_stand, blocking("close_diamond_3"),
             effects=(Effect.KEEP_BENEFIT_MAP, Effect.TELL_TEAM)),
        move("close", S.CLOSING, S.CLOSED, CLOSE,
             report_and_accounts_approved, every_milestone_settled, payments_of_waived_milestones_answered,
             unspent_money_returned, every_benefit_handed_over,
             blocking("close"),
             effects=(Effect.SCHEDULE_FOLLOW_UP, Effect.RELEASE_FACILITATORS, Effect.KEEP_BENEFIT_MAP, Effect.TELL_TEAM)),
        move("end", S.CLOSED, S.ENDED, CLOSE,
             every_measurement_answered, blocking("end"), effects=(Effect.TELL_TEAM,)),
        move("pause", RUNNING, S.PAUSED, STOP, needs_why=True, effects=(Effect.TELL_TEAM,), aside=True),
        *(move(f"resume_{step}", S.PAUSED, step, STOP, _resumes(step), effects=(Effect.TELL_TEAM,)) for step in RUNNING),
        move("stop", (*RUNNING, S.PAUSED), S.STOPPED, STOP, needs_why=True,
             effects=(Effect.RELEASE_FACILITATORS, Effect.WIND_DOWN, Effect.TELL_TEAM), aside=True),
        *(move(f"back_to_{before}", after, before, STEP, needs_why=True, aside=True)
          for before, after in zip((S.SET_UP, *STEPS), (*STEPS, S.CLOSING), strict=True)),
    ),
)  # fmt: skip
