"""Accounts per kind of cost: beside the budget, with larger shifts granted first, and what is returned read in the ledger."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.applications.models import BudgetLine
from app.core.database import Database
from app.core.errors import Invalid, NotYet
from app.demo.cast import World
from app.files import service as files
from app.files.models import File
from app.files.service import Upload
from app.files.store import Store
from app.identity.actor import SYSTEM
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.payments import queries as payment_queries
from app.payments import service as payments
from app.projects.budget import budget_per_kind
from app.projects.facts import PROJECT
from app.projects.models import FinalReport, Project
from app.reports import service
from app.reports.models import Report
from app.settings import Settings
from tests.conftest import Browser
from tests.files.conftest import LIMITS
from tests.files.samples import PDF
from tests.projects_under_way import Acts, open_project
from workflows.authority import CHECKS

BY, LEADER, HANDLER, DECIDER = "lillestrom.coordinator", "lillestrom.leader", "case_handler", "decision_maker"
AWARD = 50_000_000
FINAL = {
    "results": "Ny samtale.", "changed_practice": "Alle bruker den.", "what_worked": "Å lytte.", "for_whom": "Unge.",
    "conditions": "Tid.", "as_planned": "yes", "own_hours": 90,
}  # fmt: skip


@pytest.fixture
def acts(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def budgeted(acts: Acts) -> tuple[UUID, UUID]:
    """A project with 40 and 10 of its 50 million øre on two kinds of costs; answers it and its final report."""
    case_id = await open_project(acts.database, acts.world, "lillestrom", amount_ore=AWARD)
    async with acts.database.unit_of_work() as uow:
        uow.session.add(FinalReport(case_id=case_id))
        uow.session.add_all(
            BudgetLine(case_id=case_id, cost_kind=kind, description="Invented", amount_ore=ore, bearer="scheme")
            for kind, ore in (("competence", 80), ("travel", 20))
        )
        rows = await service.plan_for_project(uow, SYSTEM, case_id)
        return case_id, next(row.id for row in rows if row.kind == "final")


async def spent(acts: Acts, report_id: UUID, competence: int, travel: int, returned: int = 0) -> Any:
    return await acts(
        BY,
        service.save,
        report_id,
        spent_competence_ore=competence,
        spent_travel_ore=travel,
        returned_ore=returned,
        **FINAL,
    )


async def refused(acts: Acts, report_id: UUID) -> list[str]:
    with pytest.raises(NotYet) as said:
        await acts(LEADER, service.submit, report_id)
    return [reason.code for reason in said.value.reasons]


async def shares(acts: Acts, case_id: UUID) -> dict[str, int]:
    async with acts.database.reading() as uow:
        return {each.cost_kind: each.awarded_ore for each in await budget_per_kind(uow, case_id)}


async def test_a_larger_shift_is_granted_first_and_what_was_handed_in_stands(acts: Acts) -> None:
    case_id, report_id = await budgeted(acts)
    await spent(acts, report_id, 37_000_000, 12_000_000, 1_000_000)
    assert await refused(acts, report_id) == ["report.deviation_unexplained"] * 2 + ["report.shift_not_granted"]
    shift = {"case_id": case_id, "kind": "budget", "text": "Flere reiser", "from_kind": "competence"}
    for wrong, field in (
        ({"to_kind": "competence", "shift_ore": 1}, "to_kind"), ({"to_kind": "travel"}, "shift_ore"),
        ({"to_kind": "travel", "shift_ore": 40_000_001}, "shift_ore"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as said:
            await acts(LEADER, milestones.propose_change, **{**shift, **wrong})
        assert set(said.value.fields) == {field}
    row = await acts(LEADER, milestones.propose_change, **shift, to_kind="travel", shift_ore=2_000_000)
    stale = await acts(LEADER, milestones.propose_change, **shift, to_kind="equipment", shift_ore=5_000_000)
    assert await shares(acts, case_id) == {"competence": 40_000_000, "travel": 10_000_000}
    await acts(DECIDER, milestones.accept_change, row.id)
    assert await shares(acts, case_id) == {"competence": 38_000_000, "travel": 12_000_000}
    with pytest.raises(NotYet) as old:
        await acts(DECIDER, milestones.accept_change, stale.id)
    assert [reason.code for reason in old.value.reasons] == ["change_request.stale"]
    await acts(LEADER, service.submit, report_id)
    less = await acts(
        LEADER, milestones.propose_change, case_id=case_id, kind="amount", text="Mindre", amount_change_ore=-5_000_000
    )
    await acts(DECIDER, milestones.accept_change, less.id)
    assert await shares(acts, case_id) == {"competence": 34_200_000, "travel": 10_800_000}, "a shift follows the award"
    async with acts.database.reading() as uow:
        report = await uow.session.get_one(Report, report_id)
    assert [each["awarded_ore"] for each in report.budget] == [38_000_000, 12_000_000]


async def unreturned(acts: Acts, case_id: UUID) -> int:
    async with acts.database.reading() as uow:
        return (await PROJECT.facts(uow, await uow.session.get_one(Project, case_id))).unreturned_ore


async def test_the_closing_gate_reads_what_is_booked_as_returned_and_not_what_the_report_says(acts: Acts) -> None:
    case_id, report_id = await budgeted(acts)
    async with acts.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
        payment = (await payment_queries.payments_of(uow, case_id))[0]
    await acts(BY, milestones.report, milestone.id, evidence="Alle har signert")
    await acts(HANDLER, milestones.approve, milestone.id)
    await acts("certifier", payments.certify, payment.id)
    await acts(DECIDER, payments.approve, payment.id, checks=CHECKS)
    await acts("certifier", payments.register_paid, payment.id, reference=f"R-{case_id.hex[-8:]}")
    assert await unreturned(acts, case_id) == 20_000_000
    await spent(acts, report_id, 14_000_000, 4_000_000, 2_000_000)
    await acts(BY, service.save, report_id, accounts_explained="Prosjektet ble kortere")
    await acts(LEADER, service.submit, report_id)
    assert await unreturned(acts, case_id) == 2_000_000, "the office says that it pays back; nothing has come"
    await acts("certifier", payments.register_return, payment.id, amount_ore=1_500_000, why="Ubrukt")
    assert await unreturned(acts, case_id) == 500_000
    await acts("certifier", payments.register_return, payment.id, amount_ore=500_000, why="Ubrukt")
    assert await unreturned(acts, case_id) == 0


async def test_the_accounts_stand_beside_the_budget_and_a_shift_is_asked_for_on_the_page(
    acts: Acts, browser: Browser
) -> None:
    case_id, report_id = await budgeted(acts)
    await spent(acts, report_id, 35_000_000, 12_000_000)
    await browser.as_person(BY)
    page = (await browser.shown(f"/reports/{report_id}")).replace("\xa0", " ")
    assert (
        "Krever endring i budsjettet" in page and 'name="spent_travel_ore"' in page and 'name="spent_ore"' not in page
    )
    assert "470 000" in page, "what was spent in all"
    asking = f"/projects/{case_id}/milestones"
    typed = {"case_id": case_id, "kind": "budget", "text": "Flere reiser", "from_kind": "competence", "to_kind": "travel",
             "shift_ore": "20 000"}  # fmt: skip
    answer = await browser.post("/change-requests/propose", {**typed, "shift_ore": "900 000"}, page=asking)
    assert answer.status_code == 422 and "900 000" in answer.text and "400" in answer.text
    assert (await browser.post("/change-requests/propose", typed, page=asking)).status_code == 303
    async with acts.database.reading() as uow:
        (row,) = await milestone_queries.changes_of(uow, case_id)
    shown = (await browser.shown(f"/change-requests/{row.id}")).replace("\xa0", " ")
    assert "380 000" in shown and "120 000" in shown


async def test_what_shows_the_spending_is_attached_while_the_accounts_are_open(
    acts: Acts, browser: Browser, settings: Settings
) -> None:
    _, report_id = await budgeted(acts)

    def upload(name: str = "bilag.pdf") -> dict[str, Any]:
        return {
            "upload": Upload(file=io.BytesIO(PDF), name=name),
            "store": Store.of(settings),
            "limits": LIMITS,
        }

    row = await acts(BY, files.add_to_report, report_id, **upload())
    async with acts.database.unit_of_work() as uow:
        await files.pass_unscanned(uow, row.id)
    await browser.as_person(BY)
    page = f"/reports/{report_id}"
    shown = await browser.shown(page)
    assert "bilag.pdf" in shown and f'action="{page}/add_file"' in shown
    fields = {"_csrf_token": browser.http.cookies.get("csrf") or "", "_page": page}
    for name, content, status in (("tom.pdf", b"", 422), ("tog.pdf", PDF + b" ", 303)):
        sent = await browser.http.post(f"{page}/add_file", data=fields, files={"file": (name, content)})
        assert sent.status_code == status
    async with acts.database.unit_of_work() as uow:
        sent_id = (await uow.session.scalars(select(File.id).where(File.name == "tog.pdf"))).one()
        await files.pass_unscanned(uow, sent_id)
    await browser.as_person("certifier")
    seen = await browser.get(f"/files/{sent_id}")
    assert (seen.status_code, seen.content) == (200, PDF + b" "), "whoever certifies sees what shows the spending"
    await browser.as_person("klepp_time.coordinator")
    assert (await browser.get(f"/files/{row.id}")).status_code == 404
    await spent(acts, report_id, 40_000_000, 10_000_000)
    await acts(LEADER, service.submit, report_id)
    with pytest.raises(NotYet) as closed:
        await acts(BY, files.add_to_report, report_id, **upload("sent.pdf"))
    assert [reason.code for reason in closed.value.reasons] == ["report.sent_already"]
    with pytest.raises(NotYet):
        await acts(BY, files.remove, row.id)
    await acts(HANDLER, service.send_back, report_id, part_results="Mer om partnerne")
    with pytest.raises(NotYet) as locked:
        await acts(BY, files.add_to_report, report_id, **upload("mer.pdf"))
    assert [reason.code for reason in locked.value.reasons] == ["report.section_locked"]
