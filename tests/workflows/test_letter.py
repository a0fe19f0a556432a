"""What a letter's text may and must say, and that nothing but its places is ever read from it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.letters.making import default_wording
from tests.workflows.walk import codes
from workflows.letter import (
    DECIDED,
    GIVING,
    PLACEHOLDERS,
    Block,
    LetterKind,
    Part,
    Values,
    faults_of,
    filled,
    held_reasons,
    known_to,
    names_in,
    paragraphs,
    parts_of,
)
from workflows.rules import LANGUAGES

G22 = {
    "purpose", "amount", "instrument", "period", "conditions", "reporting", "payment", "control", "breach", "contact",
    "decided_by",
}  # fmt: skip
"""What a letter of award must have, beside the reasons (G21) and the way to try it again (G30)."""


def values(kind: LetterKind) -> Values:
    return {
        each.name: Block(paragraphs=(f"<{each.name}>",), rows=(("a", "b"),)) if each.block else f"<{each.name}>"
        for each in known_to(kind)
    }


def faults(kind: LetterKind, body: str, subject: str = "Brev") -> dict[str, str]:
    return {field: reason.code for field, reason in faults_of(kind, subject, body)}


@pytest.mark.parametrize("kind", sorted(GIVING))
def test_an_award_must_say_all_that_the_rule_names(kind: LetterKind) -> None:
    mandatory = {each.name for each in known_to(kind) if kind in each.mandatory}
    assert mandatory == G22 | {"reasons", "appeal", "days_to_accept"}


@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_must_have_reasons_and_somebody_to_ask(kind: LetterKind) -> None:
    mandatory = {each.name for each in known_to(kind) if kind in each.mandatory}
    assert {"reasons", "contact"} <= mandatory
    assert kind == LetterKind.DECLINED or "decided_by" in mandatory
    assert kind not in DECIDED or "appeal" in mandatory


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scheme_has_a_sound_text_of_its_own_for_every_letter(kind: LetterKind, language: str) -> None:
    wording = default_wording(kind, language)
    assert faults(kind, wording.body, wording.subject) == {}
    parts = parts_of(wording.body, values(kind))
    assert parts[0].heading == "" and len(parts) > 3
    assert all(part.paragraphs or part.rows for part in parts)


def test_the_three_languages_say_the_same_things() -> None:
    for kind in LetterKind:
        names = {names_in(default_wording(kind, language).body) for language in LANGUAGES}
        assert len(names) == 1, kind


@pytest.mark.parametrize("kind", LetterKind)
def test_each_mandatory_thing_that_is_left_out_is_named(kind: LetterKind) -> None:
    wording = default_wording(kind, "nb")
    for each in known_to(kind):
        if kind in each.mandatory:
            found = dict(faults_of(kind, wording.subject, wording.body.replace("{" + each.name + "}", "")))
            assert found["body_lacks"].parameters["names"] == "{" + each.name + "}"


def test_everything_that_is_wrong_is_said_at_once() -> None:
    body = "{navn} {reasons}\n\n{payment} {{7*7}}"
    assert faults(LetterKind.REJECTION, body, "{scores}") == {
        "subject": "letter.block_within_text", "body": "letter.unknown_placeholder",
        "body_lacks": "letter.placeholder_missing", "body_place": "letter.block_within_text",
    }  # fmt: skip
    found = dict(faults_of(LetterKind.REJECTION, "Brev", body))
    assert found["body"].parameters["names"] == "{navn}, {payment}, {7*7}"


@pytest.mark.parametrize("text", ["{", "}", "{a{b}", "{ny\nlinje}", "{{}"])
def test_a_loose_brace_is_refused(text: str) -> None:
    assert "subject" in faults(LetterKind.DECLINED, "", text)


@given(st.text(max_size=300))
def test_any_text_is_either_refused_or_read(text: str) -> None:
    kind = LetterKind.DECLINED
    wrong = {field for field, _ in faults_of(kind, text, text)} - {"body_lacks"}
    if not wrong:
        assert filled(text, values(kind)) is not None
        for part in parts_of(text, values(kind)):
            assert part.heading or part.paragraphs or part.rows


@given(st.text(max_size=80))
def test_what_is_filled_in_is_never_read_as_a_text_of_its_own(value: str) -> None:
    given_values: Values = {"title": value, "reasons": Block(paragraphs=(value,))}
    assert filled("«{title}»", given_values) == f"«{value}»"
    assert parts_of("{reasons}", given_values) == (Part(paragraphs=(value,)),)


def test_a_section_in_which_nothing_is_said_is_left_out_with_its_heading() -> None:
    body = "Hei {title}.\n\n## Poeng\n\n{scores}\n\n## Kontakt\nRing {contact}."
    made = parts_of(body, {"title": "du", "scores": Block(), "contact": "oss"})
    assert made == (Part(paragraphs=("Hei du.",)), Part(heading="Kontakt", paragraphs=("Ring oss.",)))


def test_what_goes_on_behind_a_table_has_no_heading_of_its_own() -> None:
    made = parts_of("## Plan\n\nFørst\n\n{payment}\n\nSist", {"payment": Block(rows=(("M0", "1"),))})
    assert made == (Part(heading="Plan", paragraphs=("Først",), rows=(("M0", "1"),)), Part(paragraphs=("Sist",)))


def test_paragraphs_are_parted_by_empty_lines_alone() -> None:
    assert paragraphs("a\r\nb\r\n\r\n \n c ") == ("a\nb", "c")


def test_no_letter_is_made_without_reasons() -> None:
    assert codes(held_reasons(" \n")) == ["letter.without_reasons"]
    assert not list(held_reasons("Fordi."))


def test_names_are_plain_words() -> None:
    assert all(re.fullmatch(r"[a-z_]+", name) for name in PLACEHOLDERS)
