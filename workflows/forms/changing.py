"""Which changes to a call's questions harm nobody once it is published, and why the others do (G3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.engine import Reason
from workflows.forms.building import PLACE, WHO, name_of, question_of
from workflows.forms.fields import MOST_COUNTED, MOST_HOURS, MOST_NUMBER, MOST_ORE, Question, Words
from workflows.wording import Wording


def harms(before: Sequence[Question], after: Sequence[Question]) -> tuple[Reason, ...]:
    """Every change from `before` to `after` that could spoil what somebody has written already; empty where none does.

    What harms nobody: a further question that may stay empty, a further choice, wider limits, what must be answered made
    optional, help made clearer, another order, a question retired. Whoever had answered everything still has.
    """
    return tuple(_harms(before, after))


def _harms(before: Sequence[Question], after: Sequence[Question]) -> Iterator[Reason]:
    for question in before:
        now = question_of(after, question.key)
        if now is None:
            yield _harm(question, "removed")
        else:
            yield from _harms_of(question, now)
    for question in after:
        if question_of(before, question.key) is None and question.required and not question.retired:
            yield _harm(question, "required_late")


def _harm(question: Question, code: str) -> Reason:
    said: dict[str, str | int | Wording] = {"name": name_of(question), "key": question.key}
    return Reason(code=f"call.question_{code}", parameters=said, place=PLACE, who=WHO)


def _harms_of(was: Question, now: Question) -> Iterator[Reason]:
    if was.retired and not now.retired:
        yield _harm(now, "asked_again")
        return
    if now.kind != was.kind:
        yield _harm(now, "kind_changed")
        return
    if now.required and not was.required:
        yield _harm(now, "required_late")
    if now.asked_when != was.asked_when:
        yield _harm(now, "condition_changed")
    if (now.words or Words()).label != (was.words or Words()).label:
        yield _harm(now, "label_changed")
    if not set(was.choices) <= set(now.choices) or any(
        _choice(was, choice) != _choice(now, choice) for choice in was.choices
    ):
        yield _harm(now, "choice_changed")
    if _narrower(was, now):
        yield _harm(now, "narrower")
    if now.columns != was.columns:
        yield from _column_harms(was, now)


def _choice(question: Question, choice: str) -> Wording:
    return (question.words or Words()).choices.get(choice, Wording())


def _narrower(was: Question, now: Question) -> bool:
    return (
        now.max_length < was.max_length
        or least_of(now) > least_of(was)
        or most_of_kind(now) < most_of_kind(was)
    )  # fmt: skip


def least_of(question: Question) -> int:
    """The least number, rows, files or choices that a question takes."""
    return question.minimum or 0


def most_of_kind(question: Question) -> int:
    """The most of the same."""
    if question.maximum is not None:
        return question.maximum
    return {"money": MOST_ORE, "hours": MOST_HOURS, **MOST_COUNTED}.get(question.kind, MOST_NUMBER)


def _column_harms(was: Question, now: Question) -> Iterator[Reason]:
    kept = [column.key for column in was.columns]
    if tuple(_harms(was.columns, now.columns)) or [column.key for column in now.columns][: len(kept)] != kept:
        yield _harm(now, "columns_changed")


def what_changed(before: Sequence[Question], after: Sequence[Question]) -> dict[str, list[str]]:
    """The keys of the questions that came, were retired, or read otherwise: what the event and the notice say."""
    found: dict[str, list[str]] = {"added": [], "retired": [], "changed": []}
    for question in after:
        was = question_of(before, question.key)
        if was is None:
            found["added"].append(question.key)
        elif question.retired and not was.retired:
            found["retired"].append(question.key)
        elif question != was:
            found["changed"].append(question.key)
    return {kind: keys for kind, keys in found.items() if keys}
