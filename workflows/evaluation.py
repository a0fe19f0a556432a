"""The evaluation report of a cohort: its three headings, the figures it is made of, and what a version must say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

import msgspec

from workflows.competence import Counted
from workflows.engine import Reason
from workflows.feedback import Answered
from workflows.survey import LEVELS, NO_GROUP, Shown, ShownLevels

HEADINGS = ("organised", "experienced", "onward")
"""How the platform was organised and carried out, how the participants experienced it, and how to take it further (S59)."""

HIGH_LEVELS = 2
"""So many of the levels, from the highest down, say that something was good."""

MOST_QUOTES = 60


class GatheringFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A gathering that has been, with how many signed up and came."""

    title: str
    kind: str
    held_on: date
    signed_up: int
    came: int


class QuestionFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How many of those who answered a question chose a high level: of all, or of a role that is told apart."""

    question: str
    role: str
    answers: int
    high: int
    counts: tuple[int, ...] = ()

    @property
    def percent(self) -> int:
        """The share, rounded to the nearest whole percent."""
        return (200 * self.high + self.answers) // (2 * self.answers) if self.answers else 0


class SurveyFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A survey that at least five have answered, with its figures."""

    title: str
    step: str
    closed_on: date
    asked: int
    answers: int
    questions: tuple[QuestionFigure, ...]


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote in a survey, with their role only, where that is told apart (S60)."""

    key: str
    question: str
    words: str
    role: str


class StoryFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A published story, with its writer's role only."""

    title: str
    text: str
    role: str
    language: str
    themes: tuple[str, ...]


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """A learning point of one of the projects."""

    text: str
    for_whom: str
    conditions: str
    language: str


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A change in the working process after feedback."""

    text: str
    due_on: date
    done_on: date | None
    done_text: str = ""


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """All that the data say of a cohort at one moment; a version of the report keeps it as it was."""

    projects: int
    gatherings: tuple[GatheringFigure, ...] = ()
    surveys: tuple[SurveyFigure, ...] = ()
    surveys_with_too_few: int = 0
    quotes: tuple[Quote, ...] = ()
    stories: tuple[StoryFigure, ...] = ()
    learning: tuple[Learnt, ...] = ()
    competence_people: int = 0
    competence: Counted | None = None
    """Before and after, over the groups of the call's projects that may be shown; None where there is none."""
    feedback: Answered = Answered()
    changes: tuple[Changed, ...] = ()

    @property
    def attendance_percent(self) -> int | None:
        """How many of those who signed up came, over all gatherings; None where nobody signed up."""
        signed_up = sum(each.signed_up for each in self.gatherings)
        return sum(each.came for each in self.gatherings) * 100 // signed_up if signed_up else None


def figures_of(shown: Shown) -> tuple[QuestionFigure, ...]:
    """The figures of a survey, made of what may be shown of it and of nothing else."""
    return tuple(
        QuestionFigure(
            question=each.question.key,
            role=levels.role,
            answers=levels.answers,
            high=_high(levels),
            counts=levels.counts,
        )
        for each in shown.questions
        for levels in each.levels
        if levels.answers
    )


def _high(levels: ShownLevels) -> int:
    return sum(levels.counts[len(LEVELS) - HIGH_LEVELS :])


def quotes_of(shown: Shown, survey: str) -> tuple[Quote, ...]:
    """What can be quoted from a survey; the key of each stays the same, since a closed survey changes no more."""
    return tuple(
        Quote(
            key=f"{survey}.{each.question.key}.{number}", question=each.question.key, words=said.words, role=said.role
        )
        for each in shown.questions
        for number, said in enumerate(each.words)
    )


def chosen_of(offered: Collection[Quote], keys: Collection[str]) -> tuple[Quote, ...]:
    """The quotes with those keys, those of a role by role, and those of none last."""
    found = [quote for quote in offered if quote.key in set(keys)]
    return tuple(sorted(found, key=lambda quote: (quote.role == NO_GROUP, quote.role, quote.question, quote.words)))


def against_report(
    texts: Mapping[str, str], keys: Collection[str], offered: Collection[Quote]
) -> Iterator[tuple[str, Reason]]:
    """What a version lacks: the evaluator's own words under each heading, and quotes that can be quoted (S59, S60)."""
    for heading in HEADINGS:
        if not texts.get(heading, "").strip():
            yield heading, Reason(code="form.empty")
    if not set(keys) <= {quote.key for quote in offered}:
        yield "quotes", Reason(code="form.not_a_choice")
    elif len(set(keys)) > MOST_QUOTES:
        yield "quotes", Reason(code="evaluation.too_many_quotes", parameters={"most": MOST_QUOTES})
