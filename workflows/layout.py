"""A leaf laid out in calendar months: planned, forecast and measured, each by its own rule (DOMAIN 3.9).

A month counts with what holds on its first day. An amount of a month is computed once, to a millionth of an øre or of a
unit, and from there on only added, so that every level comes to the same. What is laid out depends on nothing but what is
known: today's date only says how far it has come to pass (workflows/over_time.py).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from functools import lru_cache
from itertools import pairwise

import msgspec

from workflows.leaf import (
    DIGITS,
    FEWEST,
    GRACE,
    GRADES,
    MILLION,
    RESULTS,
    USUAL_INTERVAL,
    Flow,
    Leaf,
    Measured,
    changes_of,
    first_of,
    month_from,
    month_of,
    turns_of,
)


class Window(msgspec.Struct, frozen=True):
    """The months that count: from the first, up to the one that no longer does; open where None."""

    first: int | None
    end: int | None

    def holds(self, month: int) -> bool:
        """Whether a month counts."""
        return (self.first is None or month >= self.first) and (self.end is None or month < self.end)

    @property
    def edges(self) -> set[int]:
        """Where it opens and closes."""
        return {month for month in (self.first, self.end) if month is not None}


class _Layout:
    """The months of one leaf."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.years = {year * 12 for year, _ in leaf.shares}
        begun = leaf.starts_on or leaf.live_on
        self.comes_in = month_of if leaf.profile == "one_off" else month_from
        """The month from which a day's value counts: what comes once comes in the month of its day."""
        self.begun = self.comes_in(begun) if begun else None
        self.ends = month_of(leaf.ends_on) + 1 if leaf.ends_on else None
        self.dropped = month_from(leaf.dropped_on) if leaf.dropped_on else None

    def window(self, fallback: date | None, *, until_drop: bool) -> Window:
        """The months between start and end; up to the drop where asked for (I13)."""
        first = self.begun if self.begun is not None else (self.comes_in(fallback) if fallback else None)
        ends = [end for end in (self.ends, self.dropped if until_drop else None) if end is not None]
        return Window(first, min(ends, default=None))

    def effect(self, value: Decimal, reference: Decimal) -> Decimal:
        """What a value is better than what it is held against; of a disbenefit the harm, which is never a gain (I12)."""
        gain = value - reference if self.leaf.direction == "up" else reference - value
        return gain if self.leaf.sign > 0 else min(-gain, Decimal(0))

    def series(
        self, points: Sequence[tuple[date, Decimal]], window: Window
    ) -> tuple[set[int], Callable[[int], Decimal]]:
        """The effect of each month by the leaf's profile, and the months in which it changes.

        yearly: the first value from the start on, each later one from its day. ramp: from nothing at the start, in equal
        steps to each value at its day. one_off: all of it in the month of its day, of a later one what it adds.
        """
        ordered = sorted(points)
        if self.leaf.profile == "one_off":
            return self._at_once([(month_of(on), effect) for on, effect in ordered], window)
        reached = [(month_from(on), effect) for on, effect in ordered]
        if self.leaf.profile == "ramp":
            return self._climbing(reached, window)
        edges = window.edges | {month for month, _ in reached} | self.years

        def held(month: int) -> Decimal:
            if not window.holds(month):
                return Decimal(0)
            return next((effect for since, effect in reversed(reached) if since <= month), reached[0][1])

        return edges, held

    def _climbing(
        self, reached: list[tuple[int, Decimal]], window: Window
    ) -> tuple[set[int], Callable[[int], Decimal]]:
        first = window.first if window.first is not None else reached[0][0]
        steps = [(first, Decimal(0)), *(each for each in reached if each[0] > first)]
        if reached[0][0] <= first:  # what was to be reached by the start is there at the start
            steps[0] = (first, [effect for month, effect in reached if month <= first][-1])
        last = steps[-1][0]
        edges = window.edges | set(range(first, last + 1)) | self.years

        def climbed(month: int) -> Decimal:
            if month < first or not window.holds(month):
                return Decimal(0)
            for (since, low), (until, high) in pairwise(steps):
                if since <= month < until:
                    return low + (high - low) * (month - since) / (until - since)
            return steps[-1][1]

        return edges, climbed

    def _at_once(self, reached: list[tuple[int, Decimal]], window: Window) -> tuple[set[int], Callable[[int], Decimal]]:
        came: dict[int, Decimal] = {}
        before = Decimal(0)
        for month, effect in reached:
            if not window.holds(month):
                continue
            came[month] = came.get(month, Decimal(0)) + effect - before
            before = effect
        edges = window.edges | set(came) | {month + 1 for month in came}
        return edges, lambda month: came.get(month, Decimal(0))

    # --- what was measured ---

    def held_in(self, month: int, standing: Sequence[tuple[int, Measured]]) -> Measured | None:
        """The measurement that a month rests on: the last before it, as long as it holds by the interval of the month."""
        place = bisect_right(standing, month, key=_since)
        if not place:
            return None
        last = standing[place - 1][1]
        return last if month <= month_of(_holds_until(last.on, self.leaf.interval_in(month))) else None

    def standing(self, grades: Sequence[str]) -> list[tuple[int, Measured]]:
        """The measurements of these grades in their order, each with its first month."""
        ordered = sorted(
            (each for each in self.leaf.measurements if each.grade.lower() in grades), key=lambda each: each.on
        )
        return [(month_from(each.on), each) for each in ordered]

    def ends_of(self, measured: Measured) -> set[int]:
        """The months from which a value may hold no longer: by each interval, and where one comes instead of another."""
        intervals = {months for _, months in self.leaf.intervals} or {USUAL_INTERVAL}
        over = {month_of(_holds_until(measured.on, months)) + 1 for months in intervals}
        return over | {month_from(since) for since, _ in self.leaf.intervals[1:]}

    def reference(self, measured: Measured) -> Decimal | None:
        """What would have been: the counterfactual, else the baseline."""
        return self.leaf.baseline if measured.counterfactual is None else measured.counterfactual


def _since(standing: tuple[int, Measured]) -> int:
    return standing[0]


@lru_cache(maxsize=4_096)
def _holds_until(on: date, months: int) -> date:
    """The last day on which a value holds: until the next was to come, and thirty days more."""
    month = month_of(on) + months
    first, after = first_of(month), first_of(month + 1)
    return first + timedelta(days=min(on.day, (after - first).days) - 1) + GRACE


def _planned(lay: _Layout) -> tuple[dict[str, _Series], Window | None]:
    leaf = lay.leaf
    if leaf.baseline is None or not leaf.targets:
        return {}, None
    window = lay.window(min(each.on for each in leaf.targets), until_drop=False)
    return {
        "planned": lay.series([(each.on, lay.effect(each.value, leaf.baseline)) for each in leaf.targets], window)
    }, window


def _foreseen(lay: _Layout) -> tuple[dict[str, _Series], Window | None]:
    """The forecast: nothing from the drop on (I13)."""
    leaf = lay.leaf
    if leaf.baseline is None or not leaf.forecasts:
        return {}, None
    fallback = min(each.on for each in (leaf.targets or leaf.forecasts))
    window = lay.window(fallback, until_drop=True)
    found: dict[str, _Series] = {}
    effects = [
        (each.on, sorted(lay.effect(value, leaf.baseline) for value in (each.low, each.high)),
         lay.effect(each.likely, leaf.baseline))
        for each in leaf.forecasts
    ]  # fmt: skip
    found["low"] = lay.series([(on, ends[0]) for on, ends, _ in effects], window)
    found["likely"] = lay.series([(on, likely) for on, _, likely in effects], window)
    found["high"] = lay.series([(on, ends[1]) for on, ends, _ in effects], window)
    return found, window


_Series = tuple[set[int], Callable[[int], Decimal]]


class _Results:
    """What was measured, month by month: results of grade a to c first, an estimate only where there is none."""

    def __init__(self, lay: _Layout) -> None:
        self.lay = lay
        self.window = lay.window(None, until_drop=True)
        self.results = [each for each in lay.standing(RESULTS) if self._counts(each[1])]
        self.estimates = [each for each in lay.standing("d") if self._counts(each[1])]
        self.any = bool(self.results or self.estimates)
        self.edges = self.window.edges | lay.years
        for since, measured in (*self.results, *self.estimates):
            self.edges |= {since, *lay.ends_of(measured)}
        self.once = self._once() if lay.leaf.profile == "one_off" else None
        # every series asks for the same months
        self._result_in: dict[int, Measured | None] = {}
        self._in_force_in: dict[int, Measured | None] = {}
        if self.once is not None:
            self.edges |= {month + step for month in self.once for step in (0, 1)}

    def _counts(self, measured: Measured) -> bool:
        """Whether a measurement says anything; of what comes once only one made while it counts."""
        return self.lay.reference(measured) is not None and (
            self.lay.leaf.profile != "one_off" or self.window.holds(month_of(measured.on))
        )

    def _once(self) -> dict[int, list[tuple[Measured, Decimal]]]:
        """Of a one-off: all of it in the month it was measured, of a later measurement what it adds."""
        found: dict[int, list[tuple[Measured, Decimal]]] = {}
        before: list[tuple[Measured, Decimal]] = []
        standing = self.results or self.estimates
        for _, measured in standing:
            here = found.setdefault(month_of(measured.on), [])
            here += [(own, -value) for own, value in before]
            before = [(measured, self._effect(measured))]
            here += before
        return found

    def _effect(self, measured: Measured) -> Decimal:
        reference = self.lay.reference(measured)
        assert reference is not None
        return self.lay.effect(measured.value, reference)

    def in_force(self, month: int) -> Measured | None:
        """The measurement that a month rests on, a result before an estimate."""
        if month not in self._in_force_in:
            self._in_force_in[month] = self.result(month) or self._last(month, self.estimates)
        return self._in_force_in[month]

    def result(self, month: int) -> Measured | None:
        """The result of grade a to c that a month rests on."""
        if month not in self._result_in:
            self._result_in[month] = self._last(month, self.results)
        return self._result_in[month]

    def _last(self, month: int, standing: Sequence[tuple[int, Measured]]) -> Measured | None:
        if not self.window.holds(month):
            return None
        if self.once is not None:  # what came once came for good
            return next((each for _, each in reversed(standing) if month_of(each.on) <= month), None)
        return self.lay.held_in(month, standing)

    def meets(self, month: int) -> bool:
        """Whether what was forecast for a month has been met by a result; what comes once, also by a later one."""
        if self.once is not None:
            return any(month <= month_of(each.on) for _, each in self.results)
        return self.result(month) is not None

    def rests_on(self, month: int) -> list[Measured]:
        """The measurements that the amount of a month rests on."""
        if self.once is not None:
            return [measured for measured, _ in self.once.get(month, ())]
        measured = self.in_force(month)
        return [] if measured is None else [measured]

    def of_grade(self, grade: str) -> _Series:
        """The effect of each month that rests on a measurement of one grade."""
        if self.once is not None:
            once = self.once
            return self.edges, lambda month: sum(
                (effect for own, effect in once.get(month, ()) if own.grade.lower() == grade), Decimal(0)
            )

        def effect(month: int) -> Decimal:
            measured = self.in_force(month)
            return self._effect(measured) if measured is not None and measured.grade.lower() == grade else Decimal(0)

        return self.edges, effect

    def of_measurement(self, wanted: Measured) -> _Series:
        """The effect of each month that rests on one measurement."""
        if self.once is not None:
            once = self.once
            return self.edges, lambda month: sum(
                (effect for own, effect in once.get(month, ()) if own is wanted), Decimal(0)
            )
        return self.edges, lambda month: self._effect(wanted) if self.in_force(month) is wanted else Decimal(0)


class Laid(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf in months: in kroner where it is priced, in its unit where units of it can be added, and what there is."""

    kroner: Flow | None = None
    """Millionths of an øre."""
    quantity: Flow | None = None
    """Millionths of a unit."""
    counts: Flow = Flow({})


RATES = (
    "prosent",
    "percent",
    "skala",
    "scale",
    "poeng",
    "points",
    "score",
    "grad",
    "degree",
    "karakter",
    "ja/nei",
    "yes/no",
)


def is_summed(unit: str) -> bool:
    """Whether so many of a unit and so many more make a sum: hours do, points on a scale and parts of a hundred do not."""
    words = unit.strip().lower()
    return bool(words) and not words[0].isdigit() and "%" not in words and not any(each in words for each in RATES)


def laid_out(leaf: Leaf) -> Laid:
    """A leaf in months; nothing of one that is in no sum (DOMAIN 3.6, I16)."""
    if not leaf.counts:
        return Laid()
    with localcontext(prec=DIGITS):
        lay = _Layout(leaf)
        found = _Results(lay)
        planned, plan_window = _planned(lay)
        foreseen, forecast_window = _foreseen(lay)
        series = {**planned, **foreseen}
        for name, (edges, value) in foreseen.items():
            series[f"met_{name}"] = (edges | found.edges, _only(value, found))
        if found.any:
            measured = {each.grade.lower() for each in leaf.measurements}
            series |= {grade: found.of_grade(grade) for grade in GRADES if grade in measured}
        counts, behind = _counts(lay, found, plan_window, forecast_window), _behind(found)
        kroner = quantity = None
        if leaf.unit_value_ore is not None and leaf.price_year is not None:
            kroner = _with(behind, _flow(leaf, series, leaf.unit_value_ore))
        if is_summed(leaf.unit):
            quantity = _with(behind, _flow(leaf, series, 1))
    return Laid(kroner=kroner, quantity=quantity, counts=counts)


def laid_out_by_measurement(leaf: Leaf) -> tuple[tuple[Measured, Laid], ...]:
    """What of a leaf rests on each of its measurements, in the order of their days; together all that was measured of it."""
    if not leaf.counts:
        return ()
    with localcontext(prec=DIGITS):
        found = _Results(_Layout(leaf))
        parts = []
        for measured in sorted(leaf.measurements, key=lambda each: each.on):
            series = {measured.grade.lower(): found.of_measurement(measured)} if found.any else {}
            kroner = quantity = None
            if leaf.unit_value_ore is not None and leaf.price_year is not None:
                kroner = _flow(leaf, series, leaf.unit_value_ore)
            if is_summed(leaf.unit):
                quantity = _flow(leaf, series, 1)
            parts.append((measured, Laid(kroner=kroner, quantity=quantity)))
    return tuple(parts)


def _only(value: Callable[[int], Decimal], found: _Results) -> Callable[[int], Decimal]:
    """What of a forecast stands in months that a result has met."""
    return lambda month: value(month) if found.meets(month) else Decimal(0)


def _flow(leaf: Leaf, series: dict[str, _Series], worth: int) -> Flow:
    periods, parts = (1, 1) if leaf.profile == "one_off" else (leaf.periods_per_year, 12)
    shares: dict[int, Decimal] = {}

    def priced(value: Callable[[int], Decimal]) -> Callable[[int], Decimal]:
        def of_month(month: int) -> Decimal:
            amount, year = value(month), month // 12
            if not amount:
                return amount
            if year not in shares:
                shares[year] = leaf.share_in(year)
            return amount * shares[year] * worth * periods / parts

        return of_month

    found = {name: changes_of(edges, priced(value), MILLION) for name, (edges, value) in series.items()}
    return Flow({name: own for name, own in found.items() if own})


def _behind(found: _Results) -> dict[str, dict[int, int]]:
    """How many indicators the amounts of each grade are of, one or none, and whether they rest on too few."""
    resting = {month: {name for each in found.rests_on(month) for name in _said_of(each)} for month in found.edges}

    def of(name: str) -> Callable[[int], bool]:
        return lambda month: name in resting[month]

    return {name: turns_of(found.edges, of(name)) for name in sorted(set().union(*resting.values()))}


def _said_of(measured: Measured) -> list[str]:
    grade = measured.grade.lower()
    few = measured.observations is not None and measured.observations < FEWEST
    return [f"of_{grade}", f"few_{grade}"] if few else [f"of_{grade}"]


def _with(behind: dict[str, dict[int, int]], flow: Flow) -> Flow:
    """Amounts with what stands behind those of them that were measured; one that was measured to nothing is measured."""
    return Flow({**flow.changes, **behind})


def _counts(lay: _Layout, found: _Results, plan: Window | None, forecast: Window | None) -> Flow:
    """What there is of the leaf in each month, one or none of each."""
    leaf = lay.leaf
    begins = [lay.comes_in(each.on) for each in leaf.measurements]
    begins += [window.first for window in (plan, forecast) if window is not None and window.first is not None]
    first = lay.begun if lay.begun is not None else min(begins, default=None)
    if first is None:
        return Flow({})
    ends = [end for end in (lay.ends, lay.dropped) if end is not None]
    running = Window(first, min(ends, default=None))
    edges = running.edges | found.edges | {month for window in (plan, forecast) if window for month in window.edges}
    if found.once is not None:
        edges |= {month_of(each.on) for each in leaf.measurements}

    said: dict[str, Callable[[int], bool]] = {
        "running": running.holds,
        "promised": lambda month: plan is not None and plan.holds(month) and running.holds(month),
        "foreseen": lambda month: forecast is not None and forecast.holds(month) and running.holds(month),
        "measured": lambda month: running.holds(month) and found.result(month) is not None,
        "estimated": lambda month: running.holds(month) and found.result(month) is None
        and found.in_force(month) is not None,
    }  # fmt: skip
    flow = {name: turns_of(edges, holds) for name, holds in said.items()}
    return Flow({name: own for name, own in flow.items() if own})
