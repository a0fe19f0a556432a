"""An application and its receipt on paper: all that they say, in order, tagged, and for those alone who may read it."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.applications import service
from app.calls import service as calls
from app.core.database import Database
from app.demo.cast import World
from app.joining import service as joining
from tests.applications.drafts import ANSWERS, begin, send, write
from tests.calls.questions import EVERY_KIND, ask
from tests.calls_under_way import BEFORE, DURING, Acting, publish_call, write_call
from tests.conftest import Browser, MovingClock
from tests.files.samples import PDF
from tests.pdfs import assert_in_order, tagged_languages, words_of

BY, THEIRS = "lillestrom.coordinator", "klepp_time"
OWN_ANSWERS = {
    "own_1": "o1", "own_2": "Kort <svar>", "own_3": "-1.5", "own_4": 125_050, "own_7": ("o2", "o1"),
    "own_8": "2027-03-01", "own_5": ({"c1": "Kurs", "c2": 1_200_000, "c3": "2027-04-01"},),
}  # fmt: skip


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def asking_call(act: Acting) -> UUID:
    """A published call that asks in every way."""
    call_id = await write_call(act)
    await ask(act, call_id, *EVERY_KIND, at=BEFORE)
    await act("case_handler", calls.publish, call_id, at=BEFORE)
    return call_id


async def test_the_application_as_pdf_says_all_of_it_in_order(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await asking_call(act), **OWN_ANSWERS)
    base = f"/applications/{application_id}"
    await browser.as_person(BY)
    await browser.get("/sign-in")
    sent = await browser.http.post(
        f"/api/v1{base}/add_file", files={"file": ("Årsplan 2027.pdf", PDF)},
        headers={"x-csrftoken": browser.http.cookies.get("csrf") or ""},
    )  # fmt: skip
    assert sent.status_code == 200
    for where in (base, f"{base}/print"):
        assert f'href="{base}/application.pdf"' in (await browser.get(where)).text
    browser.http.cookies.set("language", "nn")
    answer = await browser.get(f"{base}/application.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    reference = (await browser.get(f"/api/v1{base}")).json()["reference"]
    assert answer.headers["content-disposition"] == f'inline; filename="{reference}.pdf"'
    words = words_of(answer.content, "nn")
    assert "Kven får gevinsten? Innbyggjarar" in words
    assert_in_order(
        words,
        [
            "Nav Lillestrøm", reference, ANSWERS["problem_statement"], "Kladd", "400 000 kroner",
            "Problemstilling", ANSWERS["background"], ANSWERS["need"], "Korte møter hver uke", "A nn", "Kort <svar>",
            "1,5", "1 250,50 kroner", "Kurs", "12 000 kroner", "1. april 2027", "D nn, C nn", "1. mars 2027",
            "Flere unge i jobb", act.world.people[BY].name, "koordinator 4 Er med", "Leiaren står bak", "stilte seg bak",
            "Årsplan 2027.pdf 1 kB",
        ],
    )  # fmt: skip
    assert "nb" in tagged_languages(answer.content), "what is written in bokmål is read aloud in bokmål"


async def test_the_receipt_as_pdf_names_time_person_and_fingerprint(browser: Browser, act: Acting) -> None:
    call_id = await publish_call(act)
    application_id, draft = await send(act, call_id), await write(act, call_id)
    await browser.as_person("lillestrom.counsellor")
    page = await browser.get(f"/applications/{application_id}/receipt")
    assert f"/applications/{application_id}/receipt.pdf" in page.text
    answer = await browser.get(f"/applications/{application_id}/receipt.pdf")
    fingerprint = (await browser.get(f"/api/v1/applications/{application_id}")).json()["content_hash"]
    words = words_of(answer.content, "nb")
    assert_in_order(words, ["Nav Lillestrøm", "10. september 2026 kl. 11.00", act.world.people[BY].name])
    assert fingerprint in words.replace(" ", "")
    assert (await browser.get(f"/applications/{draft}/receipt.pdf")).status_code == 404, "nothing was sent"


async def test_two_offices_stand_on_paper_together(browser: Browser, act: Acting) -> None:
    call_id = await publish_call(act)
    ours, theirs = await write(act, call_id), await begin(act, call_id, THEIRS)
    await act(f"{THEIRS}.leader", joining.seek_partners, theirs, summary="Unge faller ut av skolen.")
    row = await act(
        "lillestrom.leader", joining.propose_joining, ours, to_case_id=theirs, keep="ours", message="Vil dere?"
    )
    await act(f"{THEIRS}.leader", joining.accept, row.id)
    await act("lillestrom.leader", service.endorse, ours)
    await browser.as_person(f"{THEIRS}.leader")
    words = words_of((await browser.get(f"/applications/{ours}/application.pdf")).content, "nb")
    assert_in_order(words, ["Nav Lillestrøm + Nav Klepp-Time", "lederen ved det andre mangler", "stilte seg bak"])
    assert "lederen ved det andre mangler" in (await browser.get(f"/applications/{ours}")).text
    await act(f"{THEIRS}.leader", service.endorse, ours)
    page = (await browser.get(f"/applications/{ours}")).text
    for office in ("lillestrom", THEIRS):
        assert f"{act.world.people[f'{office}.leader'].name} stilte seg bak" in page


async def test_paper_is_for_those_who_may_read_the_application(browser: Browser, act: Acting) -> None:
    call_id = await publish_call(act)
    draft, sent = await write(act, call_id), await send(act, call_id)
    for who, status in (("grunerlokka.leader", 404), ("case_handler", 404), ("county.ost_viken", 404)):
        await browser.as_person(who)
        assert (await browser.get(f"/applications/{draft}/application.pdf")).status_code == status, who
    for what in ("application.pdf", "receipt.pdf"):
        for who, status in (("grunerlokka.leader", 404), ("case_handler", 200), ("county.ost_viken", 200)):
            await browser.as_person(who)
            assert (await browser.get(f"/applications/{sent}/{what}")).status_code == status, who
