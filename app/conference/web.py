"""The open page of a conference's programme."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.conference import queries
from app.core.errors import NotFound
from app.gatherings.people import arranges
from app.gatherings.queries import gathering_with_cohort
from app.web.visit import Visit
from workflows.conference import ItemKind, Slot, next_free
from workflows.gathering import GatheringKind
from workflows.roles import Permission


@get("/gatherings/{gathering_id:uuid}/programme", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def programme_page(visit: Visit, gathering_id: UUID) -> Response[Any]:
    """The programme of a conference, open to every employee; those who arrange it put it together there."""
    row, cohort = await gathering_with_cohort(visit.uow, gathering_id)
    if row.kind != GatheringKind.CONFERENCE:
        raise NotFound
    may_arrange = await arranges(visit.uow, visit.actor, row.cohort_id)
    items = await queries.programme_of(visit.uow, gathering_id)
    return visit.render(
        "conference/programme.html",
        gathering=row,
        cohort=cohort,
        items=items,
        waiting=await queries.to_place(visit.uow, row) if may_arrange else [],
        may_arrange=may_arrange and row.called_off_at is None,
        item_kinds=list(ItemKind),
        free_at=next_free(row.starts_at, [Slot(each.title, each.starts_at, each.lasts_minutes) for each in items]),
    )


ROUTES = [programme_page]
