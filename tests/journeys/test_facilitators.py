"""Facilitators in Chromium: registered, away, asked for more hours, forecast, and proposed for a project by keyboard."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from app.facilitation import service
from app.facilitation.models import FacilitatorAssignment
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys
from tests.projects_under_way import Acts, open_project
from workflows.facilitation import Competence

LEADER, NEW, OTHER = "facilitator_two", "reviewer_three", "facilitator_three"
WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"


async def narrow(page: Page) -> None:
    assert await page.evaluate(WIDTH), f"{page.url} is wider than the screen"


async def chosen(page: Page) -> list[str]:
    """Who is proposed, place by place."""
    picked: list[str] = await page.locator("select[name^='is.']").evaluate_all("all => all.map(each => each.value)")
    return picked


async def asked(site: Site) -> set[str]:
    """Who has been asked."""
    async with site.database.reading() as uow:
        return set(map(str, await uow.session.scalars(select(FacilitatorAssignment.person_id))))


async def test_from_the_register_to_a_proposal_that_is_changed_and_decided(chromium: Browser, empty: Site) -> None:
    acts, people = Acts(empty.database, empty.world), empty.world.people
    owner = await visitor(chromium, empty, "method_owner")
    await owner.go("/facilitation")
    await owner.send("/facilitators/register", person_id=str(people[LEADER].id), capacity_hours="120",
                     methods=["service_design"], languages=["nb", "nn"])  # fmt: skip
    assert people[LEADER].name in await owner.page.locator("h1").inner_text()
    halves = owner.page.locator("select[name=half] option[value]:not([value=''])")
    half = date.fromisoformat(await halves.nth(1).get_attribute("value") or "")

    trond = await visitor(chromium, empty, LEADER, width=320, scheme="dark")
    page = trond.page
    await trond.go("/facilitation/me")
    await narrow(page)
    first, last = f"{half.year}-{half.month + 1:02d}-01", f"{half.year}-{half.month + 2:02d}-15"
    await trond.send("/add_leave", first_on=first, last_on=last, expects="Fraværet er ført opp.")
    await narrow(page)
    await trond.send("/add_leave", first_on=last, last_on=first)
    assert await page.locator('main [aria-invalid="true"]').count() == 1
    await trond.send("/propose_capacity", half=half.isoformat(), hours="60", why="Undervisning",
                     expects="Forslaget er sendt.")  # fmt: skip
    await narrow(page)

    keys = Keys(owner)
    await owner.go("/facilitation")
    await keys.press(owner.page.get_by_role("link", name=re.compile("foreslår 60 timer")))
    await keys.press(owner.page.get_by_role("button", name=re.compile("Godta 60 timer")))
    row = owner.page.locator("tr", has=owner.page.locator("th", has_text=str(half.year))).first
    await expect(row).to_contain_text("60")

    case_id: UUID = await open_project(empty.database, empty.world, "lillestrom")
    for who, hours, methods in ((OTHER, 200, ("evaluation",)), (NEW, 90, ())):
        entry = await acts("case_handler", service.register, person_id=people[who].id, capacity_hours=hours,
                           methods=methods)  # fmt: skip
    await acts(NEW, service.set_method, entry.id, method="evaluation", level=Competence.LEARNED)

    await keys.press(owner.page.get_by_role("link", name="Fasilitatorer").first)
    await keys.press(owner.page.locator("main").get_by_role("link", name="Behov og kapasitet"))
    await expect(owner.page.locator("main table")).to_contain_text(str(half.year))
    await keys.press(owner.page.locator("main").get_by_role("link", name="Forslag til fasilitatorer"))
    proposed = await chosen(owner.page)
    (wanted,) = {str(people[who].id) for who in (LEADER, OTHER, NEW)} - set(proposed)
    field = owner.page.locator("select[name^='is.']").first
    await keys.reach(field)
    await owner.page.keyboard.type((await field.locator(f'option[value="{wanted}"]').inner_text())[:6])
    assert await field.input_value() == wanted
    await keys.press(owner.page.get_by_role("button", name="Regn ut på nytt rundt det jeg har valgt"))
    again = await chosen(owner.page)
    assert wanted in again and await asked(empty) == set(), "nothing is decided by looking"
    await expect(owner.page.locator("main")).to_contain_text("Låst")
    await keys.reach(owner.page.locator("summary", has_text="Hvorfor").first)
    await owner.page.keyboard.press("Enter")
    await expect(owner.page.locator("details[open] li").first).to_contain_text("poeng")
    await owner.look()
    await keys.press(owner.page.get_by_role("button", name="Spør disse 2"))
    assert await asked(empty) == set(again)

    await owner.go("/facilitation/proposal")
    await expect(owner.page.locator("main")).to_contain_text("Ingen prosjekter trenger flere")
    siri = await visitor(chromium, empty, NEW, width=320)
    await siri.go(f"/projects/{case_id}")
    await narrow(siri.page)
