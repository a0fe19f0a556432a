"""What people have to give and what takes it, read for the arithmetic of workflows/capacity.py."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Boolean, ColumnElement, Select, Uuid, bindparam, func, or_, select

from app.applications.models import Application
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.listed import listed
from app.facilitation.models import (
    Facilitator,
    FacilitatorAssignment,
    FacilitatorCapacity,
    FacilitatorLeave,
    SupportContact,
)
from app.projects.models import Project, ProjectStep
from workflows.capacity import Assigned, Dated, Given, Load, Period, PlannedStep, plan_of
from workflows.facilitation import AssignmentState
from workflows.facilitation_rules import FacilitationRules

BINDING = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED)
EVERYBODY = bindparam("everybody", type_=Boolean())
PEOPLE = bindparam("person_ids", type_=ARRAY(Uuid()))


class StepRow(Dated, frozen=True, kw_only=True):
    """One step of a project with its days."""

    step: str


def dates_of(case_id: Any) -> ColumnElement[Any]:
    """The steps of a project with their days, as one value."""
    columns = {
        "step": ProjectStep.step, "planned_from": ProjectStep.planned_from, "planned_to": ProjectStep.planned_to,
        "actual_from": ProjectStep.actual_from, "actual_to": ProjectStep.actual_to,
    }  # fmt: skip
    return listed(select(ProjectStep.step).where(ProjectStep.case_id == case_id), columns)


def first_day(answer: Any, otherwise: date) -> date:
    """The day an office has said it wants to start on, if it is one and not before the other, else the other."""
    try:
        return max(date.fromisoformat(str(answer)), otherwise)
    except ValueError:
        return otherwise


def rules_of(row: Any) -> ColumnElement[str | None]:
    """What the rules that a project or an application is bound to say of facilitation, as text for `facilitation_rules`."""
    said: ColumnElement[str | None] = row.rules["facilitation"].astext
    return said


@lru_cache(maxsize=256)
def facilitation_rules(said: str | None) -> FacilitationRules:
    """The rules in that text, the scheme's own where there is none; kept, since those of a call mostly share theirs."""
    return msgspec.json.decode(said or "{}", type=FacilitationRules)


def project_plan(
    rules: str | None, steps: Any, state: str, wished: Any, accepted_on: date, today: date
) -> tuple[PlannedStep, ...]:
    """The plan of a project: its own dates, and the rules of its call for the rest."""
    facilitation = facilitation_rules(rules)
    dated = {row.step: row for row in msgspec.convert(steps, list[StepRow], strict=False)}
    start = first_day(wished, accepted_on)
    if state == "set_up":
        start = max(start, today)
    return plan_of(facilitation, start, dated=dated, today=today if state in RUNNING else None)


RUNNING = frozenset(
    {"diagnose_open", "diagnose_close", "platform_open", "platform_close", "implement_open", "implement_close"}
)
"""Steps in which a project is at work: the one it is in lasts at least until today."""


@cache
def _given() -> Select[Any]:
    capacities = listed(
        select(FacilitatorCapacity.half).where(
            FacilitatorCapacity.person_id == Facilitator.person_id, FacilitatorCapacity.hours.is_not(None)
        ),
        {"half": FacilitatorCapacity.half, "hours": FacilitatorCapacity.hours},
    )
    leaves = listed(
        select(FacilitatorLeave.id).where(FacilitatorLeave.person_id == Facilitator.person_id),
        {"first_on": FacilitatorLeave.first_on, "last_on": FacilitatorLeave.last_on},
    )
    return select(Facilitator.person_id, Facilitator.valid_from, Facilitator.valid_to, capacities, leaves).where(
        or_(EVERYBODY, Facilitator.person_id == func.any(PEOPLE))
    )


@cache
def _assigned() -> Select[Any]:
    assignment = FacilitatorAssignment
    used = listed(
        select(SupportContact.id).where(
            SupportContact.case_id == assignment.case_id, SupportContact.person_id == assignment.person_id
        ),
        {"held_on": SupportContact.held_on, "minutes": SupportContact.minutes},
        SupportContact.held_on,
    )
    return (
        select(
            assignment.id, assignment.person_id, assignment.case_id, assignment.hours, assignment.starts_on,
            assignment.state, Project.state.label("project_state"), rules_of(Project).label("rules"),
            Project.accepted_at, Application.answers["starts_on"].astext.label("wished"),
            dates_of(assignment.case_id).label("steps"), used.label("used"),
        )
        .join(Project, Project.id == assignment.case_id)
        .outerjoin(Application, Application.id == assignment.case_id)
        .where(or_(EVERYBODY, assignment.person_id == func.any(PEOPLE)), assignment.state != AssignmentState.DECLINED)
        .order_by(assignment.id)
    )  # fmt: skip


class Half(msgspec.Struct, frozen=True):
    """What is stated for one half-year."""

    half: date
    hours: int


class Used(msgspec.Struct, frozen=True):
    """Support given on one day."""

    held_on: date
    minutes: int


def _assignment(row: Any, today: date) -> Assigned:
    plan = project_plan(row.rules, row.steps, row.project_state, row.wished, day_in_oslo(row.accepted_at), today)
    return Assigned(
        assignment_id=row.id, case_id=row.case_id, hours=row.hours, since=row.starts_on, plan=plan,
        binding=row.state in BINDING,
        used=tuple((each.held_on, each.minutes) for each in msgspec.convert(row.used, list[Used], strict=False)),
    )  # fmt: skip


async def given_by(uow: UnitOfWork, person_ids: Collection[UUID] | None = None) -> dict[UUID, Given]:
    """What those people have to give, or everybody in the register; one statement.

    Somebody who is not in the register has nothing to give.
    """
    found: dict[UUID, Given] = {person_id: Given(hours={}) for person_id in person_ids or ()}
    for person_id, valid_from, valid_to, capacities, leaves in await uow.session.execute(_given(), _asked(person_ids)):
        found[person_id] = Given(
            hours={each.half: each.hours for each in msgspec.convert(capacities, list[Half], strict=False)},
            leaves=tuple(msgspec.convert(leaves, list[Period], strict=False)),
            member_from=valid_from, member_to=valid_to or date.max,
        )  # fmt: skip
    return found


async def loads(uow: UnitOfWork, person_ids: Collection[UUID] | None = None) -> dict[UUID, Load]:
    """The load of those people, or of everybody in the register or with an assignment; two statements."""
    today = day_in_oslo(uow.now)
    given = await given_by(uow, person_ids)
    assigned: dict[UUID, list[Assigned]] = {}
    for row in await uow.session.execute(_assigned(), _asked(person_ids)):
        assigned.setdefault(row.person_id, []).append(_assignment(row, today))
    return {
        person_id: Load(given=given.get(person_id, Given(hours={})), assigned=tuple(assigned.get(person_id, ())))
        for person_id in {**given, **assigned}
    }


def _asked(person_ids: Collection[UUID] | None) -> dict[str, Any]:
    return {"everybody": person_ids is None, "person_ids": list(person_ids or ())}
