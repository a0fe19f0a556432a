"""The page of a recommendation in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.board.queries import head_of, may_weigh
from app.board.recommendation import text_view
from app.core.errors import NotFound
from app.decisions.queries import decision_view
from app.web.visit import Visit
from workflows.decision import DecisionState
from workflows.roles import GRANTS, Permission


@get("/decisions/{decision_id:uuid}/recommendation", permission=Permission.DECISION_SEE, include_in_schema=False)
async def recommendation_page(visit: Visit, decision_id: UUID) -> Response[Any]:
    """What the reviews, the discussions and the meeting say of an application, to be edited; nobody is named in it."""
    view = await decision_view(visit.uow, visit.actor, decision_id)
    row = view.decision
    if not await may_weigh(visit.uow, visit.actor, await head_of(visit.uow, row.call_id), view.case.id):
        raise NotFound
    writes = row.state == DecisionState.PENDING and not GRANTS[Permission.DECISION_RECOMMEND].isdisjoint(view.roles)
    return visit.render(
        "board/recommendation.html",
        row=row,
        case=view.case,
        written=await text_view(visit.uow, row.id),
        writes=writes,
    )


ROUTES = [recommendation_page]
