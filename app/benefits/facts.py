"""What the rules must know about benefits and plans, each gathered in one statement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from app.activities.models import Change
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
from app.cases.models import CaseRole
from app.core.clock import day_in_oslo
from app.core.database import CASE, NOW, UnitOfWork
from app.core.listed import listed
from app.core.questions import told
from app.identity.models import Person, UnitMembership
from app.moves import ROW, gathered_for, subject
from app.projects.models import Project
from workflows.benefit import BENEFIT as BENEFIT_LIFECYCLE
from workflows.benefit import BENEFIT_PLAN, BenefitFacts, IndicatorSeen, PlanFacts
from workflows.roles import Role
from workflows.rules import Rules

SUSTAINED_AFTER_DAYS = 365


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as the statement brings it; decimals as text, so that none becomes a float on its way."""

    id: UUID
    name: str
    described: bool
    baseline: str | None
    target: str | None
    measured: str | None
    measured_on: date | None
    measured_by: UUID | None
    first: str | None
    first_on: date | None


class BenefitGathered(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit as the statement brings it."""

    benefit_id: UUID
    title: str
    state: str
    has_beneficiary: bool
    reaches_goal: bool
    change_named: bool
    live_on: date | None
    indicators: list[Seen]
    has_preconditions: bool
    stakeholders_named: bool
    is_disbenefit: bool
    mitigation: str
    without_baseline_why: str
    owner: str | None
    owner_id: UUID | None
    owner_accepted: bool
    owner_left: bool
    owner_runs_project: bool
    measurer_id: UUID | None
    is_practice: bool


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What the statement brings: the benefits, and what stands once for all of them."""

    rules: Rules
    plan_approved: bool | None
    benefits: list[BenefitGathered]


def _reaching(case_id: Any) -> Any:
    """The benefits of a case from which the map leads to an overall goal."""
    reach = (
        select(BenefitNode.id.label("node_id"), BenefitNode.benefit_id.label("benefit_id"))
        .where(BenefitNode.case_id == case_id, BenefitNode.benefit_id.is_not(None), BenefitNode.removed_at.is_(None))
        .cte("reach", recursive=True)
    )
    edge = aliased(BenefitEdge)
    reach = reach.union(
        select(edge.to_id, reach.c.benefit_id).where(
            edge.case_id == case_id,
            edge.from_id == reach.c.node_id,
            edge.removed_at.is_(None),
            edge.kind != "counteracts",
        )
    )
    goal = aliased(BenefitNode)
    return (
        select(reach.c.benefit_id)
        .join(goal, goal.id == reach.c.node_id)
        .where(goal.case_id == case_id, goal.goal.is_not(None), goal.removed_at.is_(None))
    )


def stands() -> Any:
    """That no confirmed correction has replaced the measurement at hand."""
    newer = aliased(Measurement)
    return ~(
        select(newer.id)
        .where(newer.corrects_id == Measurement.id, newer.confirmed_at.is_not(None))
        .correlate(Measurement)
        .exists()
    )


def _measured(name: str, *, last: bool) -> Any:
    order = Measurement.measured_on.desc() if last else Measurement.measured_on.asc()
    return (
        select(Measurement.value, Measurement.measured_on, Measurement.reported_by)
        .where(Measurement.indicator_id == Indicator.id, Measurement.confirmed_at.is_not(None), stands())
        .order_by(order, Measurement.id)
        .limit(1)
        .lateral(name)
    )


def _indicators(plan_id: Any) -> Any:
    """The indicators of the benefit at hand with their newest figures, as one JSON list."""
    baseline = (
        select(Baseline.value)
        .where(Baseline.indicator_id == Indicator.id)
        .order_by(Baseline.recorded_at.desc(), Baseline.id.desc())
        .limit(1)
        .lateral("baseline")
    )
    target = (
        select(Target.value)
        .where(Target.indicator_id == Indicator.id, Target.plan_id == plan_id)
        .order_by(Target.due_on.desc())
        .limit(1)
        .lateral("target")
    )
    last, first = _measured("last_measured", last=True), _measured("first_measured", last=False)
    described = and_(Indicator.unit != "", Indicator.method != "", Indicator.source != "")
    rows = func.jsonb_agg(
        func.jsonb_build_object(
            "id", Indicator.id, "name", Indicator.name, "described", described,
            "baseline", cast(baseline.c.value, Text), "target", cast(target.c.value, Text),
            "measured", cast(last.c.value, Text), "measured_on", last.c.measured_on, "measured_by", last.c.reported_by,
            "first", cast(first.c.value, Text), "first_on", first.c.measured_on,
        )
    )  # fmt: skip
    return func.coalesce(
        select(rows)
        .select_from(Indicator)
        .outerjoin(baseline, true())
        .outerjoin(target, true())
        .outerjoin(last, true())
        .outerjoin(first, true())
        .where(Indicator.benefit_id == Benefit.id, Indicator.removed_at.is_(None))
        .correlate(Benefit)
        .scalar_subquery(),
        literal([], JSONB),
    )


def _newest_plan(case_id: Any) -> Any:
    return (
        select(BenefitPlan.id, BenefitPlan.approved_at)
        .where(BenefitPlan.case_id == case_id)
        .order_by(BenefitPlan.number.desc())
        .limit(1)
        .subquery("newest_plan")
    )


def has_left(now: Any) -> Any:
    """Whether the person at hand has left, or works in no unit any longer: then nobody owns what was theirs."""
    works = exists().where(
        UnitMembership.person_id == Person.id, UnitMembership.valid_from <= now,
        or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > now),
    )  # fmt: skip
    return and_(Person.id.is_not(None), or_(and_(Person.valid_to.is_not(None), Person.valid_to <= now), ~works))


@cache
def _gathers(*, one: bool) -> Select[Any]:
    """Asks for what the rules must know of the benefit that is ROW, or of the plan of CASE; built once."""
    plan = _newest_plan(CASE)
    runs = exists().where(
        CaseRole.case_id == Benefit.case_id, CaseRole.person_id == Benefit.owner_id,
        CaseRole.role.in_((Role.COORDINATOR, Role.FACILITATOR)),
        or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > NOW),
    )  # fmt: skip
    wanted = (Benefit.id == ROW,) if one else (Benefit.dropped_at.is_(None), Benefit.is_practice.is_(False))
    benefits = (
        select(Benefit.id)
        .outerjoin(Person, Person.id == Benefit.owner_id)
        .outerjoin(Change, Change.id == Benefit.change_id)
        .where(Benefit.case_id == CASE, *wanted)
    )
    has_rows = exists().where(Precondition.benefit_id == Benefit.id, Precondition.removed_at.is_(None))
    concerns = exists().where(BenefitStakeholder.benefit_id == Benefit.id, BenefitStakeholder.removed_at.is_(None))
    columns = {
        "benefit_id": Benefit.id, "title": Benefit.title, "state": Benefit.state,
        "has_beneficiary": func.cardinality(Benefit.beneficiaries) > 0, "reaches_goal": Benefit.id.in_(_reaching(CASE)),
        "change_named": Benefit.change_id.is_not(None), "live_on": Change.live_on,
        "indicators": _indicators(select(plan.c.id).scalar_subquery()), "has_preconditions": has_rows,
        "stakeholders_named": concerns, "is_disbenefit": Benefit.sign < 0,
        "mitigation": Benefit.mitigation,
        "without_baseline_why": Benefit.without_baseline_why, "owner": Person.name, "owner_id": Benefit.owner_id,
        "owner_accepted": Benefit.owner_accepted_at.is_not(None), "owner_left": func.coalesce(has_left(NOW), False),
        "owner_runs_project": runs, "measurer_id": Benefit.measurer_id, "is_practice": Benefit.is_practice,
    }  # fmt: skip
    return select(
        told(
            Gathered,
            {
                "rules": select(Project.rules).where(Project.id == CASE).scalar_subquery(),
                "plan_approved": select(plan.c.approved_at.is_not(None)).scalar_subquery(),
                "benefits": listed(benefits, columns, Benefit.id),
            },
        )
    )


def _of_one() -> Select[Any]:
    return _gathers(one=True)


def _of_plan() -> Select[Any]:
    return _gathers(one=False)


def _facts(row: BenefitGathered, found: Gathered, today: date) -> BenefitFacts:
    return BenefitFacts(
        rules=found.rules,
        benefit_id=row.benefit_id,
        title=row.title,
        state=row.state,
        has_beneficiary=row.has_beneficiary,
        reaches_goal=row.reaches_goal,
        change_named=row.change_named,
        live_on=row.live_on,
        today=today,
        indicators=tuple(_seen(each, found.rules) for each in row.indicators),
        preconditions_written=row.has_preconditions,
        stakeholders_named=row.stakeholders_named,
        is_disbenefit=row.is_disbenefit,
        mitigation_written=bool(row.mitigation.strip()),
        without_baseline_why=row.without_baseline_why,
        owner=row.owner,
        owner_id=row.owner_id,
        owner_accepted=row.owner_accepted,
        owner_left=row.owner_left,
        owner_runs_project=row.owner_runs_project,
        measurer_id=row.measurer_id,
        plan_approved=bool(found.plan_approved),
        is_practice=row.is_practice,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _seen(each: Seen, rules: Rules) -> IndicatorSeen:
    baseline, target, measured, first = map(_decimal, (each.baseline, each.target, each.measured, each.first))
    sustained = False
    if measured is not None and first is not None and each.measured_on and each.first_on:
        later = (each.measured_on - each.first_on).days >= SUSTAINED_AFTER_DAYS
        way = abs(target - baseline) if target is not None and baseline is not None else abs(first)
        sustained = later and abs(measured - first) * 10_000 <= way * rules.benefits.tolerance_basis_points
    return IndicatorSeen(
        indicator_id=each.id, name=each.name, described=each.described, baseline=baseline, target=target,
        measured=measured, measured_on=each.measured_on, measured_by=each.measured_by, sustained=sustained,
    )  # fmt: skip


@subject(BENEFIT_LIFECYCLE, Benefit, gathers=_of_one)
async def BENEFIT(uow: UnitOfWork, row: Benefit) -> BenefitFacts:
    """The facts of one benefit."""
    found: Gathered = await gathered_for(uow, BENEFIT, row)
    (only,) = found.benefits
    return _facts(only, found, day_in_oslo(uow.now))


@subject(BENEFIT_PLAN, BenefitPlan, gathers=_of_plan)
async def PLAN(uow: UnitOfWork, row: BenefitPlan) -> PlanFacts:
    """The facts of one version of a plan: those of every benefit that is neither dropped nor practice."""
    found: Gathered = await gathered_for(uow, PLAN, row)
    today = day_in_oslo(uow.now)
    benefits = tuple(_facts(each, found, today) for each in found.benefits)
    return PlanFacts(plan_id=row.id, benefits=benefits, submitted_by=row.submitted_by)
