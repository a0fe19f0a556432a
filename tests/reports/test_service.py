"""A report is written by sections, handed in whole, sent back in part, and approved by another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.audit.models import Event
from app.core.clock import day_in_oslo
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet, Stale
from app.demo.cast import World
from app.identity.actor import SYSTEM
from app.obligations.queries import owed_in
from app.projects.models import FinalReport
from app.reports import jobs, service
from app.reports.models import Report
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project, told
from workflows.obligation import Kind

NINE = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
BY, LEADER, HANDLER, DECIDER = "lillestrom.coordinator", "lillestrom.leader", "case_handler", "decision_maker"
STATUS = {"on_course": "at_risk", "done": "Intervjuer er gjort.", "ahead": "Funnene skal valideres."}
FINAL = {
    "results": "Ny samtale.", "changed_practice": "Alle bruker den.", "what_worked": "Å lytte.", "for_whom": "Unge.",
    "conditions": "Tid.", "as_planned": "no", "deviations": "To uker senere.", "spent_ore": 40_000_000,
    "own_hours": 120, "returned_ore": 10_000_000,
}  # fmt: skip


@pytest.fixture
def acts(database: Database, world: World, clock: MovingClock) -> Acts:
    """The people of the world, on an ordinary morning."""
    clock.at = NINE
    return Acts(database, world)


async def planned(acts: Acts) -> tuple[UUID, dict[str, UUID]]:
    """A project with its calendar of reports; answers the case, and the first report of each kind."""
    case_id = await open_project(acts.database, acts.world, "lillestrom")
    async with acts.database.unit_of_work() as uow:
        uow.session.add(FinalReport(case_id=case_id))
        rows = await service.plan_for_project(uow, SYSTEM, case_id)
        return case_id, {row.kind: row.id for row in reversed(rows)}


async def test_the_calendar_is_set_at_the_award_and_what_is_near_is_marked(acts: Acts, clock: MovingClock) -> None:
    case_id, first = await planned(acts)
    async with acts.database.reading() as uow:
        owed = {each.about: each for each in await owed_in(uow, case_id) if each.kind is Kind.REPORT}
        interim = await uow.session.get_one(Report, first["interim"])
    assert set(owed) == {"interim", "yearly", "final"}
    assert owed["interim"].names == [acts.world.people[BY].name]
    clock.at = NINE + (interim.due_on - day_in_oslo(NINE)) - timedelta(days=31)
    for state in ("planned", "planned", "due", "due"):
        await jobs.mark_due(acts.database.unit_of_work)
        async with acts.database.reading() as uow:
            assert (await uow.session.get_one(Report, first["interim"])).state == state
        clock.at += timedelta(hours=12)


async def test_a_section_saves_itself_and_what_is_no_answer_is_said_beside_its_field(acts: Acts) -> None:
    _, first = await planned(acts)
    row = await acts(BY, service.save, first["yearly"], version=1, section="status", **STATUS)
    assert (row.version, row.answers) == (2, STATUS)
    row = await acts(BY, service.save, first["yearly"], version=1, section="status", **STATUS)
    assert row.version == 2, "with nothing changed nothing is written, whatever the version"
    with pytest.raises(Stale):
        await acts(LEADER, service.save, first["yearly"], version=1, section="status", **{**STATUS, "done": "Annet"})
    with pytest.raises(Invalid) as wrong:
        await acts(BY, service.save, first["yearly"], section="deviations", as_planned="no",
                   deviations="Bruker 13097248022 ble syk")  # fmt: skip
    assert {name: each.code for name, each in wrong.value.fields.items()} == {"deviations": "form.identity_number"}
    with pytest.raises(Invalid) as strange:
        await acts(BY, service.save, first["interim"], spent_ore=100)
    assert set(strange.value.fields) == {"spent_ore"}, "an interim report asks nothing of money"
    with pytest.raises(NotAllowed):
        await acts(HANDLER, service.save, first["yearly"], section="status", **STATUS)


async def test_a_telephone_number_is_asked_about_once_and_stands_with_its_reason(acts: Acts, browser: Browser) -> None:
    case_id, first = await planned(acts)
    address, typed = f"/reports/{first['yearly']}", {**STATUS, "done": "Ring meg på 91 23 45 67", "section": "status"}
    await browser.as_person(BY)
    asked = await browser.post(f"{address}/save", typed, page=address)
    assert asked.status_code == 422
    assert 'name="personal_data_why"' in asked.text and typed["done"] in asked.text
    why = "Kontorets felles vaktnummer"
    assert (await browser.post(f"{address}/save", {**typed, "personal_data_why": why}, page=address)).status_code == 303
    typed["ahead"] = "Noe annet"
    assert (await browser.post(f"{address}/save", typed, page=address)).status_code == 303, (
        "what stands is not asked about"
    )
    async with acts.database.reading() as uow:
        saved = await uow.session.scalars(
            select(Event.changes).where(Event.case_id == case_id, Event.verb == "save").order_by(Event.id)
        )
        assert [each.get("personal_data") for each in saved] == [
            {"why": why, "fields": {"done": "phone_number"}}, None
        ]  # fmt: skip
    await browser.as_person(HANDLER)
    moved = {"due_on": "2027-12-01", "why": "Skriv til ola@nav.example"}
    assert (await browser.post(f"{address}/move_due", moved, page=address)).status_code == 422


async def test_it_is_handed_in_whole_and_sent_back_in_part(acts: Acts) -> None:
    case_id, first = await planned(acts)
    report_id = first["yearly"]
    with pytest.raises(NotYet) as lacking:
        await acts(LEADER, service.submit, report_id)
    assert len(lacking.value.reasons) == 6, "everything that is missing at once"
    await acts(BY, service.save, report_id, **STATUS, as_planned="yes", spent_ore=10_000_000, own_hours=0)
    await acts(LEADER, service.submit, report_id)
    with pytest.raises(NotYet) as sent:
        await acts(BY, service.save, report_id, section="status", **{**STATUS, "done": "Mer"})
    assert sent.value.reasons[0].code == "report.sent_already"
    with pytest.raises(NotYet):
        await acts(HANDLER, service.send_back, report_id)
    row = await acts(
        HANDLER, service.send_back, report_id, part_accounts="Hvor er reisene?", part_results="finnes ikke her"
    )
    assert (row.state, row.returned_parts) == ("returned", {"accounts": "Hvor er reisene?"})
    with pytest.raises(NotYet) as locked:
        await acts(BY, service.save, report_id, section="status", **{**STATUS, "done": "Mer"})
    assert locked.value.reasons[0].code == "report.section_locked"
    await acts(BY, service.save, report_id, section="accounts", spent_ore=12_000_000)
    await acts(LEADER, service.submit, report_id)
    row = await acts(HANDLER, service.approve, report_id)
    assert (row.state, row.returned_parts) == ("approved", {})
    assert await told(acts.database, case_id, "report_approved") >= {acts.world.people[BY].name}


async def test_the_final_report_brings_results_and_accounts_and_two_approve_them(acts: Acts) -> None:
    case_id, first = await planned(acts)
    report_id = first["final"]
    await acts(BY, service.save, report_id, **{**FINAL, "spent_ore": 50_000_000})
    with pytest.raises(NotYet) as much:
        await acts(LEADER, service.submit, report_id)
    assert [reason.code for reason in much.value.reasons] == ["report.more_than_awarded"]
    await acts(BY, service.save, report_id, spent_ore=40_000_000)
    await acts(LEADER, service.submit, report_id)

    async def final() -> FinalReport:
        async with acts.database.reading() as uow:
            return await uow.session.get_one(FinalReport, case_id)

    assert ((await final()).spent_ore, (await final()).returned_ore) == (40_000_000, 10_000_000)
    await acts(HANDLER, service.send_back, report_id, part_results="Hva med partnerne?")
    assert (await final()).submitted_at is None, "nobody approves the accounts of what has come back"
    await acts(
        BY, service.save, report_id, section="results", results="Ny samtale, med partnere.", changed_practice="Alle."
    )
    await acts(LEADER, service.submit, report_id)
    await acts(HANDLER, service.approve, report_id)
    found = await final()
    assert found.approved_by == acts.world.people[HANDLER].id and found.answers["results"].endswith("partnere.")


async def test_another_day_has_a_reason_and_lies_ahead(acts: Acts) -> None:
    case_id, first = await planned(acts)
    with pytest.raises(Invalid):
        await acts(HANDLER, service.move_due, first["interim"], due_on=date(2026, 11, 17), why="Syk")
    row = await acts(HANDLER, service.move_due, first["interim"], due_on=date(2027, 6, 1), why="Koordinatoren er ny")
    assert row.due_on == date(2027, 6, 1)
    assert await told(acts.database, case_id, "report_moved")
    with pytest.raises(NotAllowed):
        await acts(BY, service.move_due, first["interim"], due_on=date(2027, 7, 1), why="Vi vil")


async def test_the_pages_are_written_read_and_sent_without_a_script(
    acts: Acts, browser: Browser, statements: list[str]
) -> None:
    case_id, first = await planned(acts)
    path = f"/reports/{first['yearly']}"
    await browser.as_person(BY)
    page = await browser.shown(f"/projects/{case_id}/report")
    assert f'href="{path}"' in page and "Årsrapport" in page
    assert 'name="ahead"' in await browser.shown(path)
    answer = await browser.post(f"{path}/save", {"section": "accounts", "version": 1, "spent_ore": "mange"}, page=path)
    assert answer.status_code == 422 and 'value="mange"' in answer.text, "what was typed stays"
    answer = await browser.post(
        f"{path}/save", {"section": "accounts", "version": 1, "spent_ore": "12 500,50", "own_hours": "37"}, page=path
    )
    assert answer.status_code == 303
    answer = await browser.post(f"{path}/save", {"section": "deviations", "version": 2, "as_planned": "no"}, page=path)
    assert answer.status_code == 303
    async with acts.database.reading() as uow:
        assert (await uow.session.get_one(Report, first["yearly"])).answers == {
            "spent_ore": 1_250_050,
            "own_hours": 37,
            "as_planned": False,
        }
    await acts(BY, service.save, first["yearly"], **STATUS, deviations="To uker")
    await browser.as_person(LEADER)
    assert (await browser.post(f"{path}/submit", {"version": 4}, page=path)).status_code == 303
    await browser.as_person(HANDLER)
    page = await browser.shown(path)
    assert 'name="part_accounts"' in page and 'name="ahead"' not in page
    answer = await browser.post(f"{path}/return", {"version": 5, "part_accounts": "Vis bilag"}, page=path)
    assert answer.status_code == 303
    await browser.as_person(BY)
    page = await browser.shown(path)
    assert "Vis bilag" in page and 'name="spent_ore"' in page and 'name="ahead"' not in page
    await browser.as_person("klepp_time.coordinator")
    assert (await browser.get(path)).status_code == 404
    async with acts.database.reading() as uow:
        assert (await uow.session.scalars(select(Report.state).where(Report.id == first["yearly"]))).one() == "returned"
