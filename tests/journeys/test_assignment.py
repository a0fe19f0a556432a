"""A case handler has reviewers proposed, locks, changes and accepts them: by keyboard, at 320 px, without a script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from playwright.async_api import Browser, Page, expect
from sqlalchemy import func, select

from app.applications.models import Application
from app.assignments import service as assignments
from app.assignments.jobs import JOBS
from app.outbox import service as outbox
from app.outbox.models import OutboxRow
from app.reviews.models import Review
from tests.applications_under_way import Led
from tests.journeys.conftest import Site, Visitor, visitor

OFFICES = ("lillestrom", "klepp_time", "grunerlokka")
PAIRS = 2 * len(OFFICES)
EXPERT = "reviewer_one"


async def begin(site: Site) -> UUID:
    """A call with an application from each of the offices, to be assessed by two each; it opened a minute ago.

    One reviewer has said that they know the field that the applications are about.
    """
    led, clock = Led(site.database, site.world), site.database.clock
    try:
        site.database.clock = lambda: datetime.now(UTC) - timedelta(minutes=1)
        call_id = await led.call()
    finally:
        site.database.clock = clock
    for office in OFFICES:
        await led.in_review(call_id, office)
    knows = {"competences": ("more_in_work",), "languages": ("nb", "nn")}
    await led(EXPERT, assignments.write_profile, site.world.people[EXPERT].id, **knows)
    return call_id


async def work(site: Site) -> None:
    """What the worker would do now about proposals."""
    async with site.database.reading() as uow:
        waiting = select(OutboxRow.id).where(OutboxRow.kind.in_(JOBS), OutboxRow.done_at.is_(None))
        rows = list(await uow.session.scalars(waiting.order_by(OutboxRow.id)))
    for row_id in rows:
        assert await outbox.run(site.database, JOBS, row_id)


async def given(site: Site, call_id: UUID) -> int:
    """How many reviews there are in the call."""
    async with site.database.reading() as uow:
        cases = select(Application.id).where(Application.call_id == call_id)
        return await uow.session.scalar(select(func.count()).where(Review.case_id.in_(cases))) or 0


async def tab_to(page: Page, words: str) -> str:
    """Press Tab until something that is called so has the focus; answers its whole name."""
    for _ in range(150):
        await page.keyboard.press("Tab")
        name: str = await page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()")
        if name.startswith(words):
            return name
    raise AssertionError(f"no key leads to {words!r}")


async def enter(person: Visitor, words: str) -> str:
    """Go to a button or link by Tab, and press it by Enter."""
    name = await tab_to(person.page, words)
    async with person.page.expect_navigation():
        await person.page.keyboard.press("Enter")
    await person.look()
    return name


async def test_by_keyboard_and_with_the_page_that_waits_by_itself(chromium: Browser, empty: Site) -> None:
    call_id = await begin(empty)
    kari = await visitor(chromium, empty, "case_handler")
    page = kari.page
    await kari.go(f"/calls/{call_id}/reviews")
    await enter(kari, "Hvem vurderer hva")
    await enter(kari, "Lag et forslag")
    await expect(page.locator("#progress")).to_contain_text("Finner den beste fordelingen")
    await work(empty)
    await expect(page.locator("#proposal")).to_contain_text("Det er bevist at ingen annen fordeling er bedre")
    await expect(page.get_by_text("Godta alle 6 par")).to_be_visible()
    await kari.look()
    expert = empty.world.people[EXPERT].name
    await tab_to(page, f"Begrunnelse: {expert}")
    await page.keyboard.press("Enter")
    reason = page.locator(".pair", has_text=expert).get_by_text("Taler for: Kjenner feltet")
    await expect(reason.first).to_be_visible()

    locked = (await enter(kari, "Lås:")).removeprefix("Lås: ")
    await expect(page.locator("main button", has_text=f"Lås opp: {locked}")).to_be_visible()
    assert "#pair-" in page.url, "one comes back to the pair"
    before = await page.locator(".pair > p:first-child").all_inner_texts()
    await page.goto(page.url.split("#")[0])
    await enter(kari, "Lag forslaget på nytt")
    await work(empty)
    await expect(page.get_by_text("Godta alle 6 par")).to_be_visible()
    await expect(page.locator("main button", has_text=f"Lås opp: {locked}")).to_be_visible()
    again = await page.locator(".pair > p:first-child").all_inner_texts()
    assert [each.split(" ")[:2] for each in again] == [each.split(" ")[:2] for each in before], "nothing else moved"

    await page.locator(".share h3 a").first.focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await kari.look()
    await expect(page.locator("#chosen")).to_contain_text("De som passer best, står først.")
    await page.locator("#chosen input[type=radio]").first.focus()
    await page.keyboard.press("Space")
    chosen = (await page.locator("#chosen label").first.inner_text()).split(",")[0]
    await enter(kari, "Sett i stedet for")
    await expect(page.locator(".pair", has_text=chosen).first).to_contain_text("Valgt for hånd")

    await page.goto(f"{empty.address}/calls/{call_id}/assignment")
    await enter(kari, "Godta:")
    assert await given(empty, call_id) == 1
    await page.goto(f"{empty.address}/calls/{call_id}/assignment")
    await enter(kari, "Godta alle 5 par")
    await expect(page.locator("#progress")).to_contain_text("1 av 6 er delt ut")
    await work(empty)
    await expect(page.locator("#progress")).to_be_empty()
    assert await page.locator(".pair").count() == 0
    assert await given(empty, call_id) == PAIRS
    await page.reload()
    await kari.look()
    lately = page.locator("#loads th", has_text="siste 6 måneder")
    place = await lately.evaluate("heading => heading.cellIndex + 1")
    counts = await page.locator(f"#loads tbody tr > :nth-child({place})").all_inner_texts()
    assert sum(map(int, counts)) == PAIRS, "what each has been given in the last months"


async def test_without_a_script_at_320(chromium: Browser, empty: Site) -> None:
    call_id = await begin(empty)
    kari = await visitor(chromium, empty, "case_handler", width=320, script=False)
    page = kari.page

    async def press(words: str) -> None:
        async with page.expect_navigation():
            await page.locator("main button", has_text=words).first.click()
        await narrow(page)

    await page.goto(f"{empty.address}/calls/{call_id}/assignment")
    await narrow(page)
    await press("Lag et forslag")
    await work(empty)
    async with page.expect_navigation():
        await page.get_by_role("link", name="Se om det er ferdig").click()
    await narrow(page)
    await press("Lås:")
    await press("Lag forslaget på nytt")
    await work(empty)
    await page.goto(f"{empty.address}/calls/{call_id}/assignment")
    assert await page.locator("main button", has_text="Lås opp:").count() == 1
    async with page.expect_navigation():
        await page.locator(".share h3 a").last.click()
    await narrow(page)
    await press("Gi søknaden nå")
    assert "Velg vurderere for" in await page.locator("#chosen").inner_text(), "nobody was chosen: the form is there"
    await page.locator("#chosen label").first.click()
    await press("Sett i stedet for")
    await press("Godta:")
    await press("Godta alle 5 par")
    await work(empty)
    async with page.expect_navigation():
        await page.get_by_role("link", name="Se om det er ferdig").click()
    assert await page.locator(".pair").count() == 0
    assert await given(empty, call_id) == PAIRS


async def narrow(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
