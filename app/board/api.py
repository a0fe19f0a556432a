"""The board for programs to read."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import get

from app.board import queries
from app.decisions.queries import Frame, frame_of
from app.web.visit import Visit
from workflows.roles import Permission


class Board(msgspec.Struct, frozen=True):
    """A call's frame, the version of its ranking, and everything that is to be decided in it, in its order."""

    frame: Frame
    version: int
    rows: list[queries.BoardRow]


@get(
    "/calls/{call_id:uuid}/decisions", permission=Permission.DECISION_SEE, tags=["decision"], operation_id="board_read"
)
async def read_board(visit: Visit, call_id: UUID) -> Board:
    """What is to be decided, and has been, in one call, with its frame."""
    frame = await frame_of(visit.uow, call_id, visit.texts.language)
    head = await queries.head_of(visit.uow, call_id)
    return Board(frame, head.version, await queries.board(visit.uow, visit.actor, head))


ROUTES = [read_board]
