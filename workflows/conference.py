"""The experience conference: a programme of presentations, panels and breaks, one after the other (S55, S56)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from workflows.engine import Reason
from workflows.gathering import GatheringKind


class ItemKind(StrEnum):
    """What an item of the programme is."""

    PRESENTATION = "presentation"
    PANEL = "panel"
    BREAK = "break"


class Slot(msgspec.Struct, frozen=True):
    """When an item is, and what it is called."""

    title: str
    starts_at: datetime
    lasts_minutes: int

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.lasts_minutes)


def against_programme(kind: str, called_off: bool) -> Iterator[Reason]:
    """What keeps a gathering from having a programme."""
    if kind != GatheringKind.CONFERENCE:
        yield Reason(code="conference.no_conference")
    elif called_off:
        yield Reason(code="gathering.called_off")


def against_slot(slot: Slot, opens_at: datetime, closes_at: datetime, others: Iterable[Slot]) -> Iterator[Reason]:
    """What keeps an item from standing there: outside the conference, or on top of another, for there is one stage."""
    if slot.starts_at < opens_at or slot.ends_at > closes_at:
        yield Reason(
            code="conference.outside", parameters={"starts_at": opens_at.isoformat(), "ends_at": closes_at.isoformat()}
        )
    for other in others:
        if slot.starts_at < other.ends_at and other.starts_at < slot.ends_at:
            yield Reason(code="conference.overlaps", parameters={"title": other.title})


def next_free(opens_at: datetime, others: Iterable[Slot]) -> datetime:
    """The first moment after everything that stands in the programme."""
    return max((other.ends_at for other in others), default=opens_at)
