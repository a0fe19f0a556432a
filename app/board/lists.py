"""Lists of applications in their order, and their breadth, as the pages of the board show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.board import queries
from app.board.queries import BoardRow
from app.facilitation.forecast import as_ranked
from app.facilitation.queries import methods
from app.facilitation.web import half_namer
from app.texts.filters import month
from app.web.markup import tag
from app.web.visit import Visit
from workflows.decision import Outcome
from workflows.forecast import HalfUse, Lack
from workflows.ranking import SEVERAL, UNKNOWN, Reach, Share, Weighed, breadths
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
    for name, shares in breadths(rows, given).items():
        lines = [(words_of_key(visit, name, share.key), share) for share in shares]
        found.append(Dimension(name, name in SEVERAL, max([share.asked_ore for share in shares] or [0]) or 1, lines))
    return found


def words_of_key(visit: Visit, dimension: str, key: str) -> str:
    """What a key of a dimension is called."""
    if key == UNKNOWN:
        return visit.t(f"board.unknown.{dimension}")
    return visit.t(WORDS[dimension] + key) if dimension in WORDS else key


class Facilitation(msgspec.Struct, frozen=True):
    """What those above the line would take of the resource group, half-year by half-year, and where it lacks."""

    halves: tuple[tuple[str, HalfUse], ...]
    lacks: tuple[str, ...]


async def facilitation(visit: Visit, rows: Sequence[Weighed], given: frozenset[UUID]) -> Facilitation | None:
    """The forecast of facilitation with those above the line, in words; None for whoever does not see forecasts (S72)."""
    if not visit.actor.may(Permission.FORECAST_SEE):
        return None
    names = {row.key: row.name for row in await methods(visit.uow, visit.texts) if not row.retired}
    hours = {row.id: row.use_hours for row in rows if row.id in given}
    found = await as_ranked(visit.uow, visit.actor, hours, list(names))
    name = half_namer(visit)
    return Facilitation(
        halves=tuple((name(each.half), each) for each in found.halves),
        lacks=tuple(_lacking(visit, each, names) for each in found.lacks),
    )


def _lacking(visit: Visit, lack: Lack, names: Mapping[str, str]) -> str:
    language = visit.texts.language
    key = "facilitation.short_method" if lack.method else "facilitation.short_all"
    sentence = visit.t(
        key if lack.first != lack.last else f"{key}_once", method=names.get(lack.method, ""), hours=lack.hours,
        first=month(lack.first, language), last=month(lack.last, language),
    )  # fmt: skip
    return (
        visit.t("board.short_also_without", sentence=sentence, hours=lack.hours_without)
        if lack.hours_without
        else sentence
    )


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
