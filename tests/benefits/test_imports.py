"""Measurements out of spreadsheets: seen first, written whole or not at all, once, and confirmed by somebody else."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from app.audit.models import Event
from app.benefits import queries, service
from app.benefits.models import Benefit, Indicator, Measurement, MeasurementImport
from app.benefits.spreadsheets import merged_in, rows_of
from app.core.database import Database
from app.demo.cast import World
from app.files.models import File
from tests.benefits.test_service import COORDINATOR, LEADER, OWNER, TODAY, approve_plan, measured, with_profile
from tests.conftest import Browser, MovingClock, world_in
from tests.projects_under_way import Acts, open_project
from workflows.measurement_cells import Broken, Formula, Share

HEADINGS = [
    "Gevinst",
    "Indikator",
    "Enhet",
    "Frist",
    "Verdi",
    "Målt",
    "Grad",
    "Dokumentasjon",
    "Lenke til dokumentasjon",
]
BENEFIT, INDICATOR = "Færre gjentatte henvendelser", "Gjentatte henvendelser"


def sheet(*rows: list[Any], merge: str = "") -> bytes:
    book = Workbook()
    page: Any = book.active
    for row in (HEADINGS, *rows):
        page.append(row)
    if merge:
        page.merge_cells(merge)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def text_file(*rows: list[str], separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(separator.join(row) for row in (HEADINGS, *rows)).encode(encoding)


def line(day: date | str, value: Any = 340, **cells: Any) -> list[Any]:
    named = {"Gevinst": BENEFIT, "Indikator": INDICATOR, "Enhet": "per måned", "Frist": None, "Verdi": value, "Målt": day,
             "Grad": "B", "Dokumentasjon": "Uttrekk fra Gosys", "Lenke til dokumentasjon": None}  # fmt: skip
    return list((named | cells).values())


def test_a_workbook_is_read_with_what_its_cells_are() -> None:
    book = Workbook()
    page: Any = book.active
    page.append(["a", 12.5, 7, date(2027, 3, 1), "=1+1", 0.12, None])
    page["F1"].number_format = "0.0%"
    page["G1"] = "#DIV/0!"
    page["G1"].data_type = "e"
    page.append([])
    page.append(["b"])
    page.merge_cells("A3:B4")
    written = io.BytesIO()
    book.save(written)
    first, *_, last = rows_of(written, "xlsx")
    assert [type(cell) for cell in first.cells[4:7]] == [Formula, Share, Broken]
    assert [str(cell) for cell in first.cells[:3]] == ["a", "12.5", "7"]
    assert (last.number, last.cells[0]) in ((3, "b"), (4, None))
    assert merged_in(written) == {(3, 0), (3, 1), (4, 0), (4, 1)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_a_text_file_is_read_however_it_was_saved(encoding: str, separator: str) -> None:
    content = io.BytesIO(text_file(["Kortere kø", "Saker i kø"], separator=separator, encoding=encoding))
    first, second = rows_of(content, "csv")
    assert first.cells == tuple(HEADINGS)
    assert second.cells == ("Kortere kø", "Saker i kø")


class Realising:
    """A project whose benefit is being realised since two months, with one measurement that is due."""

    def __init__(self, browser: Browser, act: Acts, case_id: UUID, benefit: Benefit, live_on: date):
        self.browser, self.act, self.case_id, self.benefit, self.live_on = browser, act, case_id, benefit, live_on

    async def send(self, content: bytes, name: str = "malinger.xlsx") -> Any:
        await self.browser.http.get("/sign-in")
        token = self.browser.http.cookies.get("csrf") or ""
        return await self.browser.http.post(
            f"/projects/{self.case_id}/import_measurements", files={"file": (name, content)},
            data={"_csrf_token": token}, headers={"x-csrftoken": token},
        )  # fmt: skip

    async def call(self, what: str, row_id: UUID, verb: str, content: bytes, name: str = "malinger.xlsx") -> Any:
        await self.browser.http.get("/sign-in")
        token = self.browser.http.cookies.get("csrf") or ""
        address = f"/api/v1/{what}/{row_id}/{verb}"
        return await self.browser.http.post(address, files={"file": (name, content)}, headers={"x-csrftoken": token})

    async def measurements(self) -> list[Measurement]:
        async with self.act.database.reading() as uow:
            rows = await uow.session.scalars(
                select(Measurement).where(Measurement.case_id == self.case_id).order_by(Measurement.measured_on)
            )
            return list(rows)


@pytest_asyncio.fixture(loop_scope="session")
async def realising(browser: Browser, database: Database, world: World, clock: MovingClock) -> Realising:
    act = Acts(database, world)
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    await approve_plan(act, case_id)
    async with database.reading() as uow:
        indicator = await uow.session.scalar(select(Indicator.id).where(Indicator.benefit_id == benefit.id))
    await act(COORDINATOR, service.plan_measurement, indicator_id=indicator, due_on=TODAY + timedelta(days=30))
    clock.moved = timedelta(days=60)
    await browser.as_person(COORDINATOR)
    return Realising(browser, act, case_id, benefit, TODAY)


async def test_a_sheet_is_seen_first_then_written_once_and_confirmed_by_somebody_else(realising: Realising) -> None:
    browser, live_on = realising.browser, realising.live_on
    content = sheet(
        line(live_on + timedelta(days=29)), line(live_on + timedelta(days=40), "330,5"),
        line(f"{live_on + timedelta(days=50):%d.%m.%Y}", "325 per måned", Indikator="repeat_enquiries", Gevinst=None),
    )  # fmt: skip
    sent = await realising.send(content)
    assert sent.status_code == 303
    page = sent.headers["location"]
    shown = await browser.shown(page)
    assert "3 målinger blir rapportert" in shown
    assert [row.state for row in await realising.measurements()] == ["planned"], "seen, and nothing written"
    assert (await browser.post(f"{page}/write", page=page)).status_code == 303
    rows = await realising.measurements()
    assert [(row.state, str(row.value.normalize() if row.value else "")) for row in rows] == [
        ("reported", "3.4E+2"), ("reported", "330.5"), ("reported", "325"),
    ]  # fmt: skip
    assert rows[0].due_on == live_on + timedelta(days=30), "the measurement that was due is the one reported"
    assert {row.reported_by for row in rows} == {browser.world.people[COORDINATOR].id}
    again = await realising.send(content, "et annet navn.xlsx")
    assert again.headers["location"] == page, "the same content is the same file, whatever its name"
    assert "ble lest inn" in await browser.shown(page)
    assert (await browser.post(f"{page}/write", page=page)).status_code == 409
    assert len(await realising.measurements()) == 3
    assert (await browser.post(f"{page}/confirm", page=page)).status_code == 404
    await browser.as_person("case_handler")
    assert "Bekreft alle 3 målingene" in await browser.shown(page)
    assert (await browser.post(f"{page}/confirm", page=page)).status_code == 303
    rows = await realising.measurements()
    assert {(row.state, row.confirmed_by) for row in rows} == {("confirmed", browser.world.people["case_handler"].id)}
    async with realising.act.database.reading() as uow:
        events = (
            await uow.session.scalars(select(Event).where(Event.case_id == realising.case_id).order_by(Event.sequence))
        ).all()
        assert [event.sequence for event in events] == list(range(1, len(events) + 1)), "no gap in the chain"
        assert all(after.previous_hash == before.hash for before, after in itertools.pairwise(events))
        assert await uow.session.scalar(select(func.sum(MeasurementImport.measurements))) == 3


async def test_one_wrong_row_leaves_everything_as_it_was_and_every_fault_is_said(realising: Realising) -> None:
    browser, live_on = realising.browser, realising.live_on
    good = line(live_on + timedelta(days=10))
    content = sheet(
        good, line(live_on - timedelta(days=1)), line(live_on + timedelta(days=11), "=2+2"),
        line(live_on + timedelta(days=12), Enhet="timer"), line(live_on + timedelta(days=13), Dokumentasjon=None),
        line(live_on + timedelta(days=10)), line(live_on + timedelta(days=14), "12.500"),
        line(live_on + timedelta(days=15), Dokumentasjon="Bruker 15507600333"), line(live_on + timedelta(days=16)),
        merge="C10:D10",
    )  # fmt: skip
    sent = await realising.send(content)
    page = sent.headers["location"]
    shown = await browser.shown(page)
    for words in (
        "Endringen ble tatt i bruk", "Cellen er en formel", "Tallet er skrevet i timer", "står i rad 2",
        "Dette kan leses på to måter", "fødselsnummer", "slått sammen",
    ):  # fmt: skip
        assert words in shown, words
    refused = await browser.post(f"{page}/write", page=page)
    assert refused.status_code == 422
    assert [row.state for row in await realising.measurements()] == ["planned"]
    told = await browser.get(f"{page}/faults")
    assert told.headers["content-type"] == "text/csv; charset=utf-8"
    faults = list(csv.reader(io.StringIO(told.text.removeprefix("\ufeff")), delimiter=";"))
    assert {row[0] for row in faults[1:]} == {"3", "4", "5", "6", "7", "8", "9", "10"}
    assert ["5", "C", "Enhet"] in [row[:3] for row in faults]


async def test_what_may_say_who_somebody_is_is_asked_about_once_for_the_file(realising: Realising) -> None:
    browser, live_on = realising.browser, realising.live_on
    sent = await realising.send(
        sheet(line(live_on + timedelta(days=10)), line(live_on + timedelta(days=11), Dokumentasjon="Ring 22 33 44 55"))
    )
    page = sent.headers["location"]
    shown = await browser.shown(page)
    assert "Rad 3, Dokumentasjon" in shown and 'id="personal_data_why"' in shown
    for why, words in (("", "Rad 3"), ("Fordi 15507600333", "fødselsnummer")):
        refused = await browser.post(f"{page}/write", {"personal_data_why": why}, page=page)
        assert refused.status_code == 422 and words in refused.text, why
        assert refused.text.count('id="personal_data_why"') == 1
    assert [row.state for row in await realising.measurements()] == ["planned"]
    done = await browser.post(f"{page}/write", {"personal_data_why": "Sentralbordet står i kilden"}, page=page)
    assert done.status_code == 303
    async with realising.act.database.reading() as uow:
        said = await uow.session.scalar(
            select(Event.changes["personal_data"]).where(
                Event.case_id == realising.case_id, Event.subject == "measurement_import", Event.verb == "write"
            )
        )
    assert said == {"why": "Sentralbordet står i kilden", "fields": {"evidence": "phone_number"}}


async def test_the_sheet_to_fill_in_holds_the_indicators_and_is_read_back(realising: Realising) -> None:
    browser = realising.browser
    answer = await browser.get(f"/projects/{realising.case_id}/measurement-import/template")
    book = load_workbook(io.BytesIO(answer.content))
    page: Any = book.worksheets[0]
    assert [cell.value for cell in page[2]][:3] == [BENEFIT, INDICATOR, "per måned"]
    heads = {cell.value: cell.column for cell in page[1]}
    day = realising.live_on + timedelta(days=29)
    for name, value in (("Verdi", 341), ("Målt", day), ("Grad", "C"), ("Dokumentasjon", "Logg")):
        page.cell(row=2, column=heads[name], value=value)
    written = io.BytesIO()
    book.save(written)
    sent = await realising.send(written.getvalue())
    assert "1 måling blir rapportert" in await browser.shown(sent.headers["location"])


async def test_what_is_no_spreadsheet_is_said_beside_the_field_or_in_its_row(realising: Realising) -> None:
    for name, content in (
        ("bilde.png", b"\x89PNG\r\n\x1a\n"),
        ("ark.xlsx", b"PK\x03\x04 not a sheet"),
        ("tom.csv", b""),
    ):
        refused = await realising.send(content, name)
        assert refused.status_code == 422, name
        assert 'id="import-file-error"' in refused.text
    sent = await realising.send(b"navn;alder\r\nKari;40", "liste.csv")
    assert "Fant ingen rad med overskrifter" in await realising.browser.shown(sent.headers["location"])
    await realising.browser.as_person("facilitator_one")
    assert (await realising.browser.post(f"{sent.headers['location']}/write")).status_code in (403, 404)
    assert [row.state for row in await realising.measurements()] == ["planned"]


async def test_a_measurement_stands_on_a_file_and_keeps_it(realising: Realising) -> None:
    browser = realising.browser
    (planned,) = await realising.measurements()
    page = f"/measurements/{planned.id}"
    await browser.http.get("/sign-in")
    token = browser.http.cookies.get("csrf") or ""

    async def attach(name: str) -> Any:
        return await browser.http.post(
            f"{page}/add_file", files={"file": (name, b"uke;antall\r\n1;340 " + name.encode())},
            data={"_csrf_token": token}, headers={"x-csrftoken": token},
        )  # fmt: skip

    act = realising.act
    outside = act.world.people["lillestrom.leader"].id
    await act(COORDINATOR, service.propose_owner, realising.benefit.id, person_id=outside)
    await browser.as_person("lillestrom.leader")
    assert (await attach("feil.csv")).status_code == 303
    async with act.database.reading() as uow:
        file = (await uow.session.scalars(select(File).where(File.key == str(planned.id)))).one()
    assert f"/files/{file.id}" in await browser.shown(page)
    await browser.as_person("lillestrom.coordinator")
    assert (await browser.post(f"/files/{file.id}/remove", page=page)).status_code == 404
    await browser.as_person("facilitator_one")
    assert (await browser.post(f"/files/{file.id}/remove", page=page)).status_code == 403
    await browser.as_person("lillestrom.leader")
    taken = await browser.post(f"/files/{file.id}/remove", page=page)
    assert taken.status_code == 303, "an owner outside the office takes away what they added"
    assert "feil.csv" not in await browser.shown(page)
    await act(COORDINATOR, service.propose_owner, realising.benefit.id, person_id=act.world.people[OWNER].id)
    await browser.as_person(OWNER)
    assert (await attach("uttrekk.csv")).status_code == 303
    measured_on = (realising.live_on + timedelta(days=1)).isoformat()
    form: dict[str, object] = {"value": "340", "measured_on": measured_on, "confidence": "B", "version": 1}
    assert (await browser.post(f"{page}/report", form, page=page)).status_code == 303, "the file is what shows it"
    assert "uttrekk.csv" in await browser.shown(page)
    await browser.as_person("case_handler")
    assert (await browser.post(f"{page}/confirm", {"version": 2}, page=page)).status_code == 303
    await browser.as_person(OWNER)
    late = await attach("nytt.csv")
    assert late.status_code == 409
    assert "Målingen er bekreftet" in late.text


async def test_of_two_who_confirm_at_once_one_does(own_database: Database) -> None:
    world = await world_in(own_database)
    act = Acts(own_database, world)
    case_id = await open_project(own_database, world)
    benefit = await with_profile(act, case_id)
    async with own_database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
    await act(LEADER, service.submit_plan, plan.id)
    approved = await asyncio.gather(
        *(act("decision_maker", service.approve_plan, plan.id, version=2) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in approved) == ["BenefitPlan", "Stale"]
    reported = await measured(act, benefit)
    confirmed = await asyncio.gather(
        *(act(who, service.confirm, reported.id) for who in ("case_handler", "method_owner")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in confirmed) == ["Measurement", "NotYet"]
    async with own_database.reading() as uow:
        events = await uow.session.scalars(select(Event.verb).where(Event.case_id == case_id))
    assert [verb for verb in events if verb == "confirm"] == ["confirm"]


async def test_programs_send_see_write_and_confirm_as_the_pages_do(realising: Realising) -> None:
    browser, day = realising.browser, realising.live_on
    wrong = (await realising.call("projects", realising.case_id, "import_measurements", sheet(line(day, "mye")))).json()
    seen = (await browser.get(f"/api/v1/measurement-imports/{wrong['id']}")).json()
    assert [(each["row"], each["column"], each["heading"]) for each in seen["faults"]] == [(2, "E", "value")]
    assert seen["faults"][0]["sentence"] not in ("", seen["faults"][0]["code"])
    refused = await browser.call(f"/api/v1/measurement-imports/{wrong['id']}/write")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["file"])

    content = sheet(line(day + timedelta(days=29)), line(day + timedelta(days=40), "330,5"))
    sent = (await realising.call("projects", realising.case_id, "import_measurements", content)).json()
    page = f"/api/v1/measurement-imports/{sent['id']}"
    seen = (await browser.get(page)).json()
    assert (seen["rows"], seen["reported"], seen["added"], seen["faults"]) == (2, 1, 1, [])
    assert [Decimal(each["value"]) for each in seen["changes"]] == [340, Decimal("330.5")]
    assert (await browser.call(f"{page}/write")).json() == {"id": sent["id"], "measurements": 2}
    again = await browser.call(f"{page}/write")
    assert (again.status_code, [each["code"] for each in again.json()["reasons"]]) == (409, ["import.written_already"])
    shown = (await browser.get(page)).json()
    assert (shown["measurements"], shown["waiting"]) == (2, 2)
    assert [each["id"] for each in (await browser.get(f"/api/v1/projects/{realising.case_id}/measurement-imports")).json()] \
        == [sent["id"], wrong["id"]]  # fmt: skip

    measurement = (await realising.measurements())[0]
    shows = (await realising.call("measurements", measurement.id, "add_file", text_file(), "utdrag.csv")).json()
    files = (await browser.get(f"/api/v1/measurements/{measurement.id}/files")).json()
    assert [(each["id"], each["sha256"]) for each in files] == [(shows["id"], shows["sha256"])]
    assert (await browser.call(f"{page}/confirm")).status_code == 404, "the office measures and does not confirm"
    await browser.as_person("case_handler")
    assert (await browser.call(f"{page}/confirm")).json()["measurements"] == 2
    assert {row.state for row in await realising.measurements()} == {"confirmed"}
