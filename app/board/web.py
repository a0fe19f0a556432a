"""The board of a call: its frame, its applications in their order, how far the frame reaches, and the breadth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.board import batch_web, queries, recommendation_web, scenario_web
from app.board.lists import dimensions, facilitation, listed, words_of_marks
from app.board.queries import BoardRow, Head
from app.core.errors import NotFound
from app.decisions.queries import Frame, frame_of, frames
from app.home.queries import ahead
from app.letters.queries import count_waiting
from app.web.forms import FormState
from app.web.visit import Visit
from workflows.ranking import Reach, Weighed, above, reach
from workflows.roles import Permission


async def since_typed(visit: Visit, head: Head, state: FormState) -> list[queries.Change]:
    """What others have changed since the version that a refused change was made on."""
    typed = state.value("version") if state.verb == "move" else ""
    if not str(typed).isdigit():
        return []
    return await queries.changes_since(visit.uow, visit.actor, head, int(typed))


@get("/decisions", permission=Permission.DECISION_SEE, include_in_schema=False)
async def decisions_page(
    visit: Visit, call: UUID | None = None, opened: UUID | None = None, moved: UUID | None = None
) -> Response[Any]:
    """The calls with their frames, and for one of them the board."""
    if call is None:
        return visit.render(
            "board/calls.html",
            frames=await frames(visit.uow, visit.texts.language, actor=visit.actor),
            ahead=await ahead(visit.uow, visit.actor),
        )
    frame = await frame_of(visit.uow, call, visit.texts.language)
    head = await queries.head_of(visit.uow, call)
    rows = await queries.board(visit.uow, visit.actor, head)
    return visit.render(
        "board/board.html",
        **_lists(visit, frame, rows),
        **words_of_marks(visit),
        frame=frame,
        head=head,
        base=f"/decisions?call={call}",
        move_action=f"/boards/{call}/move",
        list_version=head.version,
        weighs="",
        opened=opened or visit.form.row_id,
        moved=moved,
        changes=await since_typed(visit, head, visit.form),
        letters_wait=await count_waiting(visit.uow, visit.actor, call)
        if visit.actor.may(Permission.DECISION_RELEASE) else None,
        forecasts=visit.actor.may(Permission.FORECAST_SEE),
        ranks=visit.actor.may(Permission.DECISION_RANK),
        decides=visit.actor.may(Permission.DECISION_DECIDE),
        recommends=visit.actor.may(Permission.DECISION_RECOMMEND),
    )  # fmt: skip


class Ranked(msgspec.Struct, frozen=True):
    """The rows that are ranked as the rules weigh them, how far the frame reaches, and who is given something above that."""

    rows: list[BoardRow]
    weighed: list[Weighed]
    reached: Reach
    given: frozenset[UUID]


def _ranked(frame: Frame, rows: Sequence[BoardRow]) -> Ranked:
    ranked = [row for row in rows if row.ranked]
    weighed = [row.weighed() for row in ranked]
    reached = reach(weighed, frame.left_ore, frame.left_hours)
    return Ranked(ranked, weighed, reached, above(weighed, reached))


def _lists(visit: Visit, frame: Frame, rows: Sequence[BoardRow]) -> dict[str, Any]:
    """The rows that are ranked, with how far the frame reaches, those that are decided, and the breadth of the former."""
    ranked = _ranked(frame, rows)
    reached = ranked.reached
    return {
        "ranked": listed(ranked.rows, reached),
        "decided": [row for row in rows if not row.ranked],
        "waiting": [row for row in ranked.rows if row.application_state == "waitlisted"],
        "reached": reached,
        "left_ore": frame.left_ore - reached.used_ore,
        "left_hours": frame.left_hours - reached.used_hours,
        "dimensions": dimensions(visit, ranked.weighed, ranked.given),
        "bound": {
            kind: sum(row.bound_ore for row in rows if row.bound_kind == kind) for kind in ("provisional", "final")
        },
    }


@get("/boards/{call_id:uuid}/facilitation", permission=Permission.DECISION_SEE, include_in_schema=False)
async def facilitation_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """What those above the line would take of the resource group: the board asks for it once its list is shown.

    NotFound for whoever does not see forecasts (S72).
    """
    if not visit.actor.may(Permission.FORECAST_SEE):
        raise NotFound
    frame = await frame_of(visit.uow, call_id, visit.texts.language)
    head = await queries.head_of(visit.uow, call_id)
    ranked = _ranked(frame, await queries.board(visit.uow, visit.actor, head))
    return visit.render(
        "board/board_facilitation.html",
        frame=frame,
        facilitation=await facilitation(visit, ranked.weighed, ranked.given),
        within_board=visit.request.headers.get("hx-request") == "true",
    )


ROUTES = [
    decisions_page, facilitation_page, *batch_web.ROUTES, *scenario_web.ROUTES, *recommendation_web.ROUTES,
]  # fmt: skip
