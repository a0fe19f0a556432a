"""Things in layers as a drawing, above all the benefit map: a column for each layer, a line for each connection.

Pure: nodes and edges in, coordinates out; graphlay finds the order with the fewest crossings and leads every line around
the boxes in its way. A layer that somebody has ordered keeps that order. The page shows the same map as a table, and every
kind of line has a dash and a letter of its own, so that nothing hangs on colour or on sight alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import graphlay
import msgspec

from workflows.benefit import LAYERS

COLUMN = 246
BOX_WIDTH = 184
LINE = 17
PADDING = 10
GAP = 24
TOP = 64
HIGHEST = 36
MARGIN = 8
CHARACTERS = 24
MOST_LINES = 5
MANY = 60
"""From so many boxes on the order is sought with less effort: a page must not wait for it."""


class MapNode(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the map as it is drawn; `sign` is -1 for a disbenefit, `place` its kept order in its layer."""

    id: UUID
    kind: str
    label: str
    sign: int = 1
    link: str = ""
    goal: str = ""
    place: int | None = None
    benefit_id: UUID | None = None
    state: str = ""
    """How far its benefit has come; "" for what is no benefit."""


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
    end_x: float
    """Where its point is."""
    end_y: float


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
    """From left to right, in each column from the top."""
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


class _Text(msgspec.Struct, frozen=True):
    """What stands in a box, and how high it makes it."""

    lines: tuple[str, ...]
    marks: tuple[str, ...]
    extra: int
    """A disbenefit says so in a line of its own."""

    @property
    def height(self) -> int:
        return (len(self.lines) + self.extra + len(self.marks)) * LINE + 2 * PADDING


def _text(node: MapNode, marks: Sequence[str]) -> _Text:
    said = tuple(line for mark in marks for line in broken(mark))
    return _Text(broken(node.label) or ("–",), said, 1 if node.sign < 0 else 0)


def _request(
    nodes: Sequence[MapNode], edges: Sequence[MapEdge], layers: Sequence[str], texts: Mapping[UUID, _Text],
    centres: Mapping[UUID, tuple[float, float]] | None = None,
) -> Any:  # fmt: skip
    """The map as graphlay takes it: each node in the rank of its layer, and where it stands where that is settled."""
    graph = graphlay.Graph()
    for node in nodes:
        more: dict[str, Any] = {"rank": {"fixed": layers.index(node.kind)}}
        if centres is not None:
            x, y = centres[node.id]
            more["position"] = {"x": x, "y": y}
        graph.node(node.id, width=BOX_WIDTH, height=texts[node.id].height, **more)
    for edge in edges:
        graph.edge(edge.from_id, edge.to_id, label_size={"width": LINE, "height": LINE})
    options: dict[str, Any] = {
        "direction": "leftright",
        "routing": {"style": "diagonal"},
        "spacing": {"layer_gap": COLUMN - BOX_WIDTH, "node_gap": GAP, "dummy_gap": GAP},
    }
    if len(nodes) > MANY:
        options["effort"] = "fast"
    lay = graphlay.layout if centres is None else graphlay.reroute
    return lay(graph, preset="layered", options=options)


def _known(nodes: Sequence[MapNode], edges: Sequence[MapEdge]) -> list[MapEdge]:
    there = {node.id for node in nodes}
    return [edge for edge in edges if edge.from_id in there and edge.to_id in there]


def order_of(
    nodes: Sequence[MapNode], edges: Sequence[MapEdge], layers: Sequence[str] = LAYERS,
    marks: Mapping[UUID, Sequence[str]] | None = None,
) -> dict[str, list[MapNode]]:  # fmt: skip
    """The nodes of each layer from the top: as somebody ordered them, the newest last, else with the fewest crossings."""
    if not nodes:
        return {layer: [] for layer in layers}
    texts = {node.id: _text(node, (marks or {}).get(node.id, ())) for node in nodes}
    found = _request(nodes, _known(nodes, edges), layers, texts)
    height = {node.id: each["center"]["y"] for node, each in zip(nodes, found.nodes, strict=True)}
    columns = {}
    for layer in layers:
        column = [node for node in nodes if node.kind == layer]
        if any(node.place is not None for node in column):
            column.sort(key=lambda node: (node.place is None, node.place or 0, node.id))
        else:
            column.sort(key=lambda node: (height[node.id], node.id))
        columns[layer] = column
    return columns


def _stacked(columns: Mapping[str, Sequence[MapNode]], texts: Mapping[UUID, _Text]) -> dict[UUID, tuple[int, int]]:
    """The upper left corner of each node: columns from left to right, each in the middle of the tallest."""
    heights = {
        layer: sum(texts[node.id].height for node in column) + GAP * max(0, len(column) - 1)
        for layer, column in columns.items()
    }
    tallest = max(heights.values(), default=0)
    corners = {}
    for index, (layer, column) in enumerate(columns.items()):
        y = TOP + (tallest - heights[layer]) // 2
        for node in column:
            corners[node.id] = (MARGIN + index * COLUMN, y)
            y += texts[node.id].height + GAP
    return corners


def _path(points: Sequence[Mapping[str, float]]) -> str:
    """A soft line through the points: it leaves and arrives level, and bends on its way from one to the next."""
    x, y = points[0]["x"], points[0]["y"]
    path = f"M{x:g},{y:g}"
    for point in points[1:]:
        to_x, to_y = point["x"] - (1 if point is points[-1] else 0), point["y"]
        bend = (to_x - x) / 2
        path += f" C{x + bend:g},{y:g} {to_x - bend:g},{to_y:g} {to_x:g},{to_y:g}"
        x, y = to_x, to_y
    return path


def draw_map(
    nodes: Sequence[MapNode], edges: Sequence[MapEdge], layers: Sequence[str] = LAYERS,
    marks: Mapping[UUID, Sequence[str]] | None = None,
) -> MapDrawing:  # fmt: skip
    """Where every box and line of the map stands; the same map is always drawn the same way.

    Marks are what is said of a node below its label, each on a line of its own.
    """
    marks = marks or {}
    columns = order_of(nodes, edges, layers, marks)
    ordered = [node for column in columns.values() for node in column]
    texts = {node.id: _text(node, marks.get(node.id, ())) for node in ordered}
    corners = _stacked(columns, texts)
    boxes = [_box(node, corners[node.id], texts[node.id]) for node in ordered]
    known = _known(nodes, edges)
    lines, lowest = _lines(boxes, known, layers, texts) if known else ((), 0)
    return MapDrawing(
        width=MARGIN * 2 + COLUMN * (len(layers) - 1) + BOX_WIDTH,
        height=max([TOP, lowest, *(box.y + box.height for box in boxes)]) + MARGIN,
        columns=tuple(Column(kind, MARGIN + index * COLUMN) for index, kind in enumerate(layers)),
        boxes=tuple(boxes),
        lines=lines,
    )


def _box(node: MapNode, corner: tuple[int, int], text: _Text) -> Box:
    x, y = corner
    first = y + PADDING + LINE - 4 + text.extra * LINE
    last = first + len(text.lines) * LINE
    return Box(
        node=node, x=x, y=y, width=BOX_WIDTH, height=text.height,
        lines=tuple((words, first + number * LINE) for number, words in enumerate(text.lines)),
        marks=tuple((words, last + number * LINE) for number, words in enumerate(text.marks)),
    )  # fmt: skip


def _lines(
    boxes: Sequence[Box], edges: Sequence[MapEdge], layers: Sequence[str], texts: Mapping[UUID, _Text]
) -> tuple[tuple[Line, ...], int]:
    """The way of every edge around the boxes, and how far down the lowest comes."""
    centres = {box.node.id: (box.x + box.width / 2, box.y + box.height / 2) for box in boxes}
    found = _request([box.node for box in boxes], edges, layers, texts, centres)
    # the library may move the whole drawing, never one box against another
    moved_x = centres[boxes[0].node.id][0] - found.nodes[0]["center"]["x"]
    moved_y = centres[boxes[0].node.id][1] - found.nodes[0]["center"]["y"]
    lines, lowest = [], 0.0
    for edge, way in zip(edges, found.edges, strict=True):
        points = [{"x": point["x"] + moved_x, "y": max(point["y"] + moved_y, HIGHEST)} for point in way["points"]]
        lowest = max(lowest, *(point["y"] for point in points))
        middle = way["label_anchor"] or {"x": points[0]["x"] + 20 - moved_x, "y": points[0]["y"] - moved_y}
        lines.append(
            Line(
                edge=edge,
                path=_path(points),
                label_x=round(middle["x"] + moved_x, 1),
                label_y=round(middle["y"] + moved_y, 1),
                end_x=round(points[-1]["x"] - 1, 1),
                end_y=round(points[-1]["y"], 1),
            )
        )
    return tuple(lines), round(lowest)
