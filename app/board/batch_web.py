"""The pages where several applications are recommended or decided on at once, and where one sees what became of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.board import batch_queries, queries
from app.core.errors import NotFound
from app.decisions.queries import frame_of
from app.web.visit import Visit
from workflows.decision import BINDS_MONEY, CHECKS
from workflows.roles import Permission

PERMISSIONS = {"recommend": Permission.DECISION_RECOMMEND, "decide": Permission.DECISION_DECIDE}


@get("/boards/{call_id:uuid}/batches/{verb:str}", permission=Permission.DECISION_RANK, include_in_schema=False)
async def new_batch_page(visit: Visit, call_id: UUID, verb: str) -> Response[Any]:
    """Everything that could be taken at once, with all that is missing for each, to choose from."""
    if verb not in PERMISSIONS or not visit.actor.may(PERMISSIONS[verb]):
        raise NotFound
    frame = await frame_of(visit.uow, call_id, visit.texts.language)
    head = await queries.head_of(visit.uow, call_id)
    taken = await batch_queries.to_take(visit.uow, visit.actor, head, verb)
    roles = visit.actor.standing_roles
    ready = [each.row for each in taken if not each.missing]
    return visit.render(
        "board/new_batch.html",
        frame=frame,
        verb=verb,
        rows=[(each.row, visit.missing(each.missing, each.row.case_id, None, roles)) for each in taken],
        ready=len(ready),
        used_ore=sum(row.amount_ore or 0 for row in ready if row.outcome in BINDS_MONEY),
        used_hours=sum(row.hours or 0 for row in ready if row.outcome in BINDS_MONEY),
        checks=[(each, visit.t(f"decisions.check.{each}")) for each in CHECKS],
        outcome_words={key: visit.t(f"state.application.{key}") for key in queries.ON_THE_BOARD},
    )


@get("/batches/{batch_id:uuid}", permission=Permission.DECISION_RANK, include_in_schema=False)
async def batch_page(visit: Visit, batch_id: UUID) -> Response[Any]:
    """How far a batch has come, and what became of each application in it."""
    view = await batch_queries.batch_view(visit.uow, visit.actor, batch_id)
    frame = await frame_of(visit.uow, view.call_id, visit.texts.language)
    roles = visit.actor.standing_roles
    return visit.render(
        "board/batch.html",
        view=view,
        frame=frame,
        waiting=view.count("waiting"),
        rows=[(row, visit.missing(row.reasons, row.case_id, None, roles)) for row in view.rows],
    )


ROUTES = [new_batch_page, batch_page]
