"""The page of a project's plan: its bands, and how it has been changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from sqlalchemy import Select, select

from app.audit.queries import EventRow, events_of_kind
from app.core.clock import day_in_oslo
from app.core.database import CASE, UnitOfWork
from app.projects import queries
from app.projects.models import Project, ProjectStep
from app.projects.overview import StepPlan
from app.projects.plan_drawing import StepDays, draw_plan
from app.projects.service import DIAMOND_STEPS
from app.web.visit import Visit
from workflows.roles import Permission, permissions_of

SHOWN = 50
"""So many changes of the plan stand on a page."""


class Moved(msgspec.Struct, frozen=True, kw_only=True, rename={"to_on": "to", "from_on": "from"}):
    """One step whose days were changed; the days before are None for one that had none."""

    step: str
    from_on: date
    to_on: date
    before_from: date | None = None
    before_to: date | None = None


class PlanChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the plan: who, when, why, and the steps that it moved."""

    event: EventRow
    steps: tuple[Moved, ...]


def days_of(project: Project, steps: Sequence[StepPlan], today: date) -> list[StepDays]:
    """The days of every step with those of the preparation, which lasts from the award to the start (S24)."""
    planned = {step.step: step for step in steps}
    first = planned.get(DIAMOND_STEPS[0])
    accepted = day_in_oslo(project.accepted_at)
    starts = first.planned_from if first else None
    prepared = StepDays(
        step="set_up",
        planned_from=accepted if starts and starts >= accepted else None,
        planned_to=starts if starts and starts >= accepted else None,
        actual_from=accepted if accepted <= today else None,
        actual_to=day_in_oslo(project.started_at) if project.started_at else None,
    )
    listed = [
        StepDays(step=row.step, planned_from=row.planned_from, planned_to=row.planned_to, actual_from=row.actual_from,
                 actual_to=row.actual_to)
        for step in DIAMOND_STEPS if (row := planned.get(step))
    ]  # fmt: skip
    return [prepared, *listed]


@cache
def _steps() -> Select[str, date | None, date | None, date | None, date | None]:
    row = ProjectStep
    return select(row.step, row.planned_from, row.planned_to, row.actual_from, row.actual_to).where(row.case_id == CASE)


async def plan_changes(uow: UnitOfWork, case_id: UUID, before: int | None = None) -> list[PlanChange]:
    """How the plan has been changed, the newest first, from before the event with that sequence; one statement."""
    found = await events_of_kind(uow, case_id, "project", ("plan_step",), before=before, limit=SHOWN + 1)
    return [
        PlanChange(
            event=event,
            steps=(
                msgspec.convert(event.changes, Moved, strict=False),
                *msgspec.convert(event.changes.get("moved") or [], tuple[Moved, ...], strict=False),
            ),
        )
        for event in found
    ]


@get("/projects/{case_id:uuid}/plan", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def plan_of_project_page(visit: Visit, case_id: UUID, before: int | None = None) -> Response[Any]:
    """Planned and actual days of every step, as a drawing and as a table, and every change of them with its reason."""
    project = await queries.project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    steps = [StepPlan(*row) for row in await visit.uow.session.execute(_steps(), {"case_id": case_id})]
    changes = await plan_changes(visit.uow, case_id, before)
    today = day_in_oslo(visit.uow.now)
    days = days_of(project.project, steps, today)
    return visit.render(
        "projects/plan.html",
        project=project,
        tab="plan",
        drawing=draw_plan(days, today),
        days=days,
        today=today,
        changes=changes[:SHOWN],
        next=changes[SHOWN - 1].event.sequence if len(changes) > SHOWN else None,
        before=before,
        diamond_steps=DIAMOND_STEPS,
        may_arrange=Permission.PROJECT_ARRANGE in permissions_of(project.roles),
    )
