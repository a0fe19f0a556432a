"""Letters: every field that an award must have, in the office's own written form, the same on the page and in the PDF."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pypdf
import pytest
from sqlalchemy import select

from app.core.database import Database
from app.decisions.jobs import make_letter_pdf
from app.decisions.letters import Fields, fingerprint
from app.decisions.models import Letter
from app.decisions.pdf import pdf_of
from app.demo.cast import World
from tests.applications_under_way import Led
from tests.conftest import MovingClock

AWARD = {
    "reasons", "scores", "purpose", "amount", "instrument", "period", "conditions", "reporting", "payment", "control",
    "breach", "personal_data", "acceptance", "appeal", "contact", "decided_by",
}  # fmt: skip


@pytest.fixture
def led(database: Database, world: World) -> Led:
    return Led(database, world)


@pytest.fixture
async def call_id(led: Led, clock: MovingClock) -> UUID:
    found = await led.call()
    clock.moved = timedelta(minutes=1)
    return found


async def letter_of(led: Led, decision_id: UUID) -> tuple[Letter, Fields]:
    async with led.database.reading() as uow:
        letter = (await uow.session.scalars(select(Letter).where(Letter.decision_id == decision_id))).one()
        return letter, msgspec.convert(letter.fields, Fields)


@pytest.mark.parametrize(
    ("office", "language", "sentence"),
    [
        ("lillestrom", "nb", "Lederen må ta imot tildelingen i Drivkraft innen 21 dager."),
        ("hareid_ulstein_sande", "nn", "Leiaren må ta imot tildelinga i Drivkraft innan 21 dagar."),
    ],
)
async def test_an_award_says_all_that_it_must(
    led: Led, call_id: UUID, office: str, language: str, sentence: str
) -> None:
    letter, fields = await letter_of(led, await led.decided(call_id, office))
    assert letter.language == fields.language == language
    assert {part.key for part in fields.parts} == AWARD
    assert all(part.paragraphs or part.rows for part in fields.parts), "no part stands empty"
    assert sentence in str(fields)
    by_key = {part.key: part for part in fields.parts}
    assert by_key["amount"].rows[0][1] == "400\u00a0000\u00a0kroner"
    assert [sum_ for _, sum_ in by_key["payment"].rows] == [
        "160\u00a0000\u00a0kroner", "160\u00a0000\u00a0kroner", "80\u00a0000\u00a0kroner",
    ]  # fmt: skip
    assert "Birger Budsjett" in by_key["decided_by"].paragraphs[0]
    assert "Kari Saksvik" in by_key["contact"].paragraphs[0]
    assert letter.content_hash == fingerprint(fields)
    assert "Vegard Vurdal" not in str(fields), "the applicant sees the scores, not whose they are"


@pytest.mark.parametrize(
    ("outcome", "kind", "more"), [("rejected", "rejection", set()), ("waitlisted", "waitlist", {"waiting"})]
)
async def test_other_outcomes_have_reasons_and_the_way_to_try_again(
    led: Led, call_id: UUID, outcome: str, kind: str, more: set[str]
) -> None:
    decision_id = await led.decided(call_id, outcome=outcome, amount_ore=None, hours=None)
    letter, fields = await letter_of(led, decision_id)
    assert letter.kind == kind
    assert {part.key for part in fields.parts} == {"reasons", "scores", "appeal", "contact", "decided_by"} | more
    assert fields.parts[0].paragraphs == ("Dere viser et reelt behov.", "Teamet har tid.")


async def test_the_pdf_says_the_same_is_tagged_and_knows_its_language(led: Led, call_id: UUID) -> None:
    letter, fields = await letter_of(led, await led.decided(call_id, "hareid_ulstein_sande"))
    async with led.database.unit_of_work() as uow:
        await make_letter_pdf(uow, {"letter_id": str(letter.id)})
    async with led.database.reading() as uow:
        kept = await uow.session.scalar(select(Letter.pdf).where(Letter.id == letter.id))
    assert kept is not None
    assert kept == await pdf_of(fields), "the same fields give the same file"
    reader = pypdf.PdfReader(io.BytesIO(kept))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"].startswith("nn")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"] is not None
    assert b"pdfuaid" in kept or "pdfuaid" in str(root["/Metadata"].get_data())
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split()).replace("\u00a0", " ")
    plain = [fields.subject, fields.lead, *(part.heading for part in fields.parts)]
    plain += [text for part in fields.parts for text in part.paragraphs]
    plain += [value for part in fields.parts for _, value in part.rows]
    lacking = [text for text in plain if " ".join(text.split()).replace("\u00a0", " ") not in words]
    assert not lacking
