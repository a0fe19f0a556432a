"""From a plan to what was measured: coordinator, owner outside the office, decision maker and case handler at browsers."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from app.benefits import queries, service
from app.benefits.models import Measurement, Target
from tests.benefits.test_service import COORDINATOR, LEADER, TODAY, indicator_of, with_profile
from tests.conftest import MovingClock
from tests.journeys.conftest import Site, Visitor, visitor
from tests.journeys.keys import Keys
from tests.projects_under_way import Acts, open_project

WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"
OWNER = "lillestrom.leader"
"""A leader in another office than the project's."""
SOON, LATER = TODAY + timedelta(days=30), TODAY + timedelta(days=365)
MEASURED = TODAY + timedelta(days=40)


async def fits(page: Page) -> None:
    assert await page.evaluate(WIDTH), f"{page.url} is wider than the screen"


def sheet(*rows: tuple[Any, ...]) -> dict[str, Any]:
    """A spreadsheet of measurements, as a file that is chosen."""
    book = Workbook()
    page: Any = book.active
    page.append(("Indikator", "Verdi", "Målt", "Grad", "Dokumentasjon", "Avvik"))
    for row in rows:
        page.append(("repeat_enquiries", *row))
    written = io.BytesIO()
    book.save(written)
    return {"name": "malinger.xlsx", "mimeType": "application/octet-stream", "buffer": written.getvalue()}


async def plan_the_benefit(knut: Visitor, own: str) -> None:
    """Preconditions and targets, by keyboard alone; what is wrong is said beside its field, and nothing is lost."""
    keys, page = Keys(knut), knut.page
    await knut.go(own)
    await keys.open("Rediger forutsetningene")
    form = page.locator('form[action$="/write_preconditions"]')
    await keys.write("Forutsetning", "Alle er lært opp", within=form.locator('[data-row="0"]'))
    await keys.reach(form.locator("[data-add-row]"))
    await page.keyboard.press("Enter")
    await keys.write("Forutsetning", "Rommet er klart", within=form.locator('[data-row="1"]'))
    await keys.press(form.get_by_role("button", name="Lagre", exact=True))
    await expect(page.locator("#preconditions tbody tr")).to_have_count(2)
    await keys.open("Skriv målene")
    form = page.locator('form[action$="/write_targets"]')
    first = form.locator('[name="rows-0-due_on"]')
    assert await first.input_value() == LATER.isoformat()
    await keys.reach(form.locator("[data-add-row]"))
    await page.keyboard.press("Enter")
    await form.locator('[name="rows-1-due_on"]').fill(SOON.isoformat())
    await keys.press(form.get_by_role("button", name="Lagre", exact=True))
    await expect(page.locator(".aksel-error-summary")).to_be_focused()
    assert await form.locator('[name="rows-1-due_on"]').input_value() == SOON.isoformat()
    await form.locator('[name="rows-1-value"]').fill("360 per måned")
    await keys.press(form.get_by_role("button", name="Lagre", exact=True))
    await expect(page.locator("main")).to_contain_text("Målene er lagret.")


async def changed_without_scripts(chromium: Browser, site: Site, own: str) -> None:
    """A target is changed and a row taken out on a narrow screen, without JavaScript."""
    lise = await visitor(chromium, site, COORDINATOR, width=320, script=False)
    page = lise.page
    await page.goto(site.address + own)
    form = page.locator('form[action$="/write_targets"]')
    await page.locator("summary", has_text="Skriv målene").click()
    await form.locator('[name="rows-1-value"]').fill("330")
    async with page.expect_navigation():
        await form.get_by_role("button", name="Lagre", exact=True).click()
    form = page.locator('form[action$="/write_preconditions"]')
    await page.locator("summary", has_text="Rediger forutsetningene").click()
    async with page.expect_navigation():
        await form.locator('[name="rows-remove"]').nth(1).click()
    await expect(page.locator("#preconditions tbody tr")).to_have_count(1)
    await page.context.close()


async def targets(site: Site, case_id: UUID) -> list[tuple[date, str]]:
    """The series of the newest version."""
    async with site.database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
        rows = await uow.session.scalars(select(Target).where(Target.plan_id == plan.id).order_by(Target.due_on))
        return [(row.due_on, f"{row.value.normalize():f}") for row in rows]


async def test_a_benefit_is_planned_measured_and_confirmed(chromium: Browser, moving: Site, clock: MovingClock) -> None:
    act = Acts(moving.database, moving.world)
    case_id = await open_project(moving.database, moving.world)
    benefit = await with_profile(act, case_id)
    await act(COORDINATOR, service.propose_owner, benefit.id, person_id=moving.world.people[OWNER].id)
    await act(OWNER, service.accept_ownership, benefit.id)
    indicator = await indicator_of(act, benefit)
    due = await act(COORDINATOR, service.plan_measurement, indicator_id=indicator, due_on=SOON)
    own, plan_page = f"/benefits/{benefit.id}", f"/projects/{case_id}/benefits"

    knut = await visitor(chromium, moving, COORDINATOR)
    await plan_the_benefit(knut, own)
    assert await targets(moving, case_id) == [(SOON, "360"), (LATER, "320")]
    async with moving.database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
    await act(LEADER, service.submit_plan, plan.id)
    await act("decision_maker", service.approve_plan, plan.id)
    revised = await act(LEADER, service.revise_plan, plan.id, why="Vi kom senere i gang")
    await changed_without_scripts(chromium, moving, own)
    await act(LEADER, service.submit_plan, revised.id)

    # what approving changes stands where one approves
    decider = await visitor(chromium, moving, "decision_maker", scheme="dark")
    await decider.go(plan_page)
    row = decider.page.locator("#changed tbody tr", has_text="Mål innen")
    await expect(row).to_have_count(1)
    assert [text.strip() for text in await row.locator("td").all_inner_texts()] == ["320", "330"]
    await decider.send("/approve")
    assert await decider.page.locator("#changed").count() == 0
    await decider.go(f"{plan_page}/compare?before=1&after=2")
    await decider.page.context.close()

    clock.moved = timedelta(days=60)
    # the owner, on a narrow screen: off the plan without a word is refused beside the field
    leader = await visitor(chromium, moving, OWNER, width=320, scheme="dark")
    await leader.go(f"/measurements/{due.id}")
    await fits(leader.page)
    report: dict[str, Any] = {"value": "390", "measured_on": MEASURED.isoformat(), "confidence": "B"}
    await leader.page.locator("#attachment-file").set_input_files(
        {"name": "uttrekk.csv", "mimeType": "text/csv", "buffer": b"uke;antall\n1;390"}
    )
    async with leader.page.expect_navigation():
        await leader.page.locator("#add-file button").last.click()
    await leader.look()
    await leader.send("/report", **report, evidence="Gosys")
    await expect(leader.page.locator("#deviation-error")).to_contain_text("Planen sa 360")
    await expect(leader.page.locator('[name="value"]')).to_have_value("390")
    await fits(leader.page)
    await leader.send("/report", deviation="Sommeren kom i veien")
    await leader.send("/remove")
    await expect(leader.page.locator("main")).not_to_contain_text("uttrekk.csv")
    await leader.go(own)
    await fits(leader.page)

    # the coordinator's spreadsheet: every fault by row, then right
    knut = await visitor(chromium, moving, COORDINATOR)
    for rows, faults in (
        ([("mye", MEASURED + timedelta(days=1), "B", "Gosys", ""), (380, MEASURED + timedelta(days=2), "B", "Gosys", "")], 2),
        ([(362, MEASURED + timedelta(days=1), "B", "Gosys", ""),
          (380, MEASURED + timedelta(days=2), "B", "Gosys", "Ferie")], 0),
    ):  # fmt: skip
        await knut.go(f"/projects/{case_id}/measurement-import")
        await knut.page.locator('input[type="file"]').set_input_files(sheet(*rows))
        async with knut.page.expect_navigation():
            await knut.page.locator('form[action$="import_measurements"] button').last.click()
        await knut.look()
        assert await knut.page.locator("#faults tbody tr").count() == faults
    await knut.send("/write")
    import_page = knut.page.url.removeprefix(moving.address)

    handler = await visitor(chromium, moving, "case_handler")
    await handler.go(import_page)
    await handler.send("/confirm")
    await handler.go(f"/measurements/{due.id}")
    await handler.send("/confirm")
    async with moving.database.reading() as uow:
        rows_ = (await uow.session.scalars(select(Measurement).where(Measurement.case_id == case_id))).all()
    assert [row.state for row in rows_] == ["confirmed"] * 3
    await handler.go(own)
    await expect(handler.page.locator("main")).to_contain_text("390")
