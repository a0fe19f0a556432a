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
from app.notices.models import Notice
from app.payments import lists, queries, refusals, service
from app.payments.models import PaymentList
from app.payments.reconciliation import misbooked
from tests.conftest import Browser, world_in
from tests.projects_under_way import Acts, open_project
from workflows.authority import CHECKS
from workflows.payment_list import fingerprint

OFFICE = "grunerlokka"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

SECOND_LIST = """
WITH other AS (
  INSERT INTO payment_lists (id, number, made_by, made_at, total_ore, lines, content, sha256)
  SELECT gen_random_uuid(), number + 1, made_by, made_at, total_ore, lines, content, sha256 FROM payment_lists
  RETURNING id
)
INSERT INTO payment_list_lines (payment_id, list_id, number)
SELECT line.payment_id, other.id, 1 FROM payment_list_lines line, other
"""
"""The same payment in a second list, although nobody has refused it in the first."""


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
        assert [(await refusals.sendings_of(uow, each))[0].list_id for each in (two, three)] == [row.id, second.id]


async def test_what_the_accounting_system_refuses_goes_through_every_hand_again_and_into_a_later_list(
    act: Acts, browser: Browser
) -> None:
    case_id, payment_id = await approved(act)
    assert await refused(act, "certifier", refusals.register_refused, payment_id, why="Feil") == ["payment.is_not_sent"]
    first = await act("certifier", lists.make_list)
    with pytest.raises(NotAllowed):
        await act(f"{OFFICE}.leader", refusals.register_refused, payment_id, why="Feil")
    await browser.as_person("case_handler")
    page = f"/payments/{payment_id}"
    empty = await browser.post(f"{page}/register_refused", {"why": ""}, page=page)
    assert empty.status_code == 422 and "Grunnen regnskapssystemet ga" in empty.text
    done = await browser.post(f"{page}/register_refused", {"why": "E17 ukjent kontonummer"}, page=page)
    assert done.status_code == 303
    shown = await browser.shown(page)
    assert "E17 ukjent kontonummer" in shown and "Avvist i regnskapssystemet" in shown
    assert "E17 ukjent kontonummer" in await browser.shown(f"/payment-lists/{first.id}")
    async with act.database.reading() as uow:
        told = await uow.session.execute(select(Notice.code, Notice.person_id).where(Notice.case_id == case_id))
        people = {(code, person_id) for code, person_id in told}
    assert {
        ("payment_refused", act.world.people["certifier"].id),
        ("payment_refused_known", act.world.people["decision_maker"].id),
        ("payment_refused_known", act.world.people[f"{OFFICE}.leader"].id),
    } <= people
    assert await refused(act, "certifier", lists.make_list) == ["payment_list.nothing"]
    assert await refused(act, "certifier", service.certify, payment_id) == ["payment.no_correction"]
    await browser.as_person("certifier")
    assert "Avvist i regnskapssystemet" in await browser.shown("/payments?status=released")
    blank = await browser.post(f"{page}/certify", {"correction": ""}, page=page)
    assert blank.status_code == 409 and "Skriv hva som er rettet" in blank.text
    done = await browser.post(f"{page}/certify", {"correction": "Nytt kontonummer"}, page=page)
    assert done.status_code == 303
    again = await browser.post(f"{page}/certify", {"correction": "Nok et kontonummer"}, page=page)
    assert again.status_code == 409 and "ble ikke tatt imot" in again.text and "Nok et kontonummer" in again.text
    shown = await browser.shown(page)
    assert "Dette er rettet: Nytt kontonummer" in shown and "attesteres og godkjennes på nytt" not in shown
    await act("decision_maker", service.approve, payment_id, checks=CHECKS)
    second = await act("certifier", lists.make_list)
    await act("certifier", service.register_paid, payment_id, reference=f"A-{payment_id.hex[-8:]}")
    async with act.database.reading() as uow:
        assert [(each.list_number, each.refusal) for each in await refusals.sendings_of(uow, payment_id)] == [
            (first.number, "E17 ukjent kontonummer"), (second.number, ""),
        ]  # fmt: skip
        assert await lists.broken_lists(uow) == [] and await misbooked(uow) == []
        kinds = [each.kind for each in await queries.bookings_of(uow, case_id)]
    assert kinds[-6:] == ["certified", "approved", "refused", "certified", "approved", "paid"]
    with pytest.raises(DBAPIError, match="append-only"):
        async with act.database.unit_of_work() as uow:
            await uow.session.execute(text("UPDATE payment_list_lines SET refusal = 'En annen' WHERE refusal <> ''"))
    await browser.as_person(f"{OFFICE}.coordinator")
    assert "E17 ukjent kontonummer" in await browser.shown(page) and "Nytt kontonummer" in await browser.shown(page)


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
        f"INSERT INTO payment_list_lines VALUES ('{payment_id}', '{row.id}', 2)", SECOND_LIST,
        "UPDATE payment_list_lines SET number = 2", "UPDATE payment_list_lines SET refusal = 'Feil'",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match=r"append-only|pk_payment_list_lines|uq_payment_list_lines_not_refused"):
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
