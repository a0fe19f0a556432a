"""Scores as dots on their scale, for a small drawing beside the figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

WIDTH, LEFT, RIGHT = 220, 14, 206
STEP = 12
"""How far apart dots of the same value stand, one above the other."""


class Dot(msgspec.Struct, frozen=True):
    """One score's place on the sheet."""

    x: float
    y: float


class Plot(msgspec.Struct, frozen=True):
    """A scale with its scores, in the units of its sheet."""

    width: int
    height: int
    axis: float
    """Where the line of the scale lies."""
    ticks: tuple[tuple[float, int], ...]
    dots: tuple[Dot, ...]


def plot_of(values: Sequence[int | Decimal], lowest: int, highest: int) -> Plot:
    """The drawing of scores on the scale from `lowest` to `highest`; equal ones stand one above the other."""

    def place(value: int | Decimal) -> float:
        share = (float(value) - lowest) / (highest - lowest)
        return round(LEFT + share * (RIGHT - LEFT), 1)

    most = max((list(values).count(each) for each in values), default=1)
    axis = 10 + most * STEP
    seen: dict[int | Decimal, int] = {}
    dots = []
    for value in sorted(values):
        seen[value] = seen.get(value, 0) + 1
        dots.append(Dot(place(value), axis - seen[value] * STEP + STEP / 2))
    ticks = tuple((place(level), level) for level in range(lowest, highest + 1))
    return Plot(WIDTH, axis + 18, axis, ticks, tuple(dots))
