"""The questions of a call's own in an application: asked, answered, missing, wrong, read, and bound to their version."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import html5lib
import pytest

from app.applications import service
from app.applications.models import Application
from app.calls import service as calls
from app.core.database import Database
from app.demo.cast import World
from tests.applications.drafts import begin, write
from tests.calls.questions import EVERY_KIND, ask
from tests.calls_under_way import BEFORE, DURING, Acting, write_call
from tests.conftest import Browser, MovingClock

BY = "lillestrom.coordinator"


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def asking_call(act: Acting, *questions: dict[str, Any]) -> UUID:
    """A published call with questions of its own."""
    call_id = await write_call(act)
    await ask(act, call_id, *(questions or EVERY_KIND), at=BEFORE)
    await act("case_handler", calls.publish, call_id, at=BEFORE)
    return call_id


async def row_of(database: Database, application_id: UUID) -> Application:
    async with database.reading() as uow:
        return await uow.session.get_one(Application, application_id)


async def test_answers_are_typed_read_and_kept(browser: Browser, act: Acting) -> None:
    application_id = await begin(act, await asking_call(act))
    await browser.as_person(BY)
    page = f"/applications/{application_id}"
    first = (await browser.get(page)).text
    assert 'id="own"' in first and "&lt;B&gt; nb" in first
    assert 'data-question="own_2" data-asked-when="own_1" data-asked-with="o1" hidden' in first
    typed = {
        "own_1": "o1", "own_2": "Kort svar", "own_3": "-1,5", "own_4": "1 250,50", "own_7": ["o2", "o1"],
        "own_8": "2027-03-01", "own_5-0-c1": "Kurs", "own_5-0-c2": "12 000", "own_5-0-c3": "2027-04-01",
        "own_5-1-c1": "", "own_5-1-c2": "", "own_5-2-c1": "Reise", "own_5-2-c2": "1 250,50",
    }  # fmt: skip
    saved = await browser.post(f"{page}/save_answers", {"version": 1, "section": "own", **typed}, page=page)
    assert saved.status_code == 303, saved.text
    answers = (await row_of(act.database, application_id)).answers
    assert answers == {
        "own_1": "o1", "own_2": "Kort svar", "own_3": "-1.5", "own_4": 125_050, "own_7": ["o2", "o1"],
        "own_8": "2027-03-01",
        "own_5": [{"c1": "Kurs", "c2": 1_200_000, "c3": "2027-04-01"}, {"c1": "Reise", "c2": 125_050}],
    }  # fmt: skip
    again = (await browser.get(page)).text
    assert 'data-asked-with="o1">' in again, "shown once the answer it waits for is saved"
    assert 'value="1250,50"' in again and 'value="-1,5"' in again
    assert again.count("data-row=") == 3, "two rows and an empty one"
    printed = (await browser.get(f"{page}/print")).text.replace("\xa0", " ")
    for said in ("A nb", "Kort svar", "-1,5", "1 250,50 kroner", "D nb, C nb", "1. mars 2027", "Kurs", "12 000 kroner"):
        assert said in printed, said
    api = (await browser.get(f"/api/v1{page}")).json()
    assert api["answers"]["own_5"][1] == {"c1": "Reise", "c2": 125_050}
    assert api["call_form_version"] == 1


async def test_what_is_missing_is_said_with_the_call_s_own_words(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await asking_call(act))
    await browser.as_person(BY)
    page = f"/applications/{application_id}"

    async def missing() -> list[str]:
        steps = (await browser.get(f"/api/v1{page}/steps")).json()
        return [each["sentence"] for step in steps if step["step"] == "submit" for each in step["missing"]]

    assert await missing() == ["Svar på «Valg nb».", "Svar på «Tabell nb»."]
    browser.http.cookies.set("language", "en")
    assert await missing() == ["Answer “Valg en”.", "Answer “Tabell en”."]
    browser.http.cookies.set("language", "nb")
    await act(BY, service.save_answers, application_id, own_1="o1", own_5=[{"c2": 100}], risk="high", risk_handling="x")
    assert await missing() == ["Svar på «Kort nb».", "Fyll ut «Hva nb» i rad 1 i «Tabell nb»."]
    assert 'href="/applications/' in (await browser.get(page)).text
    await act(BY, service.save_answers, application_id, own_1="o2", own_5=[{"c1": "x"}])
    assert await missing() == [], "what waits for another answer is not missing, and what was typed in it is kept"


async def test_what_was_typed_stays_beside_its_cell(browser: Browser, act: Acting) -> None:
    application_id = await begin(act, await asking_call(act))
    await browser.as_person(BY)
    page = f"/applications/{application_id}"
    typed = {"own_5-0-c1": "Kurs", "own_5-1-c1": "", "own_5-2-c2": "tusen", "own_3": "-11", "own_8": "2027-02-30",
             "own_1": "o9", "own_4": "99999999999"}  # fmt: skip
    refused = await browser.post(f"{page}/save_answers", {"version": 1, "section": "own", **typed}, page=page)
    assert refused.status_code == 422
    for said in ('value="tusen"', 'value="-11"', 'value="2027-02-30"', 'value="Kurs"', 'href="#answer-own_5-2-c2"'):
        assert said in refused.text, said
    error = refused.text.partition('id="answer-own_5-2-c2-error"')[2][:400]
    assert "Skriv et tall" in error
    strict(refused.text)
    assert (await row_of(act.database, application_id)).answers == {}
    for answer in ({"own_2": "01019000083"}, {"own_5-0-c1": "Ring 01019000083"}):
        guarded = await browser.post(f"{page}/save_answers", {"version": 1, "section": "own", **answer}, page=page)
        assert guarded.status_code == 422, answer
    unknown = await browser.call(f"/api/v1{page}/save_answers", {"own_99": "x", "own_5": [{"c9": 1}]})
    assert set(unknown.json()["fields"]) == {"own_99", "own_5"}
    too_many = await browser.call(f"/api/v1{page}/save_answers", {"own_5": [{"c1": "x"}] * 4})
    assert too_many.json()["fields"]["own_5"]["sentence"] == "Skriv høyst 3 rader."
    kept = await browser.call(f"/api/v1{page}/save_answers", {"own_5": [{"c1": "x"}, {}], "own_3": 4})
    assert kept.status_code == 200, kept.text
    assert (await row_of(act.database, application_id)).answers == {"own_3": 4, "own_5": [{"c1": "x"}]}


async def test_a_row_is_taken_out_without_javascript(browser: Browser, act: Acting) -> None:
    application_id = await begin(act, await asking_call(act))
    await browser.as_person(BY)
    page = f"/applications/{application_id}"
    rows = {"own_5-0-c1": "Kurs", "own_5-1-c1": "Reise", "own_5-2-c1": "Utstyr"}
    await browser.post(f"{page}/save_answers", {"version": 1, "section": "own", **rows, "own_5-remove": "1"}, page=page)
    assert (await row_of(act.database, application_id)).answers == {"own_5": [{"c1": "Kurs"}, {"c1": "Utstyr"}]}
    empty = dict.fromkeys(rows, "")
    await browser.post(f"{page}/save_answers", {"version": 2, "section": "own", **empty}, page=page)
    assert (await row_of(act.database, application_id)).answers == {}


def strict(text: str) -> None:
    """Raise for a page that is not whole, or has an id twice."""
    html5lib.HTMLParser(strict=True).parse(text)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids)), {each for each in ids if ids.count(each) > 1}
