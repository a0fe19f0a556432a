"""What somebody owes by a day: a declared source for each kind, who is told when, and whom it passes to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from workflows.project import STEPS, ProjectState

ANSWER_DAYS = 14
"""Within so many days somebody who is asked to take a benefit over says yes or no."""

AHEAD_DAYS = 30
"""So many days before its day something is told of for the first time (G26)."""


class Kind(StrEnum):
    """What can be owed."""

    CLARIFICATION = "clarification"
    STEP = "step"
    MILESTONE = "milestone"
    REPORT = "report"
    MEASUREMENT = "measurement"
    HAND_OVER = "hand_over"
    SURVEY = "survey"


class Tier(StrEnum):
    """Who answers for it, from the one who does it to those who keep the scheme."""

    RESPONSIBLE = "responsible"
    COORDINATOR = "coordinator"
    LEADER = "leader"
    RESOURCE_GROUP = "resource_group"


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an escalation: who is told, so many days after the day (before it, where negative)."""

    key: str
    days: int
    to: tuple[Tier, ...]

    def is_reached(self, due_on: date, today: date) -> bool:
        """Whether its day has come; the house keeps quiet on days off, and says it on the next working day."""
        return today >= due_on + timedelta(days=self.days)


T = Tier
LADDER = (
    Rung(key="month_before", days=-AHEAD_DAYS, to=(T.RESPONSIBLE,)),
    Rung(key="week_before", days=-7, to=(T.RESPONSIBLE,)),
    Rung(key="today", days=0, to=(T.RESPONSIBLE,)),
    Rung(key="week_late", days=7, to=(T.RESPONSIBLE, T.COORDINATOR)),
    Rung(key="fortnight_late", days=14, to=(T.COORDINATOR, T.LEADER)),
    Rung(key="month_late", days=30, to=(T.LEADER, T.RESOURCE_GROUP)),
)
"""What has a day far ahead: reminded of before it, and taken a step higher after it (G26)."""

WITHIN_WEEKS = LADDER[1:]
"""What has its day within weeks."""

AFTERWARDS = LADDER[3:]
"""What shows on its own that it is near, so that only being late is worth a word."""

UNDER_WAY = frozenset({ProjectState.SET_UP, *STEPS, ProjectState.CLOSING})
MEASURED = UNDER_WAY | {ProjectState.CLOSED}


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where one kind of obligation comes from: when it counts, whose it is, and who is told."""

    kind: Kind
    owed_by: Tier
    """Whose it is where no person is named."""
    ladder: tuple[Rung, ...]
    counts_in: frozenset[ProjectState]
    """The states of a project in which it is owed; while a project is paused or stopped nothing of it is."""
    is_private: bool = False
    """Whether nobody but the one who owes it is shown that it is open."""
    source: str


SOURCES: Mapping[Kind, Source] = {
    each.kind: each
    for each in (
        Source(kind=Kind.CLARIFICATION, owed_by=T.COORDINATOR, ladder=WITHIN_WEEKS, counts_in=UNDER_WAY, source="S73"),
        Source(kind=Kind.STEP, owed_by=T.COORDINATOR, ladder=AFTERWARDS, counts_in=frozenset(STEPS),
               source="S24"),
        Source(kind=Kind.MILESTONE, owed_by=T.COORDINATOR, ladder=LADDER, counts_in=MEASURED, source="DOMAIN 3.11, G26"),
        Source(kind=Kind.REPORT, owed_by=T.COORDINATOR, ladder=LADDER, counts_in=UNDER_WAY, source="G26"),
        Source(kind=Kind.MEASUREMENT, owed_by=T.COORDINATOR, ladder=LADDER, counts_in=MEASURED, source="S66, DOMAIN 3.11"),
        Source(kind=Kind.HAND_OVER, owed_by=T.LEADER, ladder=WITHIN_WEEKS, counts_in=MEASURED,
               source="DOMAIN 0.8"),
        # answering is free, and who has not answered is nobody else's business (S57)
        Source(kind=Kind.SURVEY, owed_by=T.RESPONSIBLE, ladder=(), counts_in=frozenset(),
               is_private=True, source="S57"),
    )
}  # fmt: skip
"""One source for each kind: everything that is due, in every list and every reminder, comes from here."""

PASSES_TO = {T.RESPONSIBLE: T.COORDINATOR, T.COORDINATOR: T.LEADER, T.LEADER: T.RESOURCE_GROUP}
"""Where nobody is in a tier it falls to the next, so that nothing is owed by nobody."""


def tier_of(owed_by: Tier, there: Collection[Tier]) -> Tier:
    """The tier that something falls to, given those in which somebody is: the resource group at the last."""
    while owed_by not in there and owed_by in PASSES_TO:
        owed_by = PASSES_TO[owed_by]
    return owed_by


def told_by(rung: Rung, owed_by: Tier, there: Collection[Tier]) -> tuple[Tier, ...]:
    """The tiers that are told at a rung: of an empty one, the next; `owed_by` is whose it is where no person is."""
    found = []
    for tier in rung.to:
        start = owed_by if tier is T.RESPONSIBLE and tier not in there else tier
        found.append(tier_of(start, there))
    return tuple(dict.fromkeys(found))


def days_late(due_on: date | None, today: date) -> int:
    """How many days it is late; 0 where it is not, or has no day."""
    return max(0, (today - due_on).days) if due_on else 0
