"""A call in Chromium by its case handler: written, ruled, previewed, published, changed and copied, by keyboard alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from playwright.async_api import Browser
from sqlalchemy import select

from app.applications import service as applications
from app.applications.jobs import JOBS
from app.calls import service as calls
from app.calls.models import Call, CallText, Criterion
from app.notices.models import Notice
from app.outbox.models import OutboxRow
from tests.applications_under_way import Led
from tests.journeys.conftest import ID, Site, visitor
from tests.journeys.test_own_questions import Keys, call_to_build, is_narrow_enough, named
from workflows.rules import LANGUAGES

FIELDS = ("title", "purpose", "target_group", "attainment", "award", "follow_up", "evaluation")
BY = "lillestrom.coordinator"


def clock(days: float) -> str:
    """A moment as a field of a page takes it."""
    return f"{datetime.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


async def call_of(site: Site, call_id: UUID) -> Call:
    async with site.database.reading() as uow:
        return await uow.session.get_one(Call, call_id)


async def fill(keys: Keys, action: str, **fields: str) -> None:
    """Come to each field of a form by the keyboard, write in it or tick it, and press the form's button."""
    form = keys.page.locator(f'main form[action$="/{action}"]').first
    for name, value in fields.items():
        field = form.locator(f'[name="{name}"]' if value != "ticked" else f'[value="{name}"]')
        await keys.reach(field)
        if value == "ticked":
            await keys.page.keyboard.press("Space")
        else:
            await field.fill(value)
    await keys.press(form.locator("button").first)


async def test_a_call_is_written_ruled_previewed_and_published_by_keyboard(chromium: Browser, empty: Site) -> None:
    handler = await visitor(chromium, empty, "case_handler", width=320)
    keys, page, main = Keys(handler), handler.page, handler.page.locator("main")
    await handler.go("/calls")
    await keys.press(main.get_by_role("link", name="Ny utlysning"))
    await keys.write("Tittel", "Innovasjon 2027")
    await keys.press(main.get_by_role("button", name="Begynn på utlysningen"))
    found = ID.search(page.url)
    assert found is not None
    call_id = UUID(found.group())
    assert await is_narrow_enough(page)
    for language in LANGUAGES:
        form = main.locator(f"#texts-{language}")
        await keys.reach(
            main.locator("#texts details", has=page.locator(f"#texts-{language}")).locator("summary").first
        )
        await page.keyboard.press("Enter")
        for name in FIELDS:
            await keys.reach(form.locator(f'[name="{name}"]'))
            await page.keyboard.press("Control+a")
            await page.keyboard.type(f"{name} {language}")
        await keys.press(form.locator("button").first)
    await fill(keys, "write_dates", opens_at=clock(-0.1), deadline=clock(9))
    await fill(keys, "write_frame", frame_ore="1 000 000", facilitation_hours="200", travel="ticked")
    owner = main.locator('[name="person_id"]')
    await keys.reach(owner)
    await page.keyboard.type("Olav Mo")
    await keys.press(main.locator('form[action$="/write_owner"] button'))
    await _weigh(keys)
    await _rule(keys, call_id)
    await _preview(keys, call_id)
    await handler.go(f"/calls/{call_id}")
    await keys.press(main.locator('form[action$="/publish"] button'))
    call = await call_of(empty, call_id)
    assert call.state in ("published", "open")
    assert (call.frame_ore, call.facilitation_hours, call.cost_kinds) == (100_000_000, 200, ["travel"])
    assert call.owner_person_id == empty.world.people["second_case_handler"].id
    assert (call.rules["appeal"]["regime"], call.rules["deadlines"]["grace_minutes"]) == ("act", 30)
    async with empty.database.reading() as uow:
        titles = set(await uow.session.scalars(select(CallText.title).where(CallText.call_id == call_id)))
    assert titles == {f"title {language}" for language in LANGUAGES}


async def _weigh(keys: Keys) -> None:
    """The scheme's criteria are there, the one of doing nothing among them; weights that do not add up keep it back."""
    main = keys.page.locator("main")
    await keys.press(main.get_by_role("link", name=named("Skriv kriteriet", "Hvis ingenting gjøres")))
    assert await is_narrow_enough(keys.page)
    assert await main.locator('[name="level_0"]').first.input_value(), "each score has its sentence"
    await fill(keys, "weigh_criterion", weight="15")
    await keys.press(keys.page.locator("nav a[href*='/calls/']").last)
    step = main.locator("#steps")
    assert "Vektene er til sammen 110" in await step.inner_text()
    assert await main.locator('form[action$="/publish"] button').count() == 0
    await keys.press(main.get_by_role("link", name=named("Skriv kriteriet", "Hvis ingenting gjøres")))
    await fill(keys, "weigh_criterion", weight="5")


async def _rule(keys: Keys, call_id: UUID) -> None:
    """The rules, each with the scheme's own beside it, and the way of a case that follows them."""
    main = keys.page.locator("main")
    await keys.visitor.go(f"/calls/{call_id}")
    await keys.press(main.get_by_role("link", name="Les og endre reglene"))
    assert await is_narrow_enough(keys.page)
    assert await main.locator("ol.way > li.way-gate").count() == 9
    grace = main.locator('[name="deadlines_grace_minutes"]')
    assert "Ellers i ordningen: 0" in await main.locator("#deadlines").inner_text()
    await keys.reach(grace)
    await keys.page.keyboard.press("Control+a")
    await keys.page.keyboard.type("30")
    await keys.press(main.locator("#deadlines form button"))
    assert "Egen regel" in await main.locator("#way").inner_text()
    await keys.visitor.go(f"/calls/{call_id}/rules")
    await keys.choose(main.locator('[name="appeal_regime"]:checked'), 1)
    await keys.press(main.locator("#appeal form button"))
    assert await main.locator('[name="appeal_regime"]:checked').input_value() == "act"
    await main.locator('[name="legal_appeal_act_nb"]').focus()
    await keys.page.keyboard.press("Control+End")
    await keys.page.keyboard.type(" Klagen sendes til oss.")
    await keys.press(main.locator("#legal form button"))


async def _preview(keys: Keys, call_id: UUID) -> None:
    """The form and the letters as offices will see them, before anything is published."""
    for language in LANGUAGES:
        await keys.visitor.go(f"/calls/{call_id}/questions/preview?language={language}")
        assert await keys.page.locator("main [name='problem_statement']").count() == 1
    await keys.visitor.go(f"/calls/{call_id}/letters")
    assert await is_narrow_enough(keys.page)
    await keys.press(keys.page.locator(f'main a[href="/calls/{call_id}/letters/rejection/nb/preview"]'))
    assert "Klagen sendes til oss." in await keys.page.locator("main").inner_text(), "the rule stands in the letter"
    for kind, language in (("award", "nn"), ("waitlist", "en")):
        await keys.visitor.go(f"/calls/{call_id}/letters/{kind}/{language}/preview")
        assert await is_narrow_enough(keys.page)


async def test_a_published_call_changes_where_it_harms_nobody_and_is_copied(chromium: Browser, empty: Site) -> None:
    led, call_id = Led(empty.database, empty.world), await call_to_build(empty)
    await led("case_handler", calls.publish, call_id)
    draft = await led(BY, applications.create, call_id=call_id)
    handler = await visitor(chromium, empty, "case_handler", width=320, scheme="dark")
    keys, main = Keys(handler), handler.page.locator("main")
    await handler.go(f"/calls/{call_id}")
    await fill(keys, "write_frame", frame_ore="900 000", why="Vi har mindre.")
    assert await main.locator('[name="frame_ore"]').input_value() == "900 000", "what was typed is kept"
    assert await main.locator("#frame-why").input_value() == "Vi har mindre."
    assert "Den kan bare økes." in await main.locator("#frame").inner_text()
    await fill(keys, "write_frame", frame_ore="1 200 000", why="")
    assert "Skriv hvorfor" in await main.locator("#frame").inner_text()
    await fill(keys, "write_frame", frame_ore="1 200 000", why="Vi fikk mer.")
    assert "Vi fikk mer." in await main.locator("#changes").inner_text()
    async with empty.database.unit_of_work() as uow:
        for kind in ("follow_call", "follow_call_in_draft"):
            for payload in list(await uow.session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == kind))):
                await JOBS[kind](uow, payload)
    async with empty.database.reading() as uow:
        told = list(await uow.session.scalars(select(Notice.parameters).where(Notice.case_id == draft.id)))
    assert "Vi fikk mer." in [each.get("why") for each in told], "those with drafts are told"
    await fill(keys, "copy", title="Innovasjon 2028")
    found = ID.search(handler.page.url)
    assert found is not None and UUID(found.group()) != call_id
    assert await is_narrow_enough(handler.page)
    copy = await call_of(empty, UUID(found.group()))
    assert (copy.state, copy.frame_ore, copy.deadline) == ("draft", 120_000_000, None)
    async with empty.database.reading() as uow:
        keys_of = select(Criterion.key).where(Criterion.call_id == copy.id)
        assert len(list(await uow.session.scalars(keys_of))) == 7


async def test_a_call_is_begun_without_javascript(chromium: Browser, empty: Site) -> None:
    handler = await visitor(chromium, empty, "case_handler", width=320, script=False)
    page, main = handler.page, handler.page.locator("main")

    async def send(action: str, **fields: str) -> None:
        form = main.locator(f'form[action$="/{action}"]').first
        for name, value in fields.items():
            await form.locator(f'[name="{name}"]').fill(value)
        async with page.expect_navigation():
            await form.locator("button").first.click()

    await page.goto(f"{empty.address}/calls/new")
    await send("create", title="Uten skript")
    address = page.url.split("#")[0]
    await main.locator("#texts summary").first.click()
    await send("write_text", title="Uten skript", purpose="Formålet")
    await send("write_dates", opens_at=clock(2), deadline=clock(1))
    assert await main.locator('[name="deadline"]').input_value(), "what was typed is kept"
    await page.goto(address)
    await send("write_dates", opens_at=clock(1), deadline=clock(9))
    assert await main.locator("#steps .missing-list li").count() > 3, "all that is missing is said"
    assert "Formålet" in await main.inner_text()
    await page.goto(f"{address}/rules")
    grace = main.locator('form:has([name="deadlines_grace_minutes"])')
    await grace.locator('[name="deadlines_grace_minutes"]').fill("mange")
    async with page.expect_navigation():
        await grace.locator("button").first.click()
    assert await main.locator('[name="deadlines_grace_minutes"]').input_value() == "mange"
