"""Milestones and changes to an award for programs to read."""

from __future__ import annotations

from uuid import UUID

from litestar import get

from app.milestones import queries
from app.projects.queries import project_head
from app.web.visit import Visit
from workflows.roles import Permission


@get("/projects/{case_id:uuid}/milestones", permission=Permission.PROJECT_SEE, tags=["milestone"])
async def read_milestones(visit: Visit, case_id: UUID) -> list[queries.MilestoneRow]:
    """A project's milestones in their order."""
    await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    return await queries.milestones_of(visit.uow, case_id)


@get("/projects/{case_id:uuid}/change-requests", permission=Permission.PROJECT_SEE, tags=["change_request"])
async def read_changes(visit: Visit, case_id: UUID) -> list[queries.ChangeRow]:
    """The requests to change a project's award, the newest first."""
    await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    return await queries.changes_of(visit.uow, case_id)


ROUTES = [read_milestones, read_changes]
