"""The questions of a call's own in an application: asked, answered, missing, wrong, read, and bound to their version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.applications.models import Application
from app.calls import service as calls
from app.calls.models import Call
from app.core.database import Database
from app.demo.cast import World
from tests.applications.drafts import begin
from tests.calls_under_way import BEFORE, DURING, Acting, write_call
from tests.conftest import Browser, MovingClock

BY = "lillestrom.coordinator"
WORDS = {"nb": "nb", "nn": "nn", "en": "en"}


def words(label: str, **choices: str) -> dict[str, Any]:
    """Words in every language, each with the language behind it."""

    def each(text: str) -> dict[str, str]:
        return {language: f"{text} {language}" for language in WORDS}

    return {"label": each(label), "help": each(f"Hjelp til {label}"),
            "choices": {key: each(text) for key, text in choices.items()}}  # fmt: skip


QUESTIONS: list[dict[str, Any]] = [
    {"key": "own_1", "kind": "choice", "choices": ["o1", "o2"], "required": True, "words": words("Valg", o1="A", o2="<B>")},
    {"key": "own_2", "kind": "text", "max_length": 100, "required": True, "asked_when": ["own_1", "o1"],
     "words": words("Kort")},
    {"key": "own_3", "kind": "number", "minimum": -10, "words": words("Tall")},
    {"key": "own_4", "kind": "money", "words": words("Sum")},
    {"key": "own_5", "kind": "table", "minimum": 1, "maximum": 3, "required": True, "words": words("Tabell"), "columns": [
        {"key": "c1", "kind": "text", "max_length": 50, "required": True, "words": words("Hva")},
        {"key": "c2", "kind": "money", "words": words("Kroner")},
        {"key": "c3", "kind": "date", "words": words("Når")}]},
    {"key": "own_6", "kind": "file", "words": words("Vedlegg")},
    {"key": "own_7", "kind": "choices", "choices": ["o1", "o2"], "words": words("Flere", o1="C", o2="D")},
    {"key": "own_8", "kind": "date", "words": words("Dato")},
]  # fmt: skip


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def asking_call(act: Acting, questions: list[dict[str, Any]]) -> UUID:
    """A published call with questions of its own."""
    call_id = await write_call(act)
    async with act.database.unit_of_work() as uow:
        await uow.session.execute(update(Call).where(Call.id == call_id).values(questions=questions))
    await act("case_handler", calls.publish, call_id, at=BEFORE)
    return call_id


async def row_of(database: Database, application_id: UUID) -> Application:
    async with database.reading() as uow:
        return await uow.session.get_one(Application, application_id)


async def test_answers_are_typed_read_and_kept(browser: Browser, act: Acting) -> None:
    application_id = await begin(act, await asking_call(act, QUESTIONS))
    await browser.as_person(BY)
    page = f"/applications/{application_id}"
    first = (await browser.get(page)).text
    assert 'id="own"' in first and "Hjelp til Valg nb" in first and "&lt;B&gt; nb" in first
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
