"""A project's way through its diamonds as its people see it, in Chromium: asked for, planned, traced, checked, placed."""

from __future__ import annotations

from playwright.async_api import Browser, expect
from sqlalchemy import select

from app.cases.models import Case
from app.projects.models import Project
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys

COORDINATOR = "lillestrom.coordinator"
WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"


async def project_of(site: Site) -> str:
    async with site.database.reading() as uow:
        unit = site.world.units["lillestrom"].id
        found = await uow.session.scalar(
            select(Project.id).join(Case, Case.id == Project.id).where(Case.unit_id == unit)
        )
    return f"/projects/{found}"


async def test_the_coordinator_plans_traces_and_places_by_keyboard_at_a_narrow_screen(
    chromium: Browser, demo: Site
) -> None:
    base = await project_of(demo)
    person = await visitor(chromium, demo, COORDINATOR, width=320, scheme="dark")
    keys = Keys(person)
    await person.go(base)
    assert await person.page.evaluate(WIDTH)
    await expect(person.page.locator("#checklist details[open] li").first).to_be_visible()
    await person.go(f"{base}/plan")
    assert await person.page.evaluate(WIDTH)
    dates = {"step": "implement_open", "planned_from": "2026-11-17", "planned_to": "2027-01-15"}
    await person.send("/plan_step", **dates)
    await person.send("/plan_step", **{**dates, "planned_to": "2027-02-15"})
    await expect(person.page.locator("#plan-why-error p")).to_be_visible()
    await expect(person.page.locator("#plan-planned_to")).to_have_value("2027-02-15")
    await person.send("/plan_step", why="Ferien tar alle")
    await expect(person.page.locator("#history")).to_contain_text("Ferien tar alle")
    await person.go(f"{base}/trace")
    assert await person.page.evaluate(WIDTH)
    box = person.page.locator("svg.trace a").last
    await keys.reach(box)
    async with person.page.expect_navigation():
        await person.page.keyboard.press("Enter")
    await person.look()
    await expect(person.page.locator("#insight table tbody tr").first).to_be_visible()
    await person.follow("Vis hele tråden")
    await person.go(f"{base}/statement")
    assert await person.page.evaluate(WIDTH)
    await person.go(f"{base}/concepts")
    assert await person.page.evaluate(WIDTH)


async def test_without_scripts_a_number_is_asked_about_and_stands_with_a_reason(chromium: Browser, demo: Site) -> None:
    base = await project_of(demo)
    person = await visitor(chromium, demo, COORDINATOR, script=False)
    page = person.page
    await page.goto(f"{demo.address}{base}/activities")
    form = page.locator('form[action$="/add_idea"]')
    await page.locator("summary", has_text="idé").first.click()
    await form.locator('[name="text"]').fill("Ring vakttelefonen på 91 23 45 67")
    async with page.expect_navigation():
        await form.locator("button").first.click()
    await expect(page.locator("#idea-text-error p")).to_be_visible()
    await expect(form.locator('[name="text"]')).to_have_value("Ring vakttelefonen på 91 23 45 67")
    await form.locator('[name="personal_data_why"]').fill("Kontorets felles nummer")
    async with page.expect_navigation():
        await form.locator("button").first.click()
    await expect(page.locator("#ideas li", has_text="Ring vakttelefonen")).to_be_visible()
