"""The trace as a drawing: a box for each entry, or for the alike ones of a long layer together, and a line for each link.

Pure: a trace in, places and lines out; the page shows the same trace as tables.
"""

from __future__ import annotations

from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec

from app.benefits.map_drawing import MapEdge
from workflows.trace import LAYERS, Entry, Layer, Trace

MOST = 24
"""A layer with more entries than this is drawn with those together that rest on the same and lead to the same."""


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the drawing with what stands there; `id` is its first entry's."""

    id: UUID
    layer: Layer
    entries: tuple[Entry, ...]


def spots_of(trace: Trace, most: int = MOST) -> list[Spot]:
    """The places of the drawing, layer by layer."""
    found: list[Spot] = []
    for layer in LAYERS:
        entries = [entry for entry in trace.entries if entry.layer == layer]
        alike: dict[object, list[Entry]] = {}
        for entry in entries:
            key = (frozenset(entry.rests_on), frozenset(trace.follows[entry.id]), entry.is_dropped)
            alike.setdefault(key if len(entries) > most else entry.id, []).append(entry)
        found += [Spot(id=each[0].id, layer=layer, entries=tuple(each)) for each in alike.values()]
    return found


def links_of(spots: list[Spot]) -> list[MapEdge]:
    """The lines between the places, each once."""
    place = {entry.id: spot.id for spot in spots for entry in spot.entries}
    pairs = dict.fromkeys(
        (place[each], spot.id) for spot in spots for entry in spot.entries for each in entry.rests_on if each in place
    )
    return [
        MapEdge(id=uuid5(NAMESPACE_OID, f"{start}{end}"), from_id=start, to_id=end, kind="contributes")
        for start, end in pairs
    ]
