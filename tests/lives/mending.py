"""What people do about each thing that a gate lacks: for every reason an errand, with the words and people of the demo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.activities import service as activities
from app.activities.models import Change, Concept, Finding, Idea, Insight, InsightActivity
from app.applications.models import PositiveDeviance
from app.benefits import service as benefits
from app.benefits.forms import PreconditionRow, StakeholderRow
from app.benefits.models import (
    Baseline,
    Benefit,
    BenefitEdge,
    BenefitNode,
    BenefitPlan,
    BenefitStakeholder,
    Indicator,
    Measurement,
    Precondition,
    Target,
)
from app.cases.models import Case
from app.clarifications import renewing
from app.clarifications import service as clarifications
from app.clarifications.models import Clarification
from app.conference import service as programme
from app.conference.models import ProgrammeItem
from app.core.errors import DomainError
from app.demo import carrying_out as work
from app.demo.acting import Acting
from app.demo.invented import clarification_of, story
from app.facilitation import service as facilitation
from app.facilitation.models import FacilitatorAssignment
from app.gatherings import service as gatherings
from app.gatherings.models import Gathering
from app.knowledge import service as knowledge
from app.knowledge.models import SharedExperience
from app.milestones import service as milestones
from app.milestones.models import Milestone
from app.payments import lists, refusals
from app.payments import service as payments
from app.payments.models import Payment
from app.projects import service as projects
from app.projects.budget import budget_per_kind
from app.projects.models import Project
from app.reports import service as reports
from app.reports.models import Report
from workflows.accounts import spent_key
from workflows.authority import CHECKS
from workflows.clarification_template import GIVEN
from workflows.engine import Reason
from workflows.facilitation import within_capacity
from workflows.gathering import Presence
from workflows.money import divided
from workflows.project_gates import (
    gatherings_attended,
    leader_on_benefits_module,
    leader_on_first_module,
    methods_covered,
)
from workflows.rules import DEFAULT_RULES

WHY = "Slik blir det best for dem det gjelder"
MONTH = timedelta(days=30)
FACILITATORS = ("facilitator_one", "facilitator_two", "facilitator_three")
APPROVERS = {"case_handler": "case_handler", "method_owner": "method_owner", "decision_maker": "decision_maker"}
DONE = ("approved", "waived")


class Refused(Exception):
    """What somebody tried as they should was refused: others have come in between, and the errand is left."""


class Needs(NamedTuple):
    """A project with the step that it is to take, and one of the things that the step lacks."""

    case_id: UUID
    office: str
    step: str
    reason: Reason
    goes_smoothly: bool = True
    """Whether money takes the short way: not sent back, not withheld, not claimed."""

    @property
    def said(self) -> Mapping[str, Any]:
        """The parameters of the reason."""
        return self.reason.parameters

    @property
    def coordinator(self) -> str:
        """Who does most of it."""
        return f"{self.office}.coordinator"

    @property
    def leader(self) -> str:
        """Who answers for it."""
        return f"{self.office}.leader"


Errand = Callable[[Acting, Needs], Awaitable[None]]


async def of_case(act: Acting, table: Any, needs: Needs, *conditions: ColumnElement[bool]) -> list[Any]:
    """The rows of a project in one table, the first made first."""
    return await act.rows(select(table).where(table.case_id == needs.case_id, *conditions).order_by(table.id))


async def first(act: Acting, table: Any, needs: Needs, *conditions: ColumnElement[bool]) -> Any:
    """The first of them; Refused where others have taken it away."""
    for row in await of_case(act, table, needs, *conditions):
        return row
    raise Refused(f"there is no {table.__tablename__} for it")


def person_of(act: Acting, person_id: UUID | None) -> str:
    """Somebody's key in the cast."""
    for key, person in act.world.people.items():
        if person.id == person_id:
            return key
    raise Refused("it is somebody who is not of the demo")


# --- start -----------------------------------------------------------------------------------------------------------


async def find_a_facilitator(act: Acting, needs: Needs) -> None:
    """Whoever has been asked accepts; else one is asked who has not been."""
    asked = await of_case(act, FacilitatorAssignment, needs)
    for row in asked:
        if row.state == "proposed":
            await act(person_of(act, row.person_id), facilitation.accept, row.id)
            return
    known = {row.person_id for row in asked}
    who = next((each for each in FACILITATORS if act.person(each) not in known), FACILITATORS[0])
    row = await act("case_handler", facilitation.assign, case_id=needs.case_id, person_id=act.person(who), hours=20,
                    override_why=WHY)  # fmt: skip
    await act(who, facilitation.accept, row.id)


async def let_them_go_beyond(act: Acting, needs: Needs) -> None:
    """A facilitator with too little left goes beyond it, for a reason."""
    for row in await of_case(act, FacilitatorAssignment, needs, FacilitatorAssignment.state == "accepted"):
        if act.world.people[person_of(act, row.person_id)].name == needs.said["name"]:
            await act("case_handler", facilitation.waive_requirement, row.id, requirement=within_capacity.name, why=WHY)


async def waived(act: Acting, needs: Needs, who: str, requirement: str) -> None:
    """The requirement is waived, for a reason."""
    await act(who, projects.waive_requirement, needs.case_id, requirement=requirement, why=WHY)


async def do_without_the_methods(act: Acting, needs: Needs) -> None:
    """No facilitator is at home in the methods, and the project starts all the same."""
    await waived(act, needs, "case_handler", methods_covered.name)


async def agree(act: Acting, needs: Needs) -> None:
    """One clarification is taken from wherever it stands to where everybody has agreed."""
    row = await first(act, Clarification, needs, Clarification.id == UUID(needs.said["id"]))
    if row.person_id is None:
        raise Refused("it is an outsider's")
    released = row.role in DEFAULT_RULES.clarifications.released
    if row.state == "draft":
        begun = {name: getattr(row, name) for name in GIVEN}
        more: dict[str, Any] = {"released_hours": 4} if released else {}
        if row.renews_id:
            more["renewal_note"] = story(needs.office).learning
        await act(needs.coordinator, clarifications.write, row.id, hours_per_week=4, version=None,
                  **{**begun, **clarification_of(needs.office, row.role)}, **more)  # fmt: skip
        await act(needs.coordinator, clarifications.propose, row.id)
    row = await first(act, Clarification, needs, Clarification.id == row.id)
    side = needs.reason.code.removeprefix("project.clarification_").removesuffix("_has_not_agreed")
    agreeing = {
        "office": (person_of(act, row.person_id), clarifications.agree_office),
        "leader": (needs.leader, clarifications.agree_leader),
        "scheme": ("case_handler", clarifications.agree_scheme),
    }
    who, verb = agreeing[side]
    await act(who, verb, row.id, text_hash=row.text_hash)


async def begin_clarifying(act: Acting, needs: Needs) -> None:
    """A clarification is begun for a role, or all of a gate are renewed."""
    if needs.step not in ("start", "define_challenge"):
        await act(needs.coordinator, renewing.renew, needs.case_id, gate=needs.step)
        return
    role = needs.said["role_key"].removeprefix("role.")
    assigned = FacilitatorAssignment.state == "accepted"
    if role == "facilitator":
        person_id = (await first(act, FacilitatorAssignment, needs, assigned)).person_id
    elif "holder" in needs.said:
        person_id = next(each.id for each in act.world.people.values() if each.name == needs.said["holder"])
    else:
        person_id = act.person(f"{needs.office}.{role}")
    await act(needs.coordinator, clarifications.add, case_id=needs.case_id, gate="start", role=role, person_id=person_id,
              outside_name="")  # fmt: skip


async def sign_up_for_module(act: Acting, needs: Needs) -> None:
    """The office signs its leader up for a module; where that is over it is waived."""
    try:
        await work.sign_up(act, needs.case_id, needs.office, (f"module_{needs.said['module']}",))
    except Refused:
        rule = leader_on_first_module if needs.step == "start" else leader_on_benefits_module
        await waived(act, needs, "decision_maker", rule.name)


async def date_milestone(act: Acting, needs: Needs) -> None:
    """A milestone gets its day."""
    key = needs.said["milestone_key"].removeprefix("milestone.")
    row = await first(act, Milestone, needs, Milestone.key == key)
    await act(needs.coordinator, milestones.set_due, row.id, due_on=act.at.date() + MONTH * int(key[1:]))


async def reach_milestone(act: Acting, needs: Needs) -> None:
    """A milestone is reported and approved, and what hangs on it is paid."""
    key = needs.said["milestone_key"].removeprefix("milestone.")
    row = await first(act, Milestone, needs, Milestone.key == key)
    if row.state in ("planned", "due", "returned"):
        await act(needs.coordinator, milestones.report, row.id, evidence=WHY)
    await act(APPROVERS[row.approved_by_role], milestones.approve, row.id)
    for payment in await of_case(act, Payment, needs, Payment.milestone_id == row.id):
        await pay(act, needs, payment)


async def pay(act: Acting, needs: Needs, payment: Payment) -> None:
    """A payment passes its three people.

    Where it does not go smoothly, it is sent back, withheld, refused by the accounting system and claimed in part.
    """
    await act("certifier", payments.certify, payment.id)
    if not needs.goes_smoothly:
        await act("decision_maker", payments.send_back, payment.id, why=WHY)
        await act("certifier", payments.certify, payment.id)
        await act("decision_maker", payments.withhold, payment.id, why=WHY)
        await act(needs.leader, payments.reply, payment.id, reply=WHY)
        await act("decision_maker", payments.let_go, payment.id, why=WHY)
        await act("certifier", payments.certify, payment.id)
    await act("decision_maker", payments.approve, payment.id, checks=CHECKS)
    if not needs.goes_smoothly:
        await come_back_refused(act, payment)
    await act("certifier", payments.register_paid, payment.id, reference=f"R-{payment.id}")
    if not needs.goes_smoothly:
        await act(
            "second_decision_maker", payments.give_notice, payment.id, amount_ore=payment.amount_ore // 3, why=WHY
        )
        await act(needs.leader, payments.reply, payment.id, reply=WHY)
        await act("decision_maker", payments.recover, payment.id, amount_ore=payment.amount_ore // 4, why=WHY)


async def come_back_refused(act: Acting, payment: Payment) -> None:
    """An approved payment is sent, the accounting system refuses it, and it is corrected and passes both hands anew."""
    await act("certifier", lists.make_list)
    await act("certifier", refusals.register_refused, payment.id, why=WHY)
    await act("certifier", payments.certify, payment.id, correction=WHY)
    await act("decision_maker", payments.approve, payment.id, checks=CHECKS)
    await act("certifier", lists.make_list)


# --- diamond 1 -------------------------------------------------------------------------------------------------------


async def gain_insight(act: Acting, needs: Needs) -> None:
    """What one of the parties says is heard, or it is written why it was not."""
    party = needs.said["party_key"].removeprefix("activities.party.")
    row = await act(needs.coordinator, activities.add_insight_activity, needs.case_id, method="in_depth_interview",
                    party=party, held_on=act.at.date() - timedelta(days=1), participants=3, about=WHY)  # fmt: skip
    await act(needs.coordinator, activities.add_insight, needs.case_id, activity_id=row.id, kind="need", text=WHY)


async def name_success(act: Acting, needs: Needs) -> None:
    """What we do when we succeed."""
    await act(needs.coordinator, activities.add_success_statement, needs.case_id, text=WHY)


async def write_finding(act: Acting, needs: Needs) -> None:
    """A finding that rests on the insight."""
    insights = tuple(each.id for each in await of_case(act, Insight, needs))
    await act(needs.coordinator, activities.add_finding, needs.case_id, text=story(needs.office).finding,
              insight_ids=insights)  # fmt: skip


async def validate_findings(act: Acting, needs: Needs) -> None:
    """Every finding is tried on those it is about."""
    held = await first(act, InsightActivity, needs)
    for row in await of_case(act, Finding, needs, Finding.status == "proposed"):
        await act(needs.coordinator, activities.validate_finding, needs.case_id, finding_id=row.id, activity_id=held.id,
                  status="validated")  # fmt: skip


async def write_challenge_picture(act: Acting, needs: Needs) -> None:
    """The challenge picture."""
    text = story(needs.office).challenge
    await act(needs.coordinator, projects.write_text, needs.case_id, kind="challenge_picture", text=text)


async def confirm_statement(act: Acting, needs: Needs) -> None:
    """The problem statement stands on the insight."""
    insights = tuple(each.id for each in await of_case(act, Insight, needs))
    (title,) = await act.rows(select(Case.title).where(Case.id == needs.case_id))
    await act(needs.coordinator, projects.rewrite_statement, needs.case_id, text=title, basis_text=WHY,
              insight_ids=insights, why=WHY)  # fmt: skip


async def sign_off(act: Acting, needs: Needs) -> None:
    """A side stands behind the close."""
    await work.sign(act, needs.case_id, needs.office, (needs.said["side_key"].removeprefix("projects.side."),))


# --- diamond 2 -------------------------------------------------------------------------------------------------------


async def attend_gathering(act: Acting, needs: Needs) -> None:
    """The team has been at a gathering: it is waited for where it is still to come, and waived where nobody came."""
    (call_id,) = await act.rows(select(Project.call_id).where(Project.id == needs.case_id))
    key = f"gathering_{needs.said['gathering']}"
    rows = await act.rows(select(Gathering).where(Gathering.call_id == call_id, Gathering.key == key))
    for row in rows:
        act.at = max(act.at, row.ends_at + timedelta(hours=1))
        for who in ("coordinator", "counsellor"):
            person_id = act.person(f"{needs.office}.{who}")
            try:
                await act(work.FACILITATOR, gatherings.note_presence, row.id, person_id=person_id,
                          presence=Presence.CAME)  # fmt: skip
            except Refused:
                await waived(act, needs, "decision_maker", gatherings_attended.name)
                return


async def have_idea(act: Acting, needs: Needs) -> None:
    """One idea more."""
    number = len(await of_case(act, Idea, needs)) + 1
    await act(needs.coordinator, activities.add_idea, needs.case_id, text=f"{story(needs.office).ideas[0]} ({number})")


async def choose_concept(act: Acting, needs: Needs) -> None:
    """A concept is described, and carried on."""
    told = story(needs.office)
    findings = tuple(each.id for each in await of_case(act, Finding, needs))[:1]
    row = await act(needs.coordinator, activities.add_concept, needs.case_id, title=told.concept,
                    description=told.concept_text, kinds=("service",), finding_ids=findings)  # fmt: skip
    await act(needs.coordinator, activities.choose_concept, needs.case_id, concept_id=row.id, why_chosen=WHY)


async def _concept(act: Acting, needs: Needs) -> Concept:
    found: Concept = await first(act, Concept, needs, Concept.title == needs.said["concept"], Concept.chosen)
    return found


async def check_deviances(act: Acting, needs: Needs) -> None:
    """A concept is held against each thing that works already."""
    concept = await _concept(act, needs)
    for deviance in await of_case(act, PositiveDeviance, needs):
        await act(needs.coordinator, activities.check_deviance, needs.case_id, concept_id=concept.id,
                  deviance_id=deviance.id, answer="yes", comment="")  # fmt: skip


PLACED = {
    "concept_not_placed": ("location", "procedure", 1),
    "concept_benefits_not_placed": ("benefit", "competence", 1),
    "concept_consequences_unanswered": ("consequence", "partner_cooperation", -1),
}


async def place_concept(act: Acting, needs: Needs) -> None:
    """One of the three questions of the system map is answered."""
    concept = await _concept(act, needs)
    kind, category, sign = PLACED[needs.reason.code.removeprefix("project.")]
    await act(needs.coordinator, activities.place_concept, needs.case_id, concept_id=concept.id, kind=kind,
              category=category, sign=sign, node_id=None, text=WHY)  # fmt: skip


async def lead_to_goal(act: Acting, needs: Needs) -> None:
    """A benefit stands in the map, on its way from a change to an overall goal."""
    by = needs.coordinator
    benefit = await first(act, Benefit, needs, Benefit.title == needs.said["benefit"], Benefit.dropped_at.is_(None))
    stands = BenefitNode.removed_at.is_(None)
    nodes = await of_case(act, BenefitNode, needs, stands, BenefitNode.benefit_id == benefit.id)
    if not nodes:
        nodes = [await act(by, benefits.add_node, case_id=needs.case_id, kind="local_benefit", benefit_id=benefit.id)]
    goals = await of_case(act, BenefitNode, needs, stands, BenefitNode.kind == "overall_goal")
    if not goals:
        goals = [await act(by, benefits.add_node, case_id=needs.case_id, kind="overall_goal", goal="more_in_work")]
    known = await of_case(act, BenefitEdge, needs, BenefitEdge.removed_at.is_(None), BenefitEdge.from_id == nodes[0].id)
    if not any(edge.to_id == goals[0].id for edge in known):
        await act(by, benefits.connect, from_id=nodes[0].id, to_id=goals[0].id, assumption=WHY)


async def add_benefit(act: Acting, needs: Needs) -> None:
    """A benefit where all have been dropped."""
    await act(needs.coordinator, benefits.add, case_id=needs.case_id, title=story(needs.office).benefits[0].title)


async def complete_benefit(act: Acting, needs: Needs, benefit: Benefit) -> None:
    """What a plan asks of a benefit, as far as it is not there."""
    by = needs.coordinator
    line = f"{needs.office}.line_leader"
    if benefit.change_id is None or not benefit.beneficiaries:
        changes = await of_case(act, Change, needs)
        change = changes[0] if changes else await act(
            by, activities.add_change, needs.case_id, title=story(needs.office).change, concept_id=None,
            planned_live_on=act.at.date() + MONTH, live_on=None,
        )  # fmt: skip
        await act(by, benefits.describe, benefit.id, beneficiaries=("citizen",), change_id=change.id, mitigation=WHY)
    if not await of_case(
        act, Precondition, needs, Precondition.benefit_id == benefit.id, Precondition.removed_at.is_(None)
    ):
        await act(by, benefits.write_preconditions, benefit.id, rows=(PreconditionRow(text=WHY),))
    concerned = BenefitStakeholder.removed_at.is_(None)
    if not await of_case(act, BenefitStakeholder, needs, BenefitStakeholder.benefit_id == benefit.id, concerned):
        await act(by, benefits.write_stakeholders, benefit.id, rows=(StakeholderRow(text=WHY),))
    if benefit.owner_id is None:
        await act(by, benefits.propose_owner, benefit.id, person_id=act.person(line))
        await act(line, benefits.accept_ownership, benefit.id)
    elif benefit.owner_accepted_at is None:
        await act(person_of(act, benefit.owner_id), benefits.accept_ownership, benefit.id)
    stands = Indicator.removed_at.is_(None)
    indicators = await of_case(act, Indicator, needs, Indicator.benefit_id == benefit.id, stands)
    if not indicators:
        indicators = [await act(by, benefits.add_indicator, benefit.id, name="Antall i arbeid", unit="personer",
                                direction="up", method="Telling", source="Egne tall", frequency="Hvert halvår")]  # fmt: skip
    for each in indicators:
        if not await of_case(act, Baseline, needs, Baseline.indicator_id == each.id):
            await act(by, benefits.set_baseline, benefit.id, indicator_id=each.id, value=Decimal(40),
                      measured_on=act.at.date(), observations=41, source="Egne tall", confidence="C")  # fmt: skip
        plans = await of_case(act, BenefitPlan, needs)
        if not await of_case(act, Target, needs, Target.indicator_id == each.id, Target.plan_id == plans[-1].id):
            await act(by, benefits.set_target, benefit.id, indicator_id=each.id, value=Decimal(60),
                      due_on=act.at.date() + 12 * MONTH)  # fmt: skip


async def approve_plan(act: Acting, needs: Needs) -> None:
    """Every benefit is made whole; the leader sends the plan, and the decision maker approves it."""
    plan = (await of_case(act, BenefitPlan, needs))[-1]
    if plan.state != "submitted":
        for benefit in await of_case(act, Benefit, needs, Benefit.dropped_at.is_(None)):
            await complete_benefit(act, needs, benefit)
        await act(needs.leader, benefits.submit_plan, plan.id)
    await act("decision_maker", benefits.approve_plan, plan.id)


async def plan_anchoring(act: Acting, needs: Needs) -> None:
    """The plan for anchoring."""
    text = story(needs.office).anchoring
    await act(needs.coordinator, projects.write_text, needs.case_id, kind="anchoring_plan", text=text)


# --- diamond 3 and after ---------------------------------------------------------------------------------------------


async def try_pilot(act: Acting, needs: Needs) -> None:
    """A pilot is tried, and the change goes live."""
    concept = await first(act, Concept, needs, Concept.chosen)
    today = act.at.date()
    await act(needs.coordinator, activities.add_pilot, needs.case_id, concept_id=concept.id,
              from_on=today - timedelta(days=15), to_on=today, participants=12, outcome=WHY)  # fmt: skip
    for change in await of_case(act, Change, needs, Change.live_on.is_(None)):
        await act(needs.coordinator, activities.go_live, needs.case_id, change_id=change.id, live_on=today)


async def measure(act: Acting, needs: Needs) -> None:
    """A measurement is reported by the owner on its day, and confirmed by somebody else."""
    row = await first(act, Measurement, needs, Measurement.id == UUID(needs.said["id"]))
    benefit = await first(act, Benefit, needs, Benefit.id == row.benefit_id)
    if row.state != "reported":
        act.on(row.due_on, 12)
        await act(person_of(act, benefit.handed_over_to or benefit.owner_id), benefits.report, row.id, value=Decimal(55),
                  measured_on=act.at.date(), observations=41, confidence="C", evidence=WHY, deviation=WHY)  # fmt: skip
    await act("method_owner", benefits.confirm, row.id)


async def share_experience(act: Acting, needs: Needs) -> None:
    """What was learnt is to be told at the conference."""
    (call_id,) = await act.rows(select(Project.call_id).where(Project.id == needs.case_id))
    held = await act.rows(select(Gathering).where(Gathering.call_id == call_id, Gathering.kind == "conference"))
    await act(needs.coordinator, knowledge.share_experience, needs.case_id, title="Arbeidet vårt", text=WHY,
              gathering_id=held[0].id if held else None)  # fmt: skip


async def place_presentation(act: Acting, needs: Needs) -> None:
    """A presentation has its time in the programme."""
    for row in await of_case(act, SharedExperience, needs, SharedExperience.gathering_id.is_not(None)):
        (held,) = await act.rows(select(Gathering).where(Gathering.id == row.gathering_id))
        (count,) = await act.rows(select(func.count()).where(ProgrammeItem.gathering_id == held.id))
        await act("case_handler", programme.place_presentation, held.id, experience_id=row.id,
                  starts_at=held.starts_at + timedelta(minutes=20 * count), lasts_minutes=20)  # fmt: skip


async def write_learning(act: Acting, needs: Needs) -> None:
    """What worked, for whom, and when."""
    await act(needs.coordinator, knowledge.add_learning_point, needs.case_id, text=WHY, for_whom="Veiledere",
              conditions=WHY)  # fmt: skip


async def hand_in_report(act: Acting, needs: Needs) -> None:
    """The final report is written, handed in and approved."""
    row = await first(act, Report, needs, Report.kind == "final")
    if row.state != "submitted":
        paid = [each for each in await of_case(act, Payment, needs) if each.paid_at is not None]
        spent_ore = sum(each.amount_ore - each.recovered_ore - each.returned_ore for each in paid)
        async with act.database.reading() as uow:
            budget = await budget_per_kind(uow, needs.case_id)
        spent = divided(spent_ore, [each.awarded_ore for each in budget])
        said: dict[str, dict[str, Any]] = {
            "results": {"results": WHY, "changed_practice": WHY},
            "learning": {"what_worked": WHY, "for_whom": "Veiledere", "conditions": WHY},
            "deviations": {"as_planned": "yes"},
            "accounts": {
                **{spent_key(each.cost_kind): ore for each, ore in zip(budget, spent, strict=True)},
                "own_hours": 260,
                "returned_ore": 0,
                "accounts_explained": WHY,
            },
        }
        for section, answers in said.items():
            await act(needs.coordinator, reports.save, row.id, section=section, **answers)
        await act(needs.leader, reports.submit, row.id)
    await act("case_handler", reports.approve, row.id)


async def approve_accounts(act: Acting, needs: Needs) -> None:
    """The accounts are approved by whoever has the money."""
    await act("decision_maker", projects.approve_accounts, needs.case_id)


async def answer_payment(act: Acting, needs: Needs) -> None:
    """What hangs on a waived milestone is given up."""
    key = needs.said["milestone_key"].removeprefix("milestone.")
    row = await first(act, Milestone, needs, Milestone.key == key)
    payment = await first(act, Payment, needs, Payment.milestone_id == row.id)
    await act("decision_maker", payments.cancel, payment.id, why=WHY)


async def give_back(act: Acting, needs: Needs) -> None:
    """What was paid and not spent is given back, as far as one payment holds it."""
    left = int(needs.said["unreturned_ore"])
    for row in await of_case(act, Payment, needs, Payment.state == "paid"):
        there = row.amount_ore - row.recovered_ore - row.returned_ore
        if left and there:
            await act("certifier", payments.register_return, row.id, amount_ore=min(left, there), why=WHY)
            left -= min(left, there)


async def hand_over(act: Acting, needs: Needs) -> None:
    """A benefit goes to the line, with its follow-up dated."""
    line = f"{needs.office}.line_leader"
    row = await first(act, Benefit, needs, Benefit.title == needs.said["benefit"], Benefit.dropped_at.is_(None))
    if row.hand_over_asked_at is None or row.handed_over_to is None:
        await act(needs.coordinator, benefits.hand_over, row.id, person_id=act.person(line),
                  unit_id=act.world.units[needs.office].id)  # fmt: skip
        await act(line, benefits.accept_hand_over, row.id)
        return
    await act(person_of(act, row.handed_over_to), benefits.accept_hand_over, row.id)


async def change_award(act: Acting, case_id: UUID, office: str, amount_change_ore: int) -> None:
    """The office asks for more or less, its leader signs, and it is granted; Refused where that cannot be."""
    try:
        row = await act(f"{office}.coordinator", milestones.propose_change, case_id=case_id, kind="amount", text=WHY,
                        amount_change_ore=amount_change_ore)  # fmt: skip
        await act(f"{office}.leader", milestones.sign_change, row.id)
        await act("decision_maker", milestones.accept_change, row.id, why=WHY)
    except DomainError as error:
        raise Refused(str(error)) from error


ERRANDS: dict[str, Errand] = {
    "no_facilitator": find_a_facilitator,
    "facilitator_over_capacity": let_them_go_beyond,
    "methods_not_covered": do_without_the_methods,
    "clarification_missing": begin_clarifying,
    "clarification_missing_for": begin_clarifying,
    "clarification_office_has_not_agreed": agree,
    "clarification_leader_has_not_agreed": agree,
    "clarification_scheme_has_not_agreed": agree,
    "leader_not_on_module": sign_up_for_module,
    "milestone_without_date": date_milestone,
    "milestone_not_approved": reach_milestone,
    "milestone_due": reach_milestone,
    "insight_missing": gain_insight,
    "success_not_named": name_success,
    "findings_missing": write_finding,
    "findings_not_validated": validate_findings,
    "challenge_picture_missing": write_challenge_picture,
    "statement_not_confirmed": confirm_statement,
    "not_signed_off": sign_off,
    "gathering_not_attended": attend_gathering,
    "too_few_ideas": have_idea,
    "too_few_concepts": choose_concept,
    "concept_not_checked": check_deviances,
    "concept_not_placed": place_concept,
    "concept_benefits_not_placed": place_concept,
    "concept_consequences_unanswered": place_concept,
    "no_benefits": add_benefit,
    "benefit_reaches_no_goal": lead_to_goal,
    "plan_not_approved": approve_plan,
    "anchoring_plan_missing": plan_anchoring,
    "too_few_pilots": try_pilot,
    "measurement_due": measure,
    "measurement_unanswered": measure,
    "experience_not_shared": share_experience,
    "presentation_not_placed": place_presentation,
    "learning_missing": write_learning,
    "report_not_approved": hand_in_report,
    "accounts_not_approved": approve_accounts,
    "payment_not_answered": answer_payment,
    "money_not_returned": give_back,
    "benefit_not_handed_over": hand_over,
    "follow_up_not_dated": hand_over,
}
"""By the code of the reason."""


async def mend(act: Acting, needs: Needs) -> None:
    """Do something about it; Refused where it cannot be done, or nobody knows how."""
    errand = ERRANDS.get(needs.reason.code.removeprefix("project."))
    if errand is None:
        raise Refused(f"nobody mends {needs.reason.code}")
    try:
        await errand(act, needs)
    except DomainError as error:
        raise Refused(str(error)) from error
