"""The pages of surveys: found by a link, answered without a script, and shown from five answers on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.surveys import service as surveys
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts
from tests.surveys.test_service import ANSWERS, CAME, gather, opened


async def test_one_answers_by_the_link_and_what_was_typed_is_kept(browser: Browser, clock: MovingClock) -> None:
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    acts = Acts(browser.database, browser.world)
    await gather(acts)
    survey = await opened(acts, clock)
    address = f"/surveys/{survey.id}"
    await browser.as_person(CAME[0])
    assert f'href="{address}"' in await browser.shown("/surveys")
    assert "Kunne du bidra på lik linje" in await browser.shown(address)
    refused = await browser.post(f"{address}/answer", {"answer-useful": "4", "answer-keep": "Mer tid"}, page=address)
    assert refused.status_code == 422
    assert "Velg et svar." in refused.text
    assert "Mer tid" in refused.text
    assert 'value="4" checked' in refused.text
    taken = await browser.post(f"{address}/answer", {**ANSWERS, "answer-keep": "Mer tid"}, page=address)
    assert taken.status_code == 303
    text = await browser.shown(address)
    assert "Takk, du har svart." in text
    assert "Mer tid" not in text
    assert address not in await browser.shown("/surveys")


async def test_it_does_not_exist_for_others_and_results_are_for_the_resource_group(
    browser: Browser, clock: MovingClock
) -> None:
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    acts = Acts(browser.database, browser.world)
    await gather(acts)
    survey = await opened(acts, clock)
    address = f"/surveys/{survey.id}"
    await browser.as_person("management")
    assert (await browser.get(address)).status_code == 404
    assert (await browser.get(f"{address}/results")).status_code == 404
    for key in CAME[:5]:
        await acts(key, surveys.answer, survey.id, answers={**ANSWERS, "answer-change": "Kortere dager"})
    await browser.as_person("case_handler")
    assert "Kortere dager" not in await browser.shown(f"{address}/results")
    clock.moved = timedelta(days=16)
    await browser.as_person("case_handler")
    assert f"{address}/results" in await browser.shown("/surveys")
    text = await browser.shown(f"{address}/results")
    assert f'large">Svar: {survey.title}<' in text.replace(f"<span>{survey.title}</span>", survey.title)
    assert text.count("Kortere dager") == 5
    assert "Alle (5)" in text
    await browser.as_person(CAME[6])
    assert "Undersøkelsen er lukket." in await browser.shown(address)
