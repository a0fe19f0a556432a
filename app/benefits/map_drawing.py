"""Things in layers as a drawing, above all the benefit map: a column for each layer, a line for each connection.

Pure: nodes and edges in, coordinates out. The page shows the same map as a table, and every kind of line has a dash and
a letter of its own, so that nothing hangs on colour or on sight alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

LAYERS = ("measure", "changed_practice", "local_benefit", "wider_benefit", "overall_goal")

COLUMN = 240
BOX_WIDTH = 184
LINE = 17
PADDING = 10
GAP = 22
TOP = 44
MARGIN = 8
CHARACTERS = 24
MOST_LINES = 5


class MapNode(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the map as it is drawn; `sign` is -1 for a disbenefit."""

    id: UUID
    kind: str
    label: str
    sign: int = 1
    link: str = ""
    goal: str = ""


class MapEdge(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as it is drawn."""

    id: UUID
    from_id: UUID
    to_id: UUID
    kind: str
    assumption: str = ""
    confidence: str = "medium"


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A node with its place on the sheet and its label broken into lines: (text, y)."""

    node: MapNode
    x: int
    y: int
    width: int
    height: int
    lines: tuple[tuple[str, int], ...]
    marks: tuple[tuple[str, int], ...] = ()
    """What is said of the node below its label."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An edge as a path, with the point where its letter stands."""

    edge: MapEdge
    path: str
    label_x: float
    label_y: float


class Column(msgspec.Struct, frozen=True):
    """A layer's heading."""

    kind: str
    x: int


class MapDrawing(msgspec.Struct, frozen=True, kw_only=True):
    """The whole drawing, in the units of its sheet."""

    width: int
    height: int
    columns: tuple[Column, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def broken(label: str, width: int = CHARACTERS, most: int = MOST_LINES) -> tuple[str, ...]:
    """A label in lines of at most `width` characters, cut with an ellipsis after `most` lines."""
    lines: list[str] = []
    for word in label.split():
        while len(word) > width:
            lines.append(word[: width - 1] + "-")
            word = word[width - 1 :]
        if lines and len(lines[-1]) + 1 + len(word) <= width and not lines[-1].endswith("-"):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: width - 1] + "…"]
    return tuple(lines)


def _ordered(nodes: Sequence[MapNode], edges: Sequence[MapEdge], layers: Sequence[str]) -> dict[str, list[MapNode]]:
    """The nodes of each layer, each near those that lead to it: by the mean place of its sources, two sweeps."""
    columns = {layer: [node for node in nodes if node.kind == layer] for layer in layers}
    sources: dict[UUID, list[UUID]] = {}
    for edge in edges:
        sources.setdefault(edge.to_id, []).append(edge.from_id)
    for _ in range(2):
        place = {node.id: float(index) for column in columns.values() for index, node in enumerate(column)}
        for layer in layers[1:]:
            columns[layer].sort(key=lambda node: _mean(sources.get(node.id, ()), place, place[node.id]))
            place |= {node.id: float(index) for index, node in enumerate(columns[layer])}
    return columns


def _mean(sources: Sequence[UUID], place: Mapping[UUID, float], otherwise: float) -> float:
    known = [place[source] for source in sources if source in place]
    return sum(known) / len(known) if known else otherwise


def _path(start: Box, end: Box) -> tuple[str, float, float]:
    """A soft curve from the right side of one box to the left side of the other; its middle."""
    from_x, from_y = start.x + start.width, start.y + start.height / 2
    to_x, to_y = end.x, end.y + end.height / 2
    bend = max((to_x - from_x) / 2, 24)
    curve = f"M{from_x:g},{from_y:g} C{from_x + bend:g},{from_y:g} {to_x - bend:g},{to_y:g} {to_x - 6:g},{to_y:g}"
    return curve, round((from_x + to_x) / 2, 1), round((from_y + to_y) / 2, 1)


def draw_map(
    nodes: Sequence[MapNode], edges: Sequence[MapEdge], layers: Sequence[str] = LAYERS,
    marks: Mapping[UUID, Sequence[str]] | None = None,
) -> MapDrawing:  # fmt: skip
    """Where every box and line of the map stands; the same map is always drawn the same way.

    Marks are what is said of a node below its label, each on a line of its own.
    """
    boxes: dict[UUID, Box] = {}
    lowest = TOP
    for index, (_, column) in enumerate(_ordered(nodes, edges, layers).items()):
        y = TOP
        for node in column:
            lines = broken(node.label) or ("–",)
            extra = 1 if node.sign < 0 else 0  # a disbenefit says so in a line of its own
            said = [line for mark in (marks or {}).get(node.id, ()) for line in broken(mark)]
            height = (len(lines) + extra + len(said)) * LINE + 2 * PADDING
            first = y + PADDING + LINE - 4 + extra * LINE
            last = first + len(lines) * LINE
            boxes[node.id] = Box(
                node=node,
                x=MARGIN + index * COLUMN,
                y=y,
                width=BOX_WIDTH,
                height=height,
                lines=tuple((text, first + number * LINE) for number, text in enumerate(lines)),
                marks=tuple((text, last + number * LINE) for number, text in enumerate(said)),
            )
            y += height + GAP
        lowest = max(lowest, y)
    drawn = []
    for edge in edges:
        if edge.from_id in boxes and edge.to_id in boxes:
            path, x, y_middle = _path(boxes[edge.from_id], boxes[edge.to_id])
            drawn.append(Line(edge=edge, path=path, label_x=x, label_y=y_middle))
    return MapDrawing(
        width=MARGIN * 2 + COLUMN * (len(layers) - 1) + BOX_WIDTH,
        height=lowest + MARGIN,
        columns=tuple(Column(kind, MARGIN + index * COLUMN) for index, kind in enumerate(layers)),
        boxes=tuple(boxes.values()),
        lines=tuple(drawn),
    )
