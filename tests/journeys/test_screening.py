"""A case handler screens an application: takes it, reads the checks, returns a part, sees what changed, passes it on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from playwright.async_api import Browser, Page, expect

from app.applications.models import Application
from app.calls import service as calls
from tests.applications.drafts import send
from tests.applications_under_way import ALL_HOLD
from tests.calls_under_way import Acting, write_call
from tests.journeys.conftest import Site, Visitor, visitor
from workflows.judging import JUDGEMENTS

OFFICE, NARROW, STOPS = "lillestrom", 320, 400
ASKED = "Skriv mer om hvem som har behovet."
ADDED = "Ungdommene trenger én å forholde seg til."
BEGIN, RETURN = "Begynn formalkontrollen", "Be kontoret fylle ut mer"
PASS_ON = "Finn søknaden komplett og send den til vurdering"


async def sent(site: Site) -> UUID:
    """An application that has come in to a call that is open now."""
    act, now = Acting(site.database, site.world), datetime.now(UTC)
    before = now - timedelta(days=3)
    call_id = await write_call(act, opens_at=now - timedelta(days=1), deadline=now + timedelta(days=30), at=before)
    await act("case_handler", calls.publish, call_id, at=before)
    return await send(act, call_id, OFFICE, at=now - timedelta(minutes=5))


async def state_of(site: Site, application_id: UUID) -> str:
    async with site.database.reading() as uow:
        return (await uow.session.get_one(Application, application_id)).state


async def fits(person: Visitor) -> None:
    """Nothing of the page reaches beyond the window."""
    wide = await person.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{person.page.url} is {wide} px wide"


async def focus_on(page: Page, selector: str) -> None:
    """Press Tab until what the selector names is in focus."""
    for _ in range(STOPS):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector} on {page.url}")


async def enter(person: Visitor, words: str) -> None:
    """Come to a button by Tab, press it by Enter, and look the page through that comes."""
    page = person.page
    for _ in range(STOPS):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('button') && document.activeElement.innerText") == words:
            break
    else:
        raise AssertionError(f"Tab never comes to {words!r} on {page.url}")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await person.look()


async def complete(writer: Visitor, address: str) -> None:
    """The office reads what is asked for, writes it where it is open, and sends it again."""
    page = writer.page
    await page.goto(writer.site.address + address)
    text = await page.locator("main").inner_text()
    assert ASKED in text
    assert await page.locator('main form[action$="/save_answers"]').count() == 1, "the other parts are locked"
    assert text.count("Låst") >= 8
    await page.locator('[name="need"]').fill(ADDED)
    async with page.expect_navigation():
        await page.locator('main form[action$="/save_answers"] button').last.click()
    async with page.expect_navigation():
        await page.locator("#step-resubmit button").click()


async def test_a_case_is_screened_by_keyboard_alone(chromium: Browser, empty: Site) -> None:
    case_id = await sent(empty)
    address = f"/applications/{case_id}"
    handler = await visitor(chromium, empty, "case_handler")
    page = handler.page
    await handler.go(address)
    await enter(handler, "Ta saken")
    await enter(handler, BEGIN)
    await expect(page.locator("#check-sent_in_time")).to_contain_text("Holder")
    await expect(page.locator("#check-costs_allowed")).to_contain_text("Må vurderes")
    await focus_on(page, "#return details:nth-of-type(2) > summary")
    await page.keyboard.press("Enter")
    await focus_on(page, "#return-part_need")
    await page.keyboard.type(ASKED)
    await enter(handler, RETURN)
    assert await state_of(empty, case_id) == "returned"

    writer = await visitor(chromium, empty, f"{OFFICE}.coordinator", width=NARROW, scheme="dark")
    await complete(writer, address)
    await fits(writer)

    await handler.go(f"{address}/changes")
    await expect(page.locator("main del")).to_contain_text("Tid og tillit.")
    await expect(page.locator("main ins")).to_contain_text(ADDED)
    await handler.go(address)
    await enter(handler, BEGIN)
    for key in JUDGEMENTS:
        await focus_on(page, f"#judge-holds_{key}-1")
        await page.keyboard.press("Space")
    await enter(handler, "Lagre svarene")
    await expect(page.locator("#checks")).to_contain_text("Svart av Kari Saksvik")
    await enter(handler, PASS_ON)
    assert await state_of(empty, case_id) == "in_review"
    for each in (handler, writer):
        await each.page.context.close()


async def test_a_case_is_screened_on_a_narrow_page_and_a_no_says_why(chromium: Browser, empty: Site) -> None:
    case_id = await sent(empty)
    handler = await visitor(chromium, empty, "second_case_handler", width=NARROW, scheme="dark")
    page = handler.page
    await handler.go(f"/applications/{case_id}")
    await fits(handler)
    await handler.press(BEGIN)
    await fits(handler)
    await handler.send("/judge", **{**ALL_HOLD, "holds_costs": "no"}, expects="Skriv hvorfor svaret er nei")
    await fits(handler)
    await handler.send("/judge", remark_costs="Utstyr dekkes ikke.", expects="Svaret er nei")
    await fits(handler)
    assert await page.locator("#step-find_complete button").count() == 0, "a no holds it"
    await handler.send("/judge", holds_costs="yes", expects="Tidligere svar")
    await handler.press(PASS_ON)
    assert await state_of(empty, case_id) == "in_review"
    await page.context.close()


async def test_a_case_is_screened_without_a_script(chromium: Browser, empty: Site) -> None:
    case_id = await sent(empty)
    address = f"/applications/{case_id}"
    handler = await visitor(chromium, empty, "case_handler", script=False)
    page = handler.page

    async def press(name: str, within: str = "main") -> None:
        async with page.expect_navigation():
            await page.locator(within).get_by_role("button", name=name, exact=True).click()

    await page.goto(empty.address + address)
    await press("Ta saken")
    await press(BEGIN)
    part = page.locator("#return details").nth(1)
    await part.locator("summary").click()
    await part.locator("textarea").fill(ASKED)
    await press(RETURN, "#return")
    writer = await visitor(chromium, empty, f"{OFFICE}.coordinator", width=NARROW, script=False)
    await complete(writer, address)
    await page.goto(empty.address + address)
    await page.get_by_role("link", name="Hva som er endret").click()
    assert ADDED in await page.locator("main ins").inner_text()
    await page.goto(empty.address + address)
    await press(BEGIN)
    for key in JUDGEMENTS:
        await page.locator(f"#judge-holds_{key}-1").check()
    await press("Lagre svarene")
    await press(PASS_ON)
    assert await state_of(empty, case_id) == "in_review"
    for each in (handler, writer):
        await each.page.context.close()
