"""Declared questions say what is missing and what is wrong, and every one has its texts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.texts.i18n import LANGUAGES, LOCALES, read_catalogue
from tests.workflows.samples import ANSWERS
from workflows.forms.application import APPLICATION_FORM
from workflows.forms.fields import Form, Question, faults, missing
from workflows.forms.report import BUDGETED
from workflows.forms.report import FORMS as REPORT_FORMS
from workflows.forms.review import REVIEW_FORM, criterion_questions
from workflows.places import PLACES
from workflows.rules import DEFAULT_RULES

FORMS = (APPLICATION_FORM, REVIEW_FORM, *REPORT_FORMS.values(), *BUDGETED.values())

EVERY_KIND = Form(
    name="sample",
    version=1,
    questions=(
        Question(key="line", kind="text", section="a", max_length=5),
        Question(key="words", kind="long_text", section="a", max_length=10),
        Question(key="one", kind="choice", section="a", choices=("x", "y")),
        Question(key="some", kind="choices", section="b", choices=("x", "y")),
        Question(key="number", kind="number", section="b", minimum=-5, maximum=5),
        Question(key="ore", kind="money", section="b", minimum=100),
        Question(key="hours", kind="hours", section="b"),
        Question(key="day", kind="date", section="b"),
        Question(key="yes", kind="yes_no", section="b", required=True),
        Question(key="why", kind="text", section="b", required=True, asked_when=("some", "x")),
    ),
)


@pytest.mark.parametrize(
    ("key", "answer", "code"),
    [
        ("line", "short", None),
        ("line", "longer", "form.too_long"),
        ("line", "a\nb", "form.control_characters"),
        ("line", 5, "form.wrong_form"),
        ("words", "a\nb\tc", None),
        ("words", "a\x00b", "form.control_characters"),
        ("words", "a\u202eb", "form.control_characters"),
        ("words", "<b>", None),
        ("one", "x", None),
        ("one", "z", "form.not_a_choice"),
        ("some", ["x", "y"], None),
        ("some", ["x", "z"], "form.not_a_choice"),
        ("some", "x", "form.not_a_choice"),
        ("number", "-4.5", None),
        ("number", Decimal("5"), None),
        ("number", 6, "form.too_large"),
        ("number", -6, "form.too_small"),
        ("number", "many", "form.not_a_number"),
        ("number", "NaN", "form.not_a_number"),
        ("number", True, "form.not_a_number"),
        ("number", 1.5, "form.not_a_number"),
        ("ore", 100, None),
        ("ore", 99, "form.too_small_ore"),
        ("ore", "100.5", "form.not_a_number"),
        ("ore", 10**12, "form.too_large_ore"),
        ("hours", 0, None),
        ("hours", -1, "form.negative"),
        ("hours", 10**9, "form.too_large"),
        ("day", "2026-02-28", None),
        ("day", date(2026, 2, 28), None),
        ("day", "2026-02-29", "form.not_a_date"),
        ("day", "1926-02-28", "form.not_a_date"),
        ("day", 20260228, "form.not_a_date"),
        ("yes", False, None),
        ("yes", "no", "form.not_a_choice"),
        ("unheard_of", "x", "form.unknown"),
        ("line", "", None),
        ("some", [], None),
    ],
)
def test_what_is_wrong_with_an_answer(key: str, answer: Any, code: str | None) -> None:
    found = faults(EVERY_KIND, {key: answer})
    assert {name: reason.code for name, reason in found.items()} == ({key: code} if code else {})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([question.key for question in EVERY_KIND.questions]), JSON))
def test_no_answer_breaks_the_form(answers: dict[str, Any]) -> None:
    assert set(faults(EVERY_KIND, answers)) <= set(answers)
    missing(EVERY_KIND, answers)


def test_what_must_be_answered_depends_on_the_answers() -> None:
    def lacking(answers: dict[str, Any], section: str = "") -> list[str]:
        return [str(reason.parameters["question"]) for reason in missing(EVERY_KIND, answers, section)]

    assert lacking({}) == ["yes"]
    assert lacking({"yes": False, "some": ["y"]}) == []
    assert lacking({"yes": False, "some": ["x"]}) == ["why"]
    assert lacking({}, "a") == [] and lacking({}, "b") == ["yes"]
    assert EVERY_KIND.sections == ("a", "b")


def test_the_sample_application_is_whole() -> None:
    assert missing(APPLICATION_FORM, ANSWERS) == () and faults(APPLICATION_FORM, ANSWERS) == {}


def test_accounts_are_asked_for_where_money_is_reported() -> None:
    asked = {kind: [each.key for each in form.questions if each.kind == "money"] for kind, form in REPORT_FORMS.items()}
    assert asked == {"interim": [], "yearly": ["spent_ore"], "final": ["spent_ore", "returned_ore"]}
    with pytest.raises(LookupError):
        REPORT_FORMS["final"].question("unheard_of")


def test_a_score_keeps_to_the_scale_of_the_rules() -> None:
    score, reason = criterion_questions(DEFAULT_RULES.reviews)
    form = Form(name="review", version=1, questions=(score, reason))
    assert faults(form, {"score": 6})["score"].code == "form.too_large"
    assert faults(form, {"score": 5, "reason": "Godt."}) == {}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_question_hangs_together(form: Form) -> None:
    keys = [question.key for question in form.questions]
    assert len(set(keys)) == len(keys)
    for question in form.questions:
        assert question.place in PLACES
        assert bool(question.choices) == (question.kind in ("choice", "choices"))
        assert question.max_length or question.kind not in ("text", "long_text")
        if question.asked_when:
            other, wanted = question.asked_when
            assert wanted in (form.question(other).choices or (True, False))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_has_its_texts(language: str) -> None:
    texts = read_catalogue(LOCALES / language)
    for form in FORMS:
        questions = (*form.questions, *(criterion_questions(DEFAULT_RULES.reviews) if form is REVIEW_FORM else ()))
        for question in questions:
            label = form.label(question)
            wanted = [label, f"{label}.help", f"section.{form.name}.{question.section}"]
            wanted += [form.choice_label(question, choice) for choice in question.choices]
            assert [key for key in wanted if key not in texts] == []
