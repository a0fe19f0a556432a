"""The pages of a project's activities and concepts, and of the gatherings."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

from litestar import Response, get
from sqlalchemy import select

from app.activities import queries
from app.activities.forms import Category, ConceptKind, InsightKind, Method, Party
from app.activities.listing import heard
from app.activities.system_drawing import draw_concept
from app.applications.models import PositiveDeviance
from app.cases.queries import people_of
from app.core.clock import day_in_oslo
from app.gatherings.queries import TONES, attendance_of, weekly_meetings
from app.moves import see
from app.projects.facts import PROJECT
from app.projects.queries import head_of, project_head, whereabouts
from app.web.places import link_to, place
from app.web.visit import Visit
from workflows.gathering import ARTEFACTS
from workflows.roles import Permission, permissions_of

for name in (
    "insight",
    "findings",
    "statements",
    "ideas",
    "pilots",
    "changes",
    "gatherings",
    "experiences",
    "learning",
):
    place(f"project.{name}", f"/projects/{{case}}/activities#{name}")
place("project.concepts", "/projects/{case}/concepts")

DONE = ("findings", "statements", "ideas", "concepts", "pilots", "changes", "experiences", "learning")
"""What stands on the page of activities beside what was heard."""
DEVELOPED = ("findings", "ideas", "concepts", "checks", "placements")
"""What stands on the page of concepts."""
CHOICES: dict[str, Any] = {
    "methods": get_args(Method),
    "parties": get_args(Party),
    "insight_kinds": get_args(InsightKind),
    "concept_kinds": get_args(ConceptKind),
    "categories": get_args(Category),
}


@get("/projects/{case_id:uuid}/activities", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def activities_page(
    visit: Visit, case_id: UUID, activities_after: UUID | None = None, insights_after: UUID | None = None
) -> Response[Any]:
    """What a project has done in its three diamonds, and what it takes part in; what it has heard comes by the page."""
    seen = await see(
        visit.uow, visit.actor, PROJECT, case_id, Permission.PROJECT_SEE, whereabouts(), queries.work(DONE)
    )
    unit, county, work = seen.beside
    project = head_of(seen.case, seen.row, seen.roles, unit, county)
    return visit.render(
        "activities/activities.html",
        project=project,
        tab="activities",
        work=work,
        today=day_in_oslo(visit.uow.now),
        heard=await heard(visit.uow, case_id, activities_after=activities_after, insights_after=insights_after),
        turned={"activities_after": activities_after, "insights_after": insights_after},
        gatherings=await attendance_of(
            visit.uow, project.call_id, case_id, await PROJECT.facts(visit.uow, project.project)
        ),
        artefact_links={name: link_to(each.place, case_id, {}) for name, each in ARTEFACTS.items()},
        part_tones=TONES,
        meetings=await weekly_meetings(visit.uow, case_id=case_id),
        may_arrange=Permission.PROJECT_ARRANGE in permissions_of(project.roles),
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
    work = await queries.work_of(visit.uow, case_id, DEVELOPED)
    nodes = await queries.system_nodes(visit.uow)
    texts = {node.id: node.text for node in nodes}
    marks = {row.id: _mark(visit, row) for row in work.placements}
    return visit.render(
        "activities/concepts.html",
        project=project,
        tab="concepts",
        work=work,
        drawings={concept.id: draw_concept(concept, work.placements, texts, marks) for concept in work.concepts},
        placed={row.id: row for row in work.placements},
        node_texts=texts,
        deviances=list(deviances),
        nodes=nodes,
        may_arrange=Permission.PROJECT_ARRANGE in permissions_of(project.roles),
        may_write=Permission.PROJECT_WRITE in permissions_of(project.roles),
        **CHOICES,
    )


def _mark(visit: Visit, row: queries.PlacementRow) -> str:
    """What a placement is, in words and with a sign, so that its colour says nothing alone."""
    if row.kind == "consequence":
        sign = "plus" if row.sign > 0 else "minus"
        return f"{'▲' if row.sign > 0 else '▼'} {visit.t(f'activities.consequence_sign.{sign}')}"
    return f"{'●' if row.kind == 'benefit' else '◇'} {visit.t(f'activities.placement_kind.{row.kind}')}"


ROUTES = [activities_page, concepts_page]
