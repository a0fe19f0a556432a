"""A call for applications: written, published, open for a while, closed, decided and archived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows import rules as call_rules
from workflows.calendar import has_passed
from workflows.effects import Effect
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.forms.building import form_faults
from workflows.forms.fields import Question
from workflows.roles import Permission, Role
from workflows.rules import LANGUAGES, Rules

WHO = (Role.CASE_HANDLER,)

TEXT_FIELDS = ("title", "purpose", "target_group", "attainment", "award", "follow_up", "evaluation")
"""The main elements of a scheme's rules (G1); `evaluation` says how it is evaluated, or why it is not."""

WHOLE_WEIGHT = 100


class CallState(StrEnum):
    """How far a call has come."""

    DRAFT = "draft"
    PUBLISHED = "published"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    ARCHIVED = "archived"


class CallText(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of a call in one language."""

    language: str
    title: str = ""
    purpose: str = ""
    target_group: str = ""
    attainment: str = ""
    award: str = ""
    follow_up: str = ""
    evaluation: str = ""


class CallCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """One award criterion; `incomplete_in` lists the languages that lack its title or the description of a level."""

    id: UUID
    title: str
    weight: int
    incomplete_in: tuple[str, ...] = ()


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about a call."""

    rules: Rules
    texts: tuple[CallText, ...]
    owner_unit_id: UUID | None
    owner_person_id: UUID | None
    opens_at: datetime | None
    deadline: datetime | None
    frame_ore: int | None
    facilitation_hours: int | None
    criteria: tuple[CallCriterion, ...]
    undecided: tuple[str, ...] = ()
    """References of applications that were sent and have no outcome yet."""
    unreleased: tuple[str, ...] = ()
    """References of applications whose letter waits to be released."""
    questions: tuple[Question, ...] = ()
    """The questions that the call asks beside the scheme's own."""


def _language(code: str) -> str:
    return f"language.{code}"


@requirement(source="G1, G38")
def every_text_written(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """Every text of the call exists in bokmål, nynorsk and English."""
    by_language = {text.language: text for text in facts.texts}
    for language in LANGUAGES:
        text = by_language.get(language, CallText(language=language))
        for field in TEXT_FIELDS:
            if not getattr(text, field).strip():
                yield Reason(
                    code="call.text_missing",
                    parameters={
                        "field_key": f"call.field.{field}",
                        "language_key": _language(language),
                        "language": language,
                    },
                    place="call.texts",
                    who=WHO,
                )


@requirement(source="G1")
def has_an_owner(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """A unit and a person answer for the call."""
    if facts.owner_unit_id is None:
        yield Reason(code="call.owner_unit_missing", place="call.owner", who=WHO)
    if facts.owner_person_id is None:
        yield Reason(code="call.owner_person_missing", place="call.owner", who=WHO)


@requirement(source="G3, G4")
def dates_in_order(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """The call opens before its deadline, and the deadline is still to come."""
    if facts.opens_at is None:
        yield Reason(code="call.opening_missing", place="call.dates", who=WHO)
    if facts.deadline is None:
        yield Reason(code="call.deadline_missing", place="call.dates", who=WHO)
        return
    if facts.opens_at is not None and facts.opens_at >= facts.deadline:
        yield Reason(
            code="call.deadline_before_opening",
            parameters={"opens_at": facts.opens_at.isoformat(), "deadline_at": facts.deadline.isoformat()},
            place="call.dates",
            who=WHO,
        )
    if has_passed(facts.deadline, act.now):
        yield Reason(
            code="call.deadline_passed",
            parameters={"deadline_at": facts.deadline.isoformat()},
            place="call.dates",
            who=WHO,
        )


@requirement(source="G19")
def frame_stated(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """The budget frame is a positive sum, and the hours of facilitation are stated."""
    if facts.frame_ore is None or facts.frame_ore <= 0:
        yield Reason(code="call.frame_missing", place="call.frame", who=WHO)
    if facts.facilitation_hours is None or facts.facilitation_hours < 0:
        yield Reason(code="call.hours_missing", place="call.frame", who=WHO)


@requirement(source="G3, G9, G38")
def criteria_complete(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """There is at least one criterion, the weights add up to 100, and every level is described in every language."""
    if not facts.criteria:
        yield Reason(code="call.criteria_missing", place="call.criteria", who=WHO)
        return
    total = sum(criterion.weight for criterion in facts.criteria)
    if total != WHOLE_WEIGHT:
        yield Reason(
            code="call.weights_not_whole",
            parameters={"total": total, "whole": WHOLE_WEIGHT},
            place="call.criteria",
            who=WHO,
        )
    for criterion in facts.criteria:
        parameters = {"name": criterion.title, "id": str(criterion.id)}
        if criterion.weight <= 0:
            yield Reason(code="call.weight_not_positive", parameters=parameters, place="call.criterion", who=WHO)
        for language in criterion.incomplete_in:
            yield Reason(
                code="call.criterion_incomplete",
                parameters={**parameters, "language_key": _language(language)},
                place="call.criterion",
                who=WHO,
            )


@requirement(source="G1, G3, G38")
def questions_sound(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """The call's own questions have their words in every language, and each waits for an answer that can be given."""
    yield from form_faults(facts.questions)


@requirement(source="G3")
def rules_sound(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """The rules of the call hang together."""
    yield from call_rules.check(facts.rules)


@requirement(source="G4")
def opening_reached(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """The moment of opening has come."""
    if facts.opens_at is None or act.now < facts.opens_at:
        when = facts.opens_at.isoformat() if facts.opens_at else ""
        yield Reason(code="call.not_open_yet", parameters={"opens_at": when}, place="call.dates", who=WHO)


@requirement(source="G4")
def deadline_over(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """The last minute of the deadline has passed."""
    grace = facts.rules.deadlines.grace_minutes
    if facts.deadline is None or not has_passed(facts.deadline, act.now, grace_minutes=grace):
        when = facts.deadline.isoformat() if facts.deadline else ""
        yield Reason(code="call.still_open", parameters={"deadline_at": when}, place="call.dates", who=WHO)


@requirement(source="G21")
def every_application_decided(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """Every application that was sent has its outcome."""
    for reference in facts.undecided:
        yield Reason(
            code="call.application_undecided",
            parameters={"reference": reference},
            place="call.applications",
            who=(Role.CASE_HANDLER, Role.DECISION_MAKER),
        )


@requirement(source="G20, G21")
def every_letter_released(facts: CallFacts, act: Act) -> Iterator[Reason]:
    """Every applicant has been told."""
    for reference in facts.unreleased:
        yield Reason(
            code="call.letter_unreleased",
            parameters={"reference": reference},
            place="call.applications",
            who=(Role.CASE_HANDLER, Role.DECISION_MAKER),
        )


S = CallState

CALL = Lifecycle(
    subject="call",
    states=CallState,
    initial=S.DRAFT,
    final=frozenset({S.ARCHIVED}),
    moves=(
        move("publish", S.DRAFT, S.PUBLISHED, Permission.CALL_PUBLISH,
             every_text_written, has_an_owner, dates_in_order, frame_stated, criteria_complete, questions_sound, rules_sound,
             effects=(Effect.ANNOUNCE_CALL,)),
        move("open", S.PUBLISHED, S.OPEN, Permission.CALL_CLOCK, opening_reached),
        move("close", (S.PUBLISHED, S.OPEN), S.CLOSED, Permission.CALL_CLOCK, deadline_over),
        move("mark_decided", S.CLOSED, S.DECIDED, Permission.CALL_CLOSE, every_application_decided),
        move("archive", S.DECIDED, S.ARCHIVED, Permission.CALL_ARCHIVE, every_letter_released),
    ),
)  # fmt: skip
"""Closing from `published` is for a clock that slept through the whole time in which the call was open."""
