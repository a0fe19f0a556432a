"""The benefit plan: written, sent, approved or returned; frozen once approved, and begun anew in a new version."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.benefits.facts import PLAN
from app.benefits.models import (
    Baseline,
    Benefit,
    BenefitEdge,
    BenefitNode,
    BenefitPlan,
    BenefitRisk,
    BenefitStakeholder,
    Indicator,
    Precondition,
    Target,
)
from app.benefits.service.intervals import keep_by_plan
from app.benefits.service.progress import advance
from app.cases.models import Case
from app.cases.queries import people_of_parties, require, roles_in
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet, invalid
from app.identity.actor import Actor
from app.identity.queries import people_with_role
from app.moves import Held, begin, hold, lock_case, make
from app.notices.service import tell
from app.projects.models import Project
from workflows.benefit import TEAM, PlanState
from workflows.engine import Reason
from workflows.roles import Permission, Role


async def current_plan(uow: UnitOfWork, case_id: UUID) -> BenefitPlan | None:
    """The newest version of the project's plan."""
    found: BenefitPlan | None = await uow.session.scalar(
        select(BenefitPlan).where(BenefitPlan.case_id == case_id).order_by(BenefitPlan.number.desc()).limit(1)
    )
    return found


async def refuse_submitted(uow: UnitOfWork, case_id: UUID) -> None:
    """Raise NotYet while the plan waits for approval: what is judged does not move."""
    plan = await current_plan(uow, case_id)
    if plan is not None and plan.state == PlanState.SUBMITTED:
        reason = Reason(code="benefits.plan_submitted", place="benefit.plan", who=(Role.DECISION_MAKER,))
        raise NotYet([reason], subject="benefit_plan", step="write", case_id=case_id)


def refuse_practice(benefit: Benefit, step: str) -> None:
    """Raise NotYet for what would make a practice benefit more than practice: nobody is asked, nothing is claimed (S31)."""
    if benefit.is_practice:
        reason = Reason(
            code="benefit.is_practice", place="benefit", parameters={"id": str(benefit.id), "benefit": benefit.title},
            who=TEAM,
        )  # fmt: skip
        raise NotYet([reason], subject="benefit", step=step, case_id=benefit.case_id)


async def open_plan(uow: UnitOfWork, actor: Actor, case: Case) -> BenefitPlan:
    """The version being written; the first is made where there is none. NotYet where it waits or stands approved."""
    plan = await current_plan(uow, case.id)
    if plan is None:
        row = BenefitPlan(case_id=case.id, number=1, created_at=uow.now)
        return await begin(uow, actor, PLAN, case, row, verb="begin", changes={"number": 1})
    await refuse_submitted(uow, case.id)
    if plan.state == PlanState.APPROVED:
        reason = Reason(
            code="benefits.plan_approved", place="benefit.plan", who=(Role.LEADER, Role.COORDINATOR)
        )  # fmt: skip
        raise NotYet([reason], subject="benefit_plan", step="write", case_id=case.id)
    return plan


async def indicator_of(uow: UnitOfWork, benefit: Benefit, indicator_id: UUID) -> Indicator:
    """The benefit's own indicator; Invalid for another's or one taken out."""
    indicator = await uow.session.get(Indicator, indicator_id)
    if indicator is None or indicator.benefit_id != benefit.id or indicator.removed_at is not None:
        raise invalid("indicator_id", "benefits.not_in_case")
    return indicator


async def _tell(uow: UnitOfWork, held: Held[BenefitPlan], people: list[UUID], code: str, **more: str) -> None:
    await tell(
        uow, people, code, case_id=held.case.id, parameters={"project": held.case.title, **more},
        link=f"/projects/{held.case.id}/benefits",
    )  # fmt: skip


async def submit_plan(
    uow: UnitOfWork, actor: Actor, plan_id: UUID, *, version: int | None = None, why: str = ""
) -> BenefitPlan:
    """Send the plan for approval; NotYet with everything that a benefit in it lacks."""
    held = await hold(uow, actor, PLAN, plan_id, Permission.BENEFIT_PLAN_SUBMIT, version=version)
    row = await make(uow, actor, PLAN, held, "submit", why=why)
    row.submitted_by, row.submitted_at = actor.person_id, uow.now
    await _tell(uow, held, await people_with_role(uow, Role.DECISION_MAKER), "benefit_plan_submitted")
    return row


async def return_plan(
    uow: UnitOfWork, actor: Actor, plan_id: UUID, *, version: int | None = None, why: str = ""
) -> BenefitPlan:
    """Send the plan back to the office with what must be better."""
    held = await hold(uow, actor, PLAN, plan_id, Permission.BENEFIT_PLAN_APPROVE, version=version)
    row = await make(uow, actor, PLAN, held, "return", why=why)
    people = await people_of_parties(uow, held.case.id, Role.LEADER, Role.COORDINATOR)
    await _tell(uow, held, people, "benefit_plan_returned", why=why)
    return row


async def approve_plan(
    uow: UnitOfWork, actor: Actor, plan_id: UUID, *, version: int | None = None, why: str = ""
) -> BenefitPlan:
    """Approve the plan: from now on its targets stand, it has a fingerprint, and its benefits are planned."""
    held = await hold(uow, actor, PLAN, plan_id, Permission.BENEFIT_PLAN_APPROVE, version=version)
    held.row.approved_by = actor.person_id
    row = await make(uow, actor, PLAN, held, "approve", why=why)
    row.snapshot = await snapshot(uow, row)
    row.snapshot_hash = hashlib.sha256(msgspec.json.encode(row.snapshot, order="sorted")).hexdigest()
    await uow.session.flush()
    row.approved_at = uow.now
    await uow.session.flush()
    await keep_by_plan(uow, row.case_id)
    await plan_benefits(uow, actor, held)
    people = await people_of_parties(uow, held.case.id, Role.LEADER, Role.COORDINATOR)
    await _tell(uow, held, people, "benefit_plan_approved")
    return row


async def plan_benefits(uow: UnitOfWork, actor: Actor, held: Held[BenefitPlan]) -> None:
    """Make every benefit that the approved plan covers a planned one."""
    benefits = await uow.session.scalars(
        select(Benefit).where(Benefit.case_id == held.case.id, Benefit.is_practice.is_(False)).order_by(Benefit.id)
    )
    for benefit in benefits:
        await advance(uow, actor, Held(benefit, held.case, held.roles), approving=True)


async def revise_plan(
    uow: UnitOfWork, actor: Actor, plan_id: UUID, *, version: int | None = None, why: str = ""
) -> BenefitPlan:
    """Begin a new version of an approved plan, from its targets; the old one stays as it was approved."""
    held = await hold(uow, actor, PLAN, plan_id, Permission.BENEFIT_PLAN_SUBMIT, version=version)
    newest = await current_plan(uow, held.case.id)
    if newest is None or newest.id != plan_id or held.row.state != PlanState.APPROVED:
        raise NotYet(
            [Reason(code="benefits.newer_version", place="benefit.plan")], subject="benefit_plan", step="revise",
            case_id=held.case.id,
        )  # fmt: skip
    if not why.strip():
        raise invalid("why", "step.why_missing", move="revise")
    return await next_version(uow, actor, held.case, held.row, why)


async def next_version(uow: UnitOfWork, actor: Actor, case: Case, plan: BenefitPlan, why: str) -> BenefitPlan:
    """Begin the version after an approved one, from its targets; the case is locked already."""
    number = plan.number + 1
    row = BenefitPlan(case_id=case.id, number=number, why=why, created_at=uow.now)
    row = await begin(uow, actor, PLAN, case, row, verb="revise", changes={"number": number, "why": why})
    targets = await uow.session.scalars(select(Target).where(Target.plan_id == plan.id))
    uow.session.add_all(
        Target(case_id=case.id, plan_id=row.id, indicator_id=each.indicator_id, due_on=each.due_on, value=each.value)
        for each in targets
    )
    await uow.session.flush()
    return row


async def begin_plan(uow: UnitOfWork, actor: Actor, *, case_id: UUID) -> BenefitPlan:
    """Begin a project's first plan; the plan being written is answered where there is one."""
    case = await lock_case(uow, case_id)
    require(case, await roles_in(uow, actor, case), Permission.BENEFIT_WRITE)
    if await uow.session.get(Project, case_id) is None:
        raise NotFound
    return await open_plan(uow, actor, case)


async def snapshot(uow: UnitOfWork, plan: BenefitPlan) -> dict[str, Any]:
    """Everything the plan says at this moment: benefits by id, indicators, baselines, targets and the map.

    What was made for practice is no part of it (S31).
    """
    practised = select(Indicator.id).join(Benefit, Benefit.id == Indicator.benefit_id).where(Benefit.is_practice)
    benefits = await uow.session.scalars(
        select(Benefit)
        .where(Benefit.case_id == plan.case_id, Benefit.dropped_at.is_(None), Benefit.is_practice.is_(False))
        .order_by(Benefit.id)
    )
    indicators = await uow.session.scalars(
        select(Indicator)
        .where(Indicator.case_id == plan.case_id, Indicator.removed_at.is_(None), Indicator.id.not_in(practised))
        .order_by(Indicator.id)
    )
    baselines = await uow.session.scalars(
        select(Baseline)
        .where(Baseline.case_id == plan.case_id, Baseline.indicator_id.not_in(practised))
        .order_by(Baseline.recorded_at, Baseline.id)
    )
    targets = await uow.session.scalars(
        select(Target).where(Target.plan_id == plan.id, Target.indicator_id.not_in(practised)).order_by(Target.id)
    )
    nodes = await uow.session.scalars(
        select(BenefitNode)
        .where(
            BenefitNode.case_id == plan.case_id, BenefitNode.removed_at.is_(None), BenefitNode.is_practice.is_(False)
        )
        .order_by(BenefitNode.id)
    )
    edges = await uow.session.scalars(
        select(BenefitEdge)
        .where(
            BenefitEdge.case_id == plan.case_id, BenefitEdge.removed_at.is_(None), BenefitEdge.is_practice.is_(False)
        )
        .order_by(BenefitEdge.id)
    )
    said = {
        "number": plan.number,
        "benefits": {str(row.id): _columns(row, "state", "version") for row in benefits},
        "indicators": [_columns(row) for row in indicators],
        "baselines": {str(row.indicator_id): _columns(row) for row in baselines},  # the one recorded last stands
        "targets": [_columns(row) for row in targets],
        "nodes": [_columns(row) for row in nodes],
        "edges": [_columns(row) for row in edges],
        **{name: [_line(row) for row in await _rows_of(uow, plan.case_id, table)] for name, table in REGISTERS},
    }
    built: dict[str, Any] = msgspec.to_builtins(said)
    return built


REGISTERS: tuple[tuple[str, Any], ...] = (
    ("preconditions", Precondition), ("risks", BenefitRisk), ("stakeholders", BenefitStakeholder),
)  # fmt: skip


async def _rows_of(uow: UnitOfWork, case_id: UUID, table: Any) -> list[Any]:
    return list(
        await uow.session.scalars(
            select(table)
            .join(Benefit, Benefit.id == table.benefit_id)
            .where(table.case_id == case_id, table.removed_at.is_(None), Benefit.is_practice.is_(False))
            .order_by(table.line_id)
        )
    )


def _line(row: Any) -> dict[str, Any]:
    """A row that a line of a register says, under the name that the line keeps from version to version."""
    return {**_columns(row, "line_id"), "id": row.line_id}


def _columns(row: Any, *without: str) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in without}
