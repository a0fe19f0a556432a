"""The kinds of questions, and what is missing or wrong in the answers to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from workflows.engine import Reason
from workflows.roles import Role

Kind = Literal["text", "long_text", "choice", "choices", "number", "money", "hours", "date", "yes_no"]

Answers = Mapping[str, Any]
"""Answers by key: text as str, choices as a list of str, money as øre and hours as int, dates as ISO strings, yes
and no as bool, other numbers as text with a decimal point or int. None, an empty text and an empty list are no answer.
"""

MOST_ORE = 100_000_000_000
MOST_HOURS = 100_000
MOST_NUMBER = 1_000_000_000
FIRST_DAY = date(2015, 1, 1)
LAST_DAY = date(2099, 12, 31)

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Characters that nobody types on purpose; a text may have tabs and line breaks."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question; its label and help stand in the translations under question.<form>.<key> and ….help."""

    key: str
    kind: Kind
    section: str
    required: bool = False
    required_when: tuple[str, Any] | None = None
    """Key of another question and the answer to it that makes this one required."""
    max_length: int = 0
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    place: str = ""
    who: tuple[Role, ...] = ()

    def is_asked(self, answers: Answers) -> bool:
        """Whether the question is put at all, given the other answers."""
        if self.required_when is None:
            return True
        key, wanted = self.required_when
        given = answers.get(key)
        return wanted in given if isinstance(given, list | tuple) else bool(given == wanted)

    def must_be_answered(self, answers: Answers) -> bool:
        """Whether an answer is needed, given the other answers."""
        return self.required or (self.required_when is not None and self.is_asked(answers))


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A set of questions in sections; the version counts up when a question is added, changed or taken away."""

    name: str
    version: int
    questions: tuple[Question, ...]

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections in the order of their first question."""
        return tuple(dict.fromkeys(question.section for question in self.questions))

    def of_section(self, section: str) -> tuple[Question, ...]:
        """The questions of one section."""
        return tuple(question for question in self.questions if question.section == section)

    def question(self, key: str) -> Question:
        """The question of that key; LookupError where the form has none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise LookupError(f"the form {self.name} has no question {key!r}")

    def label(self, question: Question) -> str:
        """The key of the question's text."""
        return f"question.{self.name}.{question.key}"

    def choice_label(self, question: Question, choice: str) -> str:
        """The key of the text of one of the question's choices."""
        return f"question.{self.name}.{question.key}.{choice}"


def is_empty(answer: Any) -> bool:
    """Whether there is no answer; 0 and no are answers."""
    if isinstance(answer, str):
        return not answer.strip()
    return answer is None or (isinstance(answer, list | tuple) and not answer)


def missing(form: Form, answers: Answers, section: str = "") -> tuple[Reason, ...]:
    """One reason for each question that must be answered and is not; of one section where it is named."""
    return tuple(
        Reason(
            code="form.question_unanswered",
            parameters={"question_key": form.label(question), "question": question.key},
            place=question.place,
            who=question.who,
        )
        for question in form.questions
        if (not section or question.section == section)
        and question.must_be_answered(answers)
        and is_empty(answers.get(question.key))
    )


def faults(form: Form, answers: Answers) -> dict[str, Reason]:
    """What is wrong with the answers that are given, by question; an answer to no question is a fault too."""
    found: dict[str, Reason] = {}
    known = {question.key: question for question in form.questions}
    for key, answer in answers.items():
        if key not in known:
            found[key] = Reason(code="form.unknown")
        elif not is_empty(answer):
            for reason in _faults_of(known[key], answer):
                found[key] = reason
                break
    return found


def _faults_of(question: Question, answer: Any) -> Iterator[Reason]:
    match question.kind:
        case "text" | "long_text":
            yield from _text_faults(question, answer)
        case "choice":
            if answer not in question.choices:
                yield Reason(code="form.not_a_choice")
        case "choices":
            if not isinstance(answer, list | tuple) or any(each not in question.choices for each in answer):
                yield Reason(code="form.not_a_choice")
        case "date":
            yield from _date_faults(answer)
        case "yes_no":
            if not isinstance(answer, bool):
                yield Reason(code="form.not_a_choice")
        case "number" | "money" | "hours":
            yield from _number_faults(question, answer)


def _text_faults(question: Question, answer: Any) -> Iterator[Reason]:
    if not isinstance(answer, str):
        yield Reason(code="form.wrong_form")
        return
    if question.max_length and len(answer) > question.max_length:
        yield Reason(code="form.too_long", parameters={"most": question.max_length, "typed": len(answer)})
    if CONTROL.search(answer) or (question.kind == "text" and "\n" in answer):
        yield Reason(code="form.control_characters")


def _date_faults(answer: Any) -> Iterator[Reason]:
    try:
        day = answer if isinstance(answer, date) else date.fromisoformat(answer)
    except (ValueError, TypeError):
        yield Reason(code="form.not_a_date")
        return
    if not FIRST_DAY <= day <= LAST_DAY:
        yield Reason(code="form.not_a_date")


def _number_faults(question: Question, answer: Any) -> Iterator[Reason]:
    number = _as_number(answer)
    if number is None or (question.kind in ("money", "hours") and number != number.to_integral_value()):
        yield Reason(code="form.not_a_number")
        return
    suffix = "_ore" if question.kind == "money" else ""
    most = question.maximum
    if most is None:
        most = {"money": MOST_ORE, "hours": MOST_HOURS}.get(question.kind, MOST_NUMBER)
    least = 0 if question.minimum is None else question.minimum
    if number < 0 <= least:
        yield Reason(code="form.negative")
    elif number < least:
        yield Reason(code=f"form.too_small{suffix}", parameters={f"least{suffix}": least})
    elif number > most:
        yield Reason(code=f"form.too_large{suffix}", parameters={f"most{suffix}": most})


def _as_number(answer: Any) -> Decimal | None:
    if isinstance(answer, bool) or not isinstance(answer, int | str | Decimal):
        return None
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
