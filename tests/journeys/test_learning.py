"""What people say of a gathering, in Chromium: asked, answered by keyboard and without scripts, and shown from five on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from playwright.async_api import Browser, expect

from app.gatherings.models import Cohort
from app.gatherings.people import projects_of
from app.surveys import service as surveys
from tests.conftest import MovingClock
from tests.evaluation.test_report import TEXTS, learnt
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys
from tests.pdfs import assert_in_order, words_of
from tests.projects_under_way import Acts
from tests.surveys.test_service import ANSWERS, CAME, gather, opened

WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"


async def test_a_survey_is_answered_by_keyboard_and_shown_when_it_has_closed(
    chromium: Browser, moving: Site, clock: MovingClock
) -> None:
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    moving.database.clock = clock
    acts = Acts(moving.database, moving.world)
    await gather(acts)
    survey = await opened(acts, clock)
    member = await visitor(chromium, moving, CAME[0], width=320, scheme="dark")
    await member.go("/surveys")
    await member.follow("Samling 1")
    assert await member.page.evaluate(WIDTH)
    await member.send("/answer", **{"answer-useful": "4", "answer-keep": "Mer tid"})
    assert await member.page.locator('main [aria-invalid="true"], main .choice-error').count()
    await expect(member.page.locator('[name="answer-keep"]')).to_have_value("Mer tid")
    keys = Keys(member)
    for name in ("own_voice", "material", "know_next"):
        await keys.reach(member.page.locator(f'[name="answer-{name}"]').first)
        await member.page.keyboard.press("Space")
    await keys.reach(member.page.get_by_role("button", name="Send svaret"))
    async with member.page.expect_navigation():
        await member.page.keyboard.press("Enter")
    await member.look()
    await expect(member.page.get_by_text("Takk, du har svart.")).to_be_visible()
    for key in CAME[1:5]:
        await acts(key, surveys.answer, survey.id, answers=ANSWERS)
    clock.moved = timedelta(days=16)
    handler = await visitor(chromium, moving, "case_handler", width=320)
    await handler.go("/surveys")
    await handler.follow("Samling 1")
    assert await handler.page.evaluate(WIDTH)
    await expect(handler.page.get_by_role("rowheader", name="Alle (5)").first).to_be_visible()
    await expect(handler.page.get_by_text("Mer tid")).to_be_visible()


async def test_what_was_heard_is_answered_told_back_and_put_into_the_evaluation(
    chromium: Browser, moving: Site, clock: MovingClock
) -> None:
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    moving.database.clock = clock
    acts = Acts(moving.database, moving.world)
    cohort = await learnt(acts, clock)
    handler = await visitor(chromium, moving, "case_handler", width=320, scheme="dark")
    await handler.go("/feedback")
    assert await handler.page.evaluate(WIDTH)
    await handler.follow("Samling 1")
    assert await handler.page.evaluate(WIDTH)
    item = await handler.page.locator('[name="item_ids"]').first.get_attribute("value")
    assert item is not None
    await handler.send("/answer", item_ids=[item], answer="change", text="Vi sier tre uker før hva som skal være klart")
    assert await handler.page.locator("main .aksel-error-summary__list li").count() == 2
    await expect(handler.page.locator('[name="text"]')).to_have_value("Vi sier tre uker før hva som skal være klart")
    responsible = str(moving.world.people["method_owner"].id)
    await handler.send("/answer", responsible_id=responsible, due_on="2027-01-15", expects="Ansvarlig")
    member = await visitor(chromium, moving, CAME[0], width=320)
    await member.go("/surveys")
    await member.follow("Samling 1")
    await expect(member.page.get_by_text("Vi sier tre uker før")).to_be_visible()
    assert await member.page.evaluate(WIDTH)

    plain = await visitor(chromium, moving, "lillestrom.coordinator", width=320, script=False)
    case_id = await project_of(moving, cohort)
    await plain.page.goto(f"{moving.address}/projects/{case_id}/stories")
    form = plain.page.locator('form[action$="/send_story"]')
    await form.locator('[name="title"]').fill("Vi spurte først")
    await form.locator('[name="text"]').fill("Da vi spurte brukerne, kom svaret av seg selv.")
    await form.locator('[name="about"]').select_option(index=1)
    await form.locator('[name="names_people"]').check()
    await form.locator("button").first.click()
    await expect(plain.page.get_by_text("Skriv hvem som har sagt ja").first).to_be_visible()
    await form.locator('[name="consent"]').fill("Uma har lest den og sagt ja")
    await form.locator("button").first.click()
    await handler.go("/stories")
    await handler.follow("Vi spurte først")
    assert await handler.page.evaluate(WIDTH)
    await handler.send("/publish", themes=["outside_in"], expects="Publisert")

    coordinator = await visitor(chromium, moving, "lillestrom.coordinator", width=320, scheme="dark")
    await coordinator.go(f"/projects/{case_id}/competence")
    await coordinator.send("/add_competence_goal", text="Jeg kan lede et intervju")
    keys = Keys(coordinator)
    await keys.reach(coordinator.page.locator('[name^="level-"]').first)
    await coordinator.page.keyboard.press("ArrowDown")
    await keys.reach(coordinator.page.get_by_role("button", name="Lagre vurderingen min"))
    async with coordinator.page.expect_navigation():
        await coordinator.page.keyboard.press("Enter")
    await coordinator.look()
    await expect(coordinator.page.get_by_role("cell", name="2: Jeg kan gjøre det med hjelp")).to_be_visible()
    assert await coordinator.page.evaluate(WIDTH)

    evaluator = await visitor(chromium, moving, "facilitator_three", width=320)
    await evaluator.go(f"/cohorts/{cohort.id}/evaluation")
    assert await evaluator.page.evaluate(WIDTH)
    quote = await evaluator.page.locator('[name="quotes"]').first.get_attribute("value")
    assert quote is not None
    await evaluator.send("/write_evaluation", **TEXTS, quotes=[quote], expects="Vi spurte først")
    link = await evaluator.page.get_by_role("link", name="Versjon 1 som PDF").get_attribute("href")
    assert link is not None
    made = await evaluator.page.request.get(moving.address + link)
    assert_in_order(words_of(await made.body(), "nb"), [TEXTS["organised"], TEXTS["experienced"], TEXTS["onward"]])


async def project_of(moving: Site, cohort: Cohort) -> UUID:
    """The project of a cohort that has one."""
    async with moving.database.reading() as uow:
        return (await uow.session.scalars(projects_of(cohort.id))).one()
