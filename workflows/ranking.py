"""The board on which decisions are prepared: order, how far the frame reaches, breadth, scenarios, who moves up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from workflows.decision import BINDS_MONEY, Outcome
from workflows.forms.application import THEMES
from workflows.rules import GOALS

RANKED_IN = ("clarification_meeting", "recommended", "waitlisted", "reconsidered")
"""States of an application in which it has a place on the board that can be changed."""

DRAFTED = ("pending", "recommended")
"""States of a decision in which it is drafted still."""


def drafted(application_state: str, decision_state: str | None) -> bool:
    """Whether the decision on an application is drafted: it is weighed against others, or one waits to be made (G15)."""
    return application_state in RANKED_IN or decision_state in DRAFTED


SIZES = (("small", 15), ("medium", 50))
"""Offices by the number of people who work there, each up to so many; beyond the last they are large."""

UNKNOWN = ""
"""The key of what is not known of an application."""

DIMENSIONS = ("county", "theme", "goal", "size", "language")
"""What the breadth of a call is looked at by (R3)."""

SEVERAL = frozenset({"goal"})
"""Dimensions in which one application may stand under several keys, so that their sums are not to be added up."""


def size_of(employees: int | None) -> str:
    """The size of an office by how many people work there."""
    if employees is None:
        return UNKNOWN
    return next((name for name, most in SIZES if employees <= most), "large")


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One application as it is weighed against the others: what is asked for, what is meant to be given, whose it is."""

    id: UUID
    asked_ore: int | None = None
    asked_hours: int | None = None
    outcome: Outcome | None = None
    amount_ore: int | None = None
    hours: int | None = None
    county: str = UNKNOWN
    theme: str = UNKNOWN
    goals: tuple[str, ...] = ()
    size: str = UNKNOWN
    language: str = UNKNOWN

    @property
    def counts(self) -> bool:
        """Whether it would use of the frame: it is to be given something, or nothing is chosen for it yet."""
        return self.outcome is None or self.outcome in BINDS_MONEY

    @property
    def use_ore(self) -> int:
        """What it would use of the frame in øre: what is to be given, or what was asked for while that is not said."""
        if not self.counts:
            return 0
        return (self.asked_ore if self.amount_ore is None else self.amount_ore) or 0

    @property
    def use_hours(self) -> int:
        """What it would use in hours of facilitation."""
        if not self.counts:
            return 0
        return (self.asked_hours if self.hours is None else self.hours) or 0

    def keys(self, dimension: str) -> tuple[str, ...]:
        """Where it stands in one dimension of the breadth."""
        if dimension == "goal":
            return self.goals or (UNKNOWN,)
        return (str(getattr(self, dimension)),)


def in_order(ranked: Iterable[UUID], present: Sequence[UUID]) -> tuple[UUID, ...]:
    """Those present in the order of the ranking; whoever has no place in it comes after, in the order they are in."""
    there = set(present)
    placed = [each for each in dict.fromkeys(ranked) if each in there]
    known = set(placed)
    return (*placed, *(each for each in present if each not in known))


def moved(order: Sequence[UUID], item: UUID, place: int, shown: Iterable[UUID] | None = None) -> tuple[UUID, ...]:
    """The order with one application moved to a place, counted from 1; the others keep theirs to each other.

    `shown` are those whom the person who moves it sees: their place is counted among these alone, and those hidden
    stay beside whom they stood behind (G15). A place beyond either end is that end. ValueError for an unknown item.
    """
    rest = [each for each in order if each != item]
    if len(rest) == len(order):
        raise ValueError(f"{item} is not in the order")
    seen = set(order) if shown is None else set(shown)
    visible = [each for each in rest if each in seen]
    index = min(max(place, 1), len(visible) + 1) - 1
    if not visible:
        return tuple(order)
    at = rest.index(visible[index]) if index < len(visible) else rest.index(visible[-1]) + 1
    return (*rest[:at], item, *rest[at:])


def rearranged(order: Sequence[UUID], wanted: Sequence[UUID]) -> tuple[UUID, ...]:
    """The order with those wanted in the places that they hold together, as they are wanted; the others where they are."""
    there = set(order)
    chosen = [each for each in dict.fromkeys(wanted) if each in there]
    among, following = set(chosen), iter(chosen)
    return tuple(next(following) if each in among else each for each in order)


class Step(msgspec.Struct, frozen=True):
    """How much of the frame is used when one has come so far down the list, with this application in it."""

    id: UUID
    used_ore: int
    used_hours: int
    above: bool
    """Whether it lies above the line: so far, everything fits in what is left of the frame."""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far down the list the frame reaches."""

    steps: tuple[Step, ...]
    line: int
    """How many applications lie above the line where the frame is used up; as many as there are where it suffices."""
    used_ore: int
    """What those above the line use together."""
    used_hours: int

    @property
    def suffices(self) -> bool:
        """Whether the frame is enough for all."""
        return self.line == len(self.steps)


def reach(rows: Sequence[Weighed], left_ore: int, left_hours: int) -> Reach:
    """How far what is left of the frame reaches down a ranked list, in money and in hours.

    The line comes before the first application that no longer fits, even where a later and smaller one would: the
    order is a judgement, and passing somebody by is another. Above the line the sum is never more than is left.
    """
    used_ore = used_hours = 0
    steps: list[Step] = []
    line, above_ore, above_hours = len(rows), 0, 0
    for index, row in enumerate(rows):
        use_ore, use_hours = row.use_ore, row.use_hours
        used_ore, used_hours = used_ore + use_ore, used_hours + use_hours
        takes = use_ore > 0 or use_hours > 0
        if line == len(rows) and takes and (used_ore > left_ore or used_hours > left_hours):
            line = index
        if index < line:
            above_ore, above_hours = used_ore, used_hours
        steps.append(Step(row.id, used_ore, used_hours, index < line))
    return Reach(steps=tuple(steps), line=line, used_ore=above_ore, used_hours=above_hours)


class Share(msgspec.Struct, frozen=True):
    """One line of the breadth: how many ask and for how much, and how many and how much of it is above the line."""

    key: str
    count: int
    count_above: int
    asked_ore: int
    above_ore: int


KNOWN_KEYS: Mapping[str, tuple[str, ...]] = {
    "theme": THEMES,
    "goal": GOALS,
    "size": (*(name for name, _ in SIZES), "large"),
    "language": ("nb", "nn"),
}
"""The keys that a dimension shows in any case, in their order, so that what nobody asks for is seen too."""


def breadth(rows: Sequence[Weighed], above: frozenset[UUID], dimension: str) -> tuple[Share, ...]:
    """The breadth of a call in one dimension, those above the line against all.

    Outside SEVERAL the lines add up to the whole, to the øre. What is not known has the key UNKNOWN, last.
    """
    return _in_dimension(_counted(rows, above), dimension)


def breadths(rows: Sequence[Weighed], above: frozenset[UUID]) -> dict[str, tuple[Share, ...]]:
    """The breadth of a call in every dimension, each as `breadth` says it."""
    counted = _counted(rows, above)
    return {dimension: _in_dimension(counted, dimension) for dimension in DIMENSIONS}


Counted = list[tuple[Weighed, int, bool, int]]
"""Applications, each with what is asked for, whether it is given something above the line, and how much of the frame."""


def _counted(rows: Sequence[Weighed], above: frozenset[UUID]) -> Counted:
    counted = []
    for row in rows:
        given = row.counts and row.id in above
        counted.append((row, row.asked_ore or 0, given, row.use_ore if given else 0))
    return counted


def _in_dimension(counted: Counted, dimension: str) -> tuple[Share, ...]:
    known = KNOWN_KEYS.get(dimension, ())
    gathered: dict[str, list[int]] = {key: [0, 0, 0, 0] for key in known}
    for row, asked_ore, given, above_ore in counted:
        for key in row.keys(dimension):
            line = gathered.get(key)
            if line is None:
                line = gathered[key] = [0, 0, 0, 0]
            line[0] += 1
            line[1] += given
            line[2] += asked_ore
            line[3] += above_ore
    order = {key: index for index, key in enumerate(known)}
    keys = sorted(gathered, key=lambda key: (key == UNKNOWN, order.get(key, len(order)), key))
    return tuple(Share(key, *gathered[key]) for key in keys)


def above(rows: Sequence[Weighed], reached: Reach) -> frozenset[UUID]:
    """Those who would be given something: above the line, and not meant to wait or be refused."""
    return frozenset(row.id for row, step in zip(rows, reached.steps, strict=True) if step.above and row.counts)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One way to divide the frame: a ranked list with what each is meant to be given."""

    name: str
    rows: tuple[Weighed, ...]


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What one plan leads to: who is in, what it uses and leaves."""

    name: str
    given: frozenset[UUID]
    used_ore: int
    used_hours: int
    left_ore: int
    left_hours: int
    rows: tuple[Weighed, ...]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Several plans side by side."""

    outlooks: tuple[Outlook, ...]
    always: frozenset[UUID]
    """In every plan."""
    never: frozenset[UUID]
    """In none."""
    differs: tuple[UUID, ...]
    """In some and not in others, in the order of the first plan, then of the next."""


def compare(plans: Sequence[Plan], left_ore: int, left_hours: int) -> Compared:
    """Plans side by side over the same frame; each application is in exactly one of always, never and differs."""
    outlooks = []
    for plan in plans:
        reached = reach(plan.rows, left_ore, left_hours)
        outlooks.append(
            Outlook(
                name=plan.name, given=above(plan.rows, reached), used_ore=reached.used_ore,
                used_hours=reached.used_hours, left_ore=left_ore - reached.used_ore,
                left_hours=left_hours - reached.used_hours, rows=plan.rows,
            )
        )  # fmt: skip
    everybody = dict.fromkeys(row.id for plan in plans for row in plan.rows)
    counts = {each: sum(each in outlook.given for outlook in outlooks) for each in everybody}
    return Compared(
        outlooks=tuple(outlooks),
        always=frozenset(each for each, count in counts.items() if plans and count == len(plans)),
        never=frozenset(each for each, count in counts.items() if count == 0),
        differs=tuple(each for each, count in counts.items() if 0 < count < len(plans)),
    )


def filled(rows: Sequence[Weighed], left_ore: int, left_hours: int) -> tuple[Weighed, ...]:
    """The list with an outcome for each: an award for those above the line, the waiting list for the others.

    What was already meant to be refused stays so.
    """
    reached = reach(rows, left_ore, left_hours)
    return tuple(_with_outcome(row, step.above) for row, step in zip(rows, reached.steps, strict=True))


def _with_outcome(row: Weighed, is_above: bool) -> Weighed:
    if not row.counts:
        return row
    if not is_above:
        return msgspec.structs.replace(row, outcome=Outcome.WAITLISTED, amount_ore=None, hours=None)
    outcome = row.outcome or Outcome.AWARDED
    return msgspec.structs.replace(row, outcome=outcome, amount_ore=row.use_ore, hours=row.use_hours)


class Waiting(msgspec.Struct, frozen=True):
    """An application on the waiting list, with what it asked for."""

    id: UUID
    asked_ore: int
    asked_hours: int


def moves_up(waiting: Sequence[Waiting], left_ore: int, left_hours: int) -> tuple[UUID, ...]:
    """Those on the waiting list for whom there is room now, in the order of the board (G19).

    The rule: from the top of the list, whoever's sum and hours both fit in what is left moves up, and takes it from
    what is left for those below; whoever does not fit keeps their place and is passed by. What is asked for nothing
    of moves nobody. `left` is the frame less what is bound and less what is already prepared for others.
    """
    found: list[UUID] = []
    for each in waiting:
        takes = each.asked_ore > 0 or each.asked_hours > 0
        if takes and each.asked_ore <= left_ore and each.asked_hours <= left_hours:
            found.append(each.id)
            left_ore, left_hours = left_ore - each.asked_ore, left_hours - each.asked_hours
    return tuple(found)


def changed_places(before: Sequence[UUID], after: Sequence[UUID]) -> dict[UUID, tuple[int | None, int]]:
    """The applications whose place is another than before, with both places counted from 1; None for a new one."""
    stood: Callable[[UUID], int | None] = {each: place for place, each in enumerate(before, 1)}.get
    return {each: (stood(each), place) for place, each in enumerate(after, 1) if stood(each) != place}
