"""Lists of payments for the accounting system: every payment in one, none in two, and files that say the same."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core.database import Database
from app.core.errors import NotAllowed, NotYet
from app.demo.cast import World
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.payments import lists, queries, service
from app.payments.models import PaymentList
from tests.conftest import Browser, world_in
from tests.projects_under_way import Acts, open_project
from workflows.authority import CHECKS
from workflows.payment_list import fingerprint

OFFICE = "grunerlokka"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def approved(act: Acts, amount_ore: int = 50_000_000) -> tuple[UUID, UUID]:
    """A project and its first payment, walked to where it waits to be paid."""
    case_id = await open_project(act.database, act.world, amount_ore=amount_ore)
    async with act.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
        row = (await queries.payments_of(uow, case_id))[0]
    await act(f"{OFFICE}.coordinator", milestones.report, milestone.id, evidence="Alle har signert")
    await act("case_handler", milestones.approve, milestone.id)
    await act("certifier", service.certify, row.id)
    await act("decision_maker", service.approve, row.id, checks=CHECKS)
    return case_id, row.id


async def refused(act: Acts, who: str, verb: Any, *ids: Any, **fields: Any) -> list[str]:
    with pytest.raises(NotYet) as said:
        await act(who, verb, *ids, **fields)
    return [reason.code for reason in said.value.reasons]


async def whole(act: Acts, list_id: UUID) -> lists.WholeList:
    async with act.database.reading() as uow:
        return await lists.whole_list(uow, list_id)


async def test_a_payment_is_sent_once_and_then_neither_withheld_nor_taken_out(act: Acts) -> None:
    (_, one), (_, two) = await approved(act), await approved(act, 10_000_001)
    with pytest.raises(NotAllowed):
        await act(f"{OFFICE}.leader", lists.make_list)
    assert await refused(act, "certifier", lists.make_list, count=1, total_ore=5) == ["payment_list.changed"]
    row = await act("certifier", lists.make_list, count=2, total_ore=24_000_001)
    found = await whole(act, row.id)
    assert {line.amount_ore for line in found.lines} == {20_000_000, 4_000_001}
    assert found.row.sha256 == fingerprint(found.content) and "200000.00" in found.content
    assert await refused(act, "certifier", lists.make_list) == ["payment_list.nothing"]
    assert "payment.is_sent" in await refused(act, "case_handler", service.withhold, one, why="Stopp")
    await act("certifier", service.register_paid, one, reference=f"L-{one.hex[-8:]}")
    _, three = await approved(act)
    second = await act("certifier", lists.make_list)
    assert second.number == row.number + 1 and len((await whole(act, second.id)).lines) == 1
    async with act.database.reading() as uow:
        assert await lists.broken_lists(uow) == []
        assert [(await lists.list_of(uow, each) or (None,))[0] for each in (two, three)] == [row.id, second.id]


async def test_two_who_make_a_list_at_once_do_not_send_the_same_twice(own_database: Database) -> None:
    act = Acts(own_database, await world_in(own_database))
    await approved(act)
    made = await asyncio.gather(
        act("certifier", lists.make_list), act("case_handler", lists.make_list), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in made) == ["NotYet", "PaymentList"]


async def test_the_database_keeps_lists_as_they_were_sent_and_a_change_behind_its_back_is_found(act: Acts) -> None:
    _, payment_id = await approved(act)
    row = await act("certifier", lists.make_list)
    for statement in (
        "UPDATE payment_lists SET total_ore = 1", "DELETE FROM payment_list_lines",
        f"INSERT INTO payment_list_lines VALUES ('{payment_id}', '{row.id}', 2)",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match=r"append-only|pk_payment_list_lines"):
            async with act.database.unit_of_work() as uow:
                await uow.session.execute(text(statement))
    async with act.database.unit_of_work() as uow:
        await uow.session.execute(
            text("UPDATE payments SET amount_ore = amount_ore - 1 WHERE id = :id"), {"id": payment_id}
        )
        assert await lists.broken_lists(uow) == [row.number]


async def test_the_pages_make_a_list_and_give_it_out_as_files(act: Acts, browser: Browser) -> None:
    _, payment_id = await approved(act)
    await browser.as_person("certifier")
    page = "/payment-lists"
    assert "200 000" in (await browser.shown(page)).replace("\xa0", " ")
    stale = await browser.post(f"{page}/make", {"count": "3", "total_ore": "1,00"}, page=page)
    assert stale.status_code == 409 and "Se over" in stale.text
    answer = await browser.post(f"{page}/make", {"count": "1", "total_ore": "200000,00"}, page=page)
    assert answer.status_code == 303
    async with act.database.reading() as uow:
        row = (await uow.session.scalars(select(PaymentList))).one()
    shown = await browser.shown(f"{page}/{row.id}")
    assert row.sha256 in shown and "D00001-001" in shown
    file = await browser.get(f"{page}/{row.id}/csv")
    assert fingerprint(file.content.decode()) == row.sha256
    book = zipfile.ZipFile(io.BytesIO((await browser.get(f"{page}/{row.id}/xlsx")).content))
    cells = {
        cell.get("r"): cell for cell in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}c")
    }
    assert cells["H2"].get("t") is None and cells["H2"].findtext(f"{SHEET}v") == "200000", "a sum is a number"
    assert cells["M2"].get("t") is None and cells["C2"].get("t") in ("s", "inlineStr"), "a day is a day, a key a text"
    assert "D00001-001" in await browser.shown(f"/payments/{payment_id}")
    await browser.as_person(f"{OFFICE}.coordinator")
    assert (await browser.get(f"{page}/{row.id}")).status_code in (403, 404)
    assert f"{page}/{row.id}" not in await browser.shown(f"/payments/{payment_id}")
