"""The page where an office looks for partners: whole in every language, the same price, and nothing of others on it."""

from __future__ import annotations

import html5lib
import pytest

from app.core.database import Database
from app.demo.cast import World
from app.joining import service
from tests.applications.drafts import write
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock
from tests.joining.test_service import OURS, SUMMARY, THEIRS, seeking


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_two_offices_join_forces_on_their_pages(browser: Browser, act: Acting, language: str) -> None:
    call_id = await publish_call(act)
    browser.http.cookies.set("language", language)
    ours, theirs = await write(act, call_id, OURS), await seeking(act, call_id, THEIRS)
    page, there = f"/applications/{ours}/partners", f"/applications/{theirs}/partners"

    await browser.as_person(f"{OURS}.coordinator")
    shown = (await browser.get(page)).text
    html5lib.HTMLParser(strict=True).parse(shown)
    assert SUMMARY in shown
    assert "Tid og tillit." not in shown
    similar = (await browser.get(f"/applications/{ours}/similar?problem_statement={SUMMARY}")).text
    assert f"/applications/{ours}/partners?with={theirs}#propose" in similar
    empty = await browser.post(
        f"/applications/{ours}/propose_joining", {"to_case_id": theirs, "message": " "}, page=page
    )
    assert empty.status_code == 422
    html5lib.HTMLParser(strict=True).parse(empty.text)
    fields = {"to_case_id": theirs, "message": "Vil dere?", "keep": "ours"}
    sent = await browser.post(f"/applications/{ours}/propose_joining", fields, page=page)
    assert sent.status_code == 303
    assert "/withdraw" in (await browser.get(page)).text

    await browser.as_person(f"{THEIRS}.leader")
    asked = (await browser.get(there)).text
    html5lib.HTMLParser(strict=True).parse(asked)
    assert "Vil dere?" in asked
    assert str(ours) not in asked, "what is not shown cannot be led to"
    assert (await browser.get(f"/applications/{ours}")).status_code == 404
    async with act.database.reading() as uow:
        (proposal,) = await uow.session.scalars(service.select(service.JoinProposal.id))
    done = await browser.post(f"/join-proposals/{proposal}/accept", {"answer": "Gjerne", "version": 1}, page=there)
    assert done.status_code == 303
    ended, kept = (await browser.get(f"/applications/{theirs}")).text, (await browser.get(f"/applications/{ours}")).text
    for text in (ended, kept):
        html5lib.HTMLParser(strict=True).parse(text)
    assert f'href="/applications/{ours}"' in ended
    assert "Nav Lillestrøm + Nav Klepp-Time" in kept
    assert "save_answers" in kept
    assert "save_answers" not in ended
    again = await browser.post(f"/join-proposals/{proposal}/accept", {"answer": "", "version": 2}, page=there)
    assert again.status_code == 409


async def test_the_page_costs_the_same_and_is_the_offices_own(
    browser: Browser, act: Acting, statements: list[str]
) -> None:
    call_id = await publish_call(act)
    ours = await write(act, call_id, OURS)
    page = f"/applications/{ours}/partners"
    await browser.as_person(f"{OURS}.coordinator")
    counts = []
    for offices in ((THEIRS,), ("grunerlokka", "balsfjord_storfjord")):
        for office in offices:
            theirs = await seeking(act, call_id, office)
            await act(
                f"{OURS}.leader", service.propose_joining, ours, to_case_id=theirs, keep="ours", message="Vil dere?"
            )
        statements.clear()
        assert (await browser.get(page)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    for who in (f"{THEIRS}.leader", "case_handler", "lillestrom.job_specialist"):
        await browser.as_person(who)
        assert (await browser.get(page)).status_code == 404, who
