"""A concept in the system as a drawing: the concept, what it does there, and the nodes of the shared map that it touches.

Pure: placements in, nodes and lines out, for app.benefits.map_drawing to lay out; the page shows the same as a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_OID, UUID, uuid5

from app.activities.queries import ConceptRow, PlacementRow
from app.benefits.map_drawing import MapDrawing, MapEdge, MapNode, draw_map

LAYERS = ("concept", "effect", "node")
LONGEST = 100


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def draw_concept(
    concept: ConceptRow, placements: Sequence[PlacementRow], nodes: Mapping[UUID, str], marks: Mapping[UUID, str]
) -> MapDrawing | None:
    """Where a concept, its benefits and its consequences lie; None before anything is placed.

    `nodes` are the texts of the shared map's nodes, `marks` what is said of each placement: its kind, and its sign.
    """
    own = [row for row in placements if row.concept_id == concept.id]
    if not own:
        return None
    touched = dict.fromkeys(row.node_id for row in own if row.node_id in nodes)
    boxes = [MapNode(id=concept.id, kind="concept", label=_short(concept.title))]
    boxes += [MapNode(id=row.id, kind="effect", label=_short(row.text)) for row in own]
    boxes += [MapNode(id=node, kind="node", label=_short(nodes[node])) for node in touched if node is not None]
    lines = [(concept.id, row.id) for row in own]
    lines += [(row.id, row.node_id) for row in own if row.node_id in touched and row.node_id is not None]
    edges = [
        MapEdge(id=uuid5(NAMESPACE_OID, f"{start}{end}"), from_id=start, to_id=end, kind="contributes")
        for start, end in lines
    ]
    return draw_map(boxes, edges, LAYERS, {row.id: (marks[row.id],) for row in own})
