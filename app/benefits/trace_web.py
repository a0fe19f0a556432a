"""The page of a project's trace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.benefits.map_drawing import MapNode, draw_map
from app.benefits.trace import trace_of
from app.benefits.trace_drawing import Spot, links_of, spots_of
from app.cases.queries import holders_of
from app.core.errors import NotFound
from app.projects.queries import project_head
from app.web.places import place
from app.web.visit import Visit
from workflows.roles import Permission, permissions_of
from workflows.trace import LAYERS, Layer, Trace

place("project.trace", "/projects/{case}/trace")
place("project.trace_entry", "/projects/{case}/trace?of={id}#tie")

LONGEST = 90
"""So much of a text stands in the drawing; the whole of it in the table."""

SAID = {"rests_on_nothing": "trace.mark.nothing", "rests_on_unproved": "trace.mark.unproved",
        "leads_nowhere": "trace.mark.nowhere"}  # fmt: skip
TONES = {
    "proposed": "waiting", "validated": "success", "generalised": "success", "chosen": "success", "live": "success",
    "not_chosen": "stopped", "dropped": "stopped", "planned": "waiting",
}  # fmt: skip


@get("/projects/{case_id:uuid}/trace", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def trace_page(visit: Visit, case_id: UUID, of: UUID | None = None) -> Response[Any]:
    """From insight over finding, concept and change to benefit, as drawing and tables; with `of` what one stands in."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    whole = await trace_of(visit.uow, case_id, project.state)
    entries = {entry.id: entry for entry in whole.entries}
    if of is not None and of not in entries:
        raise NotFound
    trace = whole.narrowed(of) if of else whole
    people = await holders_of(visit.uow, case_id)
    missing = visit.missing([gap.reason for gap in trace.gaps], case_id, people, project.roles)
    spots = spots_of(trace)
    marks = {spot.id: _marks(visit, trace, spot) for spot in spots}
    nodes = [_node(visit, spot, case_id) for spot in spots]
    return visit.render(
        "benefits/trace.html",
        project=project,
        tab="trace",
        of=entries.get(of) if of else None,
        layers=[(layer, [entry for entry in trace.entries if entry.layer == layer]) for layer in LAYERS],
        entries=entries,
        follows=trace.follows,
        drawing=draw_map(nodes, links_of(spots), LAYERS, marks),
        folded=any(len(spot.entries) > 1 for spot in spots),
        broken={spot.id for spot in spots if marks[spot.id]},
        left={spot.id for spot in spots if spot.entries[0].is_dropped},
        gaps=[(gap, shown) for gap, shown in zip(trace.gaps, missing, strict=True)],
        links=sum(len(entry.rests_on) for entry in trace.entries),
        choices=[entry for entry in whole.entries if of and entry.layer == _before(entries[of].layer)],
        may_write=Permission.PROJECT_WRITE in permissions_of(project.roles),
        tones=TONES,
    )


def _before(layer: Layer) -> Layer | None:
    index = LAYERS.index(layer)
    return LAYERS[index - 1] if index else None


def _node(visit: Visit, spot: Spot, case_id: UUID) -> MapNode:
    """A place as it is drawn: its text, or how many stand there; it leads to the part of the trace around it."""
    if len(spot.entries) > 1:
        label, link = visit.t(f"trace.together.{spot.layer}", count=len(spot.entries)), f"#{spot.layer}"
    else:
        text = spot.entries[0].text
        label = text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
        link = f"/projects/{case_id}/trace?of={spot.id}"
    return MapNode(id=spot.id, kind=spot.layer, label=label, link=link)


def _marks(visit: Visit, trace: Trace, spot: Spot) -> list[str]:
    """What is missing at a place, in few words."""
    here = {entry.id for entry in spot.entries}
    found = {SAID[gap.reason.code.split("_", 1)[1]]: None for gap in trace.gaps if gap.entry_id in here and gap.is_due}
    return [f"! {visit.t(key)}" for key in found]
