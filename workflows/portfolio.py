"""What management asks of the portfolio, question by question, and how each answer is counted (DOMAIN 3.10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from statistics import median

import msgspec

from workflows.leaf import FEWEST
from workflows.ranking import size_of


class Question(StrEnum):
    """A question that management asks, in the order in which they are asked; each has a page of its own."""

    CURVES = "curves"
    CHANGED = "changed"
    TRUST = "trust"
    EXCEPTIONS = "exceptions"
    ACCURACY = "accuracy"
    COST = "cost"
    HARM = "harm"
    SPREAD = "spread"
    PLATFORM = "platform"
    FAIRNESS = "fairness"
    STOP = "stop"


class Trouble(StrEnum):
    """What has gone wrong, the gravest first (DOMAIN 3.10)."""

    NO_FACILITATOR = "no_facilitator"
    GATE = "gate"
    OWNERLESS = "ownerless"
    PRECONDITION = "precondition"
    """What a benefit needs is at risk, or not met by its day."""
    MEASUREMENT = "measurement"
    UNCONFIRMED = "unconfirmed"
    FORECAST = "forecast"


FORECAST_CUT = Decimal("0.2")
"""A forecast that takes away more than this part of what the plan promised is an exception."""


def is_cut(baseline: Decimal, target: Decimal, forecast: Decimal) -> bool:
    """Whether a forecast takes away more than a fifth of what the plan promised; nothing is taken from a plan of nothing."""
    planned = target - baseline
    return planned != 0 and (forecast - baseline) / planned < 1 - FORECAST_CUT


def days_late(since: date, on: date) -> int:
    """Days gone by since something was to be done."""
    return max((on - since).days, 0)


def share(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """A part of a whole, 0 to 1; None of nothing, which is not the same as none of something."""
    return Decimal(part) / Decimal(whole) if whole else None


class ToStop(StrEnum):
    """Why a project should be looked at with stopping in mind; to stop for a reason is a respectable outcome (S80)."""

    NET_BELOW_ZERO = "net_below_zero"
    """What it is now believed to give is less than what it harms, in kroner."""
    ALL_DROPPED = "all_dropped"
    """It had benefits, and every one of them has been taken out."""


def should_stop(net_forecasts: Iterable[Decimal], benefits: int, dropped: int) -> tuple[ToStop, ...]:
    """Why a project should be looked at, of its net forecast in each price year and of what has become of its benefits."""
    found = []
    if any(net < 0 for net in net_forecasts):
        found.append(ToStop.NET_BELOW_ZERO)
    if benefits and benefits == dropped:
        found.append(ToStop.ALL_DROPPED)
    return tuple(found)


class Fate(StrEnum):
    """What became of an application that was sent, as far as fairness asks."""

    AWARDED = "awarded"
    REJECTED = "rejected"
    DISMISSED = "dismissed"
    WAITLISTED = "waitlisted"
    WITHDRAWN = "withdrawn"
    """By the office: withdrawn, declined or lapsed."""
    JOINED = "joined"
    WAITING = "waiting"
    """Not settled yet."""


FATES: Mapping[str, Fate] = {
    "awarded": Fate.AWARDED, "provisionally_awarded": Fate.AWARDED, "accepted": Fate.AWARDED, "rejected": Fate.REJECTED,
    "dismissed": Fate.DISMISSED, "waitlisted": Fate.WAITLISTED, "withdrawn": Fate.WITHDRAWN,
    "declined": Fate.WITHDRAWN, "lapsed": Fate.WITHDRAWN, "joined": Fate.JOINED,
}  # fmt: skip
"""What the state of an application comes to; every other state waits."""

DECIDED = frozenset({Fate.AWARDED, Fate.REJECTED, Fate.WAITLISTED})
"""Fates that a decision gave, so that awards are a share of them."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """An application that was sent, as fairness looks at it."""

    county: str
    employees: int | None
    language: str
    state: str
    days_to_decision: int | None = None
    """None where nothing has been decided."""

    @property
    def fate(self) -> Fate:
        """What became of it."""
        return FATES.get(self.state, Fate.WAITING)

    def key(self, dimension: str) -> str:
        """What it stands under in a dimension: county, size or language."""
        return size_of(self.employees) if dimension == "size" else str(getattr(self, dimension))


FAIR_BY = ("county", "size", "language")
"""What applications and awards are compared by."""


class Treated(msgspec.Struct, frozen=True, kw_only=True):
    """How a group of applications was treated; what could be led back to a few offices is not in it."""

    key: str
    sent: int
    decided: int
    awarded: int
    share: Decimal | None
    """Awards of what was decided."""
    days: Decimal | None
    """From sent to decided, the one in the middle."""
    few: bool
    """Fewer than five were decided, so that nothing else than how many were sent may be shown (DOMAIN 3.6)."""


def treated(key: str, group: Sequence[Sent]) -> Treated:
    """How a group was treated."""
    fates = [each.fate for each in group]
    decided, awarded = sum(fate in DECIDED for fate in fates), fates.count(Fate.AWARDED)
    days = [each.days_to_decision for each in group if each.days_to_decision is not None]
    return Treated(
        key=key, sent=len(group), decided=decided, awarded=awarded, share=share(awarded, decided),
        days=Decimal(median(days)) if days else None, few=decided < FEWEST,
    )  # fmt: skip


def treated_by(dimension: str, applications: Sequence[Sent]) -> tuple[Treated, ...]:
    """How the groups of a dimension were treated, the largest first.

    Where one group alone is too small to be shown it could be found by taking the others from the whole, so that the
    smallest of the others is kept back with it.
    """
    groups: dict[str, list[Sent]] = {}
    for each in applications:
        groups.setdefault(each.key(dimension), []).append(each)
    found = sorted((treated(key, group) for key, group in groups.items()), key=lambda each: (-each.sent, each.key))
    if sum(each.few for each in found) == 1 and len(found) > 1:
        smallest = min((each for each in found if not each.few), key=lambda each: (each.decided, each.key))
        found = [msgspec.structs.replace(each, few=True) if each is smallest else each for each in found]
    return tuple(found)


def fates_of(applications: Iterable[Sent]) -> dict[Fate, int]:
    """How many applications met each fate, in the order of the fates; those that none met are left out."""
    met = [each.fate for each in applications]
    return {fate: count for fate in Fate if (count := met.count(fate))}
