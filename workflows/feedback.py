"""Feedback and what comes of it: what counts as a negative finding or a wish, and by when it has its answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from workflows.calendar import end_of_day, to_oslo
from workflows.engine import Reason
from workflows.survey import NO_GROUP, Shown, ShownLevels

ANSWER_DAYS = 14
"""Within so many days whoever gave feedback is told what is changed for it, or why nothing is (S58)."""

LOW_LEVELS = 2
"""So many of the levels, from the lowest on, say that something was not good enough."""

LOW_SHARE = 3
"""Where one in so many chose a low level, what was asked about is a negative finding (S57)."""

WISHES = ("change", "need")
"""The questions whose words are wishes; those to what should be kept ask for nothing."""


class FeedbackKind(StrEnum):
    """Where a piece of feedback comes from."""

    FINDING = "finding"
    """Too many chose a low level in a survey."""
    WISH = "wish"
    """Somebody wrote it in a survey."""
    LEARNING = "learning"
    """A project wrote it as a learning point."""
    SAID = "said"
    """It was said aloud, and written down by the resource group."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A negative finding or a wish of a survey: of all, or of a role where that is told apart."""

    kind: FeedbackKind
    question: str
    role: str = NO_GROUP
    words: str = ""
    low: int = 0
    answers: int = 0


def is_negative(levels: ShownLevels) -> bool:
    """Whether so many chose a low level that it wants an answer."""
    low = sum(levels.counts[:LOW_LEVELS])
    return levels.answers > 0 and low * LOW_SHARE >= levels.answers


def heard(shown: Shown) -> tuple[Heard, ...]:
    """Every negative finding and every wish of a survey, made of what may be shown of it and of nothing else (S57, G34).

    What a role finds is said by itself only where all together do not find it.
    """
    found: list[Heard] = []
    for each in shown.questions:
        negative = [levels for levels in each.levels if is_negative(levels)]
        if any(levels.role == NO_GROUP for levels in negative):
            negative = [levels for levels in negative if levels.role == NO_GROUP]
        found += [
            Heard(
                kind=FeedbackKind.FINDING, question=each.question.key, role=levels.role,
                low=sum(levels.counts[:LOW_LEVELS]), answers=levels.answers,
            )
            for levels in negative
        ]  # fmt: skip
        if each.question.key in WISHES:
            found += [
                Heard(kind=FeedbackKind.WISH, question=each.question.key, role=said.role, words=said.words)
                for said in each.words
            ]
    return tuple(found)


def answer_by(received_at: datetime) -> datetime:
    """The last minute in which an answer to what was received then is in time (S58)."""
    return end_of_day(to_oslo(received_at).date() + timedelta(days=ANSWER_DAYS))


class Answer(StrEnum):
    """What the answer to feedback is."""

    CHANGE = "change"
    """Something is changed in the working process: what, by whom, and by when."""
    SAME = "same"
    """What is being changed already answers it too."""
    NONE = "none"
    """Nothing is changed, for a reason."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it was typed."""

    answer: str
    text: str = ""
    has_responsible: bool = False
    due_on: date | None = None
    names_change: bool = False
    why: str = ""


def against_answer(said: Said, today: date) -> Iterator[tuple[str, Reason]]:
    """What an answer lacks, each with the field it stands in: an action with who and when, or a reason for none (S57)."""
    if said.answer == Answer.NONE:
        if not said.why.strip():
            yield "why", Reason(code="feedback.why_missing")
    elif said.answer == Answer.SAME:
        if not said.names_change:
            yield "change_id", Reason(code="form.empty")
    else:
        if not said.text.strip():
            yield "text", Reason(code="form.empty")
        if not said.has_responsible:
            yield "responsible_id", Reason(code="form.empty")
        if said.due_on is None:
            yield "due_on", Reason(code="form.empty")
        elif said.due_on < today:
            yield "due_on", Reason(code="feedback.due_past")


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """How many pieces of feedback have had their answer in time, have not, and still wait in time."""

    in_time: int = 0
    late: int = 0
    waiting: int = 0

    @property
    def due(self) -> int:
        """Those of which it is known whether they were answered in time."""
        return self.in_time + self.late

    @property
    def percent(self) -> int | None:
        """The share that was answered in time, rounded down; None where none has come due (S58)."""
        return self.in_time * 100 // self.due if self.due else None
