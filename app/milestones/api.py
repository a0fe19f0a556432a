"""Milestones and changes to an award for programs to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get, post

from app.core.errors import NotFound
from app.files.api import EvidenceFile, FileAdded, told
from app.files.queries import evidence_of
from app.files.uploading import take_in
from app.milestones import queries
from app.milestones.models import Milestone
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


@get("/milestones/{milestone_id:uuid}/files", permission=Permission.PROJECT_SEE, tags=["milestone"])
async def read_evidence(visit: Visit, milestone_id: UUID) -> list[EvidenceFile]:
    """The files that show that a milestone is reached, in the order they came."""
    stored = await visit.uow.session.get(Milestone, milestone_id)
    if stored is None:
        raise NotFound
    await project_head(visit.uow, visit.actor, stored.case_id, Permission.PROJECT_SEE)
    rows = await evidence_of(visit.uow, visit.actor, stored.case_id, milestone_id)
    return told(rows)


@post(
    "/milestones/{milestone_id:uuid}/add_file", permission=Permission.PROJECT_WRITE, tags=["milestone"],
    operation_id="milestone_add_file", summary="add file: milestone", status_code=200,
)  # fmt: skip
async def add_file(request: Request[Any, Any, Any], milestone_id: UUID) -> FileAdded:
    """Take in a file that shows that a milestone is reached, sent as the part "file" of a multipart/form-data body."""
    row = await take_in(request, milestone_id, "milestone")
    return FileAdded(**{name: getattr(row, name) for name in FileAdded.__struct_fields__})


ROUTES = [read_milestones, read_changes, read_evidence]
UPLOADS = [add_file]
