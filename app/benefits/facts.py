"""What the rules must know about benefits, plans and measurements, each gathered in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
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
from app.files.models import File
from app.files.queries import KEPT
from app.identity.models import Person, UnitMembership
from app.moves import subject
from app.projects.models import Project
from workflows.benefit import BENEFIT as BENEFIT_LIFECYCLE
from workflows.benefit import BENEFIT_PLAN, BenefitFacts, IndicatorSeen, PlanFacts
from workflows.measurement import MEASUREMENT as MEASUREMENT_LIFECYCLE
from workflows.measurement import MeasurementFacts, Promised, promised_by
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


ONE = bindparam("benefit_id", type_=Uuid())


@cache
def _gathers(*, one: bool) -> Select[Any]:
    """Asks for what the rules must know of a benefit, or of the plan of CASE; building it takes longer than running it."""
    plan = _newest_plan(CASE)
    runs = exists().where(
        CaseRole.case_id == Benefit.case_id, CaseRole.person_id == Benefit.owner_id,
        CaseRole.role.in_((Role.COORDINATOR, Role.FACILITATOR)),
        or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > NOW),
    )  # fmt: skip
    wanted = (Benefit.id == ONE,) if one else (Benefit.dropped_at.is_(None), Benefit.is_practice.is_(False))
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


async def _gathered(uow: UnitOfWork, case_id: UUID, benefit_id: UUID | None = None) -> list[BenefitFacts]:
    asked = {"case_id": case_id, "benefit_id": benefit_id, "now": uow.now}
    found: Gathered = (await uow.session.execute(_gathers(one=benefit_id is not None), asked)).scalar_one()
    today = day_in_oslo(uow.now)
    return [_facts(each, found, today) for each in found.benefits]


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


@subject(BENEFIT_LIFECYCLE, Benefit)
async def BENEFIT(uow: UnitOfWork, row: Benefit) -> BenefitFacts:
    """The facts of one benefit."""
    (found,) = await _gathered(uow, row.case_id, row.id)
    return found


@subject(BENEFIT_PLAN, BenefitPlan)
async def PLAN(uow: UnitOfWork, row: BenefitPlan) -> PlanFacts:
    """The facts of one version of a plan: those of every benefit that is neither dropped nor practice."""
    benefits = await _gathered(uow, row.case_id)
    return PlanFacts(plan_id=row.id, benefits=tuple(benefits), submitted_by=row.submitted_by)


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know of an indicator to judge what is measured by it."""

    benefit: str
    owner_id: UUID | None
    measurer_id: UUID | None
    change_id: UUID | None
    live_on: date | None
    baseline_on: date | None
    baseline: Decimal | None = None
    targets: list[tuple[date, Decimal]] = []
    """Of the plan in force, by their days."""
    tolerance_basis_points: int = 0

    def promised_on(self, day: date | None) -> Promised | None:
        """What the plan in force promises by a day."""
        found = promised_by(day, self.targets) if day is not None else None
        if found is None:
            return None
        return Promised(
            due_on=found[0], value=found[1], baseline=self.baseline, tolerance_basis_points=self.tolerance_basis_points
        )

    @property
    def late_baseline(self) -> bool:
        """Whether the baseline is from after the change went live (I6)."""
        return self.live_on is not None and self.baseline_on is not None and self.baseline_on >= self.live_on

    def facts_of(self, row: Measurement, *, has_file: bool = False) -> MeasurementFacts:
        """The facts of one measurement of the indicator."""
        return MeasurementFacts(
            measurement_id=row.id,
            benefit=self.benefit,
            has_value=row.value is not None,
            measured_on=row.measured_on,
            live_on=self.live_on,
            needs_change_live=self.change_id is not None,
            confidence=row.confidence,
            late_baseline=self.late_baseline,
            has_evidence=has_file or bool(row.evidence.strip() or row.evidence_link.strip()),
            reported_by=row.reported_by,
            owner_id=self.owner_id,
            measurer_id=self.measurer_id,
            value=row.value,
            promised=self.promised_on(row.measured_on),
            is_explained=bool(row.deviation.strip()),
        )


def _grounds(*conditions: Any, more: tuple[Any, ...] = ()) -> Any:
    baseline = (
        select(Baseline.measured_on, Baseline.value)
        .where(Baseline.indicator_id == Indicator.id)
        .order_by(Baseline.recorded_at.desc(), Baseline.id.desc())
        .limit(1)
        .lateral("baseline")
    )
    plan = (
        select(BenefitPlan.id, BenefitPlan.snapshot)
        .where(BenefitPlan.case_id == Indicator.case_id, BenefitPlan.approved_at.is_not(None))
        .order_by(BenefitPlan.number.desc())
        .limit(1)
        .lateral("plan_in_force")
    )
    targets = (
        select(func.jsonb_agg(func.jsonb_build_array(Target.due_on, cast(Target.value, Text))))
        .where(Target.indicator_id == Indicator.id, Target.plan_id == plan.c.id)
        .scalar_subquery()
    )
    frozen = plan.c.snapshot["benefits"][cast(Benefit.id, Text)]
    tolerance = case(
        (func.jsonb_typeof(frozen) == "object", cast(frozen["tolerance_percent"].astext, Integer)),
        else_=Benefit.tolerance_percent,
    )
    return (
        select(
            Indicator.id, Benefit.title.label("benefit"), Benefit.owner_id, Benefit.measurer_id, Benefit.change_id,
            Change.live_on, baseline.c.measured_on.label("baseline_on"), baseline.c.value.label("baseline"),
            func.coalesce(targets, literal([], JSONB)).label("targets"),
            func.coalesce(tolerance * 100, Project.rules["benefits"]["tolerance_basis_points"].as_integer()).label(
                "tolerance_basis_points"
            ), *more,
        )
        .join(Benefit, Benefit.id == Indicator.benefit_id)
        .join(Project, Project.id == Indicator.case_id)
        .outerjoin(baseline, true())
        .outerjoin(plan, true())
        .outerjoin(Change, Change.id == Benefit.change_id)
        .where(*conditions)
    )  # fmt: skip


async def grounds_in(uow: UnitOfWork, case_id: UUID) -> dict[UUID, Ground]:
    """What the rules must know of every indicator of a project; one statement."""
    rows = await uow.session.execute(_grounds(Indicator.case_id == case_id))
    return {id_: _ground(rest) for id_, *rest in rows}


def _ground(columns: Sequence[Any]) -> Ground:
    return msgspec.convert(dict(zip(Ground.__struct_fields__, columns, strict=True)), Ground)


async def ground_of(uow: UnitOfWork, indicator_id: UUID) -> Ground:
    """What the rules must know of one indicator."""
    _, *rest = (await uow.session.execute(_grounds(Indicator.id == indicator_id))).one()
    return _ground(rest)


def files_that_show(measurement_id: UUID) -> Any:
    """Whether a file that shows it hangs at the measurement."""
    return exists().where(File.subject == "measurement", File.key == str(measurement_id), File.state.in_(KEPT))


@subject(MEASUREMENT_LIFECYCLE, Measurement)
async def MEASUREMENT(uow: UnitOfWork, row: Measurement) -> MeasurementFacts:
    """The facts of one measurement."""
    shown = files_that_show(row.id).label("has_file")
    statement = _grounds(Indicator.id == row.indicator_id, more=(shown,))
    _, *rest, has_file = (await uow.session.execute(statement)).one()
    return _ground(rest).facts_of(row, has_file=has_file)
