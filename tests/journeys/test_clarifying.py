"""Expectations in Chromium: a template, a coordinator, a leader who releases hours, a partner without an account."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from app.clarifications.models import Clarification
from app.notices.models import Mail
from tests.journeys.conftest import UNFOLD, Site, Visitor, visitor
from tests.journeys.keys import Keys
from tests.projects_under_way import open_project

WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"
SAID = {"commits": "Å holde framdriften", "hours_per_week": "6"}


async def narrow(page: Page) -> None:
    assert await page.evaluate(WIDTH), f"{page.url} is wider than the screen"


async def write(by: Visitor, clarification_id: str, **fields: str) -> None:
    """Write a clarification's text and save it."""
    form = by.page.locator(f'main form[action$="{clarification_id}/write"]')
    await form.evaluate(UNFOLD)
    await form.locator('[name="expects"]').fill("At tiden blir frigjort")
    await by.send(f"{clarification_id}/write", **fields)


async def begin(by: Visitor, site: Site, case_id: UUID, role: str, **who: str) -> str:
    """Add a clarification on the project's page; answers its id."""
    await by.go(f"/projects/{case_id}/clarifications")
    await by.send("/clarifications/add", role=role, gate="start", **who)
    async with site.database.reading() as uow:
        found = await uow.session.scalar(
            select(Clarification.id).where(Clarification.case_id == case_id, Clarification.role == role)
        )
    return str(found)


async def test_everybody_agrees_each_in_their_own_way(chromium: Browser, empty: Site) -> None:
    people = empty.world.people
    case_id = await open_project(empty.database, empty.world, "lillestrom")
    page_of = f"/projects/{case_id}/clarifications"

    owner = await visitor(chromium, empty, "method_owner")
    await owner.go("/clarifications/templates")
    await owner.go("/clarifications/templates/coordinator/start")
    await owner.send("/write_template", equality_nb="Alle teller likt i arbeidet.", why="Kortere",
                     expects="Den nye versjonen gjelder")  # fmt: skip
    await expect(owner.page.locator("main")).to_contain_text("Versjon 2")

    coordinator = await visitor(chromium, empty, "lillestrom.coordinator", width=320)
    own = await begin(coordinator, empty, case_id, "coordinator", person_id=str(people["lillestrom.coordinator"].id))
    await narrow(coordinator.page)
    await expect(coordinator.page.locator(f"#clarification-{own}")).to_contain_text("Alle teller likt i arbeidet.")
    await coordinator.send(f"{own}/propose")
    assert await coordinator.page.locator("main .missing").count() == 1, "everything missing is listed"
    await write(coordinator, own, **SAID, released_hours="4")
    await coordinator.send(f"{own}/propose")
    await expect(coordinator.page.locator("main .missing")).to_contain_text("frigjør 4")
    await write(coordinator, own, **SAID, released_hours="6", release_how="Vakten tas av andre")
    await coordinator.send(f"{own}/propose")
    await coordinator.send(f"{own}/agree_office")
    await narrow(coordinator.page)

    leader = await visitor(chromium, empty, "lillestrom.leader", scheme="dark")
    keys = Keys(leader)
    await leader.go(page_of)
    await keys.press(leader.page.locator(f"#clarification-{own}").get_by_role("button", name="Frigjør timene"))
    await expect(leader.page.locator(f"#clarification-{own}")).to_contain_text("Lederen, for timene: Enig")
    await owner.go(page_of)
    await owner.send(f"{own}/agree_scheme")
    await expect(owner.page.locator(f"#clarification-{own}")).to_contain_text("Alle er enige")

    partner_id = await begin(coordinator, empty, case_id, "partner", outside_name="Bedriften AS")
    await coordinator.send(f"{partner_id}/send_link", email="partner@bedrift.example", language="en",
                           expects="Lenken er sendt.")  # fmt: skip
    async with empty.database.reading() as uow:
        secret = await uow.session.scalar(select(Mail.secret_path).where(Mail.secret_path != ""))
    assert secret is not None
    context = await chromium.new_context(viewport={"width": 320, "height": 800}, bypass_csp=True)
    partner = Visitor(await context.new_page(), empty)
    await partner.go(secret)
    await narrow(partner.page)
    await expect(partner.page.locator("h1")).to_have_text("What do we expect of each other?")
    writes = Keys(partner)
    await writes.write("I expect", "To be heard")
    await writes.write("I commit to", "Meeting once a month")
    await writes.write("Hours a week", "1")
    await partner.page.get_by_label(re.compile("Yes, I agree")).check()
    await writes.press(partner.page.get_by_role("button", name="Send the answer"))
    await expect(partner.page.locator("h1")).to_have_text("Thank you for your answer")
    assert (await context.request.get(empty.address + secret)).status == 404, "the link is used up"
    await context.close()
    await coordinator.go(page_of)
    await expect(coordinator.page.locator(f"#clarification-{partner_id}")).to_contain_text("Meeting once a month")

    await leader.go(page_of)
    await leader.send(f"{own}/withdraw_release", why="Sykdom på vakten", expects="Timene er trukket tilbake")
    await owner.go("/clarifications")
    row = owner.page.locator("tr", has=owner.page.locator("th", has_text="Hvordan møter vi unge?"))
    await expect(row.locator(f'a[href$="#clarification-{own}"]')).to_contain_text("Ikke enige ennå")
    await expect(row).to_contain_text("Mangler")
