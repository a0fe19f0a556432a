"""Two people have one draft open: they see each other come, write and go, and are told so once."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import Browser, Page, expect

from tests.applications.drafts import write
from tests.calls_under_way import Acting, publish_call
from tests.journeys.conftest import Site, visitor

KNUT, LISE = "grunerlokka.coordinator", "grunerlokka.leader"
ASK = "document.dispatchEvent(new Event('visibilitychange'))"
COUNT = """window.spoken = 0; new MutationObserver(() => (window.spoken += 1)).observe(
  document.querySelector('[data-here-said]'), {childList: true, characterData: true, subtree: true})"""


async def ask(page: Page) -> None:
    """Let the page ask who is here, as it does by itself every quarter of a minute."""
    async with page.expect_response(lambda answer: answer.url.endswith("/here")):
        await page.evaluate(ASK)


async def test_two_see_each_other_in_a_draft(chromium: Browser, empty: Site) -> None:
    act, now = Acting(empty.database, empty.world), empty.database.clock()
    call_id = await publish_call(act, deadline=now + timedelta(days=30))
    draft = await write(act, call_id, "grunerlokka", at=now, endorsed=False)
    knut = await visitor(chromium, empty, KNUT)
    await knut.go(f"/applications/{draft}")
    seen = knut.page.locator("[data-here-seen]")
    await expect(seen).to_be_hidden()

    lise = await visitor(chromium, empty, LISE, width=320, scheme="dark")
    await lise.go(f"/applications/{draft}")
    await expect(lise.page.locator("[data-here-seen]")).to_contain_text("Knut Gate har søknaden åpen")
    assert await lise.page.evaluate("document.documentElement.scrollWidth") <= 320
    async with lise.page.expect_response(lambda answer: answer.url.endswith("/here")):
        await lise.page.locator("#answer-need").focus()

    await ask(knut.page)
    await expect(seen).to_contain_text("Lise Løkka er i feltet «Behovet»")
    await expect(knut.page.locator('[data-key="need"] [data-here-field]')).to_have_text(
        "Lise Løkka er i dette feltet nå"
    )
    said = knut.page.locator("[data-here-said]")
    await expect(said).to_have_text("Lise Løkka har også søknaden åpen.")
    await knut.look()
    await knut.page.evaluate(COUNT)
    for _ in range(3):
        await ask(knut.page)
    assert await knut.page.evaluate("window.spoken") == 0, "what is known is not said again"
    async with knut.page.expect_response(lambda answer: answer.url.endswith("/here")):
        await knut.page.locator("#answer-need").focus()
    await expect(said).to_have_text("Lise Løkka er i samme felt som deg.")

    await lise.page.goto(f"{empty.address}/applications")
    for _ in range(50):  # that she left is sent while her next page already comes
        await ask(knut.page)
        if await seen.is_hidden():
            break
    await expect(seen).to_be_hidden()
    await expect(said).to_have_text("Ingen andre har søknaden åpen nå.")
    await knut.look()
    for each in (knut, lise):
        await each.page.context.close()
