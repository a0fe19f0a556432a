"""By the keyboard alone, and without JavaScript: everything that can be done can be done so too."""

from __future__ import annotations

from playwright.async_api import Browser, Page
from sqlalchemy import select

from app.applications.models import Application
from app.projects.models import Project
from tests.journeys.conftest import Site, visitor

FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
STOPS = f"""[...document.querySelectorAll("{FOCUSABLE}")].filter(
  each => each.checkVisibility() && !each.disabled && !(each.type == 'radio' && !each.checked
    && [...document.getElementsByName(each.name)].some(other => other.checked || other.compareDocumentPosition(each) & 4))
).length"""
FOCUSED = """(() => {
  const here = document.activeElement
  window.numbered ??= new Map()
  if (!window.numbered.has(here)) window.numbered.set(here, window.numbered.size)
  const drawn = style => style.outlineStyle != 'none' || style.boxShadow != 'none'
  const ring = each => [undefined, '::before', '::after'].some(part => drawn(getComputedStyle(each, part)))
  return {
    number: window.numbered.get(here), name: here.tagName, words: here.innerText || here.name || here.id,
    ring: [here, here.parentElement, ...(here.labels ?? [])].some(each => each && ring(each)),
  }
})()"""


async def tab_until(page: Page, words: str, most: int = 150) -> None:
    """Press Tab until what is in focus says these words."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if words in await page.evaluate("document.activeElement.innerText || ''"):
            return
    raise AssertionError(f"Tab never comes to {words!r} on {page.url}")


async def test_every_stop_of_the_keyboard_is_seen_and_none_is_a_trap(chromium: Browser, demo: Site) -> None:
    person = await visitor(chromium, demo, "lillestrom.coordinator")
    async with demo.database.reading() as uow:
        project = await uow.session.scalar(select(Project.id).where(Project.state == "implement_open"))
    for path in ("/office", f"/projects/{project}", f"/projects/{project}/benefits", "/knowledge"):
        await person.go(path)
        stops = await person.page.evaluate(STOPS)
        assert stops > 10, path
        seen = set()
        for _ in range(stops):
            await person.page.keyboard.press("Tab")
            found = await person.page.evaluate(FOCUSED)
            if found["name"] != "BODY":
                assert found["ring"], f"{path}: nothing shows that {found['words']!r} is in focus"
                seen.add(found["number"])
        assert len(seen) >= stops - 2, f"{path}: Tab comes to {len(seen)} of {stops}"
    await person.page.context.close()


async def test_a_draft_is_opened_and_written_on_by_the_keyboard(chromium: Browser, demo: Site) -> None:
    person = await visitor(chromium, demo, "grunerlokka.coordinator")
    page = person.page
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.innerText") == "Hopp til innholdet", "the first stop skips"
    await page.keyboard.press("Enter")
    async with demo.database.reading() as uow:
        (draft,) = await uow.session.scalars(select(Application).where(Application.state == "draft"))
    link = page.locator(f'main a[href="/applications/{draft.id}"]').first
    await tab_until(page, await link.inner_text())
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await page.get_by_label("Bakgrunn").first.focus()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(" Skrevet med tastaturet.")
    await tab_until(page, "Lagre")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await person.look()
    async with demo.database.reading() as uow:
        answers = await uow.session.scalar(select(Application.answers).where(Application.id == draft.id))
    assert "Skrevet med tastaturet." in str(answers)
    await page.context.close()


async def test_a_draft_is_written_on_and_refused_without_javascript(chromium: Browser, demo: Site) -> None:
    person = await visitor(chromium, demo, "grunerlokka.coordinator", script=False)
    page = person.page
    async with demo.database.reading() as uow:
        (draft,) = await uow.session.scalars(select(Application).where(Application.state == "draft"))
    await page.goto(f"{demo.address}/applications/{draft.id}")
    plan = page.locator('main form[action$="/save_answers"]').filter(has=page.locator('[name="hours"]'))
    await plan.locator('[name="hours"]').fill("mange")
    await plan.locator('[name="plan"]').fill("Uten skript.")
    async with page.expect_navigation() as refused:
        await plan.locator("button").first.click()
    assert (await refused.value).status == 422
    assert await page.locator('[name="hours"]').input_value() == "mange", "what was typed is kept"
    assert await page.locator('[name="plan"]').input_value() == "Uten skript."
    assert await page.locator(".aksel-error-message").count() == 1
    await page.locator('[name="hours"]').fill("120")
    async with page.expect_navigation():
        await plan.locator("button").first.click()
    async with demo.database.reading() as uow:
        row = (await uow.session.scalars(select(Application).where(Application.id == draft.id))).one()
    assert (row.hours, row.answers["plan"]) == (120, "Uten skript.")
    assert await page.locator("#step-submit .missing-list li").count() > 0, (
        "what is missing for the next step is listed"
    )
    await page.locator("header summary").filter(has_text="Språk").click()
    async with page.expect_navigation():
        await page.get_by_role("button", name="Nynorsk").click()
    assert await page.locator("html").get_attribute("lang") == "nn"
    await page.context.close()


async def test_files_are_attached_without_leaving_the_page_and_what_is_wrong_is_said(
    chromium: Browser, demo: Site
) -> None:
    person = await visitor(chromium, demo, "grunerlokka.coordinator")
    async with demo.database.reading() as uow:
        draft = await uow.session.scalar(select(Application.id).where(Application.state == "draft"))
    await person.go(f"/applications/{draft}")
    field = person.page.locator("#attachment-file")
    await field.set_input_files(
        [
            {"name": "notat.txt", "mimeType": "text/plain", "buffer": "Blåbær".encode()},
            {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00" + b"\x00" * 200},
        ]
    )
    await person.page.locator("#add-file button").last.click()
    said = person.page.locator("[data-upload-said] p")
    await said.nth(1).wait_for()
    assert await said.count() == 2
    assert "plan.pdf" in await said.nth(1).inner_text()
    assert await person.page.locator("#attachments tbody tr").count() == 1
    assert await person.page.locator(".upload-wrong").count() == 1
    await person.look()
    await person.page.set_viewport_size({"width": 320, "height": 900})
    assert await person.page.evaluate("document.scrollingElement.scrollWidth") <= 320
    await person.page.context.close()
