"""Money in Chromium: accounts against the budget, a shift granted by both sides, a payment by three people, and its list."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from playwright.async_api import Browser, expect
from sqlalchemy import select

from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.payments import queries as payments
from app.payments.models import PaymentList
from app.reports import service as reports
from app.reports.models import Report
from tests.conftest import MovingClock
from tests.journeys.conftest import Site, Visitor, visitor
from tests.journeys.keys import Keys
from tests.projects_under_way import Acts
from tests.reports.test_accounts import BY, DECIDER, FINAL, LEADER, budgeted
from workflows.payment_list import fingerprint

WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"


async def narrow(who: Visitor, path: str) -> None:
    """Come to a page that is no wider than the screen."""
    await who.go(path)
    assert await who.page.evaluate(WIDTH), path


async def enter(who: Visitor, name: str) -> None:
    """Press a button by the keyboard alone."""
    await Keys(who).reach(who.page.locator("main").get_by_role("button", name=name, exact=True).first)
    async with who.page.expect_navigation():
        await who.page.keyboard.press("Enter")
    await who.look()


async def test_the_coordinator_accounts_and_three_people_pay(
    chromium: Browser, moving: Site, clock: MovingClock
) -> None:
    clock.at = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
    moving.database.clock = clock
    acts = Acts(moving.database, moving.world)
    case_id, report_id = await budgeted(acts)
    await acts(BY, reports.save, report_id, **FINAL, returned_ore=0)

    writer = await visitor(chromium, moving, BY, width=320, scheme="dark")
    await narrow(writer, f"/reports/{report_id}")
    keys = Keys(writer)
    await keys.write("Brukt til kjøp av kompetanse", "370 000")
    await keys.write("Brukt til reiser og samlinger", "130 000")
    accounts = writer.page.locator("#form-accounts")
    await keys.reach(accounts.get_by_role("button", name="Lagre"))
    async with writer.page.expect_navigation():
        await writer.page.keyboard.press("Enter")
    await narrow(writer, f"/reports/{report_id}")
    await expect(writer.page.get_by_text("Krever endring i budsjettet")).to_be_visible()

    await narrow(writer, f"/projects/{case_id}/milestones")
    await writer.send("/change-requests/propose", kind="budget", text="Flere reiser enn tenkt", from_kind="competence",
                      to_kind="travel", shift_ore="30 000", expects="Ønsket om endring er sendt")  # fmt: skip
    async with acts.database.reading() as uow:
        (change,) = await milestone_queries.changes_of(uow, case_id)
    leader = await visitor(chromium, moving, LEADER, width=320)
    await narrow(leader, f"/change-requests/{change.id}")
    await enter(leader, "Signer for kontoret")
    decider = await visitor(chromium, moving, DECIDER, width=320)
    await decider.go(f"/change-requests/{change.id}")
    await decider.send("/accept", expects="Endringen er godtatt")
    await writer.go(f"/reports/{report_id}")
    await expect(writer.page.get_by_text("Krever endring i budsjettet")).to_have_count(0)
    await enter(writer, "Lever rapporten")
    async with acts.database.reading() as uow:
        assert (await uow.session.get_one(Report, report_id)).state == "submitted"

    await pay(chromium, moving, acts, case_id)


async def pay(chromium: Browser, moving: Site, acts: Acts, case_id: UUID) -> None:
    """A payment from its milestone to the list that the accounting system is given, and paid."""
    async with acts.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
        row = (await payments.payments_of(uow, case_id))[0]
    await acts(BY, milestones.report, milestone.id, evidence="Alle har signert")
    await acts("case_handler", milestones.approve, milestone.id)
    certifier = await visitor(chromium, moving, "certifier", width=320)
    await narrow(certifier, "/payments")
    await narrow(certifier, f"/payments/{row.id}")
    await enter(certifier, "Attester")
    decider = await visitor(chromium, moving, DECIDER, width=320, scheme="dark")
    await narrow(decider, f"/payments/{row.id}")
    await decider.send("/approve", checks=("authority", "cover", "prudence"))
    await narrow(certifier, "/payment-lists")
    await enter(certifier, "Lag liste")
    assert await certifier.page.evaluate(WIDTH)
    async with acts.database.reading() as uow:
        made = (await uow.session.scalars(select(PaymentList))).one()
    async with certifier.page.expect_download() as downloading:
        await certifier.page.get_by_role("link", name="Last ned som CSV").click()
    path = await (await downloading.value).path()
    assert fingerprint(path.read_bytes().decode()) == made.sha256, "the file is what its fingerprint says"
    await certifier.go(f"/payments/{row.id}")
    await certifier.send("/register_paid", reference="UB-2026-7")
    await expect(certifier.page.get_by_text("UB-2026-7").first).to_be_visible()
    await narrow(certifier, f"/projects/{case_id}/ledger")
