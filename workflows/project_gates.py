"""The gates of a project: what must hold before each step, one rule at a time (DESIGN 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.clarification import missing_agreements, no_longer_standing
from workflows.engine import Act, Reason, Requirement, requirement
from workflows.project_facts import ProjectFacts
from workflows.roles import Role

OFFICE = (Role.COORDINATOR, Role.LEADER)
TEAM = (Role.COORDINATOR, Role.CORE_TEAM)
SCHEME = (Role.CASE_HANDLER, Role.METHOD_OWNER)


def _missing(code: str, place: str, who: Iterable[Role], **parameters: str | int) -> Reason:
    return Reason(code=f"project.{code}", parameters=parameters, place=place, who=tuple(who))


# --- start -----------------------------------------------------------------------------------------------------------


@requirement(source="S73")
def leader_and_coordinator_in_place(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The office has a leader and a coordinator."""
    if not facts.has_leader:
        yield _missing("no_leader", "project.team", (Role.ADMINISTRATOR,))
    if not facts.has_coordinator:
        yield _missing("no_coordinator", "project.team", (Role.LEADER,))


@requirement(source="S29, S72")
def facilitator_accepted_with_capacity(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """At least one facilitator has accepted, has capacity and is free of conflict."""
    accepted = [each for each in facts.facilitators if each.accepted]
    if not accepted:
        yield _missing("no_facilitator", "project.facilitators", SCHEME)
    for each in facts.facilitators:
        if each.accepted and not each.within_capacity:
            yield _missing("facilitator_over_capacity", "facilitation.register", SCHEME, name=each.name)
        if each.accepted and each.conflict:
            yield _missing("facilitator_in_conflict", "project.facilitators", SCHEME, name=each.name)


@requirement(source="S7", waivable_by=Role.CASE_HANDLER)
def methods_covered(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Between them the facilitators are at home in at least one of the scheme's methods."""
    if any(each.accepted for each in facts.facilitators) and not facts.methods_covered:
        yield _missing("methods_not_covered", "facilitation.register", SCHEME)


@requirement(source="S73, S74")
def every_clarification_agreed(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Every required expectation clarification is agreed by both sides, to the text as it stands."""
    yield from missing_agreements(facts.rules.clarifications.at_start, facts.clarifications, facts.holders)


@requirement(source="S73")
def clarifications_still_stand(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """What was agreed at the start still holds: nobody has withdrawn, and no role has lost its holder."""
    yield from no_longer_standing(facts.rules.clarifications.at_start, (*facts.clarifications, *facts.renewed))


@requirement(source="S27", waivable_by=Role.DECISION_MAKER)
def leader_on_first_module(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The leader is registered for the competence modules that come before the start."""
    for number in facts.rules.gates.modules_at_start:
        if number not in facts.modules:
            yield _missing("leader_not_on_module", "project.gatherings", OFFICE, module=number)


@requirement(source="DOMAIN 3.11")
def milestones_dated(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Every milestone has a date."""
    for each in facts.milestones:
        if each.due_on is None:
            yield _missing(
                "milestone_without_date", "project.milestones", OFFICE, milestone_key=f"milestone.{each.key}"
            )
    if not facts.milestones:
        yield _missing("no_milestones", "project.milestones", OFFICE)


def blocking(gate: str) -> Requirement:
    @requirement(source="DOMAIN 3.11")
    def milestones_of_the_gate_approved(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
        """The milestones that hold this gate shut are approved or waived."""
        states = {each.key: each.settled for each in facts.milestones}
        for rule in facts.rules.milestones:
            if rule.blocks == gate and not states.get(rule.key, False):
                yield _missing(
                    "milestone_not_approved", "project.milestones", (rule.approved_by, *OFFICE),
                    milestone_key=f"milestone.{rule.key}",
                )  # fmt: skip

    return milestones_of_the_gate_approved


# --- diamond 1 -------------------------------------------------------------------------------------------------------


@requirement(source="S9")
def insight_from_all_parties(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """There is insight from employees, users and partners, or a written reason for each that is missing."""
    for party in facts.rules.gates.insight_parties:
        if party not in facts.insight_parties and party not in facts.insight_reasons:
            yield _missing("insight_missing", "project.insight", TEAM, party_key=f"activities.party.{party}")


@requirement(source="S15, S22")
def success_named_and_ranked(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """What the office does when it succeeds is named and ranked."""
    needed = facts.rules.gates.success_statements
    if facts.success_statements < needed:
        yield _missing("success_not_named", "project.statements", TEAM, needed=needed, found=facts.success_statements)


@requirement(source="S21, S45")
def findings_validated(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The main findings are written, and each is validated by an activity."""
    needed = facts.rules.gates.findings_minimum
    if facts.findings < needed:
        yield _missing("findings_missing", "project.findings", TEAM, needed=needed, found=facts.findings)
    if facts.unvalidated_findings:
        yield _missing("findings_not_validated", "project.findings", TEAM, count=facts.unvalidated_findings)


@requirement(source="S15")
def challenge_picture_written(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The challenge picture is written."""
    if "challenge_picture" not in facts.texts:
        yield _missing("challenge_picture_missing", "project.texts", TEAM)


@requirement(source="S40")
def statement_reconfirmed(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The office has confirmed or rewritten its problem statement on the ground of the insight."""
    if not facts.statement_confirmed:
        yield _missing("statement_not_confirmed", "project.statement", OFFICE)


SIGNERS = {"team": TEAM, "leader": (Role.LEADER,), "affected_party": (Role.COORDINATOR,)}


def _signed(facts: ProjectFacts, sides: Iterable[str]) -> Iterator[Reason]:
    for side in sides:
        if side not in facts.signed:
            yield _missing("not_signed_off", "project.sign_offs", SIGNERS[side], side_key=f"projects.side.{side}")


@requirement(source="S18")
def everyone_signed_off(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Team, leader and one affected party stand behind the close."""
    yield from _signed(facts, SIGNERS)


@requirement(source="S14")
def team_and_leader_signed_off(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Team and leader stand behind the close."""
    yield from _signed(facts, ("team", "leader"))


# --- diamond 2 -------------------------------------------------------------------------------------------------------


@requirement(source="S25, S28", waivable_by=Role.DECISION_MAKER)
def gatherings_attended(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The core team has attended the gatherings of the opening."""
    for number in facts.rules.gates.gatherings:
        if number not in facts.gatherings_attended:
            yield _missing("gathering_not_attended", "project.gatherings", (*TEAM, *SCHEME), gathering=number)


@requirement(source="S42, S47")
def concepts_chosen(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Ideas have been tried against each other, and at least one concept is carried on."""
    gates = facts.rules.gates
    if facts.ideas < gates.ideas_minimum:
        yield _missing("too_few_ideas", "project.ideas", TEAM, needed=gates.ideas_minimum, found=facts.ideas)
    if len(facts.chosen) < gates.concepts_minimum:
        yield _missing(
            "too_few_concepts", "project.concepts", TEAM, needed=gates.concepts_minimum, found=len(facts.chosen)
        )


@requirement(source="S34")
def concepts_checked_against_deviances(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Each concept carried on is checked against every positive deviance of the office."""
    for concept in facts.chosen:
        if concept.unchecked_deviances:
            yield _missing(
                "concept_not_checked",
                "project.concepts",
                TEAM,
                concept=concept.title,
                count=concept.unchecked_deviances,
            )


@requirement(source="S51, S52")
def concepts_placed_in_the_system(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """For each concept carried on the three questions are answered: where it, its benefits and its consequences lie."""
    for concept in facts.chosen:
        if not concept.placed:
            yield _missing("concept_not_placed", "project.concepts", TEAM, concept=concept.title)
        if not concept.benefits_placed:
            yield _missing("concept_benefits_not_placed", "project.concepts", TEAM, concept=concept.title)
        if not concept.consequences_answered:
            yield _missing("concept_consequences_unanswered", "project.concepts", TEAM, concept=concept.title)


@requirement(source="S69, S70")
def benefit_map_reaches_a_goal(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The benefit map leads to at least one overall goal, and every benefit in it does."""
    if not facts.benefits:
        yield _missing("no_benefits", "project.benefits", TEAM)
    for benefit in facts.benefits:
        if not benefit.reaches_goal:
            yield _missing("benefit_reaches_no_goal", "project.benefit_map", TEAM, benefit=benefit.title)


@requirement(source="DESIGN 2.2, G24")
def benefit_plan_approved(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The benefit plan is approved."""
    if not facts.plan_approved:
        yield _missing("plan_not_approved", "project.benefit_plan", (Role.LEADER, Role.DECISION_MAKER))


def _renewed_at(facts: ProjectFacts, gate: str) -> Iterator[Reason]:
    found = [each for each in facts.renewed if each.gate == gate]
    yield from missing_agreements(facts.rules.clarifications.at(gate), found, facts.holders)


@requirement(source="S73")
def clarifications_renewed_for_platform(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The expectation clarifications that the rules name are renewed for the platform."""
    yield from _renewed_at(facts, "close_diamond_1")


@requirement(source="S73")
def clarifications_renewed(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The expectation clarifications are renewed for the implementation."""
    yield from _renewed_at(facts, "close_diamond_2")


@requirement(source="S73")
def clarifications_renewed_for_closing(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The expectation clarifications that the rules name are renewed for closing and follow-up."""
    yield from _renewed_at(facts, "close_diamond_3")


@requirement(source="S78")
def anchoring_planned(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The plan for anchoring is written."""
    if "anchoring_plan" not in facts.texts:
        yield _missing("anchoring_plan_missing", "project.texts", TEAM)


@requirement(source="S27", waivable_by=Role.DECISION_MAKER)
def leader_on_benefits_module(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The leader is registered for the competence module on benefits."""
    for number in facts.rules.gates.modules_at_close_diamond_2:
        if number not in facts.modules:
            yield _missing("leader_not_on_module", "project.gatherings", OFFICE, module=number)


# --- diamond 3 -------------------------------------------------------------------------------------------------------


@requirement(source="S16")
def pilots_tried(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Pilots have been tried."""
    needed = facts.rules.gates.pilots_minimum
    if facts.pilots < needed:
        yield _missing("too_few_pilots", "project.pilots", TEAM, needed=needed, found=facts.pilots)


@requirement(source="S68, DOMAIN 3.1")
def due_measurements_reported(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Every measurement due by now is reported."""
    for each in facts.measurements:
        if each.due_on <= facts.today and not each.reported:
            yield _missing(
                "measurement_due", "benefit.measurement", (Role.BENEFIT_OWNER, *OFFICE), benefit=each.benefit,
                due_on=each.due_on.isoformat(), id=str(each.measurement_id),
            )  # fmt: skip


@requirement(source="G25")
def due_milestones_approved(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Every milestone due by now is approved or waived."""
    for each in facts.milestones:
        if each.due_on is not None and each.due_on <= facts.today and not each.settled:
            yield _missing(
                "milestone_due", "project.milestones", OFFICE, milestone_key=f"milestone.{each.key}",
                due_on=each.due_on.isoformat(),
            )  # fmt: skip


@requirement(source="S17, S66")
def changes_gone_live(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Every change has a day for going live, and has gone live where the day has come."""
    for each in facts.changes:
        if each.is_live:
            continue
        if each.planned_live_on is None:
            yield _missing("change_without_day", "project.changes", TEAM, change=each.title)
        elif each.planned_live_on <= facts.today:
            yield _missing(
                "change_not_live", "project.changes", TEAM, change=each.title,
                planned_live_on=each.planned_live_on.isoformat(),
            )  # fmt: skip


@requirement(source="S17, S55")
def experiences_shared(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The project has shared its experiences at the conference or as a published story."""
    needed = facts.rules.gates.shared_experiences_minimum
    if facts.shared_experiences >= needed:
        return
    if facts.unplaced_presentations:
        yield _missing("presentation_not_placed", "project.experiences", SCHEME)
    else:
        yield _missing("experience_not_shared", "project.experiences", TEAM, needed=needed)


@requirement(source="S62, S77")
def learning_written(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """What worked, for whom and under which conditions is written down."""
    needed = facts.rules.gates.learning_points_minimum
    if facts.learning_points < needed:
        yield _missing("learning_missing", "project.learning", TEAM, needed=needed)


# --- close and end ---------------------------------------------------------------------------------------------------


@requirement(source="G26")
def report_and_accounts_approved(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """The final report and the accounts are approved."""
    if not facts.report_approved:
        yield _missing("report_not_approved", "project.report", (*OFFICE, Role.CASE_HANDLER))
    if not facts.accounts_approved:
        yield _missing("accounts_not_approved", "project.report", (Role.DECISION_MAKER,))


FOLLOW_UP_MILESTONE = "M8"
"""The milestone that is reached after the close, by the last measurement."""


@requirement(source="DESIGN 2.2")
def every_milestone_settled(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Every milestone but the follow-up is approved or waived."""
    for each in facts.milestones:
        if not each.settled and each.key != FOLLOW_UP_MILESTONE:
            yield _missing(
                "milestone_not_approved", "project.milestones", OFFICE, milestone_key=f"milestone.{each.key}"
            )


@requirement(source="G25")
def payments_of_waived_milestones_answered(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """What hangs on a waived milestone is cancelled, or kept for a written reason; never left planned."""
    for key in facts.unanswered_payments:
        yield _missing(
            "payment_not_answered", "project.milestones", (Role.DECISION_MAKER,), milestone_key=f"milestone.{key}"
        )


@requirement(source="G29")
def unspent_money_returned(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """What was paid out and not spent is booked as returned."""
    if facts.unreturned_ore > 0:
        who = (*OFFICE, Role.CERTIFIER)
        yield _missing("money_not_returned", "project.milestones", who, unreturned_ore=facts.unreturned_ore)


@requirement(source="DOMAIN 0.8, S65")
def every_benefit_handed_over(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Every benefit is handed over to a named owner in the line, with dated follow-up measurements."""
    needed = len(facts.rules.benefits.follow_up_months)
    for benefit in facts.benefits:
        if not benefit.handed_over:
            yield _missing("benefit_not_handed_over", "project.benefits", OFFICE, benefit=benefit.title)
        if benefit.follow_ups < needed:
            yield _missing(
                "follow_up_not_dated", "project.benefits", OFFICE, benefit=benefit.title, needed=needed,
                found=benefit.follow_ups,
            )  # fmt: skip


@requirement(source="DESIGN 2.2")
def every_measurement_answered(facts: ProjectFacts, act: Act) -> Iterator[Reason]:
    """Every follow-up measurement is confirmed, or written off with a reason."""
    for each in facts.measurements:
        if not each.settled:
            yield _missing(
                "measurement_unanswered", "benefit.measurement", (Role.BENEFIT_OWNER, Role.CASE_HANDLER),
                benefit=each.benefit, due_on=each.due_on.isoformat(), id=str(each.measurement_id),
            )  # fmt: skip
