"""The pages of a project's activities and concepts, and of the gatherings."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

from litestar import Response, get
from sqlalchemy import select

from app.activities import queries
from app.activities.forms import Category, ConceptKind, GatheringKind, InsightKind, Method, Party
from app.activities.models import Gathering
from app.applications.models import PositiveDeviance
from app.cases.queries import people_of
from app.core.errors import NotFound
from app.projects.queries import project_head
from app.web.places import place
from app.web.visit import Visit
from workflows.roles import Permission, permissions_of

for name in (
    "insight",
    "findings",
    "statements",
    "ideas",
    "pilots",
    "gatherings",
    "experiences",
    "learning",
):
    place(f"project.{name}", f"/projects/{{case}}/activities#{name}")
place("project.concepts", "/projects/{case}/concepts")

CHOICES: dict[str, Any] = {
    "methods": get_args(Method),
    "parties": get_args(Party),
    "insight_kinds": get_args(InsightKind),
    "concept_kinds": get_args(ConceptKind),
    "categories": get_args(Category),
}


@get("/projects/{case_id:uuid}/activities", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def activities_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """What a project has done in its three diamonds, and what it takes part in; six statements."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    return visit.render(
        "activities/activities.html",
        project=project,
        tab="activities",
        work=await queries.work_of(visit.uow, case_id),
        gatherings=await queries.attendance_of(visit.uow, project.call_id, case_id),
        people=await people_of(visit.uow, case_id),
        may_write=Permission.PROJECT_WRITE in permissions_of(project.roles),
        **CHOICES,
    )


@get("/projects/{case_id:uuid}/concepts", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def concepts_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Each concept with its deviance checks and its place in the system; five statements."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    deviances = await visit.uow.session.execute(
        select(PositiveDeviance.id, PositiveDeviance.rank, PositiveDeviance.text)
        .where(PositiveDeviance.case_id == case_id)
        .order_by(PositiveDeviance.rank)
    )
    return visit.render(
        "activities/concepts.html",
        project=project,
        tab="concepts",
        work=await queries.work_of(visit.uow, case_id),
        deviances=list(deviances),
        nodes=await queries.system_nodes(visit.uow),
        may_write=Permission.PROJECT_WRITE in permissions_of(project.roles),
        **CHOICES,
    )


@get("/gatherings", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def gatherings_page(visit: Visit, call: UUID | None = None) -> Response[Any]:
    """The gatherings, modules and conferences, the latest first, and a form for one more."""
    may_arrange = visit.actor.may(Permission.ACTIVITY_ARRANGE)
    return visit.render(
        "activities/gatherings.html",
        gatherings=await queries.gatherings(visit.uow, call),
        calls=await queries.calls_with_gatherings(visit.uow) if may_arrange else [],
        gathering_kinds=get_args(GatheringKind),
    )


@get("/gatherings/{gathering_id:uuid}", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def gathering_page(visit: Visit, gathering_id: UUID) -> Response[Any]:
    """One gathering with who is signed up, of the projects the visitor may see."""
    gathering = await visit.uow.session.get(Gathering, gathering_id)
    if gathering is None:
        raise NotFound
    return visit.render(
        "activities/gathering.html",
        gathering=gathering,
        attendance=await queries.attendance(visit.uow, visit.actor, gathering_id),
        may_arrange=visit.actor.may(Permission.ACTIVITY_ARRANGE),
    )


ROUTES = [activities_page, concepts_page, gatherings_page, gathering_page]
