"""Gatherings in Chromium: a series begun, a team signed up, who came noted by two at once, a list pasted with errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.gatherings.models import Attendance, Gathering
from tests.gatherings.cohorts import COORDINATOR, join_team
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys
from tests.projects_under_way import Acts, open_project

FIRST, SECOND, MEMBER = "facilitator_one", "facilitator_two", "lillestrom.counsellor"
WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"
PASTED = "Navn\tE-post\tMøtte\nMestring, Mona\t\tja\nIngen Kjent\t\tja\nYasmin Ytre\tyasmin(a)nav.example\tja"


async def narrow(page: Page) -> None:
    assert await page.evaluate(WIDTH), f"{page.url} is wider than the screen"


async def came(site: Site, gathering_id: UUID) -> set[UUID]:
    """Who is noted to have come."""
    async with site.database.reading() as uow:
        rows = select(Attendance.person_id).where(
            Attendance.gathering_id == gathering_id, Attendance.attended_at.is_not(None)
        )
        return set(await uow.session.scalars(rows))


async def begin_now(site: Site, gathering_id: UUID) -> None:
    """Let a gathering have begun an hour ago; its day comes without anybody's doing."""
    async with site.database.unit_of_work() as uow:
        row = await uow.session.get_one(Gathering, gathering_id)
        row.starts_at, row.ends_at = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=5)


async def test_from_the_series_to_who_came(chromium: Browser, empty: Site) -> None:
    acts, people = Acts(empty.database, empty.world), empty.world.people
    case_id = await open_project(empty.database, empty.world, "lillestrom")
    await join_team(acts, case_id, MEMBER)
    async with empty.database.reading() as uow:
        call_id = (await uow.session.get_one(Case, case_id)).call_id

    frida = await visitor(chromium, empty, FIRST)
    await frida.go("/gatherings")
    await frida.go(f"/cohorts/new?call={call_id}")
    first_on = day_in_oslo(datetime.now(UTC)) + timedelta(days=3)
    await frida.send("/cohorts/begin_series", name="Kull 1", first_on=first_on.isoformat(), expects="Kompetansemodul 3")
    async with empty.database.reading() as uow:
        row = (await uow.session.scalars(select(Gathering).where(Gathering.key == "gathering_1"))).one()
    await frida.go(f"/gatherings/{row.id}")
    later = (row.starts_at + timedelta(days=1)).strftime("%Y-%m-%dT10:00")
    await frida.send("/reschedule", starts_at=later, ends_at=later.replace("10:00", "15:00"), why="Salen var opptatt",
                     expects="Samlingen er flyttet")  # fmt: skip

    mona = await visitor(chromium, empty, COORDINATOR, width=320, scheme="dark")
    await mona.go(f"/projects/{case_id}/activities")
    await narrow(mona.page)
    await mona.send("/register_team", gathering_id=str(row.id), expects="Mona Mestring, Yasmin Ytre")
    await mona.go(f"/gatherings/{row.id}")
    await narrow(mona.page)
    await expect(mona.page.locator("main")).to_contain_text("Fulltallig")

    await begin_now(empty, row.id)
    page = f"/gatherings/{row.id}/attendance"
    trond = await visitor(chromium, empty, SECOND, width=320)
    await frida.go(page)
    await trond.go(page)
    await narrow(trond.page)
    keys = Keys(frida)
    yasmin, coordinator = people[MEMBER].id, people[COORDINATOR].id
    field = frida.page.locator(f"#mark-{yasmin}-unknown")
    await keys.reach(field)
    await frida.page.keyboard.press("ArrowDown")  # from "not noted" round to "came": sent by itself
    await expect(frida.page.locator(f"#mark-{yasmin}")).to_contain_text("Ført opp av Frida Fasting")
    await trond.page.locator(f"#mark-{coordinator}-came").check()
    await expect(trond.page.locator(f"#mark-{coordinator}")).to_contain_text("Ført opp av Trond Tegn")
    await expect(trond.page.locator(f"#mark-{yasmin}")).to_contain_text("Ført opp av Frida Fasting")
    assert await came(empty, row.id) == {yasmin, coordinator}, "neither has undone the other"
    await frida.page.locator(f"#mark-{coordinator}-absent").check()
    await expect(frida.page.locator("#marks .note-warning")).to_contain_text("Trond Tegn førte opp «Møtte»")
    assert await came(empty, row.id) == {yasmin, coordinator}, "what another has noted stands"
    await frida.look()

    await frida.send("/read_list", text=PASTED, expects="Ingen person heter Ingen Kjent")
    said = await frida.page.locator("#reading").inner_text()
    assert "er ingen e-postadresse" in said and "Endrer ingenting" in said
    assert await frida.page.locator("#paste-text").input_value() == PASTED
    await trond.page.locator(f"#mark-{coordinator}-absent").check()
    await expect(trond.page.locator(f"#mark-{coordinator}-absent")).to_be_checked()
    await frida.send("/read_list", text=PASTED, expects="Før opp 1 person")
    await frida.send("/confirm_list", expects="Listen er ført opp")
    assert await came(empty, row.id) == {yasmin, coordinator}

    await mona.go("/calendar")
    await narrow(mona.page)
    await mona.press("Lag en adresse")
    assert (await mona.page.locator("#feed-address").input_value()).endswith(".ics")
    await narrow(mona.page)
