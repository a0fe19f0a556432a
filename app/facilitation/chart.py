"""The forecast as a drawing: for each month what is needed, stacked by how sure it is, against a line of what there is.

Pure: months in, coordinates out; the page shows the same figures as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from workflows.forecast import Certainty, ForecastMonth

WIDTH = 720
HEIGHT = 260
LEFT = 44
RIGHT = 8
TOP = 12
BOTTOM = 28
ROUND = (5, 10, 20, 25, 50)
"""What the steps of the scale are multiples of, times a power of ten."""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a month's bar."""

    certainty: Certainty
    x: float
    y: float
    width: float
    height: float


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One month: where its name stands, and whether it is short."""

    month: date
    x: float
    is_short: bool
    is_named: bool


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """The drawing: blocks, the steps of what there is as one line, and the scale at the left."""

    width: int
    height: int
    foot: float
    blocks: tuple[Block, ...]
    columns: tuple[Column, ...]
    line: str
    scale: tuple[tuple[float, int], ...]


def _step_of(most: int) -> int:
    """A round step so that the scale has about four of them."""
    size = 1
    while True:
        for each in ROUND:
            if each * size * 4 >= most:
                return each * size
        size *= 10


def draw_forecast(months: Sequence[ForecastMonth]) -> Chart | None:
    """The drawing of the months; None where nothing is needed and nothing is there."""
    most = max((max(each.total, each.available) for each in months), default=0)
    if not most:
        return None
    step = _step_of(most)
    top = step * -(-most // step)
    wide = (WIDTH - LEFT - RIGHT) / len(months)
    tall = HEIGHT - TOP - BOTTOM

    def up(hours: int) -> float:
        return round(TOP + tall * (1 - hours / top), 1)

    blocks: list[Block] = []
    line: list[str] = []
    for place, each in enumerate(months):
        x, so_far = LEFT + place * wide, 0
        for certainty in Certainty:
            hours = each.needed.get(certainty, 0)
            if hours:
                so_far += hours
                blocks.append(
                    Block(
                        certainty=certainty, x=round(x + wide * 0.15, 1), y=up(so_far), width=round(wide * 0.7, 1),
                        height=round(up(so_far - hours) - up(so_far), 1),
                    )
                )  # fmt: skip
        line += [f"{x:.1f},{up(each.available):g}", f"{x + wide:.1f},{up(each.available):g}"]
    columns = tuple(
        Column(
            month=each.month, x=round(LEFT + (place + 0.5) * wide, 1), is_short=each.short > 0, is_named=place % 3 == 0
        )
        for place, each in enumerate(months)
    )  # fmt: skip
    return Chart(
        width=WIDTH, height=HEIGHT, foot=float(HEIGHT - BOTTOM), blocks=tuple(blocks), columns=columns,
        line=" ".join(line), scale=tuple((up(hours), hours) for hours in range(0, top + 1, step)),
    )  # fmt: skip
