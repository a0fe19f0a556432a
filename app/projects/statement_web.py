"""The page of a project's problem statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.projects import queries
from app.projects.statement import statement_of
from app.web.places import place
from app.web.visit import Visit
from workflows.roles import Permission, permissions_of

place("project.statement", "/projects/{case}/statement")


@get("/projects/{case_id:uuid}/statement", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def statement_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Every version of the problem statement with what changed, why, and the insight it rests on."""
    project = await queries.project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    written = await statement_of(visit.uow, case_id)
    return visit.render(
        "projects/statement.html",
        project=project,
        tab="project",
        versions=written.marked(),
        insights=written.insights,
        may_write=Permission.PROJECT_WRITE in permissions_of(project.roles),
    )
