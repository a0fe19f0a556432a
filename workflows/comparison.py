"""What has made figures of one day those of another: time, the price index, and what was done; they add up exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext

import msgspec

from workflows.leaf import BEHIND, DIGITS, RESULTS, Flow, month_of
from workflows.over_time import SCALE, Amounts, Factors, Sums, kind_of


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """How sums are looked at: on which day, over which months, in kroner of which year by which index."""

    as_of: date
    first: int
    last: int
    price_year: int
    factors: Factors


def come_to(sums: Sums, looked: Looked) -> Amounts:
    """What sums come to over all those months, gains and harms together; what cannot be converted is in none of it (I11).

    The same as all months of `rolled` added up, without laying them out.
    """
    held: dict[str, int] = {}
    for name, flow in sums.flows.items():
        _, kind = kind_of(name)
        ratio = looked.factors.ratio(kind, looked.price_year) if isinstance(kind, int) else None
        if ratio is None:
            continue
        by = int(ratio * 10 ** (SCALE - 6))
        for amount, value in _over(flow, looked).items():
            held[amount] = held.get(amount, 0) + value * by
    with localcontext(prec=DIGITS):
        return Amounts(**{name: Decimal(value).scaleb(-SCALE) for name, value in held.items() if value})


def _over(flow: Flow, looked: Looked) -> dict[str, int]:
    come = min(month_of(looked.as_of), looked.last)

    def until(name: str, last: int) -> int:
        return flow_until(flow, name, looked.first, last)

    found = {"planned": until("planned", looked.last), "estimated": until("d", come)}
    found |= {grade: until(grade, come) for grade in RESULTS}
    realised = sum(found[grade] for grade in RESULTS)
    for name in ("low", "likely", "high"):
        found[name] = until(name, looked.last) - until(f"met_{name}", come) + realised
    found["unmeasured"] = until("likely", come) - until("met_likely", come)
    return found


def rests_on_few(sums: Sums) -> bool:
    """Whether anything in kroner that was measured rests on too few."""
    return any(
        name.startswith("few") for heading, flow in sums.flows.items() if isinstance(kind_of(heading)[1], int)
        for name in flow.changes
    )  # fmt: skip


def is_kept_back(sums: Sums, looked: Looked) -> bool:
    """Whether what was measured over all those months, or what was estimated, rests on too few to be told (DOMAIN 3.6)."""
    come = min(month_of(looked.as_of), looked.last)
    behind = dict.fromkeys(BEHIND, 0)
    for heading, flow in sums.flows.items():
        kind = kind_of(heading)[1]
        if isinstance(kind, int) and looked.factors.ratio(kind, looked.price_year) is not None:
            for name in BEHIND:
                behind[name] += flow_until(flow, name, looked.first, come)
    results = [sum(behind[f"{name}_{grade}"] for grade in RESULTS) for name in ("of", "few")]
    estimates = [behind[f"{name}_d"] for name in ("of", "few")]
    return any(few and few >= of for of, few in (results, estimates))


def flow_until(flow: Flow, name: str, first: int, last: int) -> int:
    """What a name comes to over months, the last of them with them."""
    own = flow.changes.get(name, {})
    return sum(change * (last - max(month, first) + 1) for month, change in own.items() if month <= last)


COUNTS = (
    "projects", "running", "committed", "paid", "benefits", "planned", "forecast", "measured", "estimated", "reached",
    "dropped", "overdue", "lacking",
)  # fmt: skip
"""What is counted on both days; committed and paid in øre."""


def less(some: Amounts, others: Amounts) -> Amounts:
    """What there is more of in some than in others."""
    with localcontext(prec=DIGITS):
        return Amounts(**{name: getattr(some, name) - getattr(others, name) for name in some.__struct_fields__})


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one benefit, or a project itself, made the figures change by on one day."""

    key: str
    on: date
    amounts: Amounts
    counts: Mapping[str, int]
    few: bool = False
    """Whether what was measured rests on fewer than five, before or after."""

    @property
    def shows_measured(self) -> bool:
        """Whether it tells anything that was measured."""
        return bool(self.amounts.realised or self.amounts.estimated)

    @property
    def weight(self) -> Decimal:
        """How much it changes, whichever way."""
        own = self.amounts
        return max(map(abs, (own.planned, own.likely, own.realised, own.estimated)))


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A difference taken apart: time, the index, the steps that are told one by one, and all others together."""

    passed: Step
    index: Step
    told: tuple[Step, ...]
    kept_back: tuple[Step, ...]
    """Steps that rest on too few to be told by themselves; together they are."""
    others: tuple[Step, ...]


def together(steps: Sequence[Step], key: str, on: date) -> Step:
    """Steps as one."""
    amounts, counts = Amounts(), dict.fromkeys(COUNTS, 0)
    for each in steps:
        amounts = amounts + each.amounts
        for name, count in each.counts.items():
            counts[name] += count
    return Step(key=key, on=on, amounts=amounts, counts=counts)


def is_told(step: Step) -> bool:
    """Whether a step changed anything at all."""
    return bool(step.weight) or any(step.counts.values())


def taken_apart(passed: Step, index: Step, steps: Sequence[Step], most: int) -> Explained:
    """Which steps are told one by one: those that change most, and none that rests on too few (DOMAIN 3.6).

    One that is kept back alone could be found by taking the others from the whole: of the others that tell something measured
    the one that changes least is kept back with it.
    """
    there = sorted(filter(is_told, steps), key=lambda each: (-each.weight, each.on, each.key))
    few = [each for each in there if each.few and each.shows_measured]
    if len(few) == 1:
        others = [each for each in there if each.shows_measured and not each.few]
        few += others[-1:]
    rest = [each for each in there if each not in few]
    return Explained(
        passed=passed, index=index, told=tuple(rest[:most]), kept_back=tuple(few), others=tuple(rest[most:])
    )
