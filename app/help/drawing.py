"""A lifecycle as a drawing: its states down the middle, steps forward to the right of them, steps back to the left."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from workflows.engine import Lifecycle
from workflows.lifecycles import ALL

BOX_WIDTH = 250
BOX_HEIGHT = 38
ROW = 66
TOP = 6
NEAREST = 44
"""How far out an arrow between neighbours bends."""
FURTHER = 20
"""How much further out for each state that an arrow passes."""


class Box(msgspec.Struct, frozen=True):
    """One state, and where its box stands on the sheet."""

    state: str
    x: float
    y: float
    is_first: bool
    is_last: bool


class Arrow(msgspec.Struct, frozen=True):
    """The steps that lead from one state to another: their numbers in the table, and the line."""

    numbers: str
    path: str
    x: float
    y: float
    is_back: bool


class Sheet(msgspec.Struct, frozen=True):
    """The whole drawing, in the units of its sheet."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def _reach(passed: int) -> float:
    return NEAREST + FURTHER * (passed - 1)


@lru_cache
def sheet_of(subject: str) -> Sheet:
    """The drawing of the lifecycle of that subject; LookupError where there is none."""
    lifecycle = lifecycle_of(subject)
    order = {str(state): place for place, state in enumerate(lifecycle.states)}
    pairs: dict[tuple[int, int], list[int]] = {}
    for number, move in enumerate(lifecycle.moves, 1):
        for source in move.sources:
            pairs.setdefault((order[source], order[move.target]), []).append(number)
    out_left = max((_reach(start - end) for start, end in pairs if end < start), default=0) + 24
    out_right = max((_reach(end - start) for start, end in pairs if end > start), default=0) + 24
    left, right = out_left, out_left + BOX_WIDTH
    boxes = tuple(
        Box(state, left, TOP + place * ROW, state == lifecycle.initial, state in lifecycle.final)
        for state, place in order.items()
    )
    return Sheet(
        width=right + out_right,
        height=TOP * 2 + (len(order) - 1) * ROW + BOX_HEIGHT,
        boxes=boxes,
        arrows=tuple(_arrow(pair, numbers, left, right) for pair, numbers in sorted(pairs.items())),
    )


def _arrow(pair: tuple[int, int], numbers: list[int], left: float, right: float) -> Arrow:
    """The line between two states: out of the lower half of one box, into the upper half of the other."""
    start, end = pair
    is_back = end < start
    edge, out = (left, -_reach(start - end)) if is_back else (right, _reach(end - start))
    leaves, comes = (0.3, 0.7) if is_back else (0.7, 0.3)
    from_y, to_y = TOP + start * ROW + BOX_HEIGHT * leaves, TOP + end * ROW + BOX_HEIGHT * comes
    bend = edge + out * 4 / 3  # a curve reaches three quarters of the way to its handles
    path = f"M{edge:g},{from_y:g} C{bend:g},{from_y:g} {bend:g},{to_y:g} {edge:g},{to_y:g}"
    return Arrow(", ".join(map(str, numbers)), path, edge + out, (from_y + to_y) / 2, is_back)


def lifecycle_of(subject: str) -> Lifecycle:
    """The lifecycle of that subject; LookupError where there is none."""
    for each in ALL:
        if each.subject == subject:
            return each
    raise LookupError(subject)
