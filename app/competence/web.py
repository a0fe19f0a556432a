"""The page of a project's competence goals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.competence import queries
from app.competence.forms import PREFIX
from app.projects.queries import project_head
from app.web.visit import Visit
from workflows.competence import LEVELS, MOST_GOALS, Moment, may_change_goals, open_moment
from workflows.roles import Permission, permissions_of
from workflows.survey import SMALLEST_GROUP


@get("/projects/{case_id:uuid}/competence", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def competence_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """A project's goals, one's own way from before to after, and figures of at least five when the project is over."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    permissions = permissions_of(project.roles)
    figures = await queries.of_call(visit.uow, project.call_id)
    return visit.render(
        "competence/competence.html",
        project=project,
        tab="competence",
        goals=await queries.goals_of(visit.uow, case_id),
        own=await queries.own_levels(visit.uow, visit.actor, case_id),
        moment=open_moment(project.state),
        moments=list(Moment),
        levels=LEVELS,
        prefix=PREFIX,
        figures=figures.projects.get(case_id, {}),
        may_write=Permission.PROJECT_WRITE in permissions and may_change_goals(project.state),
        may_assess=Permission.COMPETENCE_ASSESS in permissions,
        most=MOST_GOALS,
        least=SMALLEST_GROUP,
    )


ROUTES = [competence_page]
