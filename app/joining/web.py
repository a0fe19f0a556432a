"""The page where an office looks for partners, proposes to join forces, and answers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import Parameter

from app.applications.checks import text_of
from app.applications.models import Application
from app.applications.similar import SEARCHED_WHILE_WRITING
from app.cases.queries import load_case
from app.joining import queries
from app.web.places import place
from app.web.visit import Visit
from workflows.application import ApplicationState
from workflows.roles import Permission, permissions_of

place("application.partners", "/applications/{case}/partners")


@get("/applications/{application_id:uuid}/partners", permission=Permission.APPLICATION_WRITE, include_in_schema=False)
async def partners_page(
    visit: Visit, application_id: UUID, chosen: Annotated[UUID | None, Parameter(query="with")] = None
) -> Response[Any]:
    """Who else looks for partners, and what was proposed from and to this office; its own business and nobody else's."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.APPLICATION_WRITE)
    row = await visit.uow.session.get_one(Application, application_id)
    drafts = row.state == ApplicationState.DRAFT
    speaks = drafts and Permission.APPLICATION_SUBMIT in permissions_of(roles)
    words = row.partner_summary + "\n" + text_of(row.answers, SEARCHED_WHILE_WRITING)
    seekers = await queries.seekers(visit.uow, row, words) if drafts else []
    into, those = await queries.joined_with(visit.uow, application_id)
    return visit.render(
        "joining/partners.html", row=row, case=case, speaks=speaks, seekers=seekers, chosen=chosen,
        proposals=await queries.proposals(visit.uow, application_id), into=into, those=those,
    )  # fmt: skip


ROUTES = [partners_page]
