"""The page of all projects' clarifications, role by role."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.clarifications import matrix
from app.core.errors import NotAllowed
from app.web.visit import Visit
from workflows.clarification_matrix import RED, Standing
from workflows.clarification_template import TEMPLATE_ROLES
from workflows.roles import Permission

TONES = {
    **{str(standing): "danger" for standing in RED}, str(Standing.WAITING): "waiting", str(Standing.AGREED): "success",
}  # fmt: skip


@get("/clarifications", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def matrix_page(visit: Visit, call: str = "", after: UUID | None = None) -> Response[Any]:
    """Every running project with how each role stands, of all calls or of one; two statements a page."""
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed
    calls = await matrix.calls_with_projects(visit.uow, visit.actor)
    chosen = next((call_id for call_id, _ in calls if str(call_id) == call), None)
    page = await matrix.matrix(visit.uow, visit.actor, call_id=chosen, after=after)
    of_call = f"call={chosen}" if chosen else ""
    return visit.render(
        "clarifications/matrix.html", rows=page.rows, roles=list(map(str, TEMPLATE_ROLES)), tones=TONES, calls=calls,
        call=str(chosen) if chosen else "", first=f"/clarifications?{of_call}" if after else "",
        next=f"/clarifications?{of_call}{'&' if of_call else ''}after={page.after}" if page.after else "",
    )  # fmt: skip


MATRIX_ROUTES = [matrix_page]
