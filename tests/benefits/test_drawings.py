"""The drawings of the map and of a curve: pure, the same input always drawn the same way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from app.benefits.curve import Figure, draw_curve
from app.benefits.map_drawing import LAYERS, MapEdge, MapNode, broken, draw_map
from app.benefits.trace_drawing import MOST, links_of, spots_of
from workflows.trace import Entry, Layer, traced


def node(number: int, kind: str, label: str = "Et sted", sign: int = 1) -> MapNode:
    return MapNode(id=UUID(int=number), kind=kind, label=label, sign=sign)


def edge(number: int, start: int, end: int) -> MapEdge:
    return MapEdge(id=UUID(int=number), from_id=UUID(int=start), to_id=UUID(int=end), kind="contributes")


def test_every_layer_is_a_column_further_right() -> None:
    drawing = draw_map([node(index, kind) for index, kind in enumerate(LAYERS)], [])
    places = [box.x for box in drawing.boxes]
    assert places == sorted(set(places))
    assert [column.kind for column in drawing.columns] == list(LAYERS)


def test_boxes_never_lie_over_each_other_and_stay_on_the_sheet() -> None:
    nodes = [node(number, LAYERS[number % 5], "ord " * (number % 12)) for number in range(40)]
    drawing = draw_map(nodes, [edge(100 + number, number, number + 1) for number in range(4)])
    assert len(drawing.boxes) == 40
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        assert box.y + box.height <= drawing.height
        below = [other for other in drawing.boxes if other.x == box.x and other.y > box.y]
        assert all(other.y >= box.y + box.height for other in below)
        assert all(box.y < y < box.y + box.height for _, y in box.lines)


def test_a_line_leads_from_the_right_side_to_the_left_side() -> None:
    drawing = draw_map([node(1, "measure"), node(2, "overall_goal")], [edge(3, 1, 2)])
    start, end = drawing.boxes
    assert drawing.lines[0].path.startswith(f"M{start.x + start.width},")
    assert start.x + start.width < drawing.lines[0].label_x < end.x


def test_an_edge_to_a_place_taken_out_is_not_drawn() -> None:
    assert draw_map([node(1, "measure")], [edge(3, 1, 2)]).lines == ()


def test_crossings_are_spared_by_placing_each_near_its_sources() -> None:
    nodes = [node(1, "measure"), node(2, "measure"), node(3, "local_benefit"), node(4, "local_benefit")]
    drawing = draw_map(nodes, [edge(5, 1, 4), edge(6, 2, 3)])
    height = {box.node.id.int: box.y for box in drawing.boxes}
    assert height[4] < height[3]


def test_labels_are_broken_at_words_and_cut_with_an_ellipsis() -> None:
    assert broken("Færre gjentatte henvendelser fra brukere") == ("Færre gjentatte", "henvendelser fra brukere")
    assert all(len(line) <= 24 for line in broken("a" * 300))
    assert broken("ord " * 200)[-1].endswith("…")
    assert broken("") == ()


def test_a_curve_stands_between_the_edges_of_its_sheet() -> None:
    figures = [
        Figure(series="baseline", on=date(2024, 1, 1), value=Decimal(400)),
        Figure(series="target", on=date(2026, 1, 1), value=Decimal(320)),
        Figure(series="measured", on=date(2025, 1, 1), value=Decimal(340)),
    ]
    curve = draw_curve(figures)
    assert curve is not None
    assert all(0 <= point.x <= curve.width and 0 <= point.y <= curve.height for point in curve.points)
    by_series = {point.figure.series: point for point in curve.points}
    assert by_series["baseline"].x < by_series["measured"].x < by_series["target"].x
    assert by_series["baseline"].y < by_series["measured"].y < by_series["target"].y
    assert dict(curve.lines)["target"].count(",") == 2


def test_one_figure_alone_is_no_curve() -> None:
    assert draw_curve([Figure(series="baseline", on=date(2024, 1, 1), value=Decimal(1))]) is None


def test_equal_figures_make_a_flat_curve() -> None:
    same = [Figure(series="measured", on=date(2024, month, 1), value=Decimal(7)) for month in (1, 2)]
    curve = draw_curve(same)
    assert curve is not None
    assert len({point.y for point in curve.points}) == 1


def test_a_long_layer_of_the_trace_is_drawn_with_the_alike_together() -> None:
    def entry(number: int, layer: Layer, *rests_on: int) -> Entry:
        return Entry(
            id=UUID(int=number), layer=layer, text="x", rests_on=tuple(UUID(int=each) for each in rests_on)
        )  # fmt: skip

    insights = [entry(number, Layer.INSIGHT) for number in range(30)]
    findings = [entry(100, Layer.FINDING, *range(10)), entry(101, Layer.FINDING, *range(10, 25))]
    spots = spots_of(traced([*insights, *findings], "diagnose_close"))
    assert [len(spot.entries) for spot in spots] == [10, 15, 5, 1, 1]
    assert len(links_of(spots)) == 2
    assert len(spots_of(traced(insights[:MOST], "diagnose_close"))) == MOST


def test_what_is_said_of_a_node_stands_in_its_box_below_the_label() -> None:
    drawing = draw_map([node(1, "measure", "ord " * 8)], [], marks={UUID(int=1): ["! fører ikke til noe"]})
    (box,) = drawing.boxes
    assert box.lines[-1][1] < box.marks[0][1] < box.y + box.height
