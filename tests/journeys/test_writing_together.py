"""Two people at two browsers write in one draft: apart, in the same field, offline and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest_asyncio
from playwright.async_api import Browser, Dialog, Locator, Page, Route, expect
from sqlalchemy import func, select

from app.applications import service
from app.applications.models import Application, PositiveDeviance
from tests.applications.drafts import write
from tests.calls_under_way import Acting, publish_call
from tests.journeys.conftest import UNFOLD, Site, Visitor, visitor
from workflows.application import ApplicationState

KNUT, LISE = "grunerlokka.coordinator", "grunerlokka.leader"
LONG = "Unge som venter på hjelp, trenger noen som har tid til å lytte før tiltak velges, og en plan de selv eier. "


async def begin(site: Site) -> UUID:
    """A draft of the office's own with something in it."""
    act = Acting(site.database, site.world)
    now = site.database.clock()
    call_id = await publish_call(act, deadline=now + timedelta(days=30))
    return await write(act, call_id, "grunerlokka", at=now, endorsed=False)


@pytest_asyncio.fixture(loop_scope="session")
async def draft(empty: Site) -> AsyncIterator[UUID]:
    yield await begin(empty)


async def row_of(site: Site, application_id: UUID) -> Application:
    async with site.database.reading() as uow:
        return await uow.session.get_one(Application, application_id)


async def wait_for_status(page: Page, name: str, words: str) -> None:
    await expect(page.locator(f'[data-field="{name}"] > .autosave')).to_contain_text(words)


async def two(chromium: Browser, site: Site, draft: UUID, **how: object) -> tuple[Visitor, Visitor]:
    people = [await visitor(chromium, site, who, **how) for who in (KNUT, LISE)]  # type: ignore[arg-type]
    for each in people:
        await each.page.goto(f"{site.address}/applications/{draft}")
    return people[0], people[1]


async def test_two_write_apart_and_in_one_field(chromium: Browser, empty: Site, draft: UUID) -> None:
    knut, lise = await two(chromium, empty, draft)
    await knut.page.locator("#answer-background").fill("Knut sin bakgrunn.")
    await lise.page.locator("#answer-anchoring").fill("Lise er med.")
    await wait_for_status(knut.page, "background", "Lagret kl.")
    await wait_for_status(lise.page, "anchoring", "Lagret kl.")
    answers = (await row_of(empty, draft)).answers
    assert (answers["background"], answers["anchoring"]) == ("Knut sin bakgrunn.", "Lise er med.")

    await knut.page.locator("#answer-need").fill(LONG + "Knut mener seks uker.")
    await wait_for_status(knut.page, "need", "Lagret kl.")
    await lise.page.locator("#answer-need").fill(LONG + "Lise mener ti uker.")
    panel = lise.page.locator("#answer-need-overlap")
    await expect(panel).to_be_visible()
    for text in ("Teksten til Knut Gate", "Knut mener seks uker.", "Lise mener ti uker."):
        await expect(panel).to_contain_text(text)
    await lise.look()
    await lise.page.locator("#answer-need").fill(LONG + "Knut og Lise mener åtte uker.")
    assert "seks uker" in (await row_of(empty, draft)).answers["need"], "nothing is replaced before one has chosen"
    await panel.get_by_role("button", name="Bruk det som står i feltet").press("Enter")
    await wait_for_status(lise.page, "need", "Lagret kl.")
    assert "åtte uker" in (await row_of(empty, draft)).answers["need"]

    await knut.page.locator("#answer-need").fill(LONG + "Knut ombestemte seg.")
    panel = knut.page.locator("#answer-need-overlap")
    await panel.get_by_role("button", name="Behold teksten til Lise Løkka").click()
    await expect(knut.page.locator("#answer-need")).to_have_value(LONG + "Knut og Lise mener åtte uker.")
    assert not knut.complaints
    assert not lise.complaints
    for each in (knut, lise):
        await each.page.context.close()


async def test_offline_and_back_and_a_page_closed_meanwhile(chromium: Browser, empty: Site, draft: UUID) -> None:
    lise = await visitor(chromium, empty, LISE, width=320)
    page = lise.page
    await lise.go(f"/applications/{draft}")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, "nothing is wider than the screen"
    await page.context.set_offline(True)
    await page.locator("#answer-plan").fill("Skrevet i en tunnel.")
    await wait_for_status(page, "plan", "vi får ikke kontakt")
    lise.complaints.clear()  # the browser says itself that it is offline
    await page.context.set_offline(False)
    await wait_for_status(page, "plan", "Lagret kl.")
    assert (await row_of(empty, draft)).answers["plan"] == "Skrevet i en tunnel."

    await page.context.set_offline(True)
    await page.locator("#answer-plan").fill("Skrevet før maskinen slukket.")
    await wait_for_status(page, "plan", "vi får ikke kontakt")
    other = await page.context.new_page()
    await crash(page)  # a page that is closed may save on its way out; one that is gone cannot
    await other.context.set_offline(False)
    again = Visitor(other, empty)
    await again.go(f"/applications/{draft}")
    await expect(other.locator('[data-field="plan"]')).to_contain_text("Skrevet før maskinen slukket.")
    await other.locator('[data-field="plan"]').get_by_role("button", name="Hent det fram igjen").press("Enter")
    await wait_for_status(other, "plan", "Lagret kl.")
    assert (await row_of(empty, draft)).answers["plan"] == "Skrevet før maskinen slukket."
    await other.context.close()


async def crash(page: Page) -> None:
    """Let the page be gone at once, without any of its last words."""
    gone = asyncio.Event()
    page.on("crash", lambda _: gone.set())
    sent = asyncio.ensure_future((await page.context.new_cdp_session(page)).send("Page.crash"))
    await asyncio.wait_for(gone.wait(), 30)
    await page.close()
    await asyncio.gather(sent, return_exceptions=True)


async def test_a_page_closed_in_the_middle_of_a_word_loses_nothing(chromium: Browser, empty: Site, draft: UUID) -> None:
    lise = await visitor(chromium, empty, LISE)
    await lise.go(f"/applications/{draft}")
    other = await lise.page.context.new_page()
    await lise.page.locator("#answer-plan").fill("Lukket midt i et or")
    await lise.page.close()
    await Visitor(other, empty).go(f"/applications/{draft}")
    # saved on the way out, or offered here where the page came before the saving did
    await expect(other.locator('[data-field="plan"]')).to_contain_text("Lukket midt i et or")
    await other.context.close()


async def test_an_answer_cut_short_holds_up_no_other_field(chromium: Browser, empty: Site, draft: UUID) -> None:
    lise = await visitor(chromium, empty, LISE)
    page = lise.page
    await lise.go(f"/applications/{draft}")
    await page.route(
        "**/autosave/**", lambda route: route.fulfill(content_type="application/json", body='{"version": '), times=1
    )
    await page.locator("#answer-plan").fill("Svaret kom aldri helt fram.")
    await wait_for_status(page, "plan", "vi får ikke kontakt")
    await page.locator("#answer-need").fill("Men det neste feltet lagres.")
    await wait_for_status(page, "need", "Lagret kl.")
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await wait_for_status(page, "plan", "Lagret kl.")
    answers = (await row_of(empty, draft)).answers
    assert answers["plan"] == "Svaret kom aldri helt fram."
    assert answers["need"] == "Men det neste feltet lagres."
    await lise.look()
    await page.context.close()


class Questions:
    """What a page asks before it is left; answered, for a question without an answer stops the page."""

    def __init__(self, page: Page):
        self.asked: list[str] = []
        page.on("dialog", self.answer)

    async def answer(self, dialog: Dialog) -> None:
        """Say yes, and remember what it was."""
        self.asked.append(dialog.type)
        await dialog.accept()


async def write_in_three_parts(person: Visitor, draft_id: UUID) -> Locator:
    """Write in two fields that save themselves and in a form that is sent; the form."""
    await person.go(f"/applications/{draft_id}")
    await person.page.locator('[name="do_nothing"]').fill("Vi mister flere.")
    await person.page.locator('[name="anchoring"]').fill("Lederen følger det opp.")
    form = person.page.locator('main form[action$="/add_deviance"]')
    await form.evaluate(UNFOLD)
    await form.locator('[name="text"]').fill("Vi møtes hver fredag.")
    return form


async def test_what_was_typed_in_one_part_is_kept_when_another_is_sent(
    chromium: Browser, empty: Site, draft: UUID
) -> None:
    person = await visitor(chromium, empty, KNUT)
    page = person.page
    questions, pressed = Questions(page), asyncio.Event()

    async def once_pressed(route: Route) -> None:
        await pressed.wait()
        await route.continue_()

    await page.route("**/autosave/**", once_pressed)
    form = await write_in_three_parts(person, draft)
    async with page.expect_navigation():
        await form.locator("button").first.click()
        await expect(form.get_by_role("status")).to_have_text("Lagrer …")
        await form.locator("button").first.click()  # pressing again neither loses anything nor sends it twice
        pressed.set()
    await person.look()
    answers = (await row_of(empty, draft)).answers
    async with empty.database.reading() as uow:
        works = await uow.session.scalar(
            select(func.count()).where(
                PositiveDeviance.case_id == draft, PositiveDeviance.text == "Vi møtes hver fredag."
            )
        )
    assert (answers["do_nothing"], answers["anchoring"]) == ("Vi mister flere.", "Lederen følger det opp.")
    assert works == 1
    assert questions.asked == [], "nobody is asked whether to leave what is saved"
    await page.context.close()


async def test_a_saving_that_is_never_answered_holds_no_form_up(chromium: Browser, empty: Site, draft: UUID) -> None:
    person = await visitor(chromium, empty, KNUT)
    page = person.page
    questions = Questions(page)
    await page.route("**/autosave/**", lambda _: None)
    form = await write_in_three_parts(person, draft)
    async with page.expect_navigation():
        await form.locator("button").first.click()
    assert questions.asked == [], "what is kept in the browser is asked about by nobody"
    await page.unroute("**/autosave/**")
    await expect(page.locator("#what_works")).to_contain_text("Vi møtes hver fredag.")
    for name, text in (("do_nothing", "Vi mister flere."), ("anchoring", "Lederen følger det opp.")):
        field = page.locator(f'[data-field="{name}"]')
        await expect(field.locator("[data-kept-text]")).to_have_text(text)
        await field.get_by_role("button", name="Hent det fram igjen").click()
        await expect(field.locator("> .autosave")).to_contain_text("Lagret kl.")
    await person.look()
    await page.context.close()


async def test_a_session_that_ran_out_and_a_draft_that_was_sent(chromium: Browser, empty: Site, draft: UUID) -> None:
    lise = await visitor(chromium, empty, LISE)
    page = lise.page
    await lise.go(f"/applications/{draft}")
    kept = await page.context.cookies()
    await page.context.clear_cookies(name="session")
    await page.locator("#answer-need").fill("Skrevet uten innlogging.")
    await wait_for_status(page, "need", "du er logget ut")
    assert await page.locator('[data-field="need"] > .autosave a[href^="/sign-in"]').count() == 1
    await page.context.add_cookies(kept)  # type: ignore[arg-type]
    await page.evaluate("window.dispatchEvent(new Event('focus'))")
    await wait_for_status(page, "need", "Lagret kl.")

    act = Acting(empty.database, empty.world)
    await act(LISE, service.endorse, draft)
    await act(KNUT, service.submit, draft)
    await page.locator("#answer-plan").fill("For sent, men ikke borte.")
    await wait_for_status(page, "plan", "Søknaden er sendt")
    await page.goto(f"{empty.address}/applications/{draft}")
    await expect(page.locator("#kept-texts")).to_contain_text("For sent, men ikke borte.")
    assert (await row_of(empty, draft)).state == ApplicationState.SUBMITTED
    await page.context.close()


async def test_both_texts_without_a_script_at_320(chromium: Browser, empty: Site, draft: UUID) -> None:
    knut, lise = await two(chromium, empty, draft, width=320, script=False)
    need = 'main form[action$="/save_answers"]:has([name="need"])'
    for person, text in ((knut, LONG + "Knut."), (lise, LONG + "Lise.")):
        await person.page.locator("#answer-need").fill(text)
        async with person.page.expect_navigation():
            await person.page.locator(need).get_by_role("button", name="Lagre").last.click()
    panel = lise.page.locator("#answer-need-overlap")
    await expect(panel).to_contain_text("Teksten til Knut Gate")
    async with lise.page.expect_navigation():
        await panel.get_by_role("button", name="Bruk min tekst").click()
    assert (await row_of(empty, draft)).answers["need"] == (LONG + "Lise.").strip()
    for each in (knut, lise):
        await each.page.context.close()
