"""The portfolio over time as two drawings: what it comes to so far, and year by year.

Pure: months and years in, coordinates out; the page shows the same figures as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import msgspec

from workflows.curves import Curve
from workflows.leaf import month_of
from workflows.over_time import Amounts, Period

WIDTH = 720
HEIGHT = 320
LEFT = 84
RIGHT = 16
TOP = 40
FOOT = 256
"""Where the scale ends; under it stand what is missing and the years."""
STRIP = 16
"""How high a month is in which every measurement is missing."""
MARKS = {"planned": "○", "likely": "△", "realised": "■", "estimated": "◇"}
"""Each line's own mark, so that it is known without its colour."""
UNITS = ((100_000_000, "millions"), (100_000, "thousands"), (100, "kroner"))
"""Øre of one step of the scale's unit."""
STEPS = (1, 2, 5, 10)
MOST_YEARS = 9
"""So many years have their number under the drawing; of more every second, and so on."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One series as a line, with its mark at the end of every year."""

    series: str
    points: str
    marks: tuple[tuple[float, float], ...]


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of a year; from the line of nothing, up or down."""

    series: str
    x: float
    y: float
    width: float
    height: float


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Time of which something was not measured: the higher the more."""

    x: float
    y: float
    width: float
    height: float


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing: the scale at the left in its unit, years at the foot, and what it shows."""

    width: int = WIDTH
    height: int = HEIGHT
    foot: int = FOOT
    unit: str
    scale: tuple[tuple[float, Decimal], ...]
    nothing: float
    """Where nothing is."""
    years: tuple[tuple[float, int], ...]
    gaps: tuple[Gap, ...]
    lines: tuple[Line, ...] = ()
    band: str = ""
    """Between the low and the high forecast."""
    bars: tuple[Bar, ...] = ()
    today: float | None = None
    """The day of the figures."""


class _Scale:
    """Round steps from the lowest to the highest, nothing among them."""

    def __init__(self, values: Sequence[Decimal]) -> None:
        low, high = min(*values, Decimal(0)), max(*values, Decimal(0))
        reach = high - low or Decimal(1)
        size, self.unit = next((each for each in UNITS if reach >= each[0]), UNITS[-1])
        step = Decimal(size) / 1000
        while not any(step * each * 4 >= reach for each in STEPS):
            step *= 10
        self.step = next(step * each for each in STEPS if step * each * 4 >= reach)
        self.low = self.step * (low / self.step).to_integral_value(ROUND_FLOOR)
        self.high = self.step * (high / self.step).to_integral_value(ROUND_CEILING)
        self.size = size

    def y(self, value: Decimal) -> float:
        """Where a value stands."""
        return round(TOP + (FOOT - TOP) * float((self.high - value) / (self.high - self.low)), 1)

    @property
    def said(self) -> tuple[tuple[float, Decimal], ...]:
        """The steps in the scale's unit."""
        count = int((self.high - self.low) / self.step) + 1
        steps = [self.low + self.step * each for each in range(count)]
        return tuple((self.y(each), (each / self.size).normalize() + 0) for each in steps)


Of = Callable[[Period], Amounts]


def net(period: Period) -> Amounts:
    """Gains and harms together."""
    return period.net


def gross(period: Period) -> Amounts:
    """Gains alone."""
    return period.gains


def _nothing_in(amounts: Sequence[Amounts]) -> bool:
    return not any(each.planned or each.low or each.high or each.realised or each.estimated for each in amounts)


def draw_so_far(curve: Curve, of: Of, as_of: date) -> Chart | None:
    """Month by month with all before it: planned, forecast from low to high, realised, and estimates apart (W6).

    None where nothing is in kroner. What was realised is drawn as far as the day of the figures.
    """
    found = [of(each) for each in curve.so_far]
    if _nothing_in(found):
        return None
    lows_highs = [
        value for each in found for value in (each.planned, each.low, each.high, each.realised, each.estimated)
    ]
    scale = _Scale(lows_highs)
    first = month_of(curve.so_far[0].first)
    wide = (WIDTH - LEFT - RIGHT) / len(found)

    def x(place: float) -> float:
        return round(LEFT + wide * place, 1)

    def line(series: str, values: Sequence[Decimal]) -> Line:
        # each month's sum is reached by its end
        points = [(x(place + 1), scale.y(value)) for place, value in enumerate(values)]
        marks = tuple(
            point for place, point in enumerate(points) if (first + place) % 12 == 11 or place == len(points) - 1
        )
        start = f"{x(0):g},{scale.y(Decimal(0)):g}"
        return Line(series=series, points=" ".join([start, *(f"{h:g},{v:g}" for h, v in points)]), marks=marks)

    come = min(max(month_of(as_of) - first + 1, 0), len(found))
    lines = [line("planned", [each.planned for each in found])]
    if any(each.low or each.high for each in found):
        lines.append(line("likely", [each.likely for each in found]))
    lines.append(line("realised", [each.realised for each in found[:come]]))
    if any(each.estimated for each in found):
        lines.append(line("estimated", [each.estimated for each in found[:come]]))
    upper = [f"{x(place + 1):g},{scale.y(each.high):g}" for place, each in enumerate(found)]
    lower = [f"{x(place + 1):g},{scale.y(each.low):g}" for place, each in enumerate(found)]
    months = [each.there for each in curve.so_far]
    missing = [each.missing - (months[place - 1].missing if place else 0) for place, each in enumerate(months)]
    running = [each.running - (months[place - 1].running if place else 0) for place, each in enumerate(months)]
    own = curve.years
    day = month_of(as_of) - first + as_of.day / 31
    return Chart(
        unit=scale.unit, scale=scale.said, nothing=scale.y(Decimal(0)), lines=tuple(lines),
        band=" ".join([*upper, *reversed(lower)]) if any(each.low != each.high for each in found) else "",
        years=_years([(x(place * 12 + 6), each.own.first.year) for place, each in enumerate(own)]),
        gaps=tuple(
            _gap(x(place), wide, Decimal(lacking) / all_of_them)
            for place, (lacking, all_of_them) in enumerate(zip(missing, running, strict=True))
            if lacking and all_of_them
        ),
        today=x(day) if 0 <= day <= len(found) else None,
    )  # fmt: skip


def draw_years(curve: Curve, of: Of) -> Chart | None:
    """Year by year: planned, expected, realised, and estimates apart; None where nothing is in kroner."""
    found = [of(each.own) for each in curve.years]
    if _nothing_in(found):
        return None
    values = [value for each in found for value in (each.planned, each.likely, each.realised, each.estimated)]
    scale = _Scale(values)
    wide = (WIDTH - LEFT - RIGHT) / len(found)
    nothing = scale.y(Decimal(0))
    bars = []
    for place, each in enumerate(found):
        for number, series in enumerate(MARKS):
            value = getattr(each, series)
            if value:
                top = min(scale.y(value), nothing)
                bars.append(
                    Bar(
                        series=series, x=round(LEFT + wide * (place + 0.1 + number * 0.2), 1), y=top,
                        width=round(wide * 0.18, 1), height=max(round(abs(scale.y(value) - nothing), 1), 1),
                    )
                )  # fmt: skip
    return Chart(
        unit=scale.unit, scale=scale.said, nothing=nothing, bars=tuple(bars),
        years=_years([(round(LEFT + wide * (place + 0.5), 1), each.own.first.year)
                      for place, each in enumerate(curve.years)]),
        gaps=tuple(
            _gap(round(LEFT + wide * place, 1), wide, Decimal(each.own.there.missing) / each.own.there.running)
            for place, each in enumerate(curve.years) if each.own.there.missing and each.own.there.running
        ),
    )  # fmt: skip


def _gap(x: float, width: float, part: Decimal) -> Gap:
    height = round(max(STRIP * float(part), 3), 1)
    return Gap(x=x, y=round(FOOT + 8 + STRIP - height, 1), width=round(width, 1), height=height)


def _years(there: Sequence[tuple[float, int]]) -> tuple[tuple[float, int], ...]:
    every = -(-len(there) // MOST_YEARS)
    return tuple(each for place, each in enumerate(there) if place % every == 0)
