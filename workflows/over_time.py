"""Any number of leaves added up, and what they come to month by month as it looks on a day (DOMAIN 3.9, 3.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, localcontext

import msgspec

from workflows.layout import Laid, laid_out, laid_out_by_measurement
from workflows.leaf import AMOUNTS, BEHIND, COUNTS, DIGITS, GRADES, RESULTS, Flow, Leaf, Measured, first_of, month_of

ZERO = Decimal(0)


class Factors(msgspec.Struct, frozen=True):
    """The price index as known at a moment: what a krone is worth from year to year."""

    of_year: dict[int, Decimal] = {}

    def ratio(self, price_year: int, to: int) -> Decimal | None:
        """What kroner of one year are multiplied by to be kroner of another; None where one of them has no index (I11).

        Rounded once, to eight decimals: parts converted each by itself then come to the whole converted.
        """
        if price_year == to:
            return Decimal(1)
        if price_year not in self.of_year or to not in self.of_year:
            return None
        return (self.of_year[to] / self.of_year[price_year]).quantize(Decimal("1e-8"))


NO_FACTORS = Factors()


def heading(sign: int, kind: int | str) -> str:
    """What amounts stand under: gain or harm, kroner of one price year or so many of a unit; no other two are ever added."""
    return f"{sign:+d} {kind}"


def kind_of(said: str) -> tuple[int, int | str]:
    """The sign of a heading, and its price year or unit; no unit that can be summed begins with a figure."""
    sign, kind = said.split(" ", 1)
    return int(sign), int(kind) if kind.isdigit() else kind


class Sums(msgspec.Struct, frozen=True):
    """Any number of leaves added up, month by month: by heading, with what there is of them."""

    flows: dict[str, Flow] = {}
    counts: Flow = Flow({})

    def __add__(self, other: Sums) -> Sums:
        """Both together; nothing under one heading ever meets what stands under another."""
        flows = dict(self.flows)
        for name, flow in other.flows.items():
            both = flows[name] + flow if name in flows else flow
            if both.changes:
                flows[name] = both
            else:
                flows.pop(name, None)
        return Sums(flows, self.counts + other.counts)

    def __neg__(self) -> Sums:
        """What takes it away again."""
        return Sums({name: -flow for name, flow in self.flows.items()}, -self.counts)

    @property
    def price_years(self) -> tuple[int, ...]:
        """The years in whose kroner something stands, the newest first."""
        found = {kind for _, kind in map(kind_of, self.flows) if isinstance(kind, int)}
        return tuple(sorted(found, reverse=True))


def sums_of(leaf: Leaf) -> Sums:
    """What one leaf adds to every sum that it is in."""
    return _under_headings(leaf, laid_out(leaf))


def sums_by_measurement(leaf: Leaf) -> tuple[tuple[Measured, Sums], ...]:
    """What each measurement of a leaf adds; together what was measured of it."""
    return tuple((measured, _under_headings(leaf, laid)) for measured, laid in laid_out_by_measurement(leaf))


def _under_headings(leaf: Leaf, laid: Laid) -> Sums:
    flows = {}
    if laid.kroner is not None and leaf.price_year is not None and laid.kroner.changes:
        flows[heading(leaf.sign, leaf.price_year)] = laid.kroner
    if laid.quantity is not None and laid.quantity.changes:
        flows[heading(leaf.sign, leaf.unit.strip().lower())] = laid.quantity
    return Sums(flows, laid.counts)


def added_up(sums: Iterable[Sums]) -> Sums:
    """All of them together."""
    whole = Sums()
    for each in sums:
        whole = whole + each
    return whole


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """What one period comes to: in øre or in a unit, with all decimals."""

    planned: Decimal = ZERO
    low: Decimal = ZERO
    likely: Decimal = ZERO
    high: Decimal = ZERO
    """What is expected: what was measured where it was, else the forecast made last."""
    unmeasured: Decimal = ZERO
    """The part of `likely` that is a forecast for a time that has passed, since nobody measured it."""
    a: Decimal = ZERO
    b: Decimal = ZERO
    c: Decimal = ZERO
    """What was realised, by the grade of its measurement."""
    estimated: Decimal = ZERO
    """What rests on estimates alone: grade D, never in what was realised (W6)."""

    @property
    def realised(self) -> Decimal:
        """What approved measurements of grade A to C show."""
        return self.a + self.b + self.c

    def __add__(self, other: Amounts) -> Amounts:
        """Both together."""
        with localcontext(prec=DIGITS):
            return Amounts(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})


class There(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of the indicators whose time a period is, counted in months: of twelve in a year, so many measured."""

    running: int = 0
    promised: int = 0
    foreseen: int = 0
    measured: int = 0
    estimated: int = 0
    missing: int = 0
    """Passed with neither a result nor an estimate."""

    def __add__(self, other: There) -> There:
        """Both together."""
        return There(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A month or a year of a cut."""

    first: date
    months: int = 1
    has_come: bool
    """Whether its first day has come by the day of the figures."""
    gains: Amounts = Amounts()
    harms: Amounts = Amounts()
    there: There = There()
    few_gains: tuple[str, ...] = ()
    """The grades of which the gains, in any of its months, rest on too few to be shown above the project (DOMAIN 3.6)."""
    few_harms: tuple[str, ...] = ()
    """The same of the harms."""
    of_gains: int = 0
    """Months of indicators that the measured gains are of: with none of them nothing has been measured."""
    of_harms: int = 0

    @property
    def net(self) -> Amounts:
        """Gains and harms together (I12)."""
        return self.gains + self.harms

    def __add__(self, other: Period) -> Period:
        """Both together, from the first of them on."""
        return Period(
            first=min(self.first, other.first), months=self.months + other.months,
            has_come=self.has_come or other.has_come, gains=self.gains + other.gains, harms=self.harms + other.harms,
            there=self.there + other.there, few_gains=_either(self.few_gains, other.few_gains),
            few_harms=_either(self.few_harms, other.few_harms), of_gains=self.of_gains + other.of_gains,
            of_harms=self.of_harms + other.of_harms,
        )  # fmt: skip


def _either(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return some if some == others else tuple(sorted({*some, *others}))


class LeftOut(msgspec.Struct, frozen=True):
    """Kroner that cannot be made kroner of the year asked for, since the price index lacks a year: in none of the sums."""

    price_year: int
    lacking: tuple[int, ...]
    """The years without an index."""
    total: Amounts
    """What they come to in their own kroner, gains and harms together."""


Months = dict[str, list[int]]
"""Amounts of each month by name, in units of SCALE, and what stands behind them; a name that is not there is nothing."""
SCALE = 14
"""Decimals that are held: six of an amount, eight of what turns kroner of one year into those of another."""


class Side(msgspec.Struct, frozen=True):
    """Gains and harms month by month."""

    gains: Months = {}
    harms: Months = {}


class Rolled(msgspec.Struct, frozen=True, kw_only=True):
    """A cut month by month, as known on a day: kroner of one price year, other units beside them, and what is left out."""

    as_of: date
    price_year: int | None
    first: int
    """The first month."""
    last: int
    kroner: Side
    units: dict[str, Side]
    there: Months
    apart: dict[int, Side] = {}
    """Kroner that cannot be made kroner of that year, by their own."""
    lacking: dict[int, tuple[int, ...]] = {}
    """For each of those the years that the price index lacks."""

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What is in none of the sums."""
        return self.left_out_of(lambda month: month)

    def left_out_of(self, shown: Callable[[Period], Period]) -> tuple[LeftOut, ...]:
        """What is in none of the sums, of each month no more than is shown of it."""
        found = []
        for year, side in self.apart.items():
            total = Amounts()
            for month in self._periods(side, {}, 1):
                total = total + shown(month).net
            found.append(LeftOut(year, self.lacking[year], total))
        return tuple(found)

    @property
    def months(self) -> tuple[Period, ...]:
        """Month by month, in øre."""
        return self._periods(self.kroner, self.there, 1)

    @property
    def years(self) -> tuple[Period, ...]:
        """Year by year, in øre."""
        return self._periods(self.kroner, self.there, 12)

    @property
    def cumulative(self) -> tuple[Period, ...]:
        """Month by month, each with all before it."""
        return running_total(self.months)

    @property
    def total(self) -> Period:
        """All of it."""
        (found,) = self._periods(self.kroner, self.there, self.last - self.first + 1)
        return found

    @property
    def quantities(self) -> dict[str, tuple[Period, ...]]:
        """Month by month in other units, by the unit: hours stay hours."""
        return {unit: self._periods(side, {}, 1) for unit, side in self.units.items()}

    @property
    def quantities_by_year(self) -> dict[str, tuple[Period, ...]]:
        """The same, year by year."""
        return {unit: self._periods(side, {}, 12) for unit, side in self.units.items()}

    def _periods(self, side: Side, there: Months, length: int) -> tuple[Period, ...]:
        """So many months at a time, from the first on; years are asked for from a January."""
        now = month_of(self.as_of)
        with localcontext(prec=DIGITS):
            return tuple(
                Period(
                    first=first_of(month), months=min(length, self.last + 1 - month), has_come=month <= now,
                    gains=_amounts_of(side.gains, month - self.first, length),
                    harms=_amounts_of(side.harms, month - self.first, length),
                    there=There(**{name: sum(own[month - self.first:month - self.first + length])
                                   for name, own in there.items()}),
                    few_gains=_few_in(side.gains, month - self.first, length),
                    few_harms=_few_in(side.harms, month - self.first, length),
                    of_gains=_of(side.gains, month - self.first, length),
                    of_harms=_of(side.harms, month - self.first, length),
                )
                for month in range(self.first, self.last + 1, length)
            )  # fmt: skip


def _amounts_of(months: Months, at: int, length: int) -> Amounts:
    return Amounts(**{
        name: _exact(total) for name, own in months.items()
        if name not in BEHIND and (total := sum(own[at : at + length]))
    })  # fmt: skip


def _of(months: Months, at: int, length: int) -> int:
    return sum(sum(months[f"of_{grade}"][at : at + length]) for grade in GRADES if f"of_{grade}" in months)


def _few_in(months: Months, at: int, length: int) -> tuple[str, ...]:
    """The grades of which everything that adds to one of those months rests on too few."""
    return tuple(
        grade for grade in GRADES if f"few_{grade}" in months
        and any(few and few >= of for few, of in zip(
            months[f"few_{grade}"][at : at + length], months[f"of_{grade}"][at : at + length], strict=True
        ))
    )  # fmt: skip


def by_year(months: Iterable[Period]) -> tuple[Period, ...]:
    """Months gathered year by year."""
    years: dict[int, Period] = {}
    for each in months:
        year = each.first.year
        years[year] = years[year] + each if year in years else each
    return tuple(years.values())


def running_total(months: Iterable[Period]) -> tuple[Period, ...]:
    """Each month with all before it."""
    found: list[Period] = []
    for each in months:
        found.append(found[-1] + each if found else each)
    return tuple(found)


FARTHEST_YEARS = 20
"""Nothing is laid out farther from the day of the figures than this."""


def months_shown(sums: Sums, as_of: date) -> tuple[int, int]:
    """Whole years, from the first in which anything is to the last in which anything changes, this year with them."""
    spans = [span for flow in (*sums.flows.values(), sums.counts) if (span := flow.span) is not None]
    first = min([as_of.year, *(low // 12 for low, _ in spans)])
    last = max([as_of.year, *((high - 1) // 12 for _, high in spans)])
    first, last = max(first, as_of.year - FARTHEST_YEARS), min(last, as_of.year + FARTHEST_YEARS)
    return first * 12, last * 12 + 11


def rolled(
    sums: Sums, as_of: date, *, price_year: int | None = None, factors: Factors = NO_FACTORS,
    shown: tuple[int, int] | None = None,
) -> Rolled:  # fmt: skip
    """What sums come to month by month, as it looks on a day, in kroner of one price year (I11).

    Without a price year: that of the newest kroner among them. What was measured counts up to the day, what is expected is
    what was measured where it was and has come to pass, else the forecast. `shown` is the first and last month asked for,
    whole years.
    """
    first, last = shown or months_shown(sums, as_of)
    to = price_year if price_year is not None else next(iter(sums.price_years), None)
    kroner: list[tuple[int, Months]] = []
    units: dict[str, list[tuple[int, Months]]] = {}
    apart: dict[int, list[tuple[int, Months]]] = {}
    for name in sorted(sums.flows):
        sign, kind = kind_of(name)
        own = _as_it_looks(sums.flows[name], as_of, first, last)
        if isinstance(kind, str):
            units.setdefault(kind, []).append((sign, _times(own, Decimal(1))))
            continue
        ratio = factors.ratio(kind, to) if to is not None else None
        if ratio is None:
            apart.setdefault(kind, []).append((sign, _times(own, Decimal(1))))
        else:
            kroner.append((sign, _times(own, ratio)))
    return Rolled(
        as_of=as_of, price_year=to, first=first, last=last, kroner=_side(kroner),
        units={unit: _side(own) for unit, own in units.items()}, there=_there(sums.counts, as_of, first, last),
        apart={year: _side(apart[year]) for year in sorted(apart)},
        lacking={
            year: tuple(each for each in (year, to) if each is not None and each not in factors.of_year) for year in apart
        },
    )  # fmt: skip


def _exact(held: int) -> Decimal:
    whole, rest = divmod(held, 10**SCALE)
    return Decimal(held).scaleb(-SCALE) if rest else Decimal(whole)


def _times(months: Months, ratio: Decimal) -> Months:
    by = int(ratio * 10 ** (SCALE - 6))
    return {name: own if name in BEHIND else [value * by for value in own] for name, own in months.items()}


def _side(sides: list[tuple[int, Months]]) -> Side:
    side = Side({}, {})
    for sign, months in sides:
        into = side.gains if sign > 0 else side.harms
        for name, own in months.items():
            there = into.get(name)
            into[name] = own if there is None else [one + other for one, other in zip(there, own, strict=True)]
    return side


def _as_it_looks(flow: Flow, as_of: date, first: int, last: int) -> Months:
    """Month by month what is planned, expected and measured; of what has not come to pass nothing is measured."""
    own = flow.months([name for name in (*AMOUNTS, *BEHIND) if name in flow.changes], first, last)
    size = last - first + 1
    come = min(max(month_of(as_of) - first + 1, 0), size)
    nothing = [0] * size

    def of(name: str) -> list[int]:
        return own.get(name, nothing)

    measured = {name: of(name)[:come] + nothing[come:] for name in ("a", "b", "c", "d") if name in own}
    results = [measured[name] for name in RESULTS if name in measured]
    realised = [sum(values) for values in zip(*results, strict=True)] if results else nothing
    found: Months = {"planned": of("planned")}
    for name in ("low", "likely", "high"):
        met = of(f"met_{name}")[:come] + nothing[come:]
        found[name] = [value - gone + here for value, gone, here in zip(of(name), met, realised, strict=True)]
    unmet = [value - gone for value, gone in zip(of("likely")[:come], of("met_likely")[:come], strict=True)]
    found["unmeasured"] = unmet + nothing[come:]
    found |= {"estimated" if name == "d" else name: values for name, values in measured.items()}
    found |= {name: own[name][:come] + nothing[come:] for name in BEHIND if name in own}
    return {name: values for name, values in found.items() if any(values)}


def _there(counts: Flow, as_of: date, first: int, last: int) -> Months:
    own = counts.months(COUNTS, first, last)
    size = last - first + 1
    come = min(max(month_of(as_of) - first + 1, 0), size)
    for name in ("measured", "estimated"):
        own[name] = own[name][:come] + [0] * (size - come)
    own["missing"] = [
        running - measured - estimated if at < come else 0
        for at, (running, measured, estimated) in enumerate(
            zip(own["running"], own["measured"], own["estimated"], strict=True)
        )
    ]
    return {name: values for name, values in own.items() if any(values)}
