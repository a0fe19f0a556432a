"""An office writes its budget: by the keyboard alone on a small screen, two at once, and without JavaScript."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest_asyncio
from playwright.async_api import Browser, expect
from sqlalchemy import select

from app.applications.models import Application, BudgetLine
from app.calls import service as calls
from tests.applications.drafts import write
from tests.calls_under_way import BEFORE, Acting, write_call
from tests.journeys.conftest import Site, visitor
from tests.journeys.keys import Keys

KNUT, LISE = "grunerlokka.coordinator", "grunerlokka.leader"
NARROW = 320
ADD = 'form[action$="/add_budget_line"]'


@pytest_asyncio.fixture(loop_scope="session")
async def draft(empty: Site) -> AsyncIterator[UUID]:
    """A draft that lacks its budget and the leader's word."""
    act, now = Acting(empty.database, empty.world), empty.database.clock()
    call_id = await write_call(act, opens_at=now - timedelta(minutes=5), deadline=now + timedelta(days=30))
    await act("case_handler", calls.write_rules, call_id, budget_asked=True, budget_own_share_basis_points=10,
              budget_most_ore=50_000_000, at=BEFORE)  # fmt: skip
    await act("case_handler", calls.publish, call_id, at=now - timedelta(minutes=10))
    yield await write(act, call_id, "grunerlokka", at=now, endorsed=False, amount_ore=None)


async def stored(site: Site, draft: UUID) -> tuple[int | None, list[tuple[str, int]]]:
    async with site.database.reading() as uow:
        amount = (await uow.session.get_one(Application, draft)).amount_ore
        rows = await uow.session.execute(
            select(BudgetLine.description, BudgetLine.amount_ore)
            .where(BudgetLine.case_id == draft)
            .order_by(BudgetLine.id)
        )
        return amount, [(row[0], row[1]) for row in rows]


async def test_a_budget_by_keyboard_at_320(chromium: Browser, empty: Site, draft: UUID) -> None:
    knut = await visitor(chromium, empty, KNUT, width=NARROW, scheme="dark")
    keys, page = Keys(knut), knut.page
    await knut.go(f"/applications/{draft}")
    await page.locator('#step-submit .missing-list a[href$="#budget"]').first.press("Enter")
    assert page.url.endswith("#budget"), "a missing budget leads to where it is written"
    new = page.locator(ADD)
    await keys.write("Hva pengene går til", "Kurs i tjenestedesign", within=new)
    await keys.write("Beløp", "300\u00a0000,50", within=new)
    await keys.reach(new.get_by_label("Ordningen (det søkes om)"))
    await page.keyboard.press("Space")
    await keys.choose(new.locator("select"), 1)
    await keys.press(new.locator("button"))
    assert await stored(empty, draft) == (30_000_050, [("Kurs i tjenestedesign", 30_000_050)])
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW
    await expect(page.locator("#plan")).to_contain_text("300 000,50 kroner")
    await expect(page.locator("#step-submit .missing-list")).to_contain_text("Kontoret og andre må bære minst")

    await keys.open("Endre: Kurs i tjenestedesign")
    line = page.locator('form[action$="/write_budget_line"]')
    await keys.write("Beløp", "12.500", within=line)
    await page.keyboard.press("Tab")  # whatever is left is saved
    await expect(line.locator('[data-field="amount_ore"] .aksel-form-field__error')).to_contain_text(
        "Skriv 12 500 eller"
    )
    await page.keyboard.press("Shift+Tab")
    await keys.write("Beløp", "250 000", within=line)
    await expect(page.locator('#budget [data-shown="budget.scheme"]')).to_have_text("250 000 kroner")
    await expect(page.locator('#plan [data-shown="budget.scheme"]')).to_have_text("250 000 kroner")
    assert await stored(empty, draft) == (25_000_000, [("Kurs i tjenestedesign", 25_000_000)])
    await knut.look()

    lise = await visitor(chromium, empty, LISE)
    await lise.go(f"/applications/{draft}")
    await lise.page.locator("summary", has_text="Endre: Kurs i tjenestedesign").click()
    await line.locator('[name="amount_ore"]').fill("240 000")
    await expect(page.locator('#budget [data-shown="budget.scheme"]')).to_have_text("240 000 kroner")
    theirs = lise.page.locator('form[action$="/write_budget_line"]')
    await theirs.locator('[name="amount_ore"]').fill("260000")
    panel = theirs.locator("[data-overlap]")
    for words in ("Knut Gate", "240 000 kroner", "260 000 kroner"):
        await expect(panel).to_contain_text(words)
    await lise.look()
    await panel.get_by_role("button", name="Behold teksten til Knut Gate").click()
    await expect(theirs.locator('[name="amount_ore"]')).to_have_value("240000")
    for each in (knut, lise):
        await each.page.context.close()


async def test_a_budget_without_javascript(chromium: Browser, empty: Site, draft: UUID) -> None:
    knut = await visitor(chromium, empty, KNUT, width=NARROW, script=False)
    page = knut.page
    await page.goto(f"{empty.address}/applications/{draft}")

    async def add(what: str, amount: str, bearer: str, kind: str) -> int:
        form = page.locator(ADD)
        if not await form.is_visible():
            await page.locator(f"details:has({ADD}) > summary").click()
        await form.locator('[name="description"]').fill(what)
        await form.locator('[name="amount_ore"]').fill(amount)
        await form.locator(f'[name="bearer"][value="{bearer}"]').check()
        await form.locator('[name="cost_kind"]').select_option(kind)
        async with page.expect_navigation() as navigation:
            await form.locator("button").click()
        answer = await navigation.value
        assert answer is not None
        return answer.status

    assert await add("Ny skjerm", "mye", "scheme", "competence") == 422
    await expect(page.locator("#new-budget-amount_ore-error")).to_contain_text("Skriv et tall")
    assert await page.locator("#new-budget-description").input_value() == "Ny skjerm"
    assert await add("Ny skjerm", "5 000", "scheme", "equipment") == 422
    await expect(page.locator("#new-budget-cost_kind-error")).to_contain_text("Utlysningen dekker ikke Utstyr")
    assert await add("Ny skjerm", "5 000", "office", "equipment") == 200
    assert await add("Tog", "20 000", "scheme", "travel") == 200
    assert await stored(empty, draft) == (2_000_000, [("Ny skjerm", 500_000), ("Tog", 2_000_000)])
    await page.locator("summary", has_text="Endre: Tog").click()
    line = page.locator('form[action$="/write_budget_line"]').last
    await line.locator('[name="amount_ore"]').fill("30 000")
    async with page.expect_navigation():
        await line.locator("button").last.click()
    assert (await stored(empty, draft))[0] == 3_000_000
    await page.locator("summary", has_text="Endre: Ny skjerm").click()
    async with page.expect_navigation():
        await page.locator('form[action$="/remove_budget_line"] button').first.click()
    assert await stored(empty, draft) == (3_000_000, [("Tog", 3_000_000)])
    await page.context.close()
