"""One indicator of one benefit, as known at a moment, and amounts month by month that are added exactly (DOMAIN 3.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

MILLION = 1_000_000
DIGITS = 80
"""Enough for a product of all that an amount is made of, so that nothing is rounded before its end."""

INTERVALS = (1, 2, 3, 4, 6, 12, 24)
"""How often an indicator can be measured, in months between."""
USUAL_INTERVAL = 12
GRACE = timedelta(days=30)
"""How long a value holds after the next one was to come (DOMAIN 3.9)."""

FEWEST = 5
"""Values that rest on fewer observations are not shown above the project (DOMAIN 3.6)."""

RESULTS = ("a", "b", "c")
"""Grades that are results; grade d is an estimate and stands apart (W6)."""

AMOUNTS = ("planned", "low", "likely", "high", "met_low", "met_likely", "met_high", "a", "b", "c", "d")
"""What is summed: the plan, the forecast, what of the forecast a result has met by now, and what was measured by grade."""
GRADES = (*RESULTS, "d")
COUNTS = ("running", "promised", "foreseen", "measured", "estimated")
"""What is counted: indicators whose time it is, those with a target, with a forecast, with a result, and with no more than
an estimate."""
BEHIND = tuple(f"{name}_{grade}" for grade in GRADES for name in ("of", "few"))
"""What stands behind the amounts that were measured, by grade: of how many indicators they are, and how many of those rest on
too few. It is counted in each month in which they add anything, so that each figure has its own."""


class Level(msgspec.Struct, frozen=True):
    """A value to be reached by a day."""

    on: date
    value: Decimal


class Believed(msgspec.Struct, frozen=True):
    """What is believed to be reached by a day."""

    on: date
    low: Decimal
    likely: Decimal
    high: Decimal


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """An approved measurement that no correction has replaced."""

    on: date
    value: Decimal
    grade: str
    observations: int | None = None
    counterfactual: Decimal | None = None
    """What would have been without the project; the baseline where nobody knows (DOMAIN 3.6)."""


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one indicator of one benefit at a moment."""

    unit: str = ""
    direction: str = "up"
    sign: int = 1
    profile: str = "yearly"
    """yearly, ramp or one_off."""
    periods_per_year: int = 1
    unit_value_ore: int | None = None
    """What one unit is worth, in øre of `price_year`."""
    price_year: int | None = None
    is_end_benefit: bool = True
    is_practice: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    live_on: date | None = None
    """The day the change behind it went live, or is planned to."""
    dropped_on: date | None = None
    intervals: tuple[tuple[date, int], ...] = ()
    """How often it is to be measured, in months between, each from its day on, in their order; else as usual."""
    baseline: Decimal | None = None
    targets: tuple[Level, ...] = ()
    """Of the plan in force."""
    forecasts: tuple[Believed, ...] = ()
    """The last made for each day."""
    measurements: tuple[Measured, ...] = ()
    shares: tuple[tuple[int, Decimal], ...] = ()
    """The part of the effect that is this project's, by the year of the pool it is taken from."""

    @property
    def is_priced(self) -> bool:
        """Whether it may be counted in kroner at all (I11)."""
        return self.unit_value_ore is not None and self.price_year is not None

    @property
    def counts(self) -> bool:
        """Whether it is in any sum: end benefits alone are, and what was made for practice never is (I16)."""
        return self.is_end_benefit and not self.is_practice

    def interval_in(self, month: int) -> int:
        """How often it is to be measured by what was in force on the first day of a month.

        What was said first stands also before its day, so that only a change of it has a before and an after (I15).
        """
        if not self.intervals:
            return USUAL_INTERVAL
        told = [months for since, months in self.intervals if month_from(since) <= month]
        return told[-1] if told else self.intervals[0][1]

    def share_in(self, year: int) -> Decimal:
        """The part that is this project's in a year; the whole where no pool has ever been shared.

        Where the year's own pool is not shared yet the last one before it stands, so that a new year never lets everybody
        claim the whole; before the first pool the first one does.
        """
        if not self.shares:
            return Decimal(1)
        before = [share for share in self.shares if share[0] <= year]
        return max(before)[1] if before else min(self.shares)[1]


def month_of(day: date) -> int:
    """The calendar month that a day lies in, counted from year 0."""
    return day.year * 12 + day.month - 1


def first_of(month: int) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def month_from(day: date) -> int:
    """The first month on whose first day the day has come."""
    return month_of(day) if day.day == 1 else month_of(day) + 1


class Flow(msgspec.Struct, frozen=True):
    """Amounts or counts month by month, each held as what a month adds to the one before it; amounts in millionths."""

    changes: dict[str, dict[int, int]]

    def __add__(self, other: Flow) -> Flow:
        """Both together, to the last millionth; what comes to nothing is left out."""
        return Flow(_added(self.changes, other.changes))

    def __neg__(self) -> Flow:
        """What takes it away again."""
        return Flow({name: {month: -change for month, change in own.items()} for name, own in self.changes.items()})

    def at(self, name: str, month: int) -> int:
        """The amount of one month."""
        return sum(change for since, change in self.changes.get(name, {}).items() if since <= month)

    def months(self, names: Iterable[str], first: int, last: int) -> dict[str, list[int]]:
        """The amounts of every month from the first to the last, by name."""
        found = {}
        for name in names:
            own = self.changes.get(name, {})
            value = sum(change for month, change in own.items() if month < first)
            found[name] = [value := value + own.get(month, 0) for month in range(first, last + 1)]
        return found

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last month in which anything changes; None where nothing does."""
        months = [month for own in self.changes.values() for month in own]
        return (min(months), max(months)) if months else None


def _added(some: dict[str, dict[int, int]], others: dict[str, dict[int, int]]) -> dict[str, dict[int, int]]:
    found = {name: dict(own) for name, own in some.items()}
    for name, own in others.items():
        there = found.setdefault(name, {})
        for month, change in own.items():
            value = there.get(month, 0) + change
            if value:
                there[month] = value
            else:
                there.pop(month, None)
        if not there:
            del found[name]
    return found


def changes_of(edges: Iterable[int], value: Callable[[int], Decimal], scale: int) -> dict[int, int]:
    """What every month adds to the one before, of a value that changes at the edges alone; rounded here and never again."""
    found: dict[int, int] = {}
    before = 0
    for month in sorted(set(edges)):
        amount = value(month)
        now = int((amount * scale).to_integral_value(ROUND_HALF_EVEN)) if amount else 0
        if now != before:
            found[month] = now - before
            before = now
    return found


def turns_of(edges: Iterable[int], holds: Callable[[int], bool]) -> dict[int, int]:
    """The months in which something begins to hold, and no longer does."""
    found: dict[int, int] = {}
    before = False
    for month in sorted(edges):
        now = holds(month)
        if now != before:
            found[month] = now - before
            before = now
    return found
