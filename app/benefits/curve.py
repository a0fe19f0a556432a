"""The curve of one indicator: baseline, targets, forecasts and measurements along time, as points on a sheet.

Pure: dated figures in, coordinates out; the page shows the same figures as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

WIDTH = 560
HEIGHT = 220
LEFT = 12
RIGHT = 12
TOP = 16
BOTTOM = 28


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One dated figure: series is baseline, target, forecast or measured."""

    series: str
    on: date
    value: Decimal


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its place on the sheet."""

    figure: Figure
    x: float
    y: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """The drawing: points in the order of time, a line for each series with two points or more."""

    width: int
    height: int
    points: tuple[Point, ...]
    lines: tuple[tuple[str, str], ...]
    first_on: date
    last_on: date


SERIES = ("target", "forecast", "measured")


def draw_curve(figures: Sequence[Figure]) -> Curve | None:
    """The drawing of the figures; None where there are fewer than two, which the table says as well."""
    if len(figures) < 2:
        return None
    ordered = sorted(figures, key=lambda figure: (figure.on, figure.series))
    days = [figure.on.toordinal() for figure in ordered]
    values = [figure.value for figure in ordered]
    first, span = min(days), max(max(days) - min(days), 1)
    low, reach = min(values), (max(values) - min(values)) or Decimal(1)
    points = tuple(
        Point(
            figure=figure,
            x=round(LEFT + (WIDTH - LEFT - RIGHT) * (figure.on.toordinal() - first) / span, 1),
            y=round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - float((figure.value - low) / reach)), 1),
        )
        for figure in ordered
    )
    lines = []
    for series in SERIES:
        own = [point for point in points if point.figure.series in (series, "baseline")]
        if sum(point.figure.series == series for point in own):
            joined = " ".join(f"{point.x:g},{point.y:g}" for point in own)
            if len(own) > 1:
                lines.append((series, joined))
    return Curve(
        width=WIDTH, height=HEIGHT, points=points, lines=tuple(lines), first_on=ordered[0].on, last_on=ordered[-1].on
    )
