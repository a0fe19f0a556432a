"""A reviewer's way in Chromium: by keyboard alone with the names hidden; at 320 px without a script to the minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from app.discussions import service as discussions
from app.meetings import service as meetings
from app.meetings.models import Meeting
from app.reviews import service as reviews
from app.reviews.models import Review, Score
from tests.applications_under_way import TEXT, Led
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys
from tests.reviews.test_phases import with_phases
from workflows.discussion import Audience

OFFICE, OTHER = "balsfjord_storfjord", "klepp_time"
VEGARD, TROND = "reviewer_one", "facilitator_two"
REASON = "De har snakket med tolv unge, og vist hva som skal til."


@contextmanager
def a_minute_ago(site: Site) -> Iterator[None]:
    """What is done inside was done a minute ago."""
    clock = site.database.clock
    site.database.clock = lambda: datetime.now(UTC) - timedelta(minutes=1)
    try:
        yield
    finally:
        site.database.clock = clock


async def call_with(site: Site, **phase: Any) -> UUID:
    """A call that is open, with one phase of reviewing."""
    with a_minute_ago(site):
        return await with_phases(Led(site.database, site.world), phase)


async def stored(site: Site, review_id: UUID) -> dict[UUID, tuple[int | None, str]]:
    """The scores of a review with their reasons, by criterion."""
    async with site.database.reading() as uow:
        rows = await uow.session.scalars(select(Score).where(Score.review_id == review_id))
        return {row.criterion_id: (row.value, row.reason) for row in rows}


async def state_of(site: Site, review_id: UUID) -> str:
    """How far a review has come."""
    async with site.database.reading() as uow:
        return (await uow.session.get_one(Review, review_id)).state


async def test_by_keyboard_with_the_names_hidden(chromium: Browser, empty: Site) -> None:
    led = Led(empty.database, empty.world)
    call_id = await call_with(empty, names_hidden=True, others_reviews="after_own")
    tied, other = await led.in_review(call_id, OTHER), await led.in_review(call_id, OFFICE)
    await led.reviewed(other, TROND, 1)
    aside_id, review_id = await led.assign(tied, VEGARD), await led.assign(other, VEGARD)
    first, second, *rest = await led.criteria(other)
    vegard = await visitor(chromium, empty, VEGARD)
    keys, page, main = Keys(vegard), vegard.page, vegard.page.locator("main")

    await vegard.go("/reviews")
    await keys.press(main.locator(f"a[href='/reviews/{aside_id}']"))
    await keys.open("Tre til side")
    await keys.write("Hvorfor trer du til side?", "Jeg har vært rådgiver for dem.")
    await keys.press(main.get_by_role("button", name="Tre til side"))
    await expect(main.locator("tr", has=page.locator(f"a[href='/reviews/{aside_id}']"))).to_contain_text("Fratrådt")

    await keys.press(main.locator(f"a[href='/reviews/{review_id}']"))
    assert "Tolv samtaler" not in await main.inner_text(), "it is closed before one has declared"
    await keys.tick("Jeg er habil i denne saken")
    await keys.press(main.get_by_role("button", name="Erklær deg habil"))
    said = await page.content()
    assert "Tolv samtaler" in said and not [each for each in ("Balsfjord", "Storfjord") if each in said]

    article = page.locator(f"#criterion-{first}")
    await expect(article.locator("label", has_text="4 – ").first).to_be_visible(), "what each level means"
    await keys.choose(article.get_by_role("radio").first, 3)
    chosen = int(await article.locator("input:checked").get_attribute("value") or "")
    await keys.write("Begrunnelse", REASON, within=article)
    await expect(article.locator("[data-autosave-status]")).to_contain_text("Lagret")
    assert await stored(empty, review_id) == {first: (chosen, REASON)}, "it has saved itself"
    article = page.locator(f"#criterion-{second}")
    await keys.write("Begrunnelse", REASON, within=article)
    await keys.press(article.get_by_role("button", name="Lagre og fortsett senere"))
    await expect(main.locator("tr", has=page.locator(f"a[href='/reviews/{review_id}']"))).to_contain_text(
        f"{1 + len(rest)} kriterier"
    )
    await keys.press(main.locator(f"a[href='/reviews/{review_id}']"))
    assert await article.get_by_label("Begrunnelse").input_value() == REASON
    assert "Trond Tegn" not in await main.inner_text(), "others' reviews come after one's own"

    for criterion_id in (second, *rest):
        await led(VEGARD, reviews.score, review_id, criterion_id=criterion_id, value=4, reason=TEXT)
    await vegard.go(f"/reviews/{review_id}")
    await keys.press(main.get_by_role("button", name="Lever vurderingen"))
    assert await state_of(empty, review_id) == "submitted"
    others = page.locator("#others")
    await expect(others).to_contain_text(f"Trond Tegn: 1. {TEXT}")
    await expect(others.locator("svg").first).to_be_visible(), "the scores as dots"
    await expect(others.locator("tr", has_text="Stor avstand").first).to_be_visible()
    await page.set_viewport_size({"width": 320, "height": 900})
    await narrow(page)


async def test_at_320_px_without_a_script_to_the_minutes(chromium: Browser, empty: Site) -> None:
    led = Led(empty.database, empty.world)
    call_id = await call_with(empty, others_reviews="after_own")
    case_id = await led.in_review(call_id, OFFICE)
    await led.reviewed(case_id, TROND, 1)
    review_id = await led.assign(case_id, VEGARD)
    first, *rest = await led.criteria(case_id)

    async def come_as(who: str) -> tuple[Page, Any]:
        page = (await visitor(chromium, empty, who, width=320, script=False)).page

        async def send(verb: str, **fields: str) -> None:
            form = page.locator(f'main form[action$="/{verb}"]').first
            for name, value in fields.items():
                field = form.locator(f'[name="{name}"]')
                if await field.first.get_attribute("type") in ("radio", "checkbox"):
                    await form.locator(f'[name="{name}"][value="{value}"]').check()
                else:
                    await field.fill(value)
            async with page.expect_navigation():
                await form.locator("button").first.click()
            await narrow(page)

        return page, send

    page, send = await come_as(VEGARD)
    await page.goto(f"{empty.address}/reviews/{review_id}")
    await send("declare", impartial="true")
    await send("score", value="4", reason=REASON)
    assert await stored(empty, review_id) == {first: (4, REASON)}
    for criterion_id in rest:
        await led(VEGARD, reviews.score, review_id, criterion_id=criterion_id, value=4, reason=TEXT)
    await page.reload()
    await send("submit")
    assert "Trond Tegn: 1." in await page.locator("#others").inner_text()

    await page.goto(f"{empty.address}/applications/{case_id}/threads")
    await send("open_thread", audience="reviewers", title="Tiden", text="Hvem gjør arbeidet mens de er med her?")
    thread = await led(
        "case_handler",
        discussions.open_thread,
        case_id,
        audience=Audience.APPLICANT,
        title="Tiden",
        text="Hvem gjør det?",
    )
    leader, answer = await come_as(f"{OFFICE}.leader")
    await leader.goto(f"{empty.address}/applications/{case_id}")
    asked = await leader.locator("#threads").inner_text()
    assert "Hvem gjør det?" in asked and "mens de er med" not in asked
    await answer("post", text="Vi har fått en vikar.")
    await page.goto(f"{empty.address}/threads/{thread.id}")
    assert "Vi har fått en vikar." in await page.locator("main").inner_text()

    await led("case_handler", reviews.hold_meeting, case_id)
    await led(
        "case_handler", meetings.record_minutes, case_id, held_at=datetime.now(UTC) - timedelta(hours=1),
        participants="Alle", minutes="Vi snakket om vikaren.",
    )  # fmt: skip
    handler, confirm = await come_as("case_handler")
    for side, by in ((leader, answer), (handler, confirm)):
        await side.goto(f"{empty.address}/applications/{case_id}/meeting")
        assert "Vi snakket om vikaren." in await side.locator("#minutes").inner_text()
        await by("confirm_minutes")
    async with empty.database.reading() as uow:
        meeting = await uow.session.scalar(select(Meeting).where(Meeting.case_id == case_id))
        assert meeting is not None and meeting.confirmed_by_office and meeting.confirmed_by_scheme


async def narrow(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
