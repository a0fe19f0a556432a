"""Self-assessment of competence before and after: when it is open, and which figures may be shown of whom."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import TypeVar

import msgspec

from workflows.project import ProjectState
from workflows.survey import SMALLEST_GROUP

LEVELS = (1, 2, 3, 4, 5)
"""From having heard of it to teaching it to others; each has its description in the translations (S64)."""

MOST_GOALS = 10


class Moment(StrEnum):
    """Before the work, or after it."""

    BEFORE = "before"
    AFTER = "after"


S = ProjectState

OPEN_IN: Mapping[Moment, frozenset[ProjectState]] = {
    Moment.BEFORE: frozenset({S.SET_UP, S.DIAGNOSE_OPEN}),
    Moment.AFTER: frozenset({S.IMPLEMENT_OPEN, S.IMPLEMENT_CLOSE, S.CLOSING}),
}
"""While a project is in one of these states its people can assess themselves, and think again."""

SHOWN_IN = frozenset({S.CLOSED, S.ENDED})
"""Figures are shown of projects that are over: nothing that they are made of can change any more."""


def open_moment(state: str) -> Moment | None:
    """Which assessment is open in a project in that state; None where neither is."""
    return next((moment for moment, states in OPEN_IN.items() if state in states), None)


def may_change_goals(state: str) -> bool:
    """Whether a project's competence goals can still be written: as long as nobody has been asked what they know after."""
    return open_moment(state) is Moment.BEFORE


Person = TypeVar("Person", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)

Levels = Mapping[tuple[Key, Moment], int]
"""A person's levels by goal and moment."""


def is_whole(levels: Levels[Key], goals: Collection[Key]) -> bool:
    """Whether a person has assessed every goal both before and after; figures are made of these people alone."""
    return bool(goals) and all((goal, moment) in levels for goal in goals for moment in Moment)


def batches(
    projects: Sequence[tuple[Key, AbstractSet[Person]]], least: int = SMALLEST_GROUP
) -> tuple[tuple[Key, ...], ...]:
    """The projects of a call in the groups that figures are shown of, in the order in which they closed (G34).

    A project of enough people is a group of its own; smaller ones wait until enough people are together. A group never
    changes once it is there: what is shown at one time, less what was shown at another, is always whole groups again.
    """
    found: list[tuple[Key, ...]] = []
    waiting: list[Key] = []
    together: set[Person] = set()
    for key, people in projects:
        if len(people) >= least:
            found.append((key,))
        elif people:
            waiting.append(key)
            together |= people
            if len(together) >= least:
                found.append(tuple(waiting))
                waiting, together = [], set()
    return tuple(found)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many assessments stand on each level, before and after."""

    before: tuple[int, ...] = (0,) * len(LEVELS)
    after: tuple[int, ...] = (0,) * len(LEVELS)

    def plus(self, other: Counted) -> Counted:
        """Both together."""
        return Counted(
            before=tuple(map(sum, zip(self.before, other.before, strict=True))),
            after=tuple(map(sum, zip(self.after, other.after, strict=True))),
        )


def counted(people: Collection[Levels[Key]], goals: Collection[Key]) -> Counted:
    """How many assessments of those goals stand on each level."""

    def at(moment: Moment) -> tuple[int, ...]:
        levels = [each[goal, moment] for each in people for goal in goals]
        return tuple(levels.count(level) for level in LEVELS)

    return Counted(before=at(Moment.BEFORE), after=at(Moment.AFTER))
