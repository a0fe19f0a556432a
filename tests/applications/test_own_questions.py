"""The questions of a call's own in an application: asked, answered, missing, wrong, read, and bound to their version."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import html5lib
import httpx
import pytest
from sqlalchemy import select

from app.applications import service
from app.applications.facts import APPLICATION
from app.applications.models import Application, Receipt
from app.calls import service as calls
from app.core.database import Database
from app.demo.cast import World
from app.files.models import File
from app.reviews import service as reviews
from tests.applications.drafts import begin, write
from tests.applications_under_way import ALL_HOLD
from tests.calls.questions import EVERY_KIND, ask, fields
from tests.calls_under_way import BEFORE, DURING, Acting, write_call
from tests.conftest import Browser, MovingClock
from workflows.application import every_question_answered
from workflows.engine import Act

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


async def test_a_file_answers_its_question(browser: Browser, act: Acting) -> None:
    application_id = await begin(act, await asking_call(act))
    await browser.as_person(BY)
    page = f"/applications/{application_id}"

    async def attach(
        key: str, name: str = "budsjett.csv", content: bytes = b"post;sum\nkurs;12000\n"
    ) -> httpx.Response:
        shown = (await browser.get(page)).text
        token = re.findall(r'name="_csrf_token" value="([^"]+)"', shown)[0]
        return await browser.http.post(
            f"{page}/add_file", data={"_csrf_token": token, "_page": page, "key": key}, files={"file": (name, content)}
        )

    sent = await attach("own_6")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{page}#own")
    shown = (await browser.get(page)).text
    strict(shown)
    assert "budsjett.csv" in shown.partition('id="own"')[2].partition('id="attachments"')[0]
    assert "budsjett.csv" not in shown.partition('id="attachments"')[2].partition('id="timeline"')[0], (
        "it stands with its question"
    )
    assert "budsjett.csv" in (await browser.get(f"{page}/print")).text
    for key in ("own_6", "own_1", "own_99"):
        assert (await attach(key, "annet.csv")).status_code == 409, key
    again = await attach("own_6", "annet.csv")
    assert "Legg ved høyst 1 filer." in again.text.partition('id="answer-own_6-error"')[2][:600]
    strict(again.text)
    empty = await attach("own_6", "tom.csv", b"")
    assert empty.status_code in (409, 422)
    api = (await browser.get(f"/api/v1{page}/files")).json()
    assert [(each["name"], each["question"]) for each in api] == [("budsjett.csv", "own_6")]
    file_id = api[0]["id"]
    await browser.post(f"/files/{file_id}/remove", {"_next": f"{page}#own"}, page=page)
    assert (await attach("own_6", "annet.csv")).status_code == 303


async def test_a_file_that_must_be_there_is_missing_until_it_is(act: Acting, browser: Browser) -> None:
    call_id = await asking_call(act, {"kind": "file", **fields("Budsjett", required=True, least=2)})
    application_id = await write(act, call_id)
    async with act.database.unit_of_work() as uow:
        row = await uow.session.get_one(Application, application_id)
        person = act.world.people[BY].id

        async def missing() -> list[str]:
            facts = await APPLICATION.facts(uow, row)
            return [reason.code for reason in every_question_answered.check(facts, Act(now=uow.now, roles=frozenset()))]

        assert await missing() == ["form.question_unanswered"]
        for number, after in enumerate((["form.too_few_files"], [])):
            uow.session.add(File(
                case_id=application_id, subject="application", key="own_1", name=f"{number}.csv", size=1, sha256="x",
                content_type="text/csv", object_key=f"{application_id}/{number}", uploaded_by=person, uploaded_at=uow.now,
                state="clean",
            ))  # fmt: skip
            await uow.session.flush()
            assert await missing() == after


async def test_a_reader_sees_the_words_and_a_receipt_keeps_what_counts(browser: Browser, act: Acting) -> None:
    call_id = await asking_call(
        act, EVERY_KIND[0], EVERY_KIND[1], {"kind": "choices", **fields("Flere", choices=["C", "D"])}
    )
    application_id = await write(act, call_id, own_1="o1", own_2="Ikke lenger sagt", own_3=["o1", "o2"])
    await act(BY, service.save_answers, application_id, own_1="o2")
    await act("lillestrom.leader", service.endorse, application_id)
    await act(BY, service.submit, application_id)
    await act("case_handler", service.begin_screening, application_id)
    await act("case_handler", service.judge, application_id, **ALL_HOLD)
    await act("case_handler", service.find_complete, application_id)
    review = await act("case_handler", reviews.assign, case_id=application_id,
                       reviewer_id=act.world.people["reviewer_one"].id)  # fmt: skip
    await act("reviewer_one", reviews.declare, review.id, impartial=True)
    for who, path in (("case_handler", f"/applications/{application_id}"), ("reviewer_one", f"/reviews/{review.id}"),
                      ("case_handler", f"/applications/{application_id}/print")):  # fmt: skip
        await browser.as_person(who)
        page = (await browser.get(path)).text
        assert "Valg nb" in page and "&lt;B&gt; nb" in page and "C nb, D nb" in page, path
        assert "Ikke lenger sagt" not in page, "nobody is shown what is no longer asked"
    async with act.database.reading() as uow:
        content = await uow.session.scalar(select(Receipt.content).where(Receipt.case_id == application_id))
    assert content is not None
    assert (content["call_form_version"], content["answers"]["own_1"], "own_2" in content["answers"]) == (
        1,
        "o2",
        False,
    )
    api = (await browser.get(f"/api/v1/applications/{application_id}")).json()
    assert "own_2" not in api["answers"]
