"""Two versions of a benefit map laid over each other, as the drawing takes them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from app.benefits.map_drawing import MapEdge, MapNode
from workflows.benefit_map import Change, ConnectionChange, MapDifference, MapSaid, PlaceChange, difference


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """All that is in either version, with what became of each by its id."""

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    of_node: Mapping[UUID, Change]
    of_edge: Mapping[UUID, Change]
    ends: Mapping[UUID, tuple[UUID, UUID]]
    """Between which places each connection is drawn."""
    places: tuple[PlaceChange, ...]
    """Those that are not the same."""
    connections: tuple[ConnectionChange, ...]
    count: int


def compared(before: MapSaid, after: MapSaid) -> Compared:
    """What was and what is, drawn as one map: what is gone stands where it stood, what is new where it stands."""
    found = difference(before, after)
    ids = {}
    nodes, of_node = [], {}
    for change in found.places:
        shown = change.after or change.before
        assert shown is not None
        ids[shown.key] = shown.id
        of_node[shown.id] = change.change
        nodes.append(
            MapNode(
                id=shown.id, kind=shown.kind, label=shown.label, sign=shown.sign, goal=shown.goal, place=shown.place
            )
        )
    edges, of_edge = _edges(found, ids)
    return Compared(
        nodes=tuple(nodes), edges=tuple(edges), of_node=of_node, of_edge=of_edge,
        ends={edge.id: (edge.from_id, edge.to_id) for edge in edges},
        places=tuple(each for each in found.places if each.change != Change.SAME),
        connections=tuple(each for each in found.connections if each.change != Change.SAME), count=found.count,
    )  # fmt: skip


def _edges(found: MapDifference, ids: Mapping[tuple[str, str], UUID]) -> tuple[list[MapEdge], dict[UUID, Change]]:
    edges, of_edge = [], {}
    for change in found.connections:
        shown = change.after or change.before
        assert shown is not None
        of_edge[shown.id] = change.change
        edges.append(
            MapEdge(
                id=shown.id,
                from_id=ids[change.from_key],
                to_id=ids[change.to_key],
                kind=shown.kind,
                assumption=shown.assumption,
                confidence=shown.confidence,
            )
        )
    return edges, of_edge
