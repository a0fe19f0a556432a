"""The page of the facilitators."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from app.core.errors import NotAllowed
from app.facilitation import queries
from app.web.places import place
from app.web.visit import Visit
from workflows.facilitation import METHODS
from workflows.roles import Permission

place("facilitation.register", "/facilitation")
place("project.facilitators", "/projects/{case}#facilitators")


@get("/facilitation", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def facilitation_page(visit: Visit) -> Response[Any]:
    """Who has capacity, and which projects nobody follows."""
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed
    return visit.render(
        "facilitation/facilitation.html",
        capacities=await queries.capacities(visit.uow),
        without=await queries.projects_without(visit.uow, visit.actor),
        people=await queries.candidates(visit.uow),
        methods=METHODS,
        may_register=visit.actor.may(Permission.FACILITATOR_ASSIGN),
    )


ROUTES = [facilitation_page]
