"""What a step is, when it may be taken, and everything that is missing for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from workflows.effects import Effect
from workflows.roles import GRANTS, Permission, Role
from workflows.wording import Wording


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is missing: a stable code, what its sentence names, where it is mended and who can mend it.

    `code` is "subject.what"; its sentence stands in the translations under the same key. `place` names a page or a
    part of one ("application.team"); app/web/places.py turns it into a link.
    """

    code: str
    parameters: Mapping[str, str | int | Wording] = {}
    place: str = ""
    who: tuple[Role, ...] = ()


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Who is acting on a case, in which roles towards it, when and why."""

    now: datetime
    roles: frozenset[Role]
    person_id: UUID | None = None
    why: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether one of the actor's roles grants the permission."""
        return not GRANTS[permission].isdisjoint(self.roles)


Check = Callable[[Any, Act], Iterable[Reason]]


@dataclass(frozen=True)
class Requirement:
    """A named rule that answers with what is still missing; empty means that it holds."""

    name: str
    check: Check
    rule: str
    source: str = ""
    waivable_by: Role | None = None
    hides: bool = False
    """While it does not hold, its moves are no options at all, rather than blocked ones."""
    asked: bool = False
    """What it misses is asked for in the form of its moves, so that it blocks none of them beforehand."""


def requirement(
    *, source: str = "", waivable_by: Role | None = None, hides: bool = False, asked: bool = False
) -> Callable[[Check], Requirement]:
    """Declare a function from facts and act to unmet reasons as a requirement; its docstring is the rule in words."""

    def declare(check: Check) -> Requirement:
        return Requirement(check.__name__, check, (check.__doc__ or "").strip(), source, waivable_by, hides, asked)

    return declare


@dataclass(frozen=True)
class Move:
    """One line of a lifecycle: from these states to that one, by whom, when what holds, with what following."""

    name: str
    sources: frozenset[StrEnum]
    target: StrEnum
    permission: Permission
    requires: tuple[Requirement, ...] = ()
    effects: tuple[Effect, ...] = ()
    needs_why: bool = False
    aside: bool = False
    """It leads off the way: open, but never what a case should do next."""


def move(
    name: str,
    sources: StrEnum | Iterable[StrEnum],
    target: StrEnum,
    permission: Permission,
    *requires: Requirement,
    effects: tuple[Effect, ...] = (),
    needs_why: bool = False,
    aside: bool = False,
) -> Move:
    """Write a move as a line of a table."""
    origins = frozenset((sources,)) if isinstance(sources, StrEnum) else frozenset(sources)
    return Move(name, origins, target, permission, requires, effects, needs_why, aside)


@dataclass(frozen=True)
class Lifecycle:
    """A subject's states and moves, readable from top to bottom."""

    subject: str
    states: type[StrEnum]
    initial: StrEnum
    final: frozenset[StrEnum]
    moves: tuple[Move, ...]
    _by_name: dict[str, Move] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {each.name: each for each in self.moves}
        if len(by_name) != len(self.moves):
            raise ValueError(f"{self.subject}: two moves share a name")
        object.__setattr__(self, "_by_name", by_name)

    def move(self, name: str) -> Move:
        """The move of that name; LookupError where the lifecycle has none."""
        try:
            return self._by_name[name]
        except KeyError:
            raise LookupError(f"{self.subject} has no move {name!r}") from None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer about one move: whether the actor may, and every reason in the way."""

    move: str
    target: str
    permission: Permission
    permitted: bool
    unmet: tuple[Reason, ...] = ()
    waivable: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    needs_why: bool = False
    aside: bool = False

    @property
    def allowed(self) -> bool:
        """Whether the move may be made now by this actor."""
        return self.permitted and not self.unmet


def _is_said(reason: Reason, said: Iterable[Reason]) -> bool:
    """Whether the same thing in the same place is among them already: two rules may miss it alike."""
    return any(
        (each.code, each.parameters, each.place) == (reason.code, reason.parameters, reason.place) for each in said
    )


def decide(
    lifecycle: Lifecycle, name: str, state: str, facts: Any, act: Act, waived: frozenset[str] = frozenset()
) -> Verdict:
    """Whether the named move may be made from `state`; evaluates every requirement, so all that is missing is said.

    `waived` names the requirements waived for this row; only those declared waivable count.
    """
    chosen = lifecycle.move(name)
    return _verdict(lifecycle, chosen, state, facts, act, waived, chosen.requires)


def _verdict(
    lifecycle: Lifecycle,
    chosen: Move,
    state: str,
    facts: Any,
    act: Act,
    waived: frozenset[str],
    requires: Iterable[Requirement],
) -> Verdict:
    unmet: list[Reason] = []
    if state not in chosen.sources:
        unmet.append(
            Reason(code=f"{lifecycle.subject}.wrong_state", parameters={"state": str(state), "move": chosen.name})
        )
    if chosen.needs_why and not act.why.strip():
        unmet.append(Reason(code="step.why_missing", parameters={"move": chosen.name}))
    waivable: list[str] = []
    in_force: list[str] = []
    for rule in requires:
        missing = tuple(rule.check(facts, act))
        if missing and rule.waivable_by and rule.name in waived:
            in_force.append(rule.name)
        elif missing:
            for each in missing:
                if not _is_said(each, unmet):
                    unmet.append(each)
            if rule.waivable_by:
                waivable.append(rule.name)
    return Verdict(
        move=chosen.name,
        target=str(chosen.target),
        permission=chosen.permission,
        permitted=act.may(chosen.permission),
        unmet=tuple(unmet),
        waivable=tuple(waivable),
        waived=tuple(in_force),
        needs_why=chosen.needs_why,
        aside=chosen.aside,
    )


def options(
    lifecycle: Lifecycle, state: str, facts: Any, act: Act, waived: frozenset[str] = frozenset()
) -> tuple[Verdict, ...]:
    """The verdict on every move that leaves `state`, permitted or not, as `decide` will give it once its form is filled in.

    What the form asks for, as the written reason, is not said to be missing. A move that a rule hides is left out.
    """
    typed = msgspec.structs.replace(act, why=act.why or "…")
    return tuple(
        _verdict(lifecycle, each, state, facts, typed, waived, [rule for rule in each.requires if not rule.asked])
        for each in lifecycle.moves
        if state in each.sources and not any(rule.hides and tuple(rule.check(facts, typed)) for rule in each.requires)
    )
