"""An office's way to a receipt, by the keyboard alone on a small screen, without JavaScript, and with a file dragged in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import select

from app.applications import service
from app.applications.models import Application, TeamMember
from app.notices.models import Mail
from tests.applications.drafts import write
from tests.calls_under_way import Acting, publish_call
from tests.files.samples import PDF, PROGRAM
from tests.journeys.conftest import Site, Visitor, visitor
from tests.pdfs import words_of
from workflows.roles import Role

KNUT, LISE, UMA = (f"grunerlokka.{who}" for who in ("coordinator", "leader", "counsellor"))
NARROW, PIA, MAIL = 320, "Pia Partner", "pia@partner.example"
DROP = """async ([name, text]) => {
  const carried = new DataTransfer()
  carried.items.add(new File([text], name, {type: 'text/plain'}))
  const form = document.querySelector('#add-file')
  for (const kind of ['dragover', 'drop'])
    form.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried}))
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def draft(empty: Site) -> AsyncIterator[UUID]:
    """A draft that lacks its plan, the leader's word, and the yes of a partner who has no account."""
    act, now = Acting(empty.database, empty.world), empty.database.clock()
    call_id = await publish_call(act, deadline=now + timedelta(days=30))
    found = await write(act, call_id, "grunerlokka", at=now, endorsed=False, plan="")
    await act(KNUT, service.add_member, found, name=PIA, email=MAIL, role=Role.PARTNER, weekly_hours=2, at=now)
    yield found


async def state_of(site: Site, draft: UUID) -> str:
    async with site.database.reading() as uow:
        return str((await uow.session.get_one(Application, draft)).state)


async def tab_to(page: Page, selector: str, most: int = 250) -> None:
    """Press Tab until what is in focus is this."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector} on {page.url}")


async def press_enter(person: Visitor, selector: str) -> None:
    """Come to a button by Tab, press it by Enter, and look the page through that comes."""
    await tab_to(person.page, selector)
    async with person.page.expect_navigation():
        await person.page.keyboard.press("Enter")
    await person.look()
    await fits(person)


async def fits(person: Visitor) -> None:
    wide = await person.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{person.page.url} is {wide} px wide"


async def missing(person: Visitor) -> list[str]:
    """What the page says is missing before the application can be sent."""
    return await person.page.locator("#step-submit .missing-list li").all_inner_texts()


async def link_to(site: Site, address: str) -> str:
    """The link in the invitation that was sent last to an address."""
    async with site.database.reading() as uow:
        rows = await uow.session.scalars(select(Mail).where(Mail.to_address == address).order_by(Mail.id.desc()))
        return str(next(iter(rows)).secret_path)


async def test_from_draft_to_receipt_and_withdrawal_by_keyboard_at_320(
    chromium: Browser, empty: Site, draft: UUID
) -> None:
    knut = await visitor(chromium, empty, KNUT, width=NARROW, scheme="dark")
    page = knut.page
    await knut.go(f"/applications/{draft}")
    await fits(knut)
    assert len(await missing(knut)) == 3, "the plan, Pia's yes, the leader's word"
    await tab_to(page, "#step-submit .missing-list a")
    await page.keyboard.press("Enter")
    assert page.url.endswith("#plan"), "a missing thing leads to where it is mended"
    await tab_to(page, "#answer-plan")
    await page.keyboard.type("Innsikt, utprøving og innføring.")
    await expect(page.locator('[data-field="plan"] > .autosave')).to_contain_text("Lagret kl.")
    invite = 'form[action$="/invite_member"]'
    await tab_to(page, f"details:has({invite}) > summary")
    await page.keyboard.press("Enter")
    await press_enter(knut, f"{invite} button")
    await expect(page.locator("main .note").first).to_contain_text("Invitasjonen er sendt")
    await expect(page.locator("#team")).to_contain_text("Invitasjon sendt")

    lise = await visitor(chromium, empty, LISE, width=NARROW)
    await lise.go(f"/applications/{draft}")
    await tab_to(lise.page, 'form[action$="/endorse"] button')
    async with lise.page.expect_navigation():
        await lise.page.keyboard.press("Enter")
    await lise.look()
    await fits(lise)
    await expect(lise.page.locator("#endorsement")).to_contain_text("Lise Løkka stilte seg bak")

    act = Acting(empty.database, empty.world)
    async with empty.database.reading() as uow:
        pia = await uow.session.scalar(select(TeamMember.id).where(TeamMember.case_id == draft, TeamMember.name == PIA))
    await act(KNUT, service.record_taking_part, draft, member_id=pia, how="Sa ja på telefon.")
    await knut.go(f"/applications/{draft}")
    assert await missing(knut) == []
    await press_enter(knut, "#step-submit button")
    assert await state_of(empty, draft) == "submitted"
    await tab_to(page, f'a[href="/applications/{draft}/receipt"]')
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await knut.look()
    await fits(knut)
    paper = await page.locator('a[href$="/receipt.pdf"]').get_attribute("href")
    answer = await page.context.request.get(empty.address + str(paper))
    assert "Knut Gate" in words_of(await answer.body(), "nb")

    await knut.go(f"/applications/{draft}")
    await tab_to(page, "details:has(#step-withdraw) > summary")
    await page.keyboard.press("Enter")
    await tab_to(page, "#step-withdraw textarea")
    await page.keyboard.type("Vi søker heller sammen med nabokontoret.")
    await press_enter(knut, "#step-withdraw button")
    assert await state_of(empty, draft) == "withdrawn"
    for each in (knut, lise):
        await each.page.context.close()


async def test_an_invited_partner_and_a_file_without_javascript(chromium: Browser, empty: Site, draft: UUID) -> None:
    knut = await visitor(chromium, empty, KNUT, width=NARROW, script=False)
    page = knut.page
    await page.goto(f"{empty.address}/applications/{draft}")
    await page.locator("#attachment-file").set_input_files(
        {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PROGRAM}
    )
    async with page.expect_navigation() as refused:
        await page.locator("#add-file button").last.click()
    assert (await refused.value).status == 422
    await expect(page.locator("#attachment-file-error")).to_contain_text("plan.pdf")
    await page.locator("#attachment-file").set_input_files(
        {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    async with page.expect_navigation():
        await page.locator("#add-file button").last.click()
    await expect(page.locator("#attachments [data-files]")).to_contain_text("plan.pdf")
    await page.locator('details:has(form[action$="/invite_member"]) > summary').click()
    async with page.expect_navigation():
        await page.locator('form[action$="/invite_member"] button').click()

    context = await chromium.new_context(viewport={"width": NARROW, "height": 900}, java_script_enabled=False,
                                         locale="nb-NO")  # fmt: skip
    guest = await context.new_page()
    await guest.goto(empty.address + await link_to(empty, MAIL))
    await expect(guest.locator("main")).to_contain_text("Nav Grünerløkka")
    assert await guest.locator('input[name="name"]').input_value() == PIA
    await guest.locator('input[name="password"]').fill("et langt passord")
    async with guest.expect_navigation():
        await guest.get_by_role("button", name="Lag konto og bli med").click()
    assert guest.url.endswith(f"/applications/{draft}/taking-part")
    await expect(guest.locator("main")).to_contain_text("Deltar")
    await context.close()

    await page.goto(f"{empty.address}/applications/{draft}")
    await expect(page.locator("#team tbody tr").filter(has_text=PIA)).to_contain_text("Deltar")
    kept = await page.context.cookies()
    await page.context.clear_cookies(name="session")
    plan = page.locator('main form[action$="/save_answers"]').filter(has=page.locator('[name="plan"]'))
    await plan.locator('[name="plan"]').fill("Skrevet da økten var ute.")
    async with page.expect_navigation():
        await plan.locator("button").last.click()
    await expect(page.locator("h1")).to_have_text("Du ble logget ut før dette ble sendt")
    await page.context.add_cookies([each for each in kept if each["name"] == "session"])  # type: ignore[misc]
    async with page.expect_navigation():
        await page.get_by_role("button", name="Send på nytt").click()
    assert await page.locator("#answer-plan").input_value() == "Skrevet da økten var ute."
    await page.context.close()


async def test_a_file_is_dragged_in_and_one_sees_how_far_it_has_come(
    chromium: Browser, empty: Site, draft: UUID
) -> None:
    knut = await visitor(chromium, empty, KNUT)
    page = knut.page
    await knut.go(f"/applications/{draft}")
    may_go_on = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_go_on.wait()
        await route.continue_()

    await page.route("**/add_file", hold)
    await page.evaluate(DROP, ["notat.txt", "Blåbær"])
    progress = page.locator("[data-upload-progress]").first
    await expect(progress).to_be_visible()
    await expect(progress).to_contain_text("notat.txt")
    await knut.look()
    may_go_on.set()
    await expect(page.locator("[data-upload-said]")).to_contain_text("notat.txt")
    await expect(progress).to_be_hidden()
    await expect(page.locator("#attachments [data-files] tbody tr")).to_have_count(1)
    await knut.look()
    await page.context.close()
