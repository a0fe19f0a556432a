"""The auditor's pages: what has happened, and whether the record holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.audit import queries
from app.audit.verify import faults
from app.core.errors import NotAllowed
from app.core.paging import PAGE_SIZE
from app.web.visit import Visit
from workflows.roles import Permission


@get("/operation/events", permission=Permission.AUDIT_SEE, include_in_schema=False)
async def events_page(visit: Visit, case: UUID | None = None, before: int | None = None) -> Response[Any]:
    """Every event, the newest first."""
    if not visit.actor.may(Permission.AUDIT_SEE):
        raise NotAllowed
    rows = await queries.events(visit.uow, case_id=case, before=before, limit=PAGE_SIZE + 1)
    return visit.render(
        "audit/events.html",
        events=rows[:PAGE_SIZE],
        cases=await queries.case_titles(visit.uow, {row.case_id for row in rows}),
        case=case,
        before=before,
        more=rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None,
    )


@get("/operation/events/check", permission=Permission.AUDIT_SEE, include_in_schema=False)
async def check_page(visit: Visit) -> Response[Any]:
    """Walk every chain now and say what was found."""
    if not visit.actor.may(Permission.AUDIT_SEE):
        raise NotAllowed
    count, found = await faults(visit.uow)
    return visit.render("audit/check.html", count=count, faults=found)


ROUTES = [events_page, check_page]
