"""The benefit map edited: by one, taken back, by two at once, kept in versions, practised on, and taken out as files."""

from __future__ import annotations

import asyncio
import csv
import io
from uuid import UUID
from xml.etree import ElementTree

import pytest

from app.benefits import map_queries, service
from app.benefits.map_difference import compared
from app.benefits.map_drawing import MapEdge, MapNode, order_of
from app.core.database import Database
from app.core.errors import DomainError, Invalid, NotYet
from app.demo.cast import World
from app.identity.actor import SYSTEM
from app.projects.models import Project
from tests.benefits.test_service import COORDINATOR, LEADER
from tests.conftest import Browser, world_in
from tests.projects_under_way import Acts, open_project


class Drawn:
    """A project whose map has one place in each layer, connected from left to right."""

    def __init__(self, database: Database, world: World, case_id: UUID):
        self.database = database
        self.act = Acts(database, world)
        self.case_id = case_id

    async def place(self, label: str, kind: str = "local_benefit", who: str = COORDINATOR, **more: object) -> UUID:
        node = await self.act(who, service.add_node, case_id=self.case_id, kind=kind, label=label, **more)
        found: UUID = node.id
        return found

    async def stands(self, *, is_practice: bool = False) -> tuple[list[MapNode], list[MapEdge]]:
        async with self.database.reading() as uow:
            return await map_queries.benefit_map(uow, self.case_id, is_practice=is_practice)

    async def order(self, kind: str = "local_benefit") -> list[str]:
        return [node.label for node in order_of(*await self.stands())[kind]]

    async def undo(self, who: str = COORDINATOR, **more: object) -> None:
        await self.act(who, service.undo, case_id=self.case_id, **more)


async def drawn_map(database: Database, world: World) -> Drawn:
    return Drawn(database, world, await open_project(database, world))


async def test_every_act_is_taken_back_one_after_the_other(database: Database, world: World) -> None:
    drawn = await drawn_map(database, world)
    measure, end = await drawn.place("Felles telefontid", "measure"), await drawn.place("Færre spør to ganger")
    edge = await drawn.act(COORDINATOR, service.connect, from_id=measure, to_id=end, assumption="Alle er med")
    before = await drawn.stands()
    steps = (
        (service.rename, measure, {"label": "Felles svartid"}),
        (service.reconnect, edge.id, {"kind": "requires", "assumption": "Alle er med", "confidence": "low"}),
        (service.move, end, {"place": 1}),
        (service.remove_node, measure, {}),
    )
    seen = []
    for verb, row_id, fields in steps:
        seen.append(await drawn.stands())
        await drawn.act(COORDINATOR, verb, row_id, **fields)
    assert len((await drawn.stands())[1]) == 0, "a place goes with its connections"
    for expected in reversed(seen):
        await drawn.undo()
        nodes, edges = await drawn.stands()
        assert {each.id for each in nodes} == {each.id for each in expected[0]}
        assert [(each.id, each.kind) for each in edges] == [(each.id, each.kind) for each in expected[1]]
    assert await drawn.stands() == before
    with pytest.raises(NotYet) as refused:
        await drawn.undo(LEADER)
    assert [reason.code for reason in refused.value.reasons] == ["benefits.nothing_to_undo"]


async def test_what_others_built_on_is_not_taken_back(database: Database, world: World) -> None:
    drawn = await drawn_map(database, world)
    end = await drawn.place("Tryggere samtaler")
    measure = await drawn.place("Ny mal", "measure", LEADER)
    await drawn.act(LEADER, service.connect, from_id=measure, to_id=end)
    with pytest.raises(NotYet) as refused:
        await drawn.undo()
    assert [reason.code for reason in refused.value.reasons] == ["benefits.changed_since"]
    assert len((await drawn.stands())[1]) == 1


async def test_a_layer_keeps_the_order_it_is_given_and_the_newest_stands_last(database: Database, world: World) -> None:
    drawn = await drawn_map(database, world)
    ids = {label: await drawn.place(label) for label in "abc"}
    shown = await drawn.order()
    last = shown[-1]
    await drawn.act(COORDINATOR, service.move, ids[last], place=1)
    assert await drawn.order() == [last, *shown[:-1]]
    await drawn.place("d")
    assert await drawn.order() == [last, *shown[:-1], "d"]
    await drawn.act(COORDINATOR, service.arrange, case_id=drawn.case_id)
    assert await drawn.order() == [*shown, "d"]


async def test_practice_stays_on_its_own_map(database: Database, world: World) -> None:
    drawn = await drawn_map(database, world)
    real = await drawn.place("Ordentlig")
    practised = await drawn.place("Øvelse", "measure", is_practice=True)
    benefit = await drawn.act(COORDINATOR, service.add, case_id=drawn.case_id, title="Øvd på", is_practice=True)
    with pytest.raises(Invalid):
        await drawn.act(COORDINATOR, service.connect, from_id=practised, to_id=real)
    with pytest.raises(Invalid):
        await drawn.place("", benefit_id=benefit.id)
    end = await drawn.place("", benefit_id=benefit.id, is_practice=True)
    await drawn.act(COORDINATOR, service.connect, from_id=practised, to_id=end)
    assert real not in {node.id for node in (await drawn.stands(is_practice=True))[0]}
    assert not {practised, end} & {node.id for node in (await drawn.stands())[0]}
    with pytest.raises(NotYet):
        await drawn.undo(LEADER, is_practice=True)
    await drawn.undo(is_practice=True)
    assert (await drawn.stands(is_practice=True))[1] == []


async def test_a_version_stands_as_it_was_kept_and_is_compared(database: Database, world: World) -> None:
    drawn = await drawn_map(database, world)
    with pytest.raises(NotYet):
        await drawn.act(COORDINATOR, service.keep_version, case_id=drawn.case_id, name="Tomt", is_practice=True)
    gone, stays = await drawn.place("Går bort", "measure"), await drawn.place("Blir")
    await drawn.act(COORDINATOR, service.connect, from_id=gone, to_id=stays)
    version = await drawn.act(COORDINATOR, service.keep_version, case_id=drawn.case_id, name=" Etter samling 2 ")
    await drawn.act(COORDINATOR, service.remove_node, gone)
    await drawn.act(COORDINATOR, service.rename, stays, label="Blir værende")
    async with database.reading() as uow:
        kept = await map_queries.versions(uow, drawn.case_id)
        was = await map_queries.version_said(uow, drawn.case_id, version.number)
    assert (kept[0].name, kept[0].gate) == ("Etter samling 2", "")
    found = compared(was, map_queries.said_of(*await drawn.stands()))
    assert found.of_node[gone] == "removed"
    assert found.of_node[stays] == "changed"
    assert list(found.of_edge.values()) == ["removed"]


async def test_a_gate_keeps_the_map_and_an_empty_one_is_not_kept(database: Database, world: World) -> None:
    drawn = await drawn_map(database, world)
    for places in (0, 1):
        async with database.unit_of_work() as uow:
            project = await uow.session.get_one(Project, drawn.case_id)
            await service.keep_at_gate(uow, SYSTEM, project)
        async with database.reading() as uow:
            assert [each.gate for each in await map_queries.versions(uow, drawn.case_id)] == [project.state] * places
        await drawn.place("Færre spør to ganger")


async def test_the_map_is_taken_out_as_files(browser: Browser, database: Database, world: World) -> None:
    drawn = await drawn_map(database, world)
    start = await drawn.place("=1+1 <b>", "measure")
    end = await drawn.place("Færre spør & flere får svar")
    await drawn.act(COORDINATOR, service.connect, from_id=start, to_id=end, kind="counteracts", assumption="Tid; ro")
    await browser.as_person(COORDINATOR)
    base = f"/projects/{drawn.case_id}/benefit-map"
    svg = await browser.get(f"{base}.svg")
    root = ElementTree.fromstring(svg.text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "".join(root.itertext()).count("=1+1 <b>") == 1
    png = await browser.get(f"{base}.png")
    assert png.content.startswith(b"\x89PNG\r\n")
    assert len(png.content) > 5000
    pdf = await browser.get(f"{base}.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert b"pdfuaid" in pdf.content
    rows = list(csv.reader(io.StringIO((await browser.get(f"{base}.csv")).content.decode("utf-8-sig")), delimiter=";"))
    told = next(row for row in rows if "'=1+1 <b>" in row)
    assert told[4:6] == ["Færre spør & flere får svar", "Tid; ro"]
    await browser.as_person("lillestrom.coordinator")
    for ending in ("svg", "png", "pdf", "csv"):
        assert (await browser.get(f"{base}.{ending}")).status_code == 404


async def test_a_program_page_learns_what_others_did(browser: Browser, database: Database, world: World) -> None:
    drawn = await drawn_map(database, world)
    await drawn.place("Ny mal", "measure", LEADER)
    await browser.as_person(COORDINATOR)
    answer = (await browser.get(f"/projects/{drawn.case_id}/benefit-map/newest")).json()
    assert answer["number"] > 0
    assert "Ny mal" in answer["said"]
    await browser.as_person(LEADER)
    own = (await browser.get(f"/projects/{drawn.case_id}/benefit-map/newest")).json()
    assert own == {"number": answer["number"], "said": ""}


async def test_two_at_once_lose_no_connection_and_double_none(own_database: Database) -> None:
    world = await world_in(own_database)
    drawn = Drawn(own_database, world, await open_project(own_database, world))
    starts = [await drawn.place(f"Tiltak {number}", "measure") for number in range(3)]
    end = await drawn.place("Gevinst")

    async def connect(who: str, start: UUID) -> bool:
        try:
            await drawn.act(who, service.connect, from_id=start, to_id=end)
        except DomainError:
            return False
        return True

    tries = [connect(who, start) for start in starts for who in (COORDINATOR, LEADER)]
    assert sum(await asyncio.gather(*tries)) == 3
    assert sorted(edge.from_id for edge in (await drawn.stands())[1]) == sorted(starts)
    # one takes a place out while another connects to it: the connection goes with it, or is refused
    await asyncio.gather(connect(LEADER, starts[0]), drawn.act(COORDINATOR, service.remove_node, end))
    nodes, edges = await drawn.stands()
    there = {node.id for node in nodes}
    assert all(edge.from_id in there and edge.to_id in there for edge in edges)
