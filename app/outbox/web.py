"""The page of the jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.outbox import queries
from app.web.visit import Visit
from workflows.roles import Permission


@get("/operation/jobs", permission=Permission.JOBS_ADMINISTER, include_in_schema=False)
async def jobs_page(visit: Visit, after: UUID | None = None) -> Response[Any]:
    """What failed for good, what will be tried again, and what waits."""
    dead = await queries.dead(visit.uow, after=after)
    return visit.render(
        "administration/jobs.html",
        dead=dead.rows,
        failing=await queries.failing(visit.uow),
        waiting=await queries.waiting(visit.uow),
        first="/operation/jobs" if after else "",
        next=f"/operation/jobs?after={dead.after}" if dead.after else "",
    )


ROUTES = [jobs_page]
