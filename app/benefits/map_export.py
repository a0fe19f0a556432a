"""A benefit map taken out of the application: as SVG, PNG, a tagged PDF, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.benefits import map_queries
from app.benefits.map_drawing import MapEdge, MapNode, draw_map
from app.benefits.map_web import named
from app.core.clock import day_in_oslo
from app.projects.queries import ProjectHead, project_head
from app.texts.filters import day
from app.texts.pdf import pdf_from, png_from
from app.web.documents import as_pdf
from app.web.visit import Visit
from workflows.benefit import LAYERS
from workflows.roles import Permission

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

STYLE = """<style>
.benefit-map { color: #23262a; font-family: "Source Sans 3", "Source Sans Pro", "Libertinus Serif", sans-serif; }
.map-box { fill: #ffffff; color: #49515e; }
.map-box-overall_goal { fill: #e6f0ff; }
.map-box-negative { fill: #fff1cc; }
.map-line-counteracts { color: #c30000; }
.map-knob { fill: #ffffff; }
.map-handle { display: none; }
</style>"""


class MapTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What the documents of a map say."""

    title: str
    project: str
    language: str
    dated: str
    svg: str
    alt: str
    key: str
    places_title: str
    places_head: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]
    edges_title: str
    edges_head: tuple[str, ...]
    edges: tuple[tuple[str, ...], ...]


class _Map(msgspec.Struct, frozen=True):
    project: ProjectHead
    nodes: Sequence[MapNode]
    edges: Sequence[MapEdge]
    svg: str


async def _found(visit: Visit, case_id: UUID, practice: bool) -> _Map:
    project = await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    found, edges = await map_queries.benefit_map(visit.uow, case_id, is_practice=practice)
    drawing = draw_map([named(visit, node) for node in found], edges)
    nodes = [box.node for box in drawing.boxes]
    context = {
        "drawing": drawing, "project": project, "labels": {node.id: node.label for node in nodes},
        "nodes": len(nodes), "edges": len(edges), "practice": practice,
    }  # fmt: skip
    drawn = str(visit.veiled(visit.request.app.state.pages.render(visit, "benefits/map_alone.html", context))).strip()
    alone = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace("<title", f"{STYLE}<title", 1)
    return _Map(project, nodes, edges, alone)


def _title(visit: Visit, practice: bool) -> str:
    return visit.t("benefits.practice_map") if practice else visit.t("benefits.map")


def _taken(visit: Visit, found: _Map, practice: bool) -> MapTaken:
    t, labels = visit.t, {node.id: node.label for node in found.nodes}
    return MapTaken(
        title=f"{_title(visit, practice)}: {found.project.title}",
        project=f"{found.project.unit}, {found.project.reference}",
        language=visit.texts.language,
        dated=day(visit.uow.now, visit.texts.language),
        svg=found.svg,
        alt=t("benefits.map_text", nodes=len(found.nodes), edges=len(found.edges)),
        key=t("benefits.map_key"),
        places_title=t("benefits.map_nodes"),
        places_head=(t("benefits.layer_heading"), t("benefits.place"), t("benefits.state")),
        places=tuple(
            (
                t(f"benefits.layer.{node.kind}"),
                node.label if node.sign > 0 else f"{node.label} ({t('benefits.disbenefit')})",
                t(f"state.benefit.{node.state}") if node.state else "–",
            )
            for node in found.nodes
        ),
        edges_title=t("benefits.map_table"),
        edges_head=(t("benefits.from"), t("benefits.connection"), t("benefits.to"), t("benefits.assumption"),
                    t("benefits.confidence")),
        edges=tuple(
            (
                labels[edge.from_id], t(f"benefits.edge.{edge.kind}"), labels[edge.to_id], edge.assumption or "–",
                t(f"benefits.sure.{edge.confidence}"),
            )
            for edge in found.edges
        ),
    )  # fmt: skip


def _file(content: bytes, kind: str, name: str) -> Response[bytes]:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _name(visit: Visit, found: _Map, ending: str) -> str:
    return f"{visit.t('benefits.map_file')}-{found.project.reference}.{ending}"


@get("/projects/{case_id:uuid}/benefit-map.svg", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def map_svg(visit: Visit, case_id: UUID, practice: bool = False) -> Response[bytes]:
    """The drawing of a map as SVG, which stands alone."""
    found = await _found(visit, case_id, practice)
    return _file(found.svg.encode(), "image/svg+xml", _name(visit, found, "svg"))


@get("/projects/{case_id:uuid}/benefit-map.png", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def map_png(visit: Visit, case_id: UUID, practice: bool = False) -> Response[bytes]:
    """The drawing of a map as a picture."""
    found = await _found(visit, case_id, practice)
    content = await png_from("benefits/map_picture.typ", _taken(visit, found, practice))
    return _file(content, "image/png", _name(visit, found, "png"))


@get("/projects/{case_id:uuid}/benefit-map.pdf", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def map_pdf(visit: Visit, case_id: UUID, practice: bool = False) -> Response[Any]:
    """The drawing of a map and its tables as a PDF that screen readers can read."""
    found = await _found(visit, case_id, practice)
    content = await pdf_from("benefits/map.typ", _taken(visit, found, practice), day_in_oslo(visit.uow.now))
    return as_pdf(content, _name(visit, found, "pdf"), visit.texts.language)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(DANGEROUS) else text


@get("/projects/{case_id:uuid}/benefit-map.csv", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def map_csv(visit: Visit, case_id: UUID, practice: bool = False) -> Response[bytes]:
    """Every connection of a map, and every place that has none, as a file that spreadsheets open."""
    found = await _found(visit, case_id, practice)
    t, of = visit.t, {node.id: node for node in found.nodes}
    written = io.StringIO()
    writer = csv.writer(written, delimiter="," if visit.texts.language == "en" else ";")
    writer.writerow(
        [t("benefits.layer_heading"), t("benefits.from"), t("benefits.connection"), t("benefits.layer_heading"),
         t("benefits.to"), t("benefits.assumption"), t("benefits.confidence")]
    )  # fmt: skip

    def layer(node: MapNode) -> str:
        return t(f"benefits.layer.{node.kind}")

    for edge in sorted(found.edges, key=lambda edge: LAYERS.index(of[edge.from_id].kind)):
        start, end = of[edge.from_id], of[edge.to_id]
        row = [layer(start), start.label, t(f"benefits.file_edge.{edge.kind}"), layer(end), end.label, edge.assumption,
               t(f"benefits.sure.{edge.confidence}")]  # fmt: skip
        writer.writerow([_cell(text) for text in row])
    connected = {each for edge in found.edges for each in (edge.from_id, edge.to_id)}
    for node in found.nodes:
        if node.id not in connected:
            writer.writerow([layer(node), _cell(node.label), "", "", "", "", ""])
    return _file(written.getvalue().encode("utf-8-sig"), "text/csv", _name(visit, found, "csv"))


ROUTES = [map_svg, map_png, map_pdf, map_csv]
