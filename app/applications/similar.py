"""The page that shows what is like an application: while it is written, and while it is screened."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import Parameter
from sqlalchemy import select

from app.applications.checks import text_of
from app.applications.models import Application
from app.cases.queries import load_case_beside
from app.core.database import CASE
from app.network.similar import LONGEST, similar_sent, similar_shown
from app.reviews.phases import hidden_from
from app.reviews.queries import require_reading
from app.web.visit import Visit
from workflows.application import ApplicationState
from workflows.roles import Permission, permissions_of
from workflows.sharing import FULL_TEXT

SEARCHED_WHILE_WRITING = ("problem_statement", "background", "need")
BESIDE = tuple(
    select(each).where(Application.id == CASE).scalar_subquery() for each in (Application.state, Application.answers)
)


@get("/applications/{application_id:uuid}/similar", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def similar_page(
    visit: Visit,
    application_id: UUID,
    typed: Annotated[str, Parameter(query="problem_statement", max_length=LONGEST)] = "",
) -> Response[Any]:
    """The challenges most like an application: of what is shown to everybody, and for those who handle it of all that was
    sent. `problem_statement` is what is typed and not saved yet."""
    case, roles, (state, answers) = await load_case_beside(
        visit.uow, visit.actor, application_id, Permission.APPLICATION_SEE, *BESIDE
    )
    await require_reading(visit.uow, visit.actor, case, roles)
    handles = Permission.APPLICATION_SCREEN in permissions_of(roles)
    words = typed or text_of(answers, SEARCHED_WHILE_WRITING)
    hidden = await hidden_from(visit.uow, visit.actor)
    found = await similar_shown(visit.uow, words, leave_out={application_id, *hidden})
    sent = []
    if handles:
        sent = await similar_sent(visit.uow, visit.actor, text_of(answers, FULL_TEXT), leave_out=application_id)
    writes = state == ApplicationState.DRAFT and Permission.APPLICATION_SUBMIT in permissions_of(roles)
    return visit.render(
        "applications/similar.html", row=case, found=found, sent=sent, handles=handles, joins=writes,
        within_page=visit.request.headers.get("hx-request") == "true",
    )  # fmt: skip
