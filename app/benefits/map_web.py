"""The pages of a benefit map: the map as drawing and tables, one version beside another, and what others did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.benefits import choices, map_queries
from app.benefits.map_difference import Compared, compared
from app.benefits.map_drawing import MapEdge, MapNode, draw_map
from app.benefits.service.map_undo import last_act
from app.benefits.shown import holds, words
from app.core.errors import NotFound
from app.projects.queries import project_head
from app.web.visit import Visit
from workflows.benefit import LAYERS
from workflows.benefit_map import MapSaid
from workflows.roles import Permission
from workflows.rules import GOALS

EDGES = ("contributes", "requires", "counteracts")
SURENESS = ("low", "medium", "high")


class PlaceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A place as the page says it: where it stands in its layer, what it leads to and comes from, and what it lacks."""

    node: MapNode
    number: int
    """From the top of its layer."""
    of: int
    leads_to: tuple[str, ...]
    comes_from: tuple[str, ...]
    is_loose: bool
    """It leads nowhere, although it is no overall goal."""
    said: str
    """All of it in one sentence, for whoever does not see the drawing."""


def named(visit: Visit, node: MapNode) -> MapNode:
    """A node with the words of its goal in the visitor's language."""
    return msgspec.structs.replace(node, label=visit.t(f"benefits.goal.{node.goal}")) if node.goal else node


def places_of(visit: Visit, ordered: Sequence[MapNode], edges: Sequence[MapEdge]) -> list[PlaceShown]:
    """Every place in the order of the drawing, with all that is said of it."""
    labels = {node.id: node.label for node in ordered}
    layers: dict[str, list[UUID]] = {layer: [node.id for node in ordered if node.kind == layer] for layer in LAYERS}
    found = []
    for node in ordered:
        leads = tuple(labels[edge.to_id] for edge in edges if edge.from_id == node.id and edge.to_id in labels)
        comes = tuple(labels[edge.from_id] for edge in edges if edge.to_id == node.id and edge.from_id in labels)
        is_loose = not leads and node.kind != "overall_goal"
        parts = [f"{visit.t(f'benefits.layer.{node.kind}')}: {node.label}"]
        if node.sign < 0:
            parts.append(visit.t("benefits.disbenefit"))
        if leads:
            parts.append(visit.t("benefits.leads_to", places=", ".join(leads)))
        if comes:
            parts.append(visit.t("benefits.comes_from", places=", ".join(comes)))
        if is_loose:
            parts.append(visit.t("benefits.leads_nowhere"))
        if node.state:
            parts.append(visit.t("benefits.in_state", state=visit.t(f"state.benefit.{node.state}")))
        layer = layers[node.kind]
        found.append(
            PlaceShown(
                node=node,
                number=layer.index(node.id) + 1,
                of=len(layer),
                leads_to=leads,
                comes_from=comes,
                is_loose=is_loose,
                said=". ".join(parts),
            )
        )
    return found


@get("/projects/{case_id:uuid}/benefit-map", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def map_page(
    visit: Visit, case_id: UUID, practice: bool = False, place: UUID | None = None, connection: UUID | None = None
) -> Response[Any]:
    """The map of a project, or its practice map, as drawing and tables; with `place` or `connection` the form for it."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    found, edges = await map_queries.benefit_map(visit.uow, case_id, is_practice=practice)
    drawing = draw_map([named(visit, node) for node in found], edges)
    nodes = [box.node for box in drawing.boxes]
    may_write = holds(project.roles, Permission.BENEFIT_WRITE)
    person_id = visit.actor.person_id
    return visit.render(
        "benefits/map.html",
        project=project,
        tab="benefits",
        practice=practice,
        places=places_of(visit, nodes, edges),
        edges=edges,
        drawing=drawing,
        labels={node.id: node.label for node in nodes},
        placing=next((node for node in nodes if node.id == place and not node.goal), None) if may_write else None,
        connecting=next((edge for edge in edges if edge.id == connection), None) if may_write else None,
        may_write=may_write,
        undoable=await last_act(visit.uow, case_id, person_id, is_practice=practice)
        if may_write and person_id
        else None,
        newest=await map_queries.newest_act(visit.uow, case_id, is_practice=practice),
        versions=await map_queries.versions(visit.uow, case_id, is_practice=practice),
        layers=words(visit, "layer", LAYERS),
        goals=words(visit, "goal", GOALS),
        kinds=words(visit, "edge", EDGES),
        sureness=words(visit, "sure", SURENESS),
        choices=[(node.id, f"{visit.t(f'benefits.layer.{node.kind}')}: {node.label}") for node in nodes],
        benefits=await choices.benefit_choices(visit.uow, case_id, is_practice=practice) if may_write else [],
    )


class Newest(msgspec.Struct, frozen=True):
    """The number of the newest act on a map, and in words what it was where it was somebody else's."""

    number: int
    said: str


@get("/projects/{case_id:uuid}/benefit-map/newest", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def newest(visit: Visit, case_id: UUID, practice: bool = False) -> Newest:
    """What was done on the map last, for a page that stands open."""
    await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    act = await map_queries.newest_act(visit.uow, case_id, is_practice=practice)
    if not act.number or act.by == visit.actor.person_id:
        return Newest(act.number, "")
    words_of = visit.t(f"event.project.{act.verb}")
    return Newest(act.number, visit.t("benefits.somebody_did", name=act.name, what=words_of, label=act.label))


async def said_by(visit: Visit, case_id: UUID, number: int | None, *, practice: bool) -> MapSaid:
    """What the version with that number says; without one, the map as it stands."""
    if number is None:
        return map_queries.said_of(*await map_queries.benefit_map(visit.uow, case_id, is_practice=practice))
    return await map_queries.version_said(visit.uow, case_id, number, is_practice=practice)


def as_drawn(visit: Visit, said: MapSaid) -> tuple[list[MapNode], list[MapEdge]]:
    """A version as the drawing takes it, goals in the visitor's language."""
    nodes = [
        MapNode(id=each.id, kind=each.kind, label=each.label, sign=each.sign, goal=each.goal, place=each.place)
        for each in said.nodes
    ]
    edges = [
        MapEdge(id=each.id, from_id=each.from_id, to_id=each.to_id, kind=each.kind, assumption=each.assumption,
                confidence=each.confidence)
        for each in said.edges
    ]  # fmt: skip
    return [named(visit, node) for node in nodes], edges


@get("/projects/{case_id:uuid}/benefit-map/compare", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def compare_page(
    visit: Visit, case_id: UUID, practice: bool = False, before: int | None = None, after: int | None = None
) -> Response[Any]:
    """Two versions of a map laid over each other: what is new, gone and changed; without `after` the map as it stands."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    versions = await map_queries.versions(visit.uow, case_id, is_practice=practice)
    if not versions:
        raise NotFound
    before = before if before is not None else versions[0].number
    was = await said_by(visit, case_id, before, practice=practice)
    now = await said_by(visit, case_id, after, practice=practice)
    found = compared(was, now)
    return visit.render(
        "benefits/map_compare.html",
        project=project,
        tab="benefits",
        practice=practice,
        versions=versions,
        before=before,
        after=after,
        found=found,
        drawing=_drawn(visit, found),
        labels=_labels(visit, found),
    )


def _labels(visit: Visit, found: Compared) -> Mapping[UUID, str]:
    return {node.id: named(visit, node).label for node in found.nodes}


def _drawn(visit: Visit, found: Compared) -> Any:
    marks = {
        node.id: [visit.t(f"benefits.became.{change}")]
        for node in found.nodes
        if (change := found.of_node[node.id]) != "same"
    }
    return draw_map([named(visit, node) for node in found.nodes], found.edges, marks=marks)


ROUTES = [map_page, newest, compare_page]
