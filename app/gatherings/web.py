"""The pages of the gatherings."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

from litestar import Response, get

from app.core.errors import NotFound
from app.gatherings import queries
from app.gatherings.forms import GatheringKind
from app.gatherings.models import Gathering
from app.web.visit import Visit
from workflows.roles import Permission


@get("/gatherings", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def gatherings_page(visit: Visit, call: UUID | None = None) -> Response[Any]:
    """The gatherings, modules and conferences, the latest first, and a form for one more."""
    may_arrange = visit.actor.may(Permission.ACTIVITY_ARRANGE)
    return visit.render(
        "gatherings/gatherings.html",
        gatherings=await queries.gatherings(visit.uow, call),
        calls=await queries.calls_with_gatherings(visit.uow) if may_arrange else [],
        gathering_kinds=get_args(GatheringKind),
    )


@get("/gatherings/{gathering_id:uuid}", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def gathering_page(visit: Visit, gathering_id: UUID) -> Response[Any]:
    """One gathering with who is signed up, of the projects the visitor may see."""
    gathering = await visit.uow.session.get(Gathering, gathering_id)
    if gathering is None:
        raise NotFound
    return visit.render(
        "gatherings/gathering.html",
        gathering=gathering,
        attendance=await queries.attendance(visit.uow, visit.actor, gathering_id),
        may_arrange=visit.actor.may(Permission.ACTIVITY_ARRANGE),
    )


ROUTES = [gatherings_page, gathering_page]
