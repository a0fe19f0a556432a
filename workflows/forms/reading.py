"""From what is typed in the fields of a form to answers, as they are kept; what cannot be read is said beside its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.engine import Reason
from workflows.forms.fields import Question, cell_name, is_empty
from workflows.typed import Unreadable, day_from, number_from, whole_from

Typed = Mapping[str, Sequence[str]]
"""The fields of a form by their names, each with the texts that were sent under it."""

MOST_DIGITS = 100
REMOVE = "remove"
"""The field `key-remove` of a table names the row that is to go, counted from 0."""


def is_sum(amount: Decimal) -> bool:
    """Whether a number is one of kroner and øre.

    Whoever types 12.500 means no twelve and a half kroner, and a number of more digits than anybody counts is not even
    multiplied.
    """
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -2 and amount.adjusted() < MOST_DIGITS


def ore_from(text: str) -> int:
    """Øre from kroner as people type them: "500 000", "12 500,50", "kr 40"; Unreadable for anything else."""
    cleaned = text.strip().lower().removeprefix("kr").removesuffix("kroner").removesuffix("kr").strip().strip(".")
    amount = number_from(cleaned)
    if not is_sum(amount):
        raise Unreadable("form.not_a_number")
    return int(amount * 100)


def answer_from(question: Question, texts: Sequence[str]) -> Any:
    """One answer out of what was typed, None for nothing; Unreadable where it is none of its kind."""
    if question.kind == "choices":
        return list(dict.fromkeys(text for text in texts if text)) or None
    text = texts[-1].replace("\r\n", "\n").strip() if texts else ""
    if not text:
        return None
    match question.kind:
        case "number":
            return f"{number_from(text):f}"
        case "hours":
            return whole_from(text)
        case "date":
            return day_from(text).isoformat()
        case "money":
            return ore_from(text)
        case "yes_no":
            return text == "yes" if text in ("yes", "no") else text
    return text


def is_typed(question: Question, typed: Typed) -> bool:
    """Whether a form has sent anything about the question; boxes without a tick send nothing."""
    if question.kind == "table":
        return any(name.startswith(f"{question.key}-") for name in typed)
    return question.key in typed


def rows_from(question: Question, typed: Typed) -> tuple[list[dict[str, Any]], dict[str, Reason]]:
    """The rows of a table in their order, empty ones among them, and what could not be read, by the cells' names."""
    pattern = re.compile(rf"{re.escape(question.key)}-(\d{{1,4}})-")
    numbers = sorted({int(found.group(1)) for name in typed if (found := pattern.match(name))})
    dropped = set(typed.get(f"{question.key}-{REMOVE}", ()))
    rows: list[dict[str, Any]] = []
    wrong: dict[str, Reason] = {}
    for number in range(numbers[-1] + 1 if numbers else 0):
        row: dict[str, Any] = {}
        for column in question.columns if str(number) not in dropped else ():
            name = cell_name(question, number, column)
            try:
                cell = answer_from(column, typed.get(name, ()))
            except Unreadable as error:
                wrong[name] = error.reason
                continue
            if cell is not None:
                row[column.key] = cell
        rows.append(row)
    return rows, wrong


def filled(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that say anything."""
    return [row for row in rows if any(not is_empty(cell) for cell in row.values())]


def answers_from(
    questions: Iterable[Question], typed: Typed, *, whole: bool
) -> tuple[dict[str, Any], dict[str, Reason]]:
    """Answers by key, None for one that was taken away, and what could not be read by the names of the fields.

    The rows of a table are as they were typed, empty ones too, so that what is wrong is said in its row. Of `whole`
    forms boxes without a tick are an answer too; files are kept elsewhere, and a retired question is not asked.
    """
    answers: dict[str, Any] = {}
    wrong: dict[str, Reason] = {}
    for question in questions:
        sent = is_typed(question, typed)
        boxes = whole and question.kind == "choices" and not question.retired
        if question.kind == "file" or not (sent or boxes):
            continue
        if question.kind == "table":
            answers[question.key], unread = rows_from(question, typed)
            wrong |= unread
            continue
        try:
            answers[question.key] = answer_from(question, typed.get(question.key, ()))
        except Unreadable as error:
            wrong[question.key] = error.reason
    return answers, wrong
