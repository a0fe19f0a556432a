"""Letters in Chromium, by keyboard: read, worded, sent together, corrected; an outcome tried again, also without a script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser
from sqlalchemy import select

from app.calls import service as calls
from app.decisions import service as decisions
from app.decisions.models import Letter
from app.letters.jobs import JOBS
from app.letters.making import default_wording
from app.reconsiderations.models import Reconsideration
from tests.applications_under_way import Led
from tests.journeys.conftest import Site, Visitor, visitor
from tests.journeys.test_own_questions import Keys, call_to_build, is_narrow_enough
from workflows.letter import LetterKind
from workflows.rules import LANGUAGES

REJECTED: dict[str, Any] = {"outcome": "rejected", "amount_ore": None, "hours": None}
SECOND = "second_case_handler"


async def open_call(led: Led, site: Site) -> UUID:
    """A call that takes applications now."""
    call_id = await call_to_build(site)
    await led("case_handler", calls.publish, call_id)
    return call_id


async def letter_of(site: Site, decision_id: UUID) -> Letter:
    """The latest letter about a decision."""
    async with site.database.reading() as uow:
        found = select(Letter).where(Letter.decision_id == decision_id).order_by(Letter.id.desc()).limit(1)
        return (await uow.session.scalars(found)).one()


async def opens(person: Visitor, path: str) -> None:
    """A page that fits a narrow screen."""
    await person.go(path)
    assert await is_narrow_enough(person.page), path


async def test_letters_are_worded_in_each_language_by_keyboard_on_a_narrow_screen(
    chromium: Browser, empty: Site
) -> None:
    call_id = await open_call(Led(empty.database, empty.world), empty)
    handler = await visitor(chromium, empty, "case_handler", width=320, scheme="dark")
    keys, main = Keys(handler), handler.page.locator("main")
    await handler.go(f"/calls/{call_id}")
    await keys.press(main.get_by_role("link", name="Brevtekster"))
    assert await is_narrow_enough(handler.page)
    for language in LANGUAGES:
        await opens(handler, f"/calls/{call_id}/letters/rejection/{language}")
        before = default_wording(LetterKind.REJECTION, language)
        await keys.write("Overskrift", f"{before.subject} {{office}}")
        await keys.press(main.get_by_role("button", name="Lagre teksten"))
        assert await main.locator('[name="body"]').input_value() == before.body
        await keys.press(main.get_by_role("link", name="Forhåndsvis", exact=True))
        shown = main.locator(f'[lang="{language}"]').first
        assert "Nav " in await shown.inner_text() and "{" not in await shown.inner_text()
        assert await is_narrow_enough(handler.page)
        file = await main.get_by_role("link", name="Forhåndsvis som PDF").get_attribute("href")
        answer = await handler.page.context.request.get(empty.address + (file or ""))
        assert (answer.headers["content-type"], (await answer.body())[:5]) == ("application/pdf", b"%PDF-")
    await handler.go(f"/calls/{call_id}/letters/rejection/nb")
    await keys.write("Overskrift", "{navn}")
    await keys.press(main.get_by_role("button", name="Lagre teksten"))
    assert await main.locator('[name="subject"]').input_value() == "{navn}", "what was typed is kept"
    assert "{navn}" in await main.locator(".aksel-error-summary").inner_text()


async def test_letters_are_read_sent_together_held_back_and_corrected_by_keyboard(
    chromium: Browser, empty: Site
) -> None:
    led = Led(empty.database, empty.world)
    call_id = await open_call(led, empty)
    first = await led.decided(call_id, "lillestrom", **REJECTED)
    second = await led.decided(call_id, "klepp_time", **REJECTED)
    decider = await visitor(chromium, empty, "decision_maker", width=320)
    keys, page, main = Keys(decider), decider.page, decider.page.locator("main")
    await keys.press(main.get_by_role("link", name="Brev som venter (2)"))
    assert await is_narrow_enough(page)
    await keys.press(main.get_by_role("link", name="Les brevet").first)
    assert "Dere viser et reelt behov." in await main.inner_text()
    assert await is_narrow_enough(page)
    async with empty.database.unit_of_work() as uow:  # an office gets another name, which its letter says
        unit = await uow.session.get_one(type(empty.world.units["klepp_time"]), empty.world.units["klepp_time"].id)
        unit.name = f"{unit.name} og omegn"
    await opens(decider, f"/letters?call={call_id}")
    await keys.tick("Alle eller ingen")
    await keys.press(main.get_by_role("button", name="Send alle 2 på lista"))
    assert "2 brev blir sendt nå." in await main.inner_text()
    async with empty.database.unit_of_work() as uow:
        await JOBS["send_letters"](uow, {"release_id": page.url.rsplit("/", 1)[-1]})
    await main.get_by_text("Ett brev er sendt.").wait_for()
    assert "Én sak var endret." in await main.inner_text()
    assert await is_narrow_enough(page)
    held = await letter_of(empty, second)
    assert held.released_at is None
    await keys.press(main.locator(f'a[href="/letters/{held.id}"]'))
    assert "og omegn" in await main.inner_text() and "så brevet ble laget på nytt" in await main.inner_text()
    await keys.press(main.get_by_role("button", name="Send brevet"))
    assert (await letter_of(empty, second)).released_at is not None
    sent = await letter_of(empty, first)
    await opens(decider, f"/letters/{sent.id}")
    await keys.reach(main.locator("#correct summary"))
    await page.keyboard.press("Enter")
    await keys.write("Hva rettes?", "Datoen for møtet var feil.")
    await keys.press(main.get_by_role("button", name="Lag brevet som retter"))
    assert "Datoen for møtet var feil." in await main.inner_text()
    await keys.press(main.get_by_role("button", name="Send brevet"))
    new = await letter_of(empty, first)
    assert (new.replaces_id, new.released_at is None) == (sent.id, False)
    reader = await visitor(chromium, empty, "lillestrom.leader", width=320)
    await opens(reader, f"/letters/{sent.id}")
    await reader.follow("Les det nye brevet")


async def told(led: Led, site: Site, office: str) -> UUID:
    """An application whose rejection the office has been told."""
    decision_id = await led.decided(await open_call(led, site), office, **REJECTED)
    row = await led("case_handler", decisions.release, decision_id)
    return UUID(str(row.case_id))


@pytest.mark.parametrize("script", [True, False], ids=["keyboard", "without JavaScript"])
async def test_an_outcome_is_tried_again_by_somebody_else(chromium: Browser, empty: Site, script: bool) -> None:
    led, office = Led(empty.database, empty.world), "lillestrom" if script else "hareid_ulstein_sande"
    case_id = await told(led, empty, office)
    where = f"/applications/{case_id}/reconsideration"
    leader = await visitor(chromium, empty, f"{office}.leader", width=320, script=script)
    page, main = leader.page, leader.page.locator("main")

    async def press(place: Any, by: Visitor = leader) -> None:
        """Press a button or follow a link; by the keyboard where there is a script to say where the focus is."""
        if script:
            await Keys(by).press(place)
        else:
            async with by.page.expect_navigation():
                await place.click()

    await page.goto(f"{empty.address}/office")
    await press(main.locator(f'a[href="/applications/{case_id}/letter"]'))
    await press(main.locator(f'a[href="{where}"]'))
    await main.locator('[name="parts"][value="assessment"]').check()
    await press(main.locator('form[action="/reconsiderations/ask"] button').first)
    assert await main.locator('[name="parts"][value="assessment"]').is_checked(), "what was chosen is kept"
    await main.locator('[name="reasons"]').fill("Vi mener at behovet ikke ble lest riktig.")
    await press(main.locator('form[action="/reconsiderations/ask"] button').first)
    assert "Vi mener at behovet ikke ble lest riktig." in await main.inner_text()
    async with empty.database.reading() as uow:
        request = (await uow.session.scalars(select(Reconsideration).where(Reconsideration.case_id == case_id))).one()
    base = f"/reconsiderations/{request.id}"
    handler = await visitor(chromium, empty, SECOND, width=320, script=script)
    desk = handler.page.locator("main")
    await handler.page.goto(f"{empty.address}/resource-group")
    await press(desk.locator(f'a[href="{where}"]'), handler)
    await desk.locator('[name="impartial"]').check()
    await press(desk.locator(f'form[action="{base}/declare_impartial"] button'), handler)
    await press(desk.locator(f'form[action="{base}/take_up"] button'), handler)
    await desk.locator('[name="answer"]').fill("Vi leser behovet på nytt, og dere får rett.")
    await press(desk.locator(f'button[formaction="{base}/change"]'), handler)
    await page.goto(empty.address + where)
    assert "dere får rett" not in await main.inner_text(), "the answer shows with its letter"
    await press(desk.locator('a[href^="/letters/"]').first, handler)
    await press(desk.locator('form[action$="/release"] button'), handler)
    await page.goto(empty.address + where)
    assert "dere får rett" in await main.inner_text()
    await press(main.locator('a[href^="/letters/"]').first)
    assert "dere får rett" in await main.inner_text()
    if script:
        await leader.look()
        assert await is_narrow_enough(page)
