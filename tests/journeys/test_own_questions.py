"""A call's own questions in Chromium: built by keyboard alone, answered on a narrow screen and without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import Browser, Locator, Page
from sqlalchemy import select

from app.applications import service as applications
from app.applications.models import Application
from app.calls import service as calls
from app.calls.models import Call
from app.files.models import File
from tests.applications_under_way import ANSWERS, Led
from tests.calls.questions import EVERY_KIND, ask
from tests.calls_under_way import Acting
from tests.journeys.conftest import Site, Visitor, visitor
from tests.journeys.keys import Keys, named
from workflows.forms.building import KINDS
from workflows.forms.own import read
from workflows.rules import LANGUAGES

NAMES = {"nb": "bokmål", "nn": "nynorsk", "en": "engelsk"}
BY = "lillestrom.coordinator"


async def call_to_build(site: Site) -> UUID:
    """A call in which everything is written but its own questions."""
    led = Led(site.database, site.world)
    call = await led("case_handler", calls.create, title="Innovasjon 2027")
    for language in LANGUAGES:
        texts = dict.fromkeys(("purpose", "target_group", "attainment", "award", "follow_up", "evaluation"), "Tekst")
        await led("case_handler", calls.write_text, call.id, language=language, title=f"Innovasjon {language}", **texts)
    now = site.database.clock()
    await led(
        "case_handler", calls.write_dates, call.id, opens_at=now - timedelta(hours=1), deadline=now + timedelta(days=9)
    )
    await led("case_handler", calls.write_frame, call.id, frame_ore=100_000_000, facilitation_hours=200)
    return UUID(str(call.id))


async def asking_call(site: Site) -> UUID:
    """A published call that asks one question of every kind."""
    call_id = await call_to_build(site)
    await ask(Acting(site.database, site.world), call_id, *EVERY_KIND)
    await Led(site.database, site.world)("case_handler", calls.publish, call_id)
    return call_id


async def row_of(site: Site, application_id: UUID) -> Application:
    async with site.database.reading() as uow:
        return await uow.session.get_one(Application, application_id)


async def stored(site: Site, application_id: UUID) -> dict[str, Any]:
    """What is kept in answers to the call's own questions."""
    answers = (await row_of(site, application_id)).answers
    return {key: answer for key, answer in answers.items() if key.startswith("own_")}


async def is_narrow_enough(page: Page) -> bool:
    found: bool = await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found


async def test_a_case_handler_builds_a_form_of_every_kind_by_keyboard_alone(chromium: Browser, empty: Site) -> None:
    call_id = await call_to_build(empty)
    handler = await visitor(chromium, empty, "case_handler")
    keys, main = Keys(handler), handler.page.locator("main")
    await handler.go(f"/calls/{call_id}/questions")
    for kind in KINDS:
        await _build(keys, main, kind)
    assert await main.locator(".built > li").count() == len(KINDS)
    await keys.press(main.get_by_role("button", name=named("Flytt opp", "date nb")))
    assert (await main.locator(".built > li h2").all_inner_texts())[-4:] == [
        "date nb",
        "money nb",
        "file nb",
        "table nb",
    ]
    await main.locator('[data-key="own_1"]').drag_to(
        main.locator('[data-key="own_2"]'), target_position={"x": 20, "y": 90}
    )
    await handler.page.wait_for_function("document.querySelector('[data-order] > li').dataset.key === 'own_2'")
    await handler.page.wait_for_load_state()
    await keys.press(main.get_by_role("link", name="Se skjemaet som kontorene ser det"))
    for language in LANGUAGES:
        await keys.press(main.locator(f'a[href$="language={language}"]'))
        assert await handler.page.locator("html").get_attribute("lang") == language
        shown = main.locator('[data-question="own_9"]')
        assert f"table {language}" in await shown.inner_text()
        waiting = main.locator('[data-question="own_4"]')
        assert not await waiting.is_visible(), "it waits for the first answer to the choice"
        await keys.reach(main.locator('[data-question="own_3"] input').first)
        await handler.page.keyboard.press("Space")
        assert await waiting.is_visible()
    await handler.go(f"/calls/{call_id}")
    await keys.press(main.locator('form[action$="/publish"] button'))
    async with empty.database.reading() as uow:
        call = await uow.session.get_one(Call, call_id)
    questions = read(call.questions)
    assert call.state in ("published", "open")
    assert {question.kind for question in questions} == set(KINDS)
    assert [question.asked_when for question in questions if question.asked_when] == [("own_3", "o1")]


async def _build(keys: Keys, main: Locator, kind: str) -> None:
    """Add a question of a kind; the one of several choices waits for the one choice before it."""
    await keys.choose(main.locator('input[name="kind"]:checked'), 0)
    for _ in range(KINDS.index(kind)):  # type: ignore[arg-type]
        await keys.page.keyboard.press("ArrowDown")
    await keys.press(main.get_by_role("button", name="Skriv spørsmålet"))
    for language in LANGUAGES:
        words = main.locator(f"#words-{language}")
        await keys.write("Spørsmål", f"{kind} {language}", within=words)
        if kind == "text":
            await keys.write("Hjelpetekst", f"Hjelp {language}", within=words)
    rows = {"choice": "choices", "choices": "choices", "table": "columns"}.get(kind)
    for number in range(2 if rows else 0):
        row = main.locator(f'#{rows} [data-row="{number}"]')
        for language in LANGUAGES:
            await keys.write(NAMES[language], f"{'AB'[number]} {language}", within=row)
        if rows == "columns" and number:
            await keys.reach(row.locator("select"))
            await keys.page.keyboard.type("Beløp")
    if kind == "choices":
        await keys.reach(main.locator("#condition"))
        await keys.page.keyboard.type("choice nb: A")
    await keys.press(main.get_by_role("button", name="Legg til spørsmålet"))


async def test_an_office_answers_on_a_narrow_screen_in_the_dark(chromium: Browser, empty: Site) -> None:
    call_id = await asking_call(empty)
    row = await Led(empty.database, empty.world)(BY, applications.create, call_id=call_id)
    office = await visitor(chromium, empty, BY, width=320, scheme="dark")
    page, main = office.page, office.page.locator("main")
    await office.go(f"/applications/{row.id}")
    assert await is_narrow_enough(page)
    short = main.get_by_label("Kort nb")
    assert not await short.is_visible()
    await main.get_by_label("A nb", exact=True).check()
    await short.fill("Kort svar")
    await main.get_by_label("<B> nb").check()
    assert not await short.is_visible(), "it waits for the other answer, at once"
    await main.get_by_label("A nb", exact=True).check()
    assert await short.input_value() == "Kort svar", "and nothing typed is lost"
    long = main.get_by_label("Lang nb")
    assert not await long.is_visible()
    await main.locator('[name="risk"][value="high"]').check()
    await long.fill("Fordi det er høy risiko")
    await main.get_by_label("Sum nb").fill("1 250,50")
    await _fill_rows(main, ("Kurs", "Reise"))
    await main.get_by_role("button", name=named("Legg til en rad", "Tabell nb")).click()
    await main.get_by_role("group", name="Rad 3").get_by_label("Hva nb").fill("Utstyr")
    await main.get_by_role("button", name=named("Fjern raden", "Rad 2")).click()
    assert await main.locator('[data-table="own_5"] [data-row]').count() == 2
    await main.locator("#answers-own").get_by_role("button", name="Lagre", exact=True).click()
    await page.wait_for_url("**#own")
    await office.look()
    assert await is_narrow_enough(page)
    assert await stored(empty, row.id) == {
        "own_1": "o1", "own_2": "Kort svar", "own_4": 125_050, "own_9": "Fordi det er høy risiko",
        "own_5": [{"c1": "Kurs"}, {"c1": "Utstyr"}],
    }  # fmt: skip
    await _attach(office, main)
    async with empty.database.reading() as uow:
        files = list(await uow.session.execute(select(File.name, File.key).where(File.case_id == row.id)))
    assert [tuple(each) for each in files] == [("budsjett.csv", "own_6")]
    assert await main.locator("#own").get_by_role("link", name="budsjett.csv").is_visible()


async def _fill_rows(main: Locator, words: Sequence[str]) -> None:
    for number, text in enumerate(words, start=1):
        if number > 1:
            await main.get_by_role("button", name=named("Legg til en rad", "Tabell nb")).click()
        await main.get_by_role("group", name=f"Rad {number}").get_by_label("Hva nb").fill(text)


async def _attach(office: Visitor, main: Locator) -> None:
    file = {"name": "budsjett.csv", "mimeType": "text/csv", "buffer": b"post;sum\nkurs;12000\n"}
    await main.locator("#own").get_by_label("Vedlegg nb").set_input_files([file])  # type: ignore[list-item]
    async with office.page.expect_navigation():
        await main.get_by_role("button", name=named("Legg ved filen", "Vedlegg nb")).click()
    await office.look()


async def test_an_office_answers_without_javascript(chromium: Browser, empty: Site) -> None:
    call_id = await asking_call(empty)
    led = Led(empty.database, empty.world)
    row = await led(BY, applications.create, call_id=call_id)
    await led(BY, applications.save_answers, row.id, **ANSWERS)
    office = await visitor(chromium, empty, BY, width=320, script=False)
    page, main = office.page, office.page.locator("main")

    async def save() -> None:
        async with page.expect_navigation():
            await main.locator("#answers-own").get_by_role("button", name="Lagre", exact=True).click()

    await page.goto(f"{empty.address}/applications/{row.id}")
    assert not await main.get_by_label("Kort nb").is_visible()
    await main.get_by_label("A nb", exact=True).check()
    await main.get_by_role("group", name="Rad 1").get_by_label("Hva nb").fill("Kurs")
    await main.get_by_role("group", name="Rad 1").get_by_label("Kroner nb").fill("tolv tusen")
    await main.get_by_label("Tall nb").fill("-3,5")
    await save()
    assert await main.get_by_role("group", name="Rad 1").get_by_label("Kroner nb").input_value() == "tolv tusen"
    assert "Skriv et tall" in await main.get_by_role("group", name="Rad 1").inner_text()
    await main.get_by_role("group", name="Rad 1").get_by_label("Kroner nb").fill("12 000")
    await main.get_by_role("group", name="Rad 1").get_by_label("Kroner nb").press("Enter")
    await page.wait_for_load_state()
    await main.get_by_label("Kort nb").fill("Vises når svaret er lagret")
    await main.get_by_role("group", name="Rad 2").get_by_label("Hva nb").fill("Reise")
    await save()
    await main.get_by_role("group", name="Rad 3").get_by_label("Hva nb").fill("Utstyr")
    async with page.expect_navigation():
        await main.get_by_role("button", name=named("Fjern raden", "Rad 2")).click()
    assert await stored(empty, row.id) == {
        "own_1": "o1", "own_2": "Vises når svaret er lagret", "own_3": "-3.5",
        "own_5": [{"c1": "Kurs", "c2": 1_200_000}, {"c1": "Utstyr"}],
    }  # fmt: skip
    reader = await visitor(chromium, empty, BY, width=320)
    await reader.go(f"/applications/{row.id}/print")
    assert await is_narrow_enough(reader.page)
    said = (await reader.page.locator("#own").inner_text()).replace("\xa0", " ")
    for words in ("A nb", "Vises når svaret er lagret", "-3,5", "Kurs", "12 000"):
        assert words in said, words
