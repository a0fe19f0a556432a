"""The board of a call: its frame, its applications in their order, how far the frame reaches, and the breadth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.board import batch_web, queries
from app.board.queries import BoardRow, Head
from app.decisions.queries import Frame, frame_of, frames
from app.web.forms import FormState
from app.web.markup import tag
from app.web.visit import Visit
from workflows.decision import Outcome
from workflows.ranking import DIMENSIONS, SEVERAL, UNKNOWN, Reach, Share, Weighed, above, breadth, reach
from workflows.roles import Permission

TONES = {
    "pending": "neutral", "recommended": "waiting", "decided": "info", "released": "success", "awarded": "success",
    "provisionally_awarded": "info", "waitlisted": "paused", "rejected": "danger", "reconsidered": "waiting",
}  # fmt: skip
WORDS = {
    "theme": "question.application.theme.",
    "goal": "benefits.goal.",
    "size": "board.size.",
    "language": "language.",
}
"""Where the words for the keys of a dimension begin; a county is its own name."""


class Listed(msgspec.Struct, frozen=True):
    """One row of the list with how much of the frame is used when one has come to it."""

    place: int
    row: BoardRow
    used_ore: int
    used_hours: int
    above: bool
    is_line: bool
    """Whether the line where the frame is used up comes before it."""


def listed(rows: Sequence[BoardRow], reached: Reach) -> list[Listed]:
    """The ranked rows with their places and their part of the frame."""
    return [
        Listed(place, row, step.used_ore, step.used_hours, step.above, place - 1 == reached.line)
        for place, (row, step) in enumerate(zip(rows, reached.steps, strict=True), 1)
    ]


class Dimension(msgspec.Struct, frozen=True):
    """The breadth in one dimension, in words."""

    name: str
    several: bool
    most: int
    lines: list[tuple[str, Share]]


def dimensions(visit: Visit, rows: Sequence[Weighed], given: frozenset[UUID]) -> list[Dimension]:
    """The breadth of a list in every dimension: those above the line against all."""
    found = []
    for name in DIMENSIONS:
        shares = breadth(rows, given, name)
        lines = [(_words(visit, name, share.key), share) for share in shares]
        found.append(Dimension(name, name in SEVERAL, max([share.asked_ore for share in shares] or [0]) or 1, lines))
    return found


def _words(visit: Visit, dimension: str, key: str) -> str:
    if key == UNKNOWN:
        return visit.t(f"board.unknown.{dimension}")
    return visit.t(WORDS[dimension] + key) if dimension in WORDS else key


def tags(visit: Visit, prefix: str, keys: Sequence[str]) -> Mapping[str, Any]:
    """Ready marks by their keys, so that no row has to make its own."""
    return {key: tag(visit.t(prefix + key), TONES[key]) for key in keys}


def words_of_marks(visit: Visit) -> dict[str, Any]:
    """What every list of applications shows of their outcomes and states."""
    return {
        "outcome_tags": tags(visit, "state.application.", list(map(str, Outcome))),
        "decision_tags": tags(visit, "state.decision.", ("pending", "recommended", "decided", "released")),
        "application_words": {state: visit.t(f"state.application.{state}") for state in queries.ON_THE_BOARD},
        "hours_word": visit.t("board.hours_word"),
        "outcomes": [(str(each), visit.t(f"state.application.{each}")) for each in Outcome],
    }


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
        return visit.render("board/calls.html", frames=await frames(visit.uow, visit.texts.language))
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
        opened=opened or visit.form.row_id,
        moved=moved,
        changes=await since_typed(visit, head, visit.form),
        ranks=visit.actor.may(Permission.DECISION_RANK),
        decides=visit.actor.may(Permission.DECISION_DECIDE),
        recommends=visit.actor.may(Permission.DECISION_RECOMMEND),
    )


def _lists(visit: Visit, frame: Frame, rows: Sequence[BoardRow]) -> dict[str, Any]:
    """The rows that are ranked, with how far the frame reaches, those that are decided, and the breadth of the former."""
    ranked = [row for row in rows if row.ranked]
    weighed = [row.weighed() for row in ranked]
    reached = reach(weighed, frame.left_ore, frame.left_hours)
    return {
        "ranked": listed(ranked, reached),
        "decided": [row for row in rows if not row.ranked],
        "waiting": [row for row in ranked if row.application_state == "waitlisted"],
        "reached": reached,
        "left_ore": frame.left_ore - reached.used_ore,
        "left_hours": frame.left_hours - reached.used_hours,
        "dimensions": dimensions(visit, weighed, above(weighed, reached)),
        "bound": {
            kind: sum(row.bound_ore for row in rows if row.bound_kind == kind) for kind in ("provisional", "final")
        },
    }


ROUTES = [decisions_page, *batch_web.ROUTES]
