"""What the gates of a project must know, gathered from every room in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB

from app.activities.models import (
    Change,
    Concept,
    DevianceCheck,
    Finding,
    Idea,
    InsightActivity,
    Pilot,
    Placement,
    SuccessStatement,
)
from app.applications.models import PositiveDeviance, ProblemStatement
from app.benefits.models import Benefit, BenefitEdge, BenefitNode, BenefitPlan, Measurement
from app.cases.models import CaseRole, CaseUnit, Waiver
from app.clarifications.standing import Clarified, Held, clarified, holding, needed
from app.conference.models import ProgrammeItem
from app.core.clock import day_in_oslo
from app.core.database import CASE, NOW, UnitOfWork
from app.core.listed import pairs_of
from app.core.questions import Told, told
from app.facilitation.conflicts import conflict_conditions
from app.facilitation.loads import loads
from app.facilitation.models import FacilitatorAssignment, MethodCompetence
from app.gatherings.models import Attendance, Gathering
from app.identity.models import Person, UnitMembership
from app.knowledge.models import LearningPoint, SharedExperience
from app.milestones.models import Milestone
from app.moves import gathered_for, subject
from app.payments.models import Booking, Payment
from app.projects.freshness import COMMITTED_WITHIN, midnight, moved
from app.projects.models import FinalReport, OverseenProject, Project, ProjectText, SignOff
from app.stories.models import Story
from workflows.capacity import half_of, needs_of
from workflows.facilitation import CARRIES, within_capacity
from workflows.project import PROJECT as LIFECYCLE
from workflows.project_facts import (
    BenefitSeen,
    ChangeSeen,
    ChosenConcept,
    DueMeasurement,
    DueMilestone,
    Facilitating,
    ProjectFacts,
)
from workflows.rules import Rules

NO_INSIGHT = "no_insight_"


def rows_of(pairs: dict[str, Any], source: Select[Any]) -> ColumnElement[Any]:
    """The rows of a query as one JSON list of objects."""
    listed = source.with_only_columns(func.jsonb_agg(func.jsonb_build_object(*pairs_of(pairs))))
    return func.coalesce(listed.scalar_subquery(), cast([], JSONB))


def count_of(source: Select[Any]) -> ColumnElement[Any]:
    """How many rows a query finds."""
    return source.with_only_columns(func.count()).scalar_subquery()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A facilitator with what may be in the way."""

    assignment_id: UUID
    person_id: UUID
    name: str
    accepted: bool
    overridden: bool
    """Somebody has let them go beyond their capacity, with a reason."""
    conflict: bool
    methods: list[str]


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What the statement brings."""

    unit_roles: list[str]
    case_roles: list[str]
    facilitators: list[Asked]
    clarifications: list[Clarified]
    holders: list[Held]
    attended: list[str]
    registered: list[str]
    milestones: list[DueMilestone]
    parties: list[str]
    statements: int
    findings: int
    unvalidated: int
    texts: list[str]
    confirmed: int
    signed: list[str]
    ideas: int
    concepts: int
    chosen: list[ChosenConcept]
    benefits: list[BenefitSeen]
    plans: int
    pilots: int
    changes: list[ChangeSeen]
    measurements: list[DueMeasurement]
    experiences: int
    stories: int
    unplaced: int
    learning: int
    unanswered_payments: list[str]
    report_approved: bool
    accounts_approved: bool
    spent_ore: int
    paid_ore: int


def _people(case_id: Any, now: Any) -> dict[str, ColumnElement[Any]]:
    current_unit = and_(
        UnitMembership.unit_id == CaseUnit.unit_id, UnitMembership.valid_from <= now,
        or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > now),
    )  # fmt: skip
    assignment = FacilitatorAssignment
    tied = or_(*conflict_conditions(case_id, assignment.person_id, now).values())
    carried = _list(
        select(MethodCompetence.method).where(
            MethodCompetence.person_id == assignment.person_id, MethodCompetence.level.in_(CARRIES)
        ),
        MethodCompetence.method,
    )
    overridden = exists().where(
        Waiver.subject == "facilitator_assignment", Waiver.subject_id == assignment.id,
        Waiver.requirement == within_capacity.name,
    )  # fmt: skip
    return {
        "unit_roles": _list(
            select(UnitMembership.role).join(CaseUnit, current_unit).where(CaseUnit.case_id == case_id), UnitMembership.role
        ),
        "case_roles": _list(
            select(CaseRole.role).where(
                CaseRole.case_id == case_id, CaseRole.valid_from <= now,
                or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > now),
            ),
            CaseRole.role,
        ),
        "facilitators": rows_of(
            {"assignment_id": assignment.id, "person_id": assignment.person_id, "name": Person.name,
             "accepted": assignment.state == "accepted", "overridden": overridden, "conflict": tied, "methods": carried},
            select(assignment.id)
            .join(Person, Person.id == assignment.person_id)
            .where(assignment.case_id == case_id, assignment.state.in_(("proposed", "accepted"))),
        ),
        **clarified(case_id, now),
    }  # fmt: skip


def _list(source: Select[Any], column: Any) -> ColumnElement[Any]:
    return func.coalesce(source.with_only_columns(func.jsonb_agg(distinct(column))).scalar_subquery(), cast([], JSONB))


def _activities(case_id: Any, step: Any) -> dict[str, ColumnElement[Any]]:
    def of(table: Any, *conditions: Any) -> ColumnElement[Any]:
        return count_of(select(table.id).where(table.case_id == case_id, *conditions))

    checked = (
        exists()
        .where(DevianceCheck.concept_id == Concept.id, DevianceCheck.deviance_id == PositiveDeviance.id)
        .correlate(Concept, PositiveDeviance)  # else a check of any other concept would do
    )
    unchecked = (
        select(func.count())
        .select_from(PositiveDeviance)
        .where(PositiveDeviance.case_id == case_id, ~checked)
        .correlate(Concept)
        .scalar_subquery()
    )

    def placed(kind: str) -> ColumnElement[bool]:
        return exists().where(Placement.concept_id == Concept.id, Placement.kind == kind)

    placed_at = exists().where(
        ProgrammeItem.experience_id == SharedExperience.id, Gathering.id == ProgrammeItem.gathering_id,
        Gathering.called_off_at.is_(None),
    )  # fmt: skip
    took_part = select(Gathering.key).join(Attendance, Attendance.gathering_id == Gathering.id)
    leads = select(UnitMembership.person_id).join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id).where(
        CaseUnit.case_id == case_id, UnitMembership.role == "leader"
    )  # fmt: skip
    return {
        "attended": _list(
            took_part.where(Attendance.case_id == case_id, Attendance.attended_at.is_not(None)), Gathering.key
        ),
        "registered": _list(
            took_part.where(
                Attendance.case_id == case_id, Gathering.kind == "module", Attendance.person_id.in_(leads)
            ),
            Gathering.key,
        ),
        "parties": _list(select(InsightActivity.party).where(InsightActivity.case_id == case_id), InsightActivity.party),
        "statements": of(SuccessStatement),
        "findings": of(Finding),
        "unvalidated": of(Finding, Finding.status == "proposed"),
        "texts": _list(select(ProjectText.kind).where(ProjectText.case_id == case_id), ProjectText.kind),
        "confirmed": of(
            ProblemStatement,
            ProblemStatement.written_at > select(Project.accepted_at).where(Project.id == case_id).scalar_subquery(),
        ),
        "signed": _list(select(SignOff.side).where(SignOff.case_id == case_id, SignOff.step == step), SignOff.side),
        "ideas": of(Idea),
        "concepts": of(Concept),
        "chosen": rows_of(
            {"title": Concept.title, "unchecked_deviances": unchecked, "placed": placed("location"),
             "benefits_placed": placed("benefit"),
             "consequences_answered": or_(placed("consequence"), Concept.no_consequence_why != "")},
            select(Concept.id).where(Concept.case_id == case_id, Concept.chosen),
        ),
        "pilots": of(Pilot),
        "changes": rows_of(
            {"title": Change.title, "planned_live_on": Change.planned_live_on, "is_live": Change.live_on.is_not(None)},
            select(Change.id).where(Change.case_id == case_id),
        ),
        "experiences": of(
            SharedExperience, SharedExperience.published_at.is_not(None), or_(SharedExperience.kind == "story", placed_at)
        ),
        "stories": of(Story, Story.state == "published"),
        "unplaced": of(
            SharedExperience, SharedExperience.published_at.is_not(None), SharedExperience.kind != "story", ~placed_at
        ),
        "learning": of(LearningPoint),
    }  # fmt: skip


def _goals(case_id: Any) -> Any:
    """The benefits of the case that the map leads from to an overall goal."""
    reach = (
        select(BenefitNode.id.label("node_id"), BenefitNode.benefit_id.label("benefit_id"))
        .where(BenefitNode.case_id == case_id, BenefitNode.benefit_id.is_not(None), BenefitNode.removed_at.is_(None))
        .cte("reach", recursive=True)
    )
    reach = reach.union(
        select(BenefitEdge.to_id, reach.c.benefit_id).where(
            BenefitEdge.case_id == case_id, BenefitEdge.from_id == reach.c.node_id, BenefitEdge.removed_at.is_(None),
            BenefitEdge.kind != "counteracts",
        )
    )  # fmt: skip
    return (
        select(reach.c.benefit_id)
        .join(BenefitNode, BenefitNode.id == reach.c.node_id)
        .where(BenefitNode.case_id == case_id, BenefitNode.goal.is_not(None), BenefitNode.removed_at.is_(None))
    )


def _benefits_and_money(case_id: Any) -> dict[str, ColumnElement[Any]]:
    follow_ups = (
        select(func.count(distinct(Measurement.months)))
        .where(Measurement.benefit_id == Benefit.id, Measurement.kind == "follow_up")
        .scalar_subquery()
    )
    settled = Milestone.state.in_(("approved", "waived"))
    answered = Measurement.state.in_(("confirmed", "written_off"))

    def report(column: Any, otherwise: Any) -> ColumnElement[Any]:
        return func.coalesce(select(column).where(FinalReport.case_id == case_id).scalar_subquery(), otherwise)

    paid = case(
        (Booking.to_account == "paid", Booking.amount_ore),
        (Booking.from_account == "paid", -Booking.amount_ore),
        else_=0,
    )
    return {
        "milestones": rows_of(
            {"key": Milestone.key, "due_on": Milestone.due_on, "settled": settled},
            select(Milestone.id).where(Milestone.case_id == case_id),
        ),
        "benefits": rows_of(
            {"benefit_id": Benefit.id, "title": Benefit.title, "reaches_goal": Benefit.id.in_(_goals(case_id)),
             "handed_over": Benefit.handed_over_at.is_not(None), "follow_ups": follow_ups},
            select(Benefit.id).where(
                Benefit.case_id == case_id, Benefit.dropped_at.is_(None), Benefit.is_practice.is_(False)
            ),
        ),
        "plans": count_of(
            select(BenefitPlan.id).where(BenefitPlan.case_id == case_id, BenefitPlan.approved_at.is_not(None))
        ),
        "measurements": rows_of(
            {"measurement_id": Measurement.id, "benefit": Benefit.title, "due_on": Measurement.due_on,
             "reported": or_(answered, Measurement.state == "reported"), "settled": answered},
            select(Measurement.id)
            .join(Benefit, Benefit.id == Measurement.benefit_id)
            .where(Measurement.case_id == case_id, Benefit.dropped_at.is_(None)),
        ),
        "unanswered_payments": func.coalesce(
            select(func.jsonb_agg(Milestone.key))
            .join(Payment, Payment.milestone_id == Milestone.id)
            .where(
                Milestone.case_id == case_id, Milestone.state == "waived", Payment.state == "planned",
                Payment.amount_ore > 0,
            )
            .scalar_subquery(),
            literal([], JSONB),
        ),
        "report_approved": report(FinalReport.approved_at.is_not(None), literal(False)),
        "accounts_approved": report(FinalReport.accounts_approved_at.is_not(None), literal(False)),
        "spent_ore": report(FinalReport.spent_ore, literal(0)),
        "paid_ore": (
            select(cast(func.coalesce(func.sum(paid), 0), BigInteger)).where(Booking.case_id == case_id).scalar_subquery()
        ),
    }  # fmt: skip


def _numbers(keys: list[str], prefix: str) -> frozenset[int]:
    found = (key.removeprefix(prefix) for key in keys if key.startswith(prefix))
    return frozenset(int(number) for number in found if number.isdigit())


def _from(found: Gathered, project: Project, today: date, overburdened: Collection[UUID] = ()) -> ProjectFacts:
    accepted = [each for each in found.facilitators if each.accepted]
    held = {*found.unit_roles, *found.case_roles}
    rules = msgspec.convert(project.rules, Rules)
    clarifications = needed(found.clarifications, rules.clarifications)
    return ProjectFacts(
        rules=rules,
        paused_from=project.paused_from,
        today=today,
        has_leader="leader" in held,
        has_coordinator="coordinator" in held,
        facilitators=tuple(
            Facilitating(
                name=each.name, accepted=each.accepted,
                within_capacity=each.overridden or each.assignment_id not in overburdened,
                conflict=each.conflict, methods=tuple(each.methods),
            )
            for each in found.facilitators
        ),
        methods_covered=frozenset(method for each in accepted for method in each.methods),
        clarifications=tuple(each for each in clarifications if each.gate == "start"),
        renewed=tuple(each for each in clarifications if each.gate != "start"),
        holders=holding(found.holders),
        modules=_numbers(found.registered, "module_"),
        milestones=tuple(sorted(found.milestones, key=lambda each: each.key)),
        insight_parties=frozenset(found.parties),
        insight_reasons=frozenset(kind.removeprefix(NO_INSIGHT) for kind in found.texts if kind.startswith(NO_INSIGHT)),
        success_statements=found.statements,
        findings=found.findings,
        unvalidated_findings=found.unvalidated,
        texts=frozenset(found.texts),
        statement_confirmed=found.confirmed > 0,
        signed=frozenset(found.signed),
        gatherings_attended=_numbers(found.attended, "gathering_"),
        ideas=found.ideas,
        concepts=found.concepts,
        chosen=tuple(found.chosen),
        benefits=tuple(found.benefits),
        plan_approved=found.plans > 0,
        pilots=found.pilots,
        changes=tuple(sorted(found.changes, key=lambda each: each.title)),
        measurements=tuple(sorted(found.measurements, key=lambda each: (each.due_on, each.benefit))),
        shared_experiences=found.experiences + found.stories,
        unplaced_presentations=found.unplaced,
        learning_points=found.learning,
        report_approved=found.report_approved,
        accounts_approved=found.accounts_approved,
        unanswered_payments=tuple(sorted(found.unanswered_payments)),
        unreturned_ore=max(0, found.paid_ore - found.spent_ore),
    )  # fmt: skip


@cache
def _gathers() -> Select[Any]:
    """The one statement behind the facts; building it takes longer than running it, so it is built once."""
    step = select(Project.state).where(Project.id == CASE).scalar_subquery()
    return select(told(Gathered, {**_people(CASE, NOW), **_activities(CASE, step), **_benefits_and_money(CASE)}))


@cache
def _keeps() -> Select[Any]:
    """Asks for what is kept of it, and gathers it only where that may be out of date: a CASE looks no further than it must.

    Before the start capacity and methods count, which change with what others do: then nothing kept is read.
    """
    kept = (
        select(cast(OverseenProject.gathered, Text))
        .join(Project, Project.id == OverseenProject.case_id)
        .where(
            Project.id == CASE,
            OverseenProject.state == Project.state,
            OverseenProject.state != LIFECYCLE.initial,
            OverseenProject.as_of >= midnight(),
            ~moved(OverseenProject.as_of - COMMITTED_WITHIN, NOW),
        )
        .scalar_subquery()
    )
    (gathered,) = _gathers().selected_columns
    return select(cast(func.coalesce(kept, cast(gathered, Text)), Told(Gathered)))


@subject(LIFECYCLE, Project, case_id="id", gathers=_gathers, keeps=_keeps)
async def PROJECT(uow: UnitOfWork, row: Project) -> ProjectFacts:
    """The facts of one project."""
    return await facts_from(uow, row, await gathered_for(uow, PROJECT, row))


async def facts_from(uow: UnitOfWork, row: Project, gathered: Gathered) -> ProjectFacts:
    """The facts of a project out of what was gathered for it; two statements more before its start, none later."""
    today = day_in_oslo(uow.now)
    asked_for = {each.assignment_id: each.person_id for each in gathered.facilitators}
    overburdened = await _overburdened(uow, asked_for, today) if row.state == LIFECYCLE.initial else ()
    return _from(gathered, row, today, overburdened)


async def _overburdened(uow: UnitOfWork, assignments: Mapping[UUID, UUID], today: date) -> tuple[UUID, ...]:
    """Of assignments with their people those that take more of a half-year to come than the people have left in it.

    Asked for the one gate that looks at it, the start; two statements.
    """
    if not assignments:
        return ()
    burdened = await loads(uow, frozenset(assignments.values()))
    return tuple(
        each.assignment_id
        for person_id, load in burdened.items()
        for each in load.assigned
        if assignments.get(each.assignment_id) == person_id
        and any(need.half >= half_of(today) and need.hours > need.left for need in needs_of(load, each))
    )
