"""The page of a project's expectation clarifications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.cases.queries import people_of
from app.clarifications import queries
from app.clarifications.forms import ROLES
from app.projects.queries import project_head
from app.web.places import place
from app.web.visit import Visit
from workflows.clarification import REQUIRED_TEXTS, TEXTS
from workflows.roles import Permission, permissions_of

place("project.clarifications", "/projects/{case}/clarifications")
place("project.clarification", "/projects/{case}/clarifications#clarification-{id}")


@get("/projects/{case_id:uuid}/clarifications", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def clarifications_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Each role with what is expected and committed to, and which side has agreed; four statements."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.CASE_SEE)
    permissions = permissions_of(project.roles)
    return visit.render(
        "clarifications/clarifications.html",
        project=project,
        tab="clarifications",
        rows=await queries.clarifications(visit.uow, case_id),
        people=await people_of(visit.uow, case_id),
        roles=ROLES,
        texts=TEXTS,
        required=REQUIRED_TEXTS,
        may_write=Permission.CLARIFICATION_WRITE in permissions,
        may_record=Permission.PROJECT_STEP in permissions,
        may_agree_for_scheme=Permission.CLARIFICATION_AGREE_SCHEME in permissions,
    )


ROUTES = [clarifications_page]
