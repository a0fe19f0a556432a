"""The resource group in Chromium: which projects need help, why, and that a sign is gone when it has been seen to."""

from __future__ import annotations

from datetime import date

from playwright.async_api import Browser, expect

from app.projects import oversight
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys

WIDTH = "document.documentElement.scrollWidth <= window.innerWidth"
OFFICE, SIGN = "Nav Lillestrøm", "Lenge siden kontakt"


async def test_from_a_sign_to_what_mends_it(chromium: Browser, demo: Site) -> None:
    kari = await visitor(chromium, demo, "case_handler")
    keys = Keys(kari)
    await kari.go("/resource-group")
    await keys.press(kari.page.locator("main").get_by_role("link", name="Oppfølging"))
    listed = kari.page.locator("#projects tbody tr")
    await expect(listed).to_have_count(3)
    first = listed.first
    await expect(first).to_contain_text("Milepæl over fristen")
    await expect(first).to_contain_text("ting mangler")
    await keys.press(kari.page.locator("main").get_by_role("link", name="Milepæl over fristen").first)
    await expect(kari.page.locator("#projects tbody tr")).to_have_count(1)

    await kari.go("/oversight?sign=no_contact")
    row = kari.page.locator("#projects tbody tr", has_text=OFFICE)
    await expect(row).to_contain_text(SIGN)
    await expect(row).to_contain_text("Frida Fasting")

    frida = await visitor(chromium, demo, "facilitator_one", width=320, scheme="dark")
    await frida.go("/oversight")
    assert await frida.page.evaluate(WIDTH)
    signed = frida.page.locator("#projects tbody tr", has_text=OFFICE)
    await signed.get_by_role("link", name=SIGN).click()
    await frida.page.wait_for_url("**/projects/*#facilitators")
    await expect(frida.page.locator("#signs")).to_contain_text(SIGN)
    await frida.send("/log_support", held_on=date.today().isoformat(), hours="1,5", about="Vi gikk gjennom planen")
    await expect(frida.page.locator("#signs")).not_to_contain_text(SIGN)

    await kari.go("/oversight?sign=no_contact")
    await expect(kari.page.locator("#projects tbody tr", has_text=OFFICE)).to_have_count(0)
    await keys.press(kari.page.locator("main").get_by_role("link", name="Timer og støtte"))
    await expect(kari.page.locator("main")).to_contain_text("Vi gikk gjennom planen")
    async with demo.database.reading() as uow:
        assert (await oversight.differences(uow))[1] == []
