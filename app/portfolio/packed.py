"""Sums with what there is beside them, as the portfolio's tables hold them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from workflows.leaf import Flow
from workflows.over_time import Sums


class Figures(msgspec.Struct, frozen=True):
    """Sums over time, what is counted beside them, and what becomes late: how many by the day on which it was due."""

    sums: Sums = Sums()
    tally: dict[str, int] = {}
    late: dict[str, dict[date, int]] = {}

    def __add__(self, other: Figures) -> Figures:
        """Both together; what comes to nothing is left out."""
        late = {
            name: own for name in {*self.late, *other.late}
            if (own := _added(self.late.get(name, {}), other.late.get(name, {})))
        }  # fmt: skip
        return Figures(self.sums + other.sums, _added(self.tally, other.tally), late)

    def __neg__(self) -> Figures:
        """What takes it away again."""
        return Figures(
            -self.sums, {name: -count for name, count in self.tally.items()},
            {name: {day: -count for day, count in own.items()} for name, own in self.late.items()},
        )  # fmt: skip

    def count(self, name: str, as_of: date) -> int:
        """How many there are on a day: those counted, and those whose day has passed."""
        return self.tally.get(name, 0) + sum(count for due, count in self.late.get(name, {}).items() if due < as_of)

    def on_from(self, day: date) -> Figures:
        """The same as it counts on that day and every later one: what was late by then is counted, and its day forgotten."""
        tally, late = dict(self.tally), {}
        for name, own in self.late.items():
            passed = sum(count for due, count in own.items() if due < day)
            if passed:
                tally[name] = tally.get(name, 0) + passed
            if to_come := {due: count for due, count in own.items() if due >= day}:
                late[name] = to_come
        return Figures(self.sums, {name: count for name, count in tally.items() if count}, late)


NOTHING = Figures()

COUNTED = (
    "projects", "running", "committed", "paid", "benefits", "planned", "forecast", "measured", "estimated", "reached",
    "dropped", "measurable", "invented", "overdue", "lacking",
    "lacks_goal", "lacks_owner", "lacks_indicator", "lacks_baseline", "lacks_target",
)  # fmt: skip
"""What is counted and told; beside it kroner are held."""


def _added(some: dict[Any, int], others: dict[Any, int]) -> dict[Any, int]:
    found = dict(some)
    for name, count in others.items():
        if value := found.get(name, 0) + count:
            found[name] = value
        else:
            found.pop(name, None)
    return found


class Adding:
    """Figures being added up in one place, without a copy for each that comes."""

    def __init__(self, figures: Figures = NOTHING) -> None:
        self.flows: dict[str, dict[str, dict[int, int]]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.tally: dict[str, int] = {}
        self.late: dict[str, dict[date, int]] = {}
        self.add(figures)

    def add(self, figures: Figures, times: int = 1) -> None:
        """Take figures in, or with -1 out again."""
        for heading, flow in figures.sums.flows.items():
            _take(self.flows.setdefault(heading, {}), flow.changes, times)
        _take(self.counts, figures.sums.counts.changes, times)
        for name, count in figures.tally.items():
            self.tally[name] = self.tally.get(name, 0) + count * times
        _take(self.late, figures.late, times)

    def done(self) -> Figures:
        """What it has come to; what comes to nothing is left out."""
        flows = {heading: Flow(own) for heading, changes in self.flows.items() if (own := _left(changes))}
        tally = {name: count for name, count in self.tally.items() if count}
        return Figures(Sums(flows, Flow(_left(self.counts))), tally, _left(self.late))


def _take(there: dict[str, dict[Any, int]], more: dict[str, dict[Any, int]], times: int) -> None:
    for name, own in more.items():
        into = there.setdefault(name, {})
        for place, count in own.items():
            into[place] = into.get(place, 0) + count * times


def _left(there: dict[str, dict[Any, int]]) -> dict[str, dict[Any, int]]:
    found = {name: {place: count for place, count in own.items() if count} for name, own in there.items()}
    return {name: own for name, own in found.items() if own}


def pack(figures: Figures) -> str:
    """The sums of figures as text: whole numbers of any length, and the same text for the same sums."""
    said = {
        "flows": {name: flow.changes for name, flow in figures.sums.flows.items()},
        "counts": figures.sums.counts.changes,
    }  # fmt: skip
    return _text(said)


def pack_counted(figures: Figures) -> str:
    """What is counted as text, and what becomes late."""
    late = {name: {day.isoformat(): count for day, count in own.items()} for name, own in figures.late.items()}
    return _text({"tally": figures.tally, "late": late})


def pack_known(known: Iterable[msgspec.Struct]) -> str:
    """What is known of indicators as text, each value as it is written."""
    return msgspec.json.encode(list(known)).decode()


def _text(said: dict[str, Any]) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


class _Counted(msgspec.Struct, frozen=True):
    tally: dict[str, int]
    late: dict[str, dict[date, int]]


_READ = msgspec.json.Decoder(_Counted)


_COUNTS = msgspec.defstruct("_COUNTS", [(name, int, 0) for name in COUNTED], frozen=True)
_LATE = msgspec.defstruct("_LATE", [(name, dict[date, int], {}) for name in ("overdue", "lacking")], frozen=True)
_READ_COUNTS = msgspec.json.Decoder(msgspec.defstruct("_BOTH", [("tally", _COUNTS), ("late", _LATE)], frozen=True))
_OVERDUE, _LACKING = COUNTED.index("overdue"), COUNTED.index("lacking")


def counts_in(counted: str, as_of: date) -> list[int]:
    """What its text says of each of COUNTED on a day; the rest, which is most of it, is passed by."""
    said: Any = _READ_COUNTS.decode(counted)
    counts = list(msgspec.structs.astuple(said.tally))
    for place, own in ((_OVERDUE, said.late.overdue), (_LACKING, said.late.lacking)):
        if own:
            counts[place] += sum(count for due, count in own.items() if due < as_of)
    return counts


def unpack_counted(counted: str) -> Figures:
    """What is counted from its text, without the sums."""
    said = _READ.decode(counted)
    return Figures(tally=said.tally, late=said.late)


def unpack(figures: str, counted: str) -> Figures:
    """Figures from their two texts."""
    said = json.loads(figures)

    def flow(changes: dict[str, dict[str, int]]) -> Flow:
        return Flow({name: {int(month): change for month, change in own.items()} for name, own in changes.items()})

    sums = Sums({name: flow(changes) for name, changes in said["flows"].items()}, flow(said["counts"]))
    return msgspec.structs.replace(unpack_counted(counted), sums=sums)
