"""Trying an outcome again: a new assessment by others, or an appeal that goes on to the body above (G30)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.calendar import add_working_days, day_in_oslo, end_of_day
from workflows.decision import PersonTie
from workflows.effects import Effect
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.reminder import LAST_DAY_LADDER, next_rung
from workflows.review import conflict_reasons
from workflows.roles import Permission, Role
from workflows.rules import Rules

ASKERS = (Role.LEADER, Role.COORDINATOR)
HANDLERS = (Role.CASE_HANDLER, Role.DECISION_MAKER)
PLACE = "application.reconsideration"

PARTS = ("assessment", "facts", "amount", "conditions", "procedure")
"""What an office may be of another mind about; their words stand in the translations under reconsideration.part."""

TRIABLE = frozenset({"rejected", "dismissed", "waitlisted", "awarded", "provisionally_awarded"})
"""States of an application whose outcome can be tried again: it has been told, and nothing has been accepted since."""


class ReconsiderationState(StrEnum):
    """How far a request has come."""

    ASKED = "asked"
    CONSIDERING = "considering"
    UPHELD = "upheld"
    CHANGED = "changed"
    SENT_ON = "sent_on"
    UPHELD_ABOVE = "upheld_above"
    CHANGED_ABOVE = "changed_above"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class AskingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know before an outcome is tried again."""

    rules: Rules
    application_state: str
    letter_released_at: datetime | None
    """When the letter about the latest outcome was released, in its latest correction; None while it waits."""
    is_open: bool
    """Whether a request is under way."""
    is_answered: bool
    """Whether a request about this same outcome has been answered."""


class ReconsiderationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one request."""

    rules: Rules
    asked_at: datetime
    asked_until: datetime
    """The last minute in which it could be asked for, as it was when it was asked."""
    still_stands: bool
    """Whether the outcome that it is about is still the latest."""
    first_round: frozenset[UUID]
    """Those who reviewed, recommended, decided or dismissed before."""
    ties: tuple[PersonTie, ...] = ()
    declared_impartial: frozenset[UUID] = frozenset()
    answer: str = ""
    """The reasons for how the scheme answers, for the office to read."""
    above_by: str = ""
    above_on: date | None = None
    above_reasons: str = ""
    """What the body above has decided: who, when, and why."""


def asked_until(rules: Rules, got_on: date) -> datetime | None:
    """The last minute in which an office may ask that got its letter on a day; None where it may not (G30)."""
    if rules.appeal.regime == "none":
        return None
    if rules.appeal.deadline_days is not None:
        return end_of_day(got_on + timedelta(days=rules.appeal.deadline_days))
    return end_of_day(add_working_days(got_on, rules.appeal.deadline_working_days))


def last_day_to_remind_of(facts: AskingFacts, reminded_of: date | None, today: date) -> date | None:
    """The last day to disagree, where it is so near that an office is reminded of it today (G30).

    Not on the day on which its letter came, which says the same, and never twice of one last day.
    """
    if tuple(against_asking(facts)) or facts.letter_released_at is None:
        return None
    got_on = day_in_oslo(facts.letter_released_at)
    until = asked_until(facts.rules, got_on)
    last = day_in_oslo(until) if until else None
    if last is None or last == reminded_of or not got_on < today <= last:
        return None
    return last if next_rung(LAST_DAY_LADDER, last, today, ()) else None


def due_on(asked_at: datetime, rules: Rules) -> date:
    """The day by which the scheme answers."""
    return add_working_days(day_in_oslo(asked_at), rules.appeal.handling_working_days)


def against_asking(facts: AskingFacts) -> Iterator[Reason]:
    """What keeps an outcome from being tried again; a request that is late can be made, and may be dismissed (G30)."""
    if facts.rules.appeal.regime == "none":
        yield Reason(code="reconsideration.not_offered", place=PLACE)
    elif facts.is_open:
        yield Reason(code="reconsideration.open_already", place=PLACE, who=HANDLERS)
    elif facts.application_state not in TRIABLE or facts.letter_released_at is None:
        yield Reason(code="reconsideration.no_outcome", place=PLACE)
    elif facts.is_answered:
        yield Reason(code="reconsideration.answered_already", place=PLACE)


def _is_late(facts: ReconsiderationFacts) -> bool:
    return facts.asked_at >= facts.asked_until + timedelta(minutes=1)


@requirement(source="G30", hides=True)
def asked_in_time(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """It was asked for before the end of the last day."""
    if _is_late(facts):
        yield Reason(
            code="reconsideration.late",
            parameters={"until_at": facts.asked_until.isoformat()},
            place=PLACE,
            who=HANDLERS,
        )


@requirement(source="G30", hides=True)
def asked_late(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """It was asked for too late; only then is it dismissed, or taken up in spite of that."""
    if not _is_late(facts):
        yield Reason(code="reconsideration.not_late", place=PLACE, who=HANDLERS)


@requirement(source="G30")
def took_no_part(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """Whoever handles it neither reviewed, recommended, decided nor dismissed the first time."""
    if act.person_id in facts.first_round:
        yield Reason(code="reconsideration.took_part", place=PLACE, who=HANDLERS)


@requirement(source="G11, G12, G13")
def handler_impartial(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """Whoever handles it has declared to be impartial, and nothing registered ties them to the applicant."""
    for tie in facts.ties:
        if tie.person_id == act.person_id:
            yield from conflict_reasons(tie.name, (tie.conflict,), PLACE)
    if act.person_id not in facts.declared_impartial:
        yield Reason(code="reconsideration.impartiality_undeclared", place=PLACE, who=HANDLERS)


@requirement(source="G21", asked=True)
def answer_reasoned(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """The answer has reasons that the office can read, whatever it is."""
    if not facts.answer.strip():
        yield Reason(code="reconsideration.answer_missing", place=PLACE, who=HANDLERS)


@requirement(source="G30", hides=True)
def ends_here(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """The call's outcomes are tried by the scheme alone."""
    if facts.rules.appeal.regime != "reconsideration":
        yield Reason(code="reconsideration.goes_on_above", place=PLACE, who=HANDLERS)


@requirement(source="G30", hides=True)
def goes_on_above(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """The call's outcomes can be appealed to the body above."""
    if facts.rules.appeal.regime != "act":
        yield Reason(code="reconsideration.ends_here", place=PLACE, who=HANDLERS)


@requirement(source="G30")
def outcome_stands(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """The outcome that is to be changed has not been followed by another in the meantime."""
    if not facts.still_stands:
        yield Reason(code="reconsideration.overtaken", place=PLACE, who=HANDLERS)


@requirement(source="G21, G30", asked=True)
def told_by_above(facts: ReconsiderationFacts, act: Act) -> Iterator[Reason]:
    """What the body above has decided is written down: who, when, and why."""
    if not facts.above_by.strip():
        yield Reason(code="reconsideration.above_missing", place=PLACE, who=HANDLERS)
    if facts.above_on is None or facts.above_on > day_in_oslo(act.now):
        yield Reason(code="reconsideration.above_day_missing", place=PLACE, who=HANDLERS)
    if not facts.above_reasons.strip():
        yield Reason(code="reconsideration.above_reasons_missing", place=PLACE, who=HANDLERS)


S = ReconsiderationState
BY_OTHERS = (took_no_part, handler_impartial)
OPEN = frozenset({S.ASKED, S.CONSIDERING, S.SENT_ON})
GRANTED = frozenset({S.CHANGED, S.CHANGED_ABOVE})
ANSWERED = frozenset(S) - OPEN - {S.WITHDRAWN}

RECONSIDERATION = Lifecycle(
    subject="reconsideration",
    states=ReconsiderationState,
    initial=S.ASKED,
    final=frozenset({S.UPHELD, S.CHANGED, S.UPHELD_ABOVE, S.CHANGED_ABOVE, S.DISMISSED, S.WITHDRAWN}),
    moves=(
        move("take_up", S.ASKED, S.CONSIDERING, Permission.RECONSIDERATION_HANDLE, asked_in_time, *BY_OTHERS),
        move("accept_late", S.ASKED, S.CONSIDERING, Permission.RECONSIDERATION_HANDLE, asked_late, *BY_OTHERS,
             needs_why=True),
        move("dismiss", S.ASKED, S.DISMISSED, Permission.RECONSIDERATION_HANDLE,
             asked_late, *BY_OTHERS, answer_reasoned, effects=(Effect.MAKE_LETTER,)),
        move("uphold", S.CONSIDERING, S.UPHELD, Permission.RECONSIDERATION_HANDLE,
             ends_here, *BY_OTHERS, answer_reasoned, effects=(Effect.MAKE_LETTER,)),
        move("send_on", S.CONSIDERING, S.SENT_ON, Permission.RECONSIDERATION_HANDLE,
             goes_on_above, *BY_OTHERS, answer_reasoned, effects=(Effect.MAKE_LETTER,)),
        move("change", S.CONSIDERING, S.CHANGED, Permission.RECONSIDERATION_HANDLE,
             *BY_OTHERS, outcome_stands, answer_reasoned,
             effects=(Effect.DECIDE_ANEW, Effect.MAKE_LETTER)),
        move("register_upheld", S.SENT_ON, S.UPHELD_ABOVE, Permission.RECONSIDERATION_HANDLE,
             *BY_OTHERS, told_by_above, effects=(Effect.MAKE_LETTER,)),
        move("register_changed", S.SENT_ON, S.CHANGED_ABOVE, Permission.RECONSIDERATION_HANDLE,
             *BY_OTHERS, outcome_stands, told_by_above,
             effects=(Effect.DECIDE_ANEW, Effect.MAKE_LETTER)),
        move("withdraw", (S.ASKED, S.CONSIDERING, S.SENT_ON), S.WITHDRAWN, Permission.RECONSIDERATION_ASK, aside=True),
    ),
)  # fmt: skip


def told_state(state: str, *, letter_released: bool) -> str:
    """The state as the office is told it: an answer shows with its letter."""
    if state not in ANSWERED | {S.SENT_ON} or letter_released:
        return str(state)
    return str(S.SENT_ON if state in (S.UPHELD_ABOVE, S.CHANGED_ABOVE) else S.CONSIDERING)
