"""Letters: all that they must say, in the office's own written form, the same on the page and in the PDF."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.decisions import service as decisions
from app.decisions.models import Letter
from app.letters.jobs import make_letter_pdf
from app.letters.making import Fields, fields_of, fingerprint, wording_of
from app.letters.pdf import pdf_of
from app.letters.sample import sample_ground
from app.texts import filters
from tests.applications_under_way import Led
from tests.conftest import MovingClock
from tests.pdfs import assert_in_order, words_of
from workflows.calendar import day_in_oslo
from workflows.letter import LetterKind
from workflows.reconsideration import asked_until
from workflows.rules import DEFAULT_RULES, LANGUAGES

AWARD = (
    "", "Begrunnelse", "Slik ble søknaden vurdert", "Formål", "Det dere får", "Slik gis midlene", "Periode", "Vilkår",
    "Rapportering", "Utbetalingsplan", "Kontroll", "Hvis vilkårene ikke blir oppfylt", "Personopplysninger",
    "Ta imot tildelingen", "Hvis dere er uenige", "Kontakt", "Hvem som har bestemt",
)  # fmt: skip


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
    assert len(fields.parts) == len(AWARD)
    if language == "nb":
        assert tuple(part.heading for part in fields.parts) == AWARD
    assert all(part.paragraphs or part.rows for part in fields.parts), "no part stands empty"
    assert sentence in str(fields)
    by_place = dict(zip(AWARD, fields.parts, strict=True))
    assert by_place["Det dere får"].rows[0][1] == "400\u00a0000\u00a0kroner"
    assert [sum_ for _, sum_ in by_place["Utbetalingsplan"].rows] == [
        "160\u00a0000\u00a0kroner", "160\u00a0000\u00a0kroner", "80\u00a0000\u00a0kroner",
    ]  # fmt: skip
    assert "Birger Budsjett" in by_place["Hvem som har bestemt"].paragraphs[0]
    assert "Kari Saksvik" in by_place["Kontakt"].paragraphs[0]
    assert letter.content_hash == fingerprint(fields)
    assert "Vegard Vurdal" not in str(fields), "the applicant sees the scores, not whose they are"


@pytest.mark.parametrize(
    ("outcome", "kind", "more"),
    [("rejected", "rejection", set()), ("waitlisted", "waitlist", {"Hva som skjer videre"})],
)
async def test_other_outcomes_have_reasons_and_the_way_to_try_again(
    led: Led, call_id: UUID, outcome: str, kind: str, more: set[str]
) -> None:
    decision_id = await led.decided(call_id, outcome=outcome, amount_ore=None, hours=None)
    letter, fields = await letter_of(led, decision_id)
    assert letter.kind == kind
    assert {part.heading for part in fields.parts} == {
        "", "Begrunnelse", "Slik ble søknaden vurdert", "Hvis dere er uenige", "Kontakt", "Hvem som har bestemt",
    } | more  # fmt: skip
    by_heading = {part.heading: part for part in fields.parts}
    assert by_heading["Begrunnelse"].paragraphs == ("Dere viser et reelt behov.", "Teamet har tid.")
    until = asked_until(DEFAULT_RULES, day_in_oslo(led.database.clock()))
    assert until is not None
    last = filters.day(day_in_oslo(until), "nb")
    assert by_heading["Hvis dere er uenige"].paragraphs[1] == f"Siste dag er {last}."


async def test_a_letter_is_dated_and_its_last_day_counted_from_the_day_it_is_sent(
    led: Led, call_id: UUID, clock: MovingClock
) -> None:
    decision_id = await led.decided(call_id, outcome="rejected", amount_ore=None, hours=None)
    _, made = await letter_of(led, decision_id)
    clock.moved += timedelta(days=9)
    await led("case_handler", decisions.release, decision_id)
    _, sent = await letter_of(led, decision_id)
    assert sent.dated_on == made.dated_on + timedelta(days=9)
    until = asked_until(DEFAULT_RULES, sent.dated_on)
    assert until is not None and filters.day(day_in_oslo(until), "nb") in str(sent.parts)
    assert str(sent.parts) != str(made.parts)


async def test_the_pdf_says_the_same_is_tagged_and_knows_its_language(led: Led, call_id: UUID) -> None:
    letter, fields = await letter_of(led, await led.decided(call_id, "hareid_ulstein_sande"))
    async with led.database.unit_of_work() as uow:
        await make_letter_pdf(uow, {"letter_id": str(letter.id)})
    async with led.database.reading() as uow:
        kept = await uow.session.scalar(select(Letter.pdf).where(Letter.id == letter.id))
    assert kept is not None
    assert kept == await pdf_of(fields), "the same fields give the same file"
    assert_reads_in_order(kept, fields)


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_letter_of_a_call_can_be_read_before_there_is_one(
    led: Led, call_id: UUID, kind: LetterKind, language: str
) -> None:
    async with led.database.reading() as uow:
        ground = await sample_ground(uow, call_id, kind, language)
        wording = await wording_of(uow, call_id, kind, language)
        fields = fields_of(ground, kind, wording, date(2026, 11, 25))
    assert "{" not in str(fields.subject) + str(fields.parts)
    assert fields.language == language
    assert_reads_in_order(await pdf_of(fields), fields)


def assert_reads_in_order(file: bytes, fields: Fields) -> None:
    """Tagged, in its language, and read from top to bottom in the order of the page, with nothing left out."""
    said = [*fields.recipient, fields.dated, fields.reference, fields.subject]
    for part in fields.parts:
        said += [part.heading, *part.paragraphs, *(f"{term}: {value}" for term, value in part.rows)]
    assert_in_order(words_of(file, fields.language), [*said, fields.signed_by, fields.sender])
