"""Building the questions of a call's own: how they are changed, and everything that keeps them from being published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from workflows.engine import Reason
from workflows.forms.application import APPLICATION_FORM
from workflows.forms.fields import Kind, Question, Words
from workflows.forms.own import PREFIX
from workflows.roles import Role
from workflows.wording import Wording

KINDS: tuple[Kind, ...] = ("text", "long_text", "choice", "choices", "number", "money", "date", "file", "table")
"""The kinds that a call can ask for."""
COLUMN_KINDS: tuple[Kind, ...] = ("text", "number", "money", "date")
CHOICE_KINDS = frozenset({"choice", "choices", "yes_no"})
"""Kinds whose answers another question can wait for."""
MOST_QUESTIONS = 60
MOST_CHOICES = 30
MOST_COLUMNS = 8
LEAST_CHOICES = 2
LONGEST = 10_000

WHO = (Role.CASE_HANDLER,)
PLACE = "call.question"

Questions = tuple[Question, ...]


def question_of(questions: Sequence[Question], key: str) -> Question | None:
    """The question of that key, None where there is none."""
    return next((question for question in questions if question.key == key), None)


def next_key(questions: Sequence[Question]) -> str:
    """The key of the next question; one that has been given is not given again while its question stands."""
    given = [int(question.key.removeprefix(PREFIX)) for question in questions]
    return f"{PREFIX}{max(given, default=0) + 1}"


def numbered(prefix: str, given: Sequence[str], count: int) -> list[str]:
    """So many further keys of choices or columns, none of which is given."""
    last = max((int(key[1:]) for key in given if key[1:].isdecimal()), default=0)
    return [f"{prefix}{last + number}" for number in range(1, count + 1)]


def with_question(questions: Sequence[Question], question: Question) -> Questions:
    """The questions with this one in the place of the one with its key, else behind them all."""
    if question_of(questions, question.key) is None:
        return (*questions, question)
    return tuple(question if each.key == question.key else each for each in questions)


def without(questions: Sequence[Question], key: str) -> Questions:
    """The questions without the one of that key."""
    return tuple(question for question in questions if question.key != key)


def moved(questions: Sequence[Question], key: str, to: int) -> Questions:
    """The questions with one of them in another place, counted from 0; past an end it stays there."""
    found = question_of(questions, key)
    if found is None:
        return tuple(questions)
    others = list(without(questions, key))
    others.insert(max(0, min(to, len(others))), found)
    return tuple(others)


def retired(questions: Sequence[Question], key: str) -> Questions:
    """The questions with one that is no longer asked."""
    return tuple(
        msgspec.structs.replace(question, retired=True) if question.key == key else question for question in questions
    )


def name_of(question: Question) -> Wording:
    """What a sentence calls a question, also one that has no words yet."""
    label = question.words.label if question.words else Wording()
    return label if label.of("nb").strip() else Wording(nb="…")


def waits_for(questions: Sequence[Question], question: Question) -> tuple[Question, ...]:
    """The questions, the scheme's among them, whose answers this one may wait for: of choices, and before it."""
    before: list[Question] = []
    for each in questions:
        if each.key == question.key:
            break
        before.append(each)
    known = (*APPLICATION_FORM.questions, *before)
    return tuple(each for each in known if each.kind in CHOICE_KINDS and not each.retired)


def answers_to(question: Question) -> tuple[str | bool, ...]:
    """The answers that another question can wait for."""
    return (True, False) if question.kind == "yes_no" else question.choices


def form_faults(questions: Sequence[Question]) -> tuple[Reason, ...]:
    """Everything that keeps these questions from being asked; empty for sound ones (G1, G38)."""
    return tuple(reason for question in questions for reason in question_faults(questions, question))


def question_faults(questions: Sequence[Question], question: Question) -> Iterator[Reason]:
    """Everything that is wrong with one of the questions."""
    if question.retired:
        return
    yield from _word_faults(question)
    yield from _shape_faults(question)
    yield from condition_faults(questions, question)


def _fault(question: Question, code: str, **parameters: str | int | Wording) -> Reason:
    said = {"name": name_of(question), "key": question.key, **parameters}
    return Reason(code=f"call.question_{code}", parameters=said, place=PLACE, who=WHO)


def _word_faults(question: Question) -> Iterator[Reason]:
    words = question.words or Words()
    for language in words.label.lacks():
        yield _fault(question, "label_missing", language_key=f"language.{language}")
    if words.help.of("nb").strip():
        for language in words.help.lacks():
            yield _fault(question, "help_missing", language_key=f"language.{language}")
    for number, choice in enumerate(question.choices, start=1):
        for language in words.choices.get(choice, Wording()).lacks():
            yield _fault(question, "choice_missing", number=number, language_key=f"language.{language}")
    for number, column in enumerate(question.columns, start=1):
        for language in (column.words or Words()).label.lacks():
            yield _fault(question, "column_missing", number=number, language_key=f"language.{language}")


def _shape_faults(question: Question) -> Iterator[Reason]:
    if question.kind not in KINDS or any(column.kind not in COLUMN_KINDS for column in question.columns):
        yield _fault(question, "kind_unknown")
    if question.kind in ("choice", "choices") and len(question.choices) < LEAST_CHOICES:
        yield _fault(question, "choices_too_few", least=LEAST_CHOICES)
    if question.kind == "table" and not question.columns:
        yield _fault(question, "columns_missing")
    least, most = question.minimum, question.maximum
    if least is not None and most is not None and least > most:
        yield _fault(question, "limits_crossed")
    if question.kind in ("text", "long_text") and not 0 < question.max_length <= LONGEST:
        yield _fault(question, "length_missing", most=LONGEST)


def condition_faults(questions: Sequence[Question], question: Question) -> Iterator[Reason]:
    """What is wrong with what a question waits for."""
    if question.asked_when is None or question.retired:
        return
    key, wanted = question.asked_when
    if _waits_for_itself(questions, question):
        yield _fault(question, "condition_circle")
        return
    other = question_of((*APPLICATION_FORM.questions, *questions), key)
    if other is None:
        yield _fault(question, "condition_unknown")
    elif other.retired:
        yield _fault(question, "condition_retired", other=name_of(other))
    elif other.kind not in CHOICE_KINDS or wanted not in answers_to(other):
        yield _fault(question, "condition_no_choice", other_key=label_of(other))
    elif other not in waits_for(questions, question):
        yield _fault(question, "condition_later", other=name_of(other))


def label_of(question: Question) -> str | Wording:
    """The words of one of a call's own questions, or the key of one of the scheme's."""
    return APPLICATION_FORM.label(question)


def _waits_for_itself(questions: Sequence[Question], question: Question) -> bool:
    seen: set[str] = set()
    key: str | None = question.key
    while key is not None and key not in seen:
        seen.add(key)
        found = question_of(questions, key)
        key = found.asked_when[0] if found is not None and found.asked_when else None
    return key == question.key


def waiting_for(questions: Sequence[Question], key: str) -> tuple[Question, ...]:
    """The questions that are still asked and wait for the answer to that one."""
    return tuple(
        each for each in questions if each.asked_when is not None and each.asked_when[0] == key and not each.retired
    )
