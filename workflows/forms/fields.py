"""The kinds of questions, and what is missing or wrong in the answers to them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from workflows.engine import Reason
from workflows.money import MOST_ORE as MOST_ORE
from workflows.roles import Role
from workflows.wording import Wording

Kind = Literal[
    "text", "long_text", "choice", "choices", "number", "money", "hours", "date", "yes_no", "file", "table"
]  # fmt: skip

Answers = Mapping[str, Any]
"""Answers by key: text as str, choices as a list of str, money as øre and hours as int, dates as ISO strings, yes
and no as bool, other numbers as text with a decimal point or int, files as a list of their ids, a table as a list of
rows, each with its cells by the keys of the columns. None, an empty text and an empty list are no answer.
"""

MOST_HOURS = 100_000
MOST_NUMBER = 1_000_000_000
FIRST_DAY = date(2015, 1, 1)
LAST_DAY = date(2099, 12, 31)

COUNTED: dict[str, str] = {"choices": "choices", "file": "files", "table": "rows"}
"""Kinds whose answers are several things, and what those are called in the codes of reasons."""
MOST_COUNTED = {"file": 10, "table": 50}

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Characters that nobody types on purpose; a text may have tabs and line breaks."""


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question; its label and help stand in the translations under question.<form>.<key> and ….help.

    A question that a call asks itself brings its words with it instead. The limits are those of the kind: characters,
    the least and most of a number, rows of a table, files.
    """

    key: str
    kind: Kind
    section: str = ""
    required: bool = False
    asked_when: tuple[str, Any] | None = None
    """Key of another question and the answer to it with which this one is asked; without one it always is."""
    max_length: int = 0
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    columns: tuple[Question, ...] = ()
    """What is asked in each row of a table."""
    place: str = ""
    who: tuple[Role, ...] = ()
    words: Words | None = None
    retired: bool = False
    """It is no longer asked; what has been answered to it still stands."""

    def column(self, key: str) -> Question:
        """The column of that key; LookupError where the table has none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise LookupError(f"the table {self.key} has no column {key!r}")


class Words(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a question of a call's own says: its label, what helps to answer it, and its choices by their keys."""

    label: Wording = Wording()
    help: Wording = Wording()
    choices: dict[str, Wording] = {}


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

    def asked(self, answers: Answers) -> frozenset[str]:
        """The keys of the questions that are put, given the answers.

        A question waits for those before it alone, so that no two can wait for each other.
        """
        found: set[str] = set()
        for question in self.questions:
            if not question.retired and _holds(question.asked_when, answers, found):
                found.add(question.key)
        return frozenset(found)

    def counted(self, answers: Answers) -> dict[str, Any]:
        """The answers that stand: without those to questions that other answers have made idle."""
        asked = self.asked(answers)
        idle = {question.key for question in self.questions if question.key not in asked and not question.retired}
        return {key: answer for key, answer in answers.items() if key not in idle}

    def label(self, question: Question) -> str | Wording:
        """The question's text: its key in the translations, or words of the call's own."""
        return question.words.label if question.words else f"question.{self.name}.{question.key}"

    def help(self, question: Question) -> str | Wording:
        """What helps to answer the question; words of the call's own may be empty."""
        return question.words.help if question.words else f"question.{self.name}.{question.key}.help"

    def choice_label(self, question: Question, choice: str) -> str | Wording:
        """The text of one of the question's choices."""
        if question.words:
            return question.words.choices.get(choice, Wording(nb=choice))
        return f"question.{self.name}.{question.key}.{choice}"


def _holds(condition: tuple[str, Any] | None, answers: Answers, asked: Container[str]) -> bool:
    if condition is None:
        return True
    key, wanted = condition
    if key not in asked:
        return False
    given = answers.get(key)
    return wanted in given if isinstance(given, list | tuple) else bool(given == wanted)


def is_empty(answer: Any) -> bool:
    """Whether there is no answer; 0 and no are answers."""
    if isinstance(answer, str):
        return not answer.strip()
    return answer is None or (isinstance(answer, list | tuple) and not answer)


def missing(form: Form, answers: Answers, section: str = "") -> tuple[Reason, ...]:
    """One reason for each question that must be answered and is not; of one section where it is named."""
    asked = form.asked(answers)
    return tuple(
        reason
        for question in form.questions
        if question.key in asked and (not section or question.section == section)
        for reason in _missing_in(form, question, answers.get(question.key))
    )


def _missing_in(form: Form, question: Question, answer: Any) -> Iterator[Reason]:
    def lacks(code: str, **parameters: str | int | Wording) -> Reason:
        said = {"question_key": form.label(question), "question": question.key, **parameters}
        return Reason(code=code, parameters=said, place=question.place, who=question.who)

    if is_empty(answer):
        if question.required:
            yield lacks("form.question_unanswered")
        return
    if question.kind not in COUNTED or not isinstance(answer, list | tuple):
        return
    if len(answer) < (question.minimum or 0):
        yield lacks(f"form.too_few_{COUNTED[question.kind]}", least=question.minimum or 0, count=len(answer))
    if question.kind == "table":
        for number, row in enumerate(answer, start=1):
            for column in question.columns:
                if column.required and isinstance(row, Mapping) and is_empty(row.get(column.key)):
                    yield lacks("form.cell_empty", column_key=form.label(column), row=number)


def faults(form: Form, answers: Answers) -> dict[str, Reason]:
    """What is wrong with the answers that are given, by the name of the field; an answer to no question is a fault too.

    The field of a question has its key for a name, that of a cell `cell_name`.
    """
    found: dict[str, Reason] = {}
    known = {question.key: question for question in form.questions}
    for key, answer in answers.items():
        if key not in known:
            found[key] = Reason(code="form.unknown")
        elif not is_empty(answer):
            for name, reason in _named_faults(known[key], answer):
                found.setdefault(name, reason)
    return found


def cell_name(question: Question, row: int, column: Question) -> str:
    """The name of the field of a cell of a table, rows counted from 0."""
    return f"{question.key}-{row}-{column.key}"


def _named_faults(question: Question, answer: Any) -> Iterator[tuple[str, Reason]]:
    if question.kind != "table":
        for reason in _faults_of(question, answer):
            yield question.key, reason
        return
    if not isinstance(answer, list | tuple) or not all(isinstance(row, Mapping) for row in answer):
        yield question.key, Reason(code="form.wrong_form")
        return
    if len(answer) > most_of(question):
        yield question.key, Reason(code="form.too_many_rows", parameters={"most": most_of(question)})
    known = {column.key: column for column in question.columns}
    for number, row in enumerate(answer):
        for key, cell in row.items():
            if key not in known:
                yield question.key, Reason(code="form.unknown")
            elif not is_empty(cell):
                for reason in _faults_of(known[key], cell):
                    yield cell_name(question, number, known[key]), reason


def most_of(question: Question) -> int:
    """The most rows or files that a question takes."""
    return MOST_COUNTED[question.kind] if question.maximum is None else question.maximum


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
            elif question.maximum is not None and len(answer) > question.maximum:
                yield Reason(code="form.too_many_choices", parameters={"most": question.maximum})
        case "date":
            yield from _date_faults(answer)
        case "yes_no":
            if not isinstance(answer, bool):
                yield Reason(code="form.not_a_choice")
        case "number" | "money" | "hours":
            yield from _number_faults(question, answer)
        case "file":
            if not isinstance(answer, list | tuple):
                yield Reason(code="form.wrong_form")
            elif len(answer) > most_of(question):
                yield Reason(code="form.too_many_files", parameters={"most": most_of(question)})
        case "table":  # a table in a cell
            yield Reason(code="form.wrong_form")


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
