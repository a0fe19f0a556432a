"""Surveys after gatherings and closed steps: what is asked of whom, for how long, and what of the answers may be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from workflows.calendar import end_of_day, to_oslo
from workflows.project import STEPS, ProjectState
from workflows.roles import Role

SMALLEST_GROUP = 5
"""Answers are shown for so many people together, and never for fewer (S60, G34)."""

OPEN_DAYS = 14
"""A survey can be answered until the end of the day so many days after it was opened."""

REMINDER_DAYS_LEFT = 4
"""Those who have not answered are reminded once, when so many days are left."""

LEVELS = (1, 2, 3, 4, 5)
"""From not at all to fully; each has its words in the translations."""

ASKED = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.FACILITATOR, Role.COUNTY_REPRESENTATIVE)
"""The roles whose holders are asked after a step, and that answers may be told apart by; the first that one holds counts."""

Occasion = Literal["gathering", "step"]
NO_GROUP = ""
"""The group of those who are not told apart by role."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question: it looks back or ahead, takes a level or words, and may be one role's or one occasion's alone."""

    key: str
    part: Literal["back", "ahead"]
    kind: Literal["level", "words"]
    role: Role | None = None
    occasion: Occasion | None = None


QUESTIONS = (
    Question(key="useful", part="back", kind="level"),
    Question(key="own_voice", part="back", kind="level"),
    Question(key="material", part="back", kind="level", occasion="gathering"),
    Question(key="pace", part="back", kind="level", occasion="step"),
    Question(key="time_given", part="back", kind="level", role=Role.LEADER),
    Question(key="time_had", part="back", kind="level", role=Role.CORE_TEAM),
    Question(key="keep", part="back", kind="words"),
    Question(key="change", part="back", kind="words"),
    Question(key="know_next", part="ahead", kind="level"),
    Question(key="need", part="ahead", kind="words"),
)
"""What is asked, in the order in which it is asked; the first is asked of everybody, and must be answered (S57)."""


def asked_of(occasion: str, group: str) -> tuple[Question, ...]:
    """What somebody is asked; a role's own questions only where so many hold the role that they are a group of their own."""
    return tuple(
        question
        for question in QUESTIONS
        if question.occasion in (None, occasion) and question.role in (None, group or None)
    )


def apart(sizes: Mapping[str, int], least: int = SMALLEST_GROUP) -> frozenset[str]:
    """The groups that may be told apart: each has at least `least`, and so have all the others together, or nobody.

    Where those who are left over would be too few, the smallest group that could be shown joins them: otherwise what is
    shown of all, less what is shown of the groups, would show them.
    """
    shown = sorted((name for name in sizes if name and sizes[name] >= least), key=lambda name: (sizes[name], name))
    left = sum(size for name, size in sizes.items() if name not in shown)
    while shown and 0 < left < least:
        left += sizes[shown.pop(0)]
    return frozenset(shown)


def groups_of(roles: Sequence[str]) -> dict[str, str]:
    """By role the group whose answers its holders' are counted with, decided by how many are invited, before any answers."""
    sizes = {role: roles.count(role) for role in roles}
    own = apart({role: size for role, size in sizes.items() if role in ASKED} | {NO_GROUP: _others(sizes)})
    return {role: role if role in own else NO_GROUP for role in sizes}


def _others(sizes: Mapping[str, int]) -> int:
    return sum(size for role, size in sizes.items() if role not in ASKED)


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one question, which nothing ties to the same person's other answers."""

    question: str
    group: str
    level: int | None = None
    words: str = ""


class ShownWords(msgspec.Struct, frozen=True):
    """What somebody wrote, with their role only where it may be told apart."""

    words: str
    role: str


class ShownLevels(msgspec.Struct, frozen=True):
    """How many chose each level, of all ("") or of a role."""

    role: str
    counts: tuple[int, ...]

    @property
    def answers(self) -> int:
        """How many they are."""
        return sum(self.counts)


class ShownQuestion(msgspec.Struct, frozen=True):
    """A question with what may be shown of its answers."""

    question: Question
    levels: tuple[ShownLevels, ...] = ()
    words: tuple[ShownWords, ...] = ()


class Shown(msgspec.Struct, frozen=True):
    """All that anybody may see of a survey: nothing until it has closed, and nothing of fewer than five."""

    answers: int
    questions: tuple[ShownQuestion, ...]


def shown(occasion: str, slips: Collection[Slip], *, is_closed: bool) -> Shown | None:
    """What may be shown of the answers; None while they still come in, and where they are too few.

    Nothing is shown while a survey is open, for what was shown before an answer and after it would show that answer.
    """
    first = QUESTIONS[0].key
    sizes: dict[str, int] = {}
    for slip in slips:
        if slip.question == first:
            sizes[slip.group] = sizes.get(slip.group, 0) + 1
    answers = sum(sizes.values())
    if not is_closed or answers < SMALLEST_GROUP:
        return None
    told_apart = apart(sizes)
    return Shown(
        answers,
        tuple(
            found
            for question in QUESTIONS
            if question.occasion in (None, occasion) and (found := _of_question(question, slips, told_apart))
        ),
    )


def _of_question(question: Question, slips: Collection[Slip], told_apart: frozenset[str]) -> ShownQuestion | None:
    mine = [slip for slip in slips if slip.question == question.key]
    if question.role is not None and question.role not in told_apart:
        return None
    if question.kind == "words":
        said = sorted((slip.group if slip.group in told_apart else NO_GROUP, slip.words) for slip in mine)
        return ShownQuestion(question, words=tuple(ShownWords(words, role) for role, words in said))
    groups = [question.role] if question.role else [NO_GROUP, *(role for role in ASKED if role in told_apart)]
    return ShownQuestion(question, levels=tuple(_levels(mine, group) for group in groups))


def _levels(slips: Collection[Slip], group: str) -> ShownLevels:
    chosen = [slip.level for slip in slips if group in (NO_GROUP, slip.group)]
    return ShownLevels(group, tuple(chosen.count(level) for level in LEVELS))


def closes_at(opened_at: datetime) -> datetime:
    """The last minute in which a survey that was opened then can be answered."""
    return end_of_day(to_oslo(opened_at).date() + timedelta(days=OPEN_DAYS))


def is_closed(closes: datetime, now: datetime) -> bool:
    """Whether it is too late to answer."""
    return now >= closes + timedelta(minutes=1)


def reminds(closes: datetime, now: datetime) -> bool:
    """Whether the day of the reminder has come, while there is still time to answer."""
    return not is_closed(closes, now) and to_oslo(closes).date() - to_oslo(now).date() <= timedelta(
        days=REMINDER_DAYS_LEFT
    )


def asks_about(day: date, today: date) -> bool:
    """Whether something that was over on a day is asked about now: from the day after, and not of what is long past."""
    return day < today <= day + timedelta(days=OPEN_DAYS)


def is_behind(step: str, state: str) -> bool:
    """Whether a project has closed a step and gone on; one that went back, paused or stopped has not."""
    after = (*STEPS, ProjectState.CLOSING, ProjectState.CLOSED)
    return state in after and after.index(ProjectState(step)) < after.index(ProjectState(state))
