"""Who is reminded of what is due, and when it goes a step higher: in office hours, and never twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Protocol, TypeVar

import msgspec

from workflows.calendar import is_working_day, to_oslo, working_days_between
from workflows.roles import Role

OPENS, CLOSES = time(8), time(16)
"""When people may be reminded, by the clock in Norway; outside it, and on days off, the house keeps quiet."""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an escalation: who is told, so many working days after what is due (before it, where negative)."""

    key: str
    working_days: int
    to: Role

    def is_reached(self, due_on: date, today: date) -> bool:
        """Whether its day has come."""
        if self.working_days <= 0:
            return today >= due_on or working_days_between(today, due_on) <= -self.working_days
        return working_days_between(due_on, today) >= self.working_days


Ladder = tuple[Rung, ...]

REVIEW_LADDER: Ladder = (
    Rung(key="soon", working_days=-2, to=Role.REVIEWER),
    Rung(key="late", working_days=1, to=Role.REVIEWER),
    Rung(key="case_handler", working_days=3, to=Role.CASE_HANDLER),
    Rung(key="method_owner", working_days=6, to=Role.METHOD_OWNER),
)
"""A review that is not handed in: its reviewer, then whoever assigned it, then those who lead the resource group."""

RECONSIDERATION_LADDER: Ladder = (
    Rung(key="soon", working_days=-3, to=Role.CASE_HANDLER),
    Rung(key="late", working_days=1, to=Role.CASE_HANDLER),
    Rung(key="decision_maker", working_days=4, to=Role.DECISION_MAKER),
)
"""A request to try an outcome again that is not answered: whoever handles it, then those who decide."""

LAST_DAY_LADDER: Ladder = (Rung(key="last_day", working_days=-3, to=Role.LEADER),)
"""The last day on which an office may say that it disagrees with an outcome: those who could say so."""


def in_office_hours(now: datetime) -> bool:
    """Whether people may be reminded now."""
    local = to_oslo(now)
    return is_working_day(local.date()) and OPENS <= local.time() < CLOSES


class Climbable(Protocol):
    """A step of an escalation, however its days are counted."""

    @property
    def key(self) -> str:
        """What tells it apart from the others of its ladder."""

    def is_reached(self, due_on: date, today: date) -> bool:
        """Whether its day has come."""


Step = TypeVar("Step", bound=Climbable)


def next_rung(ladder: Sequence[Step], due_on: date, today: date, climbed: Collection[str]) -> Step | None:
    """The highest rung whose day has come, unless it or one above it is climbed already.

    One at a time: after a worker has been away nobody gets a heap of reminders, and nobody is told below of what has
    gone higher.
    """
    for rung in reversed(ladder):
        if rung.key in climbed:
            return None
        if rung.is_reached(due_on, today):
            return rung
    return None
