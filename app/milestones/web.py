"""The pages of one milestone and of one request to change an award; their lists stand with the payments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from app.commands import Command
from app.core.clock import day_in_oslo
from app.core.errors import NotFound
from app.files.content import ACCEPT, KINDS
from app.files.facts import facts_towards
from app.files.queries import evidence_of
from app.files.service import add_to_milestone
from app.files.uploading import limits_of
from app.files.web import answer_file
from app.milestones import queries
from app.milestones.facts import CHANGE_REQUEST, MILESTONE
from app.milestones.models import ChangeRequest, Milestone
from app.milestones.service import SETTLED
from app.projects.queries import project_head
from app.web.places import place
from app.web.visit import Visit
from workflows.roles import GRANTS, Permission, Role

place("project.milestone", "/milestones/{id}")
place("project.milestones", "/projects/{case}/milestones")
place("project.change_request", "/change-requests/{id}")

TONES = {
    "planned": "info", "due": "warning", "reported": "waiting", "approved": "success", "returned": "warning",
    "waived": "stopped", "released": "info", "certified": "waiting", "paid": "success", "recovered": "stopped",
    "withheld": "warning", "claimed": "warning",
    "proposed": "waiting", "accepted": "success", "refused": "danger",
}  # fmt: skip


def holds(roles: frozenset[Role], permission: Permission) -> bool:
    """Whether one of the roles grants the permission."""
    return not GRANTS[permission].isdisjoint(roles)


@get("/milestones/{milestone_id:uuid}", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def milestone_page(visit: Visit, milestone_id: UUID) -> Response[Any]:
    """One milestone with its steps."""
    stored = await visit.uow.session.get(Milestone, milestone_id)
    if stored is None:
        raise NotFound
    project = await project_head(visit.uow, visit.actor, stored.case_id, Permission.PROJECT_SEE)
    steps = await visit.steps(MILESTONE, stored, project.case, project.roles)
    may_report = any(step.verb == "report" for step in steps) and holds(project.roles, Permission.MILESTONE_REPORT)
    return visit.render(
        "milestones/milestone.html",
        project=project,
        tab="milestones",
        row=await queries.milestone_row(visit.uow, milestone_id),
        today=day_in_oslo(visit.uow.now),
        approver=visit.t(f"role.{stored.approved_by_role}"),
        may_date=holds(project.roles, Permission.MILESTONE_WRITE)
        and stored.state not in SETTLED
        and (stored.due_on is None or project.state == "set_up"),
        may_report=may_report,
        files=await evidence_of(visit.uow, visit.actor, project.id, milestone_id),
        writes=holds(project.roles, Permission.PROJECT_WRITE)
        and (await facts_towards(visit.uow, project.id, "milestone", str(milestone_id))).is_written,
        kinds=", ".join(KINDS),
        accept=ACCEPT,
        file_limits=limits_of(visit.request.app.state.settings),
        steps=[step for step in steps if not (step.verb == "report" and may_report and not step.missing)],
        tones=TONES,
    )


@get("/change-requests/{change_id:uuid}", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def change_page(visit: Visit, change_id: UUID) -> Response[Any]:
    """One request to change an award."""
    stored = await visit.uow.session.get(ChangeRequest, change_id)
    if stored is None:
        raise NotFound
    project = await project_head(visit.uow, visit.actor, stored.case_id, Permission.PROJECT_SEE)
    return visit.render(
        "milestones/change.html",
        project=project,
        tab="milestones",
        row=await queries.change_row(visit.uow, change_id),
        may_sign=stored.state == "proposed"
        and stored.signed_by is None
        and holds(project.roles, Permission.CHANGE_REQUEST_SIGN),
        steps=await visit.steps(CHANGE_REQUEST, stored, project.case, project.roles),
        tones=TONES,
    )


ADD_FILE = Command("milestone", "add_file", Permission.PROJECT_WRITE, add_to_milestone)
"""What the form does, for the page that shows it again; the file itself comes as a stream and not as a field."""


@post(
    "/milestones/{milestone_id:uuid}/add_file", permission=Permission.PROJECT_WRITE, include_in_schema=False,
    name="add_file_to_milestone_from_page",
)  # fmt: skip
async def add_file(request: Request[Any, Any, Any], milestone_id: UUID) -> Response[Any]:
    """Take a file that shows that a milestone is reached."""
    return await answer_file(request, ADD_FILE, milestone_id)


ROUTES = [milestone_page, change_page]
UPLOADS = [add_file]
