"""Benefits for programs to read."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from litestar import get

from app.benefits import measuring_api, queries
from app.benefits.figures import FigureRow, figures, goals_of
from app.benefits.map_drawing import MapEdge, MapNode
from app.benefits.trace import trace_of
from app.cases.models import Case
from app.projects.queries import project_head
from app.web.visit import Visit
from workflows.roles import Permission
from workflows.trace import Entry


class MapView(msgspec.Struct, frozen=True):
    """A benefit map."""

    nodes: list[MapNode]
    edges: list[MapEdge]


class PlanVersion(msgspec.Struct, frozen=True):
    """One version of a benefit plan, with the fingerprint of what was approved."""

    id: UUID
    number: int
    state: str
    version: int
    fingerprint: str | None


class PlanView(msgspec.Struct, frozen=True):
    """A project's benefit plan."""

    versions: list[PlanVersion]
    lines: list[queries.PlanLine]


@get("/projects/{case_id:uuid}/benefits", permission=Permission.BENEFIT_SEE, tags=["benefit"])
async def read_plan(visit: Visit, case_id: UUID) -> PlanView:
    """The benefit plan: its versions, and each benefit with its indicators and newest figures."""
    await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    versions = [
        PlanVersion(plan.id, plan.number, plan.state, plan.version, plan.snapshot_hash)
        for plan in await queries.plans(visit.uow, case_id)
    ]
    return PlanView(versions, await queries.plan_lines(visit.uow, case_id))


@get("/projects/{case_id:uuid}/benefit-map", permission=Permission.BENEFIT_SEE, tags=["benefit"])
async def read_map(visit: Visit, case_id: UUID) -> MapView:
    """The benefit map: places and connections."""
    await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    return MapView(*await queries.benefit_map(visit.uow, case_id))


class GapView(msgspec.Struct, frozen=True):
    """Where the trace breaks: what is missing, and whether it should have been there by now."""

    entry_id: UUID
    code: str
    is_due: bool


class TraceView(msgspec.Struct, frozen=True):
    """A project's trace: each entry names what it rests on."""

    entries: list[Entry]
    gaps: list[GapView]


@get("/projects/{case_id:uuid}/trace", permission=Permission.PROJECT_SEE, tags=["project"])
async def read_trace(visit: Visit, case_id: UUID) -> TraceView:
    """The trace from insight over finding, concept and change to benefit, and where it breaks."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    trace = await trace_of(visit.uow, case_id, project.state)
    gaps = [GapView(gap.entry_id, gap.reason.code, gap.is_due) for gap in trace.gaps]
    return TraceView(list(trace.entries), gaps)


@get("/projects/{case_id:uuid}/benefit-figures", permission=Permission.BENEFIT_SEE, tags=["benefit"])
async def read_figures(visit: Visit, case_id: UUID, as_of: date | None = None) -> list[FigureRow]:
    """Every figure of the project's benefits as it stood at the end of a day; without a day as it stands now."""
    await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    return await figures(visit.uow, Case.id == case_id, as_of, await goals_of(visit.uow, [case_id], as_of))


@get("/benefits/{benefit_id:uuid}/measurements", permission=Permission.BENEFIT_SEE, tags=["measurement"])
async def read_measurements(visit: Visit, benefit_id: UUID) -> list[queries.MeasurementRow]:
    """Every measurement of a benefit, in the order they fall due."""
    case_id = await queries.case_of(visit.uow, benefit_id)
    await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    return await queries.measurements_of(visit.uow, benefit_id)


ROUTES = [read_plan, read_map, read_trace, read_figures, read_measurements, *measuring_api.ROUTES]
UPLOADS = measuring_api.UPLOADS
