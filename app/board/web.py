"""The board of a call: its frame, its applications in their order, how far the frame reaches, and the breadth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get

from app.board import batch_web, queries, recommendation_web, scenario_web
from app.board.lists import dimensions, facilitation, listed, words_of_marks
from app.board.queries import BoardRow, Head
from app.decisions.queries import Frame, frame_of, frames
from app.home.queries import ahead
from app.letters.queries import count_waiting
from app.web.forms import FormState
from app.web.visit import Visit
from workflows.ranking import above, reach
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
        **await _lists(visit, frame, rows),
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
        ranks=visit.actor.may(Permission.DECISION_RANK),
        decides=visit.actor.may(Permission.DECISION_DECIDE),
        recommends=visit.actor.may(Permission.DECISION_RECOMMEND),
    )  # fmt: skip


async def _lists(visit: Visit, frame: Frame, rows: Sequence[BoardRow]) -> dict[str, Any]:
    """The rows that are ranked, with how far the frame reaches, those that are decided, and the breadth of the former."""
    ranked = [row for row in rows if row.ranked]
    weighed = [row.weighed() for row in ranked]
    reached = reach(weighed, frame.left_ore, frame.left_hours)
    given = above(weighed, reached)
    return {
        "ranked": listed(ranked, reached),
        "decided": [row for row in rows if not row.ranked],
        "waiting": [row for row in ranked if row.application_state == "waitlisted"],
        "reached": reached,
        "left_ore": frame.left_ore - reached.used_ore,
        "left_hours": frame.left_hours - reached.used_hours,
        "facilitation": await facilitation(visit, weighed, given),
        "dimensions": dimensions(visit, weighed, given),
        "bound": {
            kind: sum(row.bound_ore for row in rows if row.bound_kind == kind) for kind in ("provisional", "final")
        },
    }


ROUTES = [decisions_page, *batch_web.ROUTES, *scenario_web.ROUTES, *recommendation_web.ROUTES]
