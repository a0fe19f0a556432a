"""What has changed between two versions of a benefit map, and which acts on it can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Change(StrEnum):
    """What became of a place or a connection from one version to another."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place of a version, with the words it had then."""

    id: UUID
    kind: str
    label: str
    goal: str = ""
    sign: int = 1
    state: str = ""
    place: int | None = None
    benefit_id: UUID | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same place in another version: its goal, its benefit, else itself."""
        if self.goal:
            return ("goal", self.goal)
        return ("benefit", str(self.benefit_id)) if self.benefit_id else ("place", str(self.id))


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A connection of a version."""

    id: UUID
    from_id: UUID
    to_id: UUID
    kind: str
    assumption: str = ""
    confidence: str = "medium"


class MapSaid(msgspec.Struct, frozen=True, kw_only=True):
    """All that a version of a map says."""

    nodes: tuple[Place, ...] = ()
    edges: tuple[Connection, ...] = ()


class PlaceChange(msgspec.Struct, frozen=True, kw_only=True):
    """A place, and what became of it; `before` where it was there before, `after` where it is there still."""

    change: Change
    before: Place | None = None
    after: Place | None = None


class ConnectionChange(msgspec.Struct, frozen=True, kw_only=True):
    """A connection between two places by their keys, and what became of it."""

    change: Change
    from_key: tuple[str, str]
    to_key: tuple[str, str]
    before: Connection | None = None
    after: Connection | None = None


class MapDifference(msgspec.Struct, frozen=True, kw_only=True):
    """All that is in either of two versions, each with what became of it."""

    places: tuple[PlaceChange, ...]
    connections: tuple[ConnectionChange, ...]

    @property
    def count(self) -> int:
        """How much is not the same."""
        changes = [each.change for each in self.places] + [each.change for each in self.connections]
        return sum(each != Change.SAME for each in changes)


def _change(before: Any, after: Any, same: bool) -> Change:
    if before is None:
        return Change.ADDED
    if after is None:
        return Change.REMOVED
    return Change.SAME if same else Change.CHANGED


def _said_of_place(place: Place) -> tuple[Any, ...]:
    return (place.kind, place.label, place.sign)


def _said_of_connection(edge: Connection) -> tuple[Any, ...]:
    return (edge.kind, edge.assumption.strip(), edge.confidence)


def _keyed(said: MapSaid) -> Mapping[tuple[Any, Any], Connection]:
    keys = {place.id: place.key for place in said.nodes}
    return {
        (keys[edge.from_id], keys[edge.to_id]): edge
        for edge in said.edges
        if edge.from_id in keys and edge.to_id in keys
    }


def difference(before: MapSaid, after: MapSaid) -> MapDifference:
    """What became of every place and connection; the order within a layer and a benefit's state are no change of the map."""
    old, new = {place.key: place for place in before.nodes}, {place.key: place for place in after.nodes}
    places = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        same = was is not None and now is not None and _said_of_place(was) == _said_of_place(now)
        places.append(PlaceChange(change=_change(was, now, same), before=was, after=now))
    led, leads = _keyed(before), _keyed(after)
    connections = []
    for ends in sorted(led.keys() | leads.keys()):
        was_led, now_led = led.get(ends), leads.get(ends)
        same = was_led is not None and now_led is not None
        same = same and _said_of_connection(was_led) == _said_of_connection(now_led)  # type: ignore[arg-type]
        connections.append(
            ConnectionChange(
                change=_change(was_led, now_led, same), from_key=ends[0], to_key=ends[1], before=was_led, after=now_led
            )
        )
    return MapDifference(places=tuple(places), connections=tuple(connections))


# --- taking back -----------------------------------------------------------------------------------------------------

UNDOABLE = ("add_to_map", "remove_from_map", "connect_in_map", "disconnect_in_map", "rename_in_map", "reconnect_in_map",
            "order_map")  # fmt: skip
"""The acts on a map that can be taken back, by the verb of their event."""


class MapAct(msgspec.Struct, frozen=True, kw_only=True):
    """An act on a map as its event tells it."""

    event_id: int
    verb: str
    by: UUID | None
    changes: Mapping[str, Any]


def last_to_take_back(acts: Iterable[MapAct], person_id: UUID, *, is_practice: bool) -> MapAct | None:
    """The newest act of a person on one of the maps that is not taken back yet; None where there is none."""
    newest = sorted(acts, key=lambda act: act.event_id, reverse=True)
    taken_back = {act.changes.get("taken_back") for act in newest if act.verb == "undo_in_map"}
    return next(
        (
            act for act in newest
            if act.verb in UNDOABLE and act.by == person_id and act.event_id not in taken_back
            and bool(act.changes.get("is_practice")) == is_practice
        ), None,
    )  # fmt: skip


def moved(order: Sequence[UUID], which: UUID, to: int) -> list[UUID]:
    """The order with one taken to a place counted from 1; beyond the ends it comes to stand at the end."""
    rest = [each for each in order if each != which]
    at = min(max(to, 1), len(rest) + 1) - 1
    return [*rest[:at], which, *rest[at:]]
