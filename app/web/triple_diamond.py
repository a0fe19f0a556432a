"""The triple diamond as a drawing: three diamonds, each opening and closing, with where a project stands (S14)."""

from __future__ import annotations

from functools import lru_cache

import msgspec

STEPS = ("diagnose_open", "diagnose_close", "platform_open", "platform_close", "implement_open", "implement_close")
BEFORE = frozenset({"set_up"})
AFTER = frozenset({"closing", "closed", "ended"})

HALF = 104
HEIGHT = 168
GAP = 12
MARGIN = 8
TOP = 44
WIDTH = MARGIN * 2 + HALF * 6 + GAP * 2


class Half(msgspec.Struct, frozen=True):
    """One step: the half of a diamond that it is, and where its marks stand on the sheet."""

    key: str
    number: int
    status: str
    """passed, current or coming."""
    points: str
    x: float
    y: float
    marker: str
    """The points of the pointer above the current step."""


class Drawing(msgspec.Struct, frozen=True):
    """The whole drawing, in the units of its sheet."""

    width: int
    height: int
    halves: tuple[Half, ...]
    halted: str
    """paused or stopped, or "" while the project runs."""
    current: int
    """The number of the current step; 0 before the first, 7 after the last."""


def _half(index: int, status: str) -> Half:
    left = MARGIN + index * HALF + (index // 2) * GAP
    right = left + HALF
    middle = TOP + HEIGHT / 2
    opens = index % 2 == 0
    point, wide = (left, right) if opens else (right, left)
    inward = 2 if opens else -2
    points = f"{point},{middle:g} {wide - inward},{TOP} {wide - inward},{TOP + HEIGHT}"
    x = left + HALF * (0.64 if opens else 0.36)
    marker = f"{x - 16:g},{TOP - 36} {x + 16:g},{TOP - 36} {x:g},{TOP - 10}"
    return Half(STEPS[index], index + 1, status, points, round(x, 1), middle, marker)


@lru_cache
def triple_diamond(state: str, before_halt: str = "") -> Drawing:
    """The drawing for a project's state; `before_halt` is the step it stood on when it was paused or stopped.

    LookupError for a state that is none of a project's.
    """
    halted = state if state in ("paused", "stopped") else ""
    standing = (before_halt or "set_up") if halted else state
    if standing in BEFORE:
        current = 0
    elif standing in AFTER:
        current = len(STEPS) + 1
    elif standing in STEPS:
        current = STEPS.index(standing) + 1
    else:
        raise LookupError(f"a project is never {standing!r}")
    halves = tuple(
        _half(index, "passed" if index + 1 < current else "current" if index + 1 == current else "coming")
        for index in range(len(STEPS))
    )
    return Drawing(WIDTH, TOP + HEIGHT + MARGIN, halves, halted, current)
