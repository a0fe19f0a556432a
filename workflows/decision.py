"""The decision on one application: prepared by one person, made by another with authority, told by a letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.authority import CHECKS as CHECKS
from workflows.authority import Authority as Authority
from workflows.authority import lacking, unchecked
from workflows.effects import Effect
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.funding import against
from workflows.money import within
from workflows.review import Conflict, conflict_reasons, too_few
from workflows.roles import Permission, Role
from workflows.rules import Rules

PREPARERS = (Role.CASE_HANDLER,)
DECIDERS = (Role.DECISION_MAKER,)


class DecisionState(StrEnum):
    """How far a decision has come."""

    PENDING = "pending"
    RECOMMENDED = "recommended"
    DECIDED = "decided"
    RELEASED = "released"


class Outcome(StrEnum):
    """What is decided; each is a state of the application too."""

    AWARDED = "awarded"
    PROVISIONALLY_AWARDED = "provisionally_awarded"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"


DECIDED_AGAIN = frozenset({"waitlisted", "provisionally_awarded", "reconsidered"})
"""States of an application on which a later decision may be made."""

DECISIONS_BY_OTHERS = ("recommend", "decide")
"""Moves that nobody makes anew who took part before the outcome was tried again (G30)."""

BINDS_MONEY = frozenset({Outcome.AWARDED, Outcome.PROVISIONALLY_AWARDED})


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """The clarification meeting with the applicant, and who has confirmed its minutes."""

    held_at: datetime
    has_minutes: bool
    confirmed_by_office: UUID | None = None
    confirmed_by_scheme: UUID | None = None


class PersonTie(msgspec.Struct, frozen=True, kw_only=True):
    """A registered tie between somebody who might recommend or decide and the applicant (G12, G13)."""

    person_id: UUID
    name: str
    conflict: Conflict


class DecisionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one decision."""

    rules: Rules
    application_state: str
    outcome: Outcome | None
    amount_ore: int | None
    hours: int | None
    reasons: str
    reviews_submitted: int
    undiscussed: tuple[str, ...]
    """Titles of criteria on which the reviewers disagree and no discussion is written down."""
    meeting: Meeting | None
    frame_ore: int
    committed_ore: int
    """What other decisions of the call bind of its frame, this one left out."""
    frame_hours: int
    committed_hours: int
    authorities: tuple[Authority, ...]
    instrument: str = "budget_allocation"
    """How the money is given (DOMAIN 4.1)."""
    cost_centre: str = ""
    """The number of the unit whose call, and budget, it is."""
    ties: tuple[PersonTie, ...] = ()
    declared_impartial: frozenset[UUID] = frozenset()
    """Those who have declared to be impartial in this case."""
    checks: frozenset[str] = frozenset()
    recommended_by: UUID | None = None
    recommended_outcome: Outcome | None = None
    recommended_amount_ore: int | None = None
    recommended_hours: int | None = None
    has_letter: bool = False
    first_round: frozenset[UUID] = frozenset()
    """Those who took part before the outcome was tried again with success; empty where it was not."""

    @property
    def binds_money(self) -> bool:
        """Whether the outcome gives the office something."""
        return self.outcome in BINDS_MONEY

    @property
    def deviates(self) -> bool:
        """Whether it is another outcome, or another sum or number of hours, than was recommended."""
        if self.outcome != self.recommended_outcome:
            return True
        return self.binds_money and (
            (self.amount_ore or 0) != (self.recommended_amount_ore or 0)
            or (self.hours or 0) != (self.recommended_hours or 0)
        )


@requirement(source="G15")
def application_clarified(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """The application has come to its clarification meeting, or waits for a later decision."""
    if facts.application_state not in {"clarification_meeting", *DECIDED_AGAIN}:
        yield Reason(code="decision.application_not_clarified", place="application.steps", who=PREPARERS)


@requirement(source="G16")
def application_recommended(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """The application is recommended, or waits for a later decision."""
    if facts.application_state not in {"recommended", *DECIDED_AGAIN}:
        yield Reason(code="decision.application_not_recommended", place="application.steps", who=PREPARERS)


@requirement(source="G9")
def enough_reviews(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """As many reviews are handed in as the rules of the call ask for."""
    yield from too_few(facts.reviews_submitted, facts.rules)


@requirement(source="G10")
def disagreement_discussed(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """Where the reviewers' scores lie far apart, the discussion is written down."""
    for title in facts.undiscussed:
        yield Reason(
            code="decision.undiscussed",
            parameters={"name": title, "limit": facts.rules.reviews.spread_limit},
            place="application.discussion",
            who=PREPARERS,
        )


@requirement(source="G15")
def minutes_confirmed(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """The clarification meeting has been held, and both sides have confirmed its minutes."""
    meeting = facts.meeting
    place = "application.meeting"
    if meeting is None or act.now < meeting.held_at:
        yield Reason(code="decision.meeting_missing", place=place, who=PREPARERS)
        return
    if not meeting.has_minutes:
        yield Reason(code="decision.minutes_missing", place=place, who=PREPARERS)
    if meeting.confirmed_by_office is None:
        yield Reason(code="decision.minutes_unconfirmed_by_office", place=place, who=(Role.LEADER, Role.COORDINATOR))
    if meeting.confirmed_by_scheme is None:
        yield Reason(code="decision.minutes_unconfirmed_by_scheme", place=place, who=PREPARERS)


@requirement(source="G21", asked=True)
def outcome_chosen(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """The outcome is chosen, and one that gives the office something states how much."""
    place = "decision.outcome"
    if facts.outcome is None:
        yield Reason(code="decision.outcome_missing", place=place, who=PREPARERS)
        return
    if not facts.binds_money:
        return
    amount_ore, hours = facts.amount_ore, facts.hours
    if amount_ore is None or amount_ore < 0 or (amount_ore == 0 and not hours):
        yield Reason(code="decision.amount_missing", place=place, who=PREPARERS)
    if hours is None or hours < 0:
        yield Reason(code="decision.hours_missing", place=place, who=PREPARERS)


@requirement(source="DOMAIN 4.1", asked=True)
def given_as_the_call_gives(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """What is given is given in a way that the call allows and that fits it: money as money, hours as hours."""
    if facts.binds_money and facts.amount_ore is not None:
        for code in against(facts.rules.funding, facts.instrument, facts.amount_ore):
            instrument_key = f"decisions.instrument.{facts.instrument}"
            yield Reason(
                code=f"decision.{code}", parameters={"instrument_key": instrument_key}, place="decision.outcome",
                who=PREPARERS + DECIDERS,
            )  # fmt: skip


@requirement(source="G21", asked=True)
def reasons_written(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """The outcome has reasons that the applicant can read, whatever it is."""
    if not facts.reasons.strip():
        yield Reason(code="decision.reasons_missing", place="decision.reasons", who=PREPARERS)


@requirement(source="G11, G12, G13, G18")
def actor_impartial(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """Whoever recommends or decides has declared to be impartial, and nothing registered ties them to the applicant."""
    for tie in facts.ties:
        if tie.person_id == act.person_id:
            yield from conflict_reasons(tie.name, (tie.conflict,), "decision.impartiality")
    if act.person_id not in facts.declared_impartial:
        yield Reason(code="decision.impartiality_undeclared", place="decision.impartiality", who=PREPARERS + DECIDERS)


@requirement(source="G16")
def decided_by_another(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """The one who decides has not made the recommendation."""
    if facts.recommended_by is None:
        yield Reason(code="decision.not_recommended", place="decision.outcome", who=PREPARERS)
    elif act.person_id == facts.recommended_by:
        yield Reason(code="decision.same_person", place="decision.steps", who=DECIDERS)


@requirement(source="G30")
def not_of_first_round(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """What was tried again is decided anew by others than those who took part the first time."""
    if act.person_id in facts.first_round:
        yield Reason(code="decision.took_part_before", place="decision.steps", who=PREPARERS + DECIDERS)


@requirement(source="G17")
def authority_covers(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """The one who decides holds budget authority today, for at least the sum and for whose budget it is."""
    amount_ore = (facts.amount_ore or 0) if facts.binds_money else 0
    yield from lacking(facts.authorities, act, amount_ore, facts.cost_centre, "decision", "decision.outcome")


@requirement(source="G17", asked=True)
def checks_made(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """Authority, cover and prudence have each been checked before money is bound."""
    if facts.binds_money:
        yield from unchecked(facts.checks, "decision", "decision.checks")


@requirement(source="G19")
def within_the_frame(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """What is given fits in what is left of the call's frame, of money and of hours."""
    if not facts.binds_money:
        return
    amount_ore, hours = facts.amount_ore or 0, facts.hours or 0
    if not within(facts.frame_ore, facts.committed_ore, amount_ore):
        left_ore = max(facts.frame_ore - facts.committed_ore, 0)
        yield Reason(
            code="decision.over_frame",
            parameters={"amount_ore": amount_ore, "left_ore": left_ore},
            place="decision.outcome",
            who=PREPARERS + DECIDERS,
        )
    if hours > facts.frame_hours - facts.committed_hours:
        yield Reason(
            code="decision.over_hours",
            parameters={"hours": hours, "left": max(facts.frame_hours - facts.committed_hours, 0)},
            place="decision.outcome",
            who=PREPARERS + DECIDERS,
        )


@requirement(source="G16")
def deviation_explained(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """Deciding otherwise than was recommended needs a written reason."""
    if facts.deviates and not act.why.strip():
        yield Reason(code="decision.deviation_unexplained", place="decision.outcome", who=DECIDERS)


@requirement(source="G20")
def letter_made(facts: DecisionFacts, act: Act) -> Iterator[Reason]:
    """The letter to the applicant is made."""
    if not facts.has_letter:
        yield Reason(code="decision.letter_missing", place="decision.letter", who=PREPARERS)


S = DecisionState

DECISION = Lifecycle(
    subject="decision",
    states=DecisionState,
    initial=S.PENDING,
    final=frozenset({S.RELEASED}),
    moves=(
        move("recommend", S.PENDING, S.RECOMMENDED, Permission.DECISION_RECOMMEND,
             application_clarified, enough_reviews, disagreement_discussed, minutes_confirmed, outcome_chosen,
             given_as_the_call_gives, reasons_written, actor_impartial, not_of_first_round),
        move("send_back", S.RECOMMENDED, S.PENDING, Permission.DECISION_DECIDE, needs_why=True, aside=True),
        move("decide", S.RECOMMENDED, S.DECIDED, Permission.DECISION_DECIDE,
             application_recommended, decided_by_another, enough_reviews, disagreement_discussed, minutes_confirmed,
             outcome_chosen, given_as_the_call_gives, reasons_written, actor_impartial, not_of_first_round,
             authority_covers, checks_made, within_the_frame, deviation_explained,
             effects=(Effect.COMMIT_FRAME, Effect.MAKE_LETTER)),
        move("release", S.DECIDED, S.RELEASED, Permission.DECISION_RELEASE, letter_made,
             effects=(Effect.RELEASE_LETTER,)),
    ),
)  # fmt: skip
