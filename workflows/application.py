"""An office's application: written, sent, checked, reviewed, clarified, recommended, decided, and accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from workflows import budget
from workflows.application_facts import ApplicationFacts as ApplicationFacts
from workflows.application_facts import ExpectedBenefit as ExpectedBenefit
from workflows.application_facts import PositiveDeviance as PositiveDeviance
from workflows.calendar import has_passed, is_open
from workflows.decision import Outcome
from workflows.effects import Effect
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.forms.fields import faults, missing
from workflows.judging import judged_against, not_judged
from workflows.review import too_few
from workflows.roles import Permission, Role
from workflows.team import content_to_endorse, takes_part, who_confirms

WRITERS = (Role.COORDINATOR, Role.LEADER, Role.CORE_TEAM)
SENDERS = (Role.COORDINATOR, Role.LEADER)
HANDLERS = (Role.CASE_HANDLER,)
DECIDERS = (Role.DECISION_MAKER,)


class ApplicationState(StrEnum):
    """How far an application has come, as the scheme sees it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SCREENING = "screening"
    RETURNED = "returned"
    IN_REVIEW = "in_review"
    CLARIFICATION_MEETING = "clarification_meeting"
    RECOMMENDED = "recommended"
    AWARDED = "awarded"
    PROVISIONALLY_AWARDED = "provisionally_awarded"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    RECONSIDERED = "reconsidered"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"
    DECLINED = "declined"
    JOINED = "joined"


AMOUNT = "amount_ore"
"""The question that a budget answers, where the call asks for one."""


def _missing_from(code: str, part: str, who: tuple[Role, ...] = WRITERS, **parameters: str | int) -> Reason:
    return Reason(code=code, parameters=parameters, place=f"application.{part}", who=who)


@requirement(source="G4")
def in_time(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The call is open, to the last second of the minute of its deadline, or of the longer one that the office was given."""
    grace = facts.rules.deadlines.grace_minutes
    deadline = max(facts.deadline, facts.extended_until or facts.deadline)
    if has_passed(deadline, act.now, grace_minutes=grace):
        yield Reason(
            code="application.too_late",
            parameters={"deadline_at": deadline.isoformat()},
            place="application.extension",
            who=HANDLERS,
        )
    elif not is_open(facts.opens_at, deadline, act.now, grace_minutes=grace):
        yield Reason(
            code="application.too_early",
            parameters={"opens_at": facts.opens_at.isoformat()},
            place="call.dates",
            who=SENDERS,
        )


@requirement(source="G3")
def call_announced(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The call is published, and no draft any more."""
    if facts.call_state == "draft":
        yield Reason(code="application.call_not_published", place="call.steps", who=HANDLERS)


def completion_is_late(until: datetime | None, now: datetime) -> bool:
    """Whether the time that an office was given to complete its application has run out."""
    return until is not None and has_passed(until, now)


@requirement(source="G4, G8", waivable_by=Role.DECISION_MAKER)
def completed_in_time(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """What was asked for is sent before the end of the day that was given for it, or a later one that a person gave."""
    if facts.completion_until is not None and completion_is_late(facts.completion_until, act.now):
        yield Reason(
            code="application.completion_too_late",
            parameters={"until_at": facts.completion_until.isoformat()},
            place="application.extension",
            who=HANDLERS,
        )


@requirement(source="G8")
def given_time_used_up(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """What an office is completing is not dismissed before the time that it was given for it has run out."""
    until = facts.completion_until
    if facts.is_returned and until is not None and not completion_is_late(until, act.now):
        yield _missing_from("application.completion_awaited", "steps", SENDERS, until_at=until.isoformat())


@requirement(source="G8", asked=True)
def something_named(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """What goes back names at least one part that is to be completed, with what is missing in it."""
    if not facts.returned_parts:
        yield _missing_from("application.no_part_named", "steps", HANDLERS)


@requirement(source="G8")
def unit_may_apply(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The applicant is an office that may apply."""
    if not facts.unit_eligible:
        yield _missing_from("application.unit_not_eligible", "unit", HANDLERS)


@requirement(source="S37, S38, S80, G8")
def every_question_answered(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """Every question that must be answered is answered, among them the problem statement and what it rests on."""
    for reason in missing(facts.form, facts.answers):
        if not (facts.rules.budget.asked and reason.parameters.get("question") == AMOUNT):
            yield reason


@requirement(source="G8")
def every_answer_valid(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """No answer is too long, out of range or unreadable."""
    known = {question.key: question for question in facts.form.questions}
    for name in faults(facts.form, facts.form.counted(facts.answers)):
        question = known.get(name.partition("-")[0])
        if question is None:
            yield _missing_from("application.answer_unknown", "problem", question=name[:100])
        else:
            yield Reason(
                code="application.answer_invalid",
                parameters={"question_key": facts.form.label(question), "question": question.key},
                place=question.place,
                who=WRITERS,
            )


@requirement(source="S32, S33")
def something_works_already(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """At least one positive deviance is described, and no two have the same rank."""
    if not any(deviance.text.strip() for deviance in facts.deviances):
        yield _missing_from("application.deviance_missing", "what_works")
    ranks = [deviance.rank for deviance in facts.deviances]
    for rank in sorted({rank for rank in ranks if ranks.count(rank) > 1}):
        yield _missing_from("application.deviance_rank_twice", "what_works", rank=rank)


@requirement(source="R3, R4, R24")
def budget_complete(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """Where the call asks for a budget it has at least one line, and each says its year where the call asks for that."""
    yield from budget.lacking(facts.rules.budget, facts.budget)


@requirement(source="R4, G8")
def costs_paid_for(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """Nothing in the budget is applied for of a kind of cost that the call does not pay for."""
    yield from budget.not_paid_for(facts.rules.budget, facts.budget, facts.cost_kinds)


@requirement(source="R5, G19")
def within_what_is_given(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """No more is applied for than one application may get, and the office and others bear the share that they must."""
    yield from budget.above_most(facts.rules.budget, int(facts.answers.get(AMOUNT) or 0))
    yield from budget.own_share_too_small(facts.rules.budget, facts.budget)


@requirement(source="S73")
def team_in_place(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The team is large enough, has every role it must have, and every member has a name, a role and hours."""
    wanted = facts.rules.team
    if len(facts.team) < wanted.minimum:
        yield _missing_from("application.team_too_small", "team", count=len(facts.team), needed=wanted.minimum)
    held = {member.role for member in facts.team}
    for role in wanted.roles:
        if role not in held:
            yield _missing_from("application.team_role_missing", "team", role_key=f"role.{role}", role=role)
    for member in facts.team:
        if not member.name.strip():
            yield _missing_from("application.member_without_name", "team", id=str(member.id))
        if member.role is None:
            yield _missing_from("application.member_without_role", "team", name=member.name, id=str(member.id))
        if not member.weekly_hours or member.weekly_hours < 0:
            yield _missing_from("application.member_without_hours", "team", name=member.name, id=str(member.id))


@requirement(source="S73")
def team_confirms(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """Every member of the team has said that they take part, in their role and with their hours as they are now."""
    if not facts.rules.team.members_confirm:
        return
    for member in facts.team:
        name, identity, who = member.name, str(member.id), who_confirms(member)
        if member.answer == "no":
            yield _missing_from("application.member_declined", "team", name=name, id=identity)
        elif member.role == Role.LEADER and facts.rules.team.leader_endorses:
            continue  # whose word for the application says it
        elif member.answer and not takes_part(member):
            yield _missing_from("application.member_confirmed_other", "team", who, name=name, id=identity)
        elif not member.answer:
            yield _missing_from("application.member_not_confirmed", "team", who, name=name, id=identity)


@requirement(source="S64, S70")
def benefits_expected(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """As many expected benefits are named as the rules ask for, each for somebody and towards an overall goal."""
    needed = facts.rules.benefits.minimum
    if len(facts.benefits) < needed:
        yield _missing_from("application.benefits_too_few", "benefits", count=len(facts.benefits), needed=needed)
    for benefit in facts.benefits:
        name, identity = benefit.title, str(benefit.id)
        if not benefit.beneficiary:
            yield _missing_from("application.benefit_without_beneficiary", "benefits", name=name, id=identity)
        if benefit.goal not in facts.rules.benefits.goals:
            yield _missing_from("application.benefit_without_goal", "benefits", name=name, id=identity)


@requirement(source="G7, S73, S76")
def leader_endorses(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """Every office's leader has endorsed what it says now about the statement, the team, the hours and the money."""
    if not facts.rules.team.leader_endorses:
        return
    content = content_to_endorse(facts.answers, facts.team, facts.partners, facts.budget)
    if facts.endorsed_content is None:
        yield _missing_from("application.not_endorsed", "endorsement", (Role.LEADER,))
    elif facts.endorsed_content != content:
        yield _missing_from("application.endorsement_outdated", "endorsement", (Role.LEADER,))
    for partner in facts.partners:
        if partner.endorsed_content != content:
            yield _missing_from("application.partner_not_endorsed", "endorsement", (Role.LEADER,), unit=partner.name)


@requirement(source="S76")
def joining_agreed(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """Both offices have agreed to go on with the other application."""
    if not facts.is_joined:
        yield _missing_from("application.not_joined", "partners", SENDERS)


@requirement(source="G8")
def judged_by_person(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """A case handler has judged what no machine can, since the application was last sent."""
    yield from not_judged(facts.rules.screening.judged, facts.judged)


@requirement(source="G8", waivable_by=Role.DECISION_MAKER)
def judged_to_hold(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """Nothing that a case handler has judged speaks against the application."""
    yield from judged_against(facts.rules.screening.judged, facts.judged)


@requirement(source="G9")
def enough_reviews(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """As many reviews are handed in as the rules of the call ask for."""
    yield from too_few(facts.reviews_submitted, facts.rules)


@requirement(source="G16")
def recommendation_signed(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """A recommendation has been signed."""
    if not facts.recommended:
        yield _missing_from("application.not_recommended", "decision", HANDLERS)


@requirement(source="G16")
def recommendation_taken_back(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The recommendation no longer stands."""
    if facts.recommended:
        yield _missing_from("application.still_recommended", "decision", DECIDERS)


def _decided(facts: ApplicationFacts, outcome: Outcome) -> Iterator[Reason]:
    if facts.decided_outcome != outcome:
        outcome_key = f"state.application.{outcome}"
        yield _missing_from("application.not_decided_so", "decision", DECIDERS, outcome_key=outcome_key)


@requirement(source="G16, G17")
def award_decided(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The decision is made, and it is an award."""
    yield from _decided(facts, Outcome.AWARDED)


@requirement(source="G16, G17")
def provisional_award_decided(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The decision is made, and it is a provisional award."""
    yield from _decided(facts, Outcome.PROVISIONALLY_AWARDED)


@requirement(source="G16")
def waiting_decided(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The decision is made, and it puts the application on the waiting list."""
    yield from _decided(facts, Outcome.WAITLISTED)


@requirement(source="G16")
def rejection_decided(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The decision is made, and it is a rejection."""
    yield from _decided(facts, Outcome.REJECTED)


@requirement(source="G20, G23")
def letter_released(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The office has been sent the letter whose conditions it accepts."""
    if facts.letter_released_at is None:
        yield _missing_from("application.letter_not_released", "letter", (Role.CASE_HANDLER, Role.DECISION_MAKER))


@requirement(source="G23, G30")
def no_request_open(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The office does not wait for an answer to its request to have the outcome tried again."""
    if facts.request_open:
        yield _missing_from("application.request_open", "reconsideration", SENDERS + HANDLERS)


@requirement(source="G30", hides=True)
def request_granted(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The outcome has been tried again, and is to be changed."""
    if not facts.request_granted:
        yield _missing_from("application.request_not_granted", "reconsideration", HANDLERS + DECIDERS)


@requirement(source="G30")
def dismissed_by_another(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """What was tried again is dismissed anew by others than those who took part the first time."""
    if act.person_id in facts.first_round:
        yield _missing_from("application.took_part_before", "steps", HANDLERS + DECIDERS)


def acceptance_deadline(facts: ApplicationFacts) -> datetime | None:
    """Until when the office may take its time to accept, counted anew after an answer to its request; None while it waits."""
    if facts.letter_released_at is None:
        return None
    got_at = max(facts.letter_released_at, facts.request_answered_at or facts.letter_released_at)
    return got_at + timedelta(days=facts.rules.deadlines.acceptance_days)


@requirement(source="G23")
def acceptance_overdue(facts: ApplicationFacts, act: Act) -> Iterator[Reason]:
    """The office has had the letter for as many days as it has to accept, and has not."""
    until = acceptance_deadline(facts)
    if until is None:
        yield _missing_from("application.letter_not_released", "letter", (Role.CASE_HANDLER, Role.DECISION_MAKER))
    elif act.now < until:
        yield _missing_from("application.acceptance_not_overdue", "letter", (Role.LEADER,), until_at=until.isoformat())


S = ApplicationState

COMPLETE = (
    every_question_answered, every_answer_valid, something_works_already, budget_complete, costs_paid_for,
    within_what_is_given, team_in_place, team_confirms, benefits_expected, leader_endorses, unit_may_apply,
)  # fmt: skip
BEFORE_DECISION = (
    S.DRAFT, S.SUBMITTED, S.SCREENING, S.RETURNED, S.IN_REVIEW, S.CLARIFICATION_MEETING, S.RECOMMENDED,
)  # fmt: skip
AWARDS = frozenset({S.AWARDED, S.PROVISIONALLY_AWARDED})

APPLICATION = Lifecycle(
    subject="application",
    states=ApplicationState,
    initial=S.DRAFT,
    final=frozenset({S.WITHDRAWN, S.ACCEPTED, S.LAPSED, S.DECLINED, S.JOINED}),
    moves=(
        move("submit", S.DRAFT, S.SUBMITTED, Permission.APPLICATION_SUBMIT,
             in_time, call_announced, *COMPLETE,
             effects=(Effect.GIVE_RECEIPT, Effect.FREEZE_STATEMENT, Effect.TELL_CASE_HANDLERS,
                      Effect.INDEX_CHALLENGE)),
        move("begin_screening", S.SUBMITTED, S.SCREENING, Permission.APPLICATION_SCREEN),
        move("return_for_completion", S.SCREENING, S.RETURNED, Permission.APPLICATION_SCREEN,
             something_named, effects=(Effect.TELL_APPLICANT,), needs_why=True, aside=True),
        move("resubmit", S.RETURNED, S.SUBMITTED, Permission.APPLICATION_SUBMIT,
             completed_in_time, *COMPLETE,
             effects=(Effect.GIVE_RECEIPT, Effect.FREEZE_STATEMENT, Effect.TELL_CASE_HANDLERS,
                      Effect.INDEX_CHALLENGE)),
        move("find_complete", S.SCREENING, S.IN_REVIEW, Permission.APPLICATION_SCREEN,
             *COMPLETE, judged_by_person, judged_to_hold, effects=(Effect.TELL_APPLICANT,)),
        move("dismiss", (S.SUBMITTED, S.SCREENING, S.RETURNED), S.DISMISSED, Permission.APPLICATION_DISMISS,
             dismissed_by_another, given_time_used_up, effects=(Effect.MAKE_LETTER,), needs_why=True, aside=True),
        move("hold_meeting", S.IN_REVIEW, S.CLARIFICATION_MEETING, Permission.APPLICATION_MEET,
             enough_reviews, effects=(Effect.TELL_APPLICANT,)),
        move("reopen_review", S.CLARIFICATION_MEETING, S.IN_REVIEW, Permission.APPLICATION_MEET, needs_why=True, aside=True),
        move("recommend", S.CLARIFICATION_MEETING, S.RECOMMENDED, Permission.DECISION_RECOMMEND,
             enough_reviews, recommendation_signed),
        move("send_back", S.RECOMMENDED, S.CLARIFICATION_MEETING, Permission.DECISION_DECIDE,
             recommendation_taken_back, needs_why=True, aside=True),
        move("award", (S.RECOMMENDED, S.WAITLISTED, S.PROVISIONALLY_AWARDED, S.RECONSIDERED), S.AWARDED,
             Permission.DECISION_DECIDE, award_decided),
        move("award_provisionally", (S.RECOMMENDED, S.WAITLISTED, S.RECONSIDERED), S.PROVISIONALLY_AWARDED,
             Permission.DECISION_DECIDE, provisional_award_decided),
        move("waitlist", (S.RECOMMENDED, S.RECONSIDERED), S.WAITLISTED, Permission.DECISION_DECIDE, waiting_decided),
        move("reject", (S.RECOMMENDED, S.WAITLISTED, S.RECONSIDERED), S.REJECTED, Permission.DECISION_DECIDE,
             rejection_decided),
        move("decide_anew", (S.REJECTED, S.WAITLISTED, *AWARDS), S.RECONSIDERED, Permission.RECONSIDERATION_HANDLE,
             request_granted),
        move("treat_anew", S.DISMISSED, S.SCREENING, Permission.RECONSIDERATION_HANDLE, request_granted),
        move("accept", tuple(AWARDS), S.ACCEPTED, Permission.AWARD_ACCEPT,
             letter_released, no_request_open,
             effects=(Effect.OPEN_PROJECT, Effect.TAKE_OVER_BENEFITS, Effect.PLAN_MILESTONES,
                      Effect.OPEN_CLARIFICATIONS, Effect.INDEX_CHALLENGE)),
        move("decline", tuple(AWARDS), S.DECLINED, Permission.AWARD_ACCEPT,
             letter_released, no_request_open, effects=(Effect.MAKE_LETTER, Effect.RELEASE_LETTER), needs_why=True,
             aside=True),
        move("lapse", tuple(AWARDS), S.LAPSED, Permission.DECISION_DECIDE,
             acceptance_overdue, no_request_open, effects=(Effect.TELL_APPLICANT,), needs_why=True, aside=True),
        move("join", S.DRAFT, S.JOINED, Permission.CLOCK,
             joining_agreed, effects=(Effect.INDEX_CHALLENGE,)),
        move("withdraw", BEFORE_DECISION, S.WITHDRAWN, Permission.APPLICATION_WITHDRAW,
             effects=(Effect.TELL_OF_WITHDRAWAL, Effect.INDEX_CHALLENGE), needs_why=True, aside=True),
    ),
)  # fmt: skip

MOVE_OF_OUTCOME: dict[Outcome, str] = {
    Outcome.AWARDED: "award",
    Outcome.PROVISIONALLY_AWARDED: "award_provisionally",
    Outcome.WAITLISTED: "waitlist",
    Outcome.REJECTED: "reject",
}
"""The application's move that follows a decision with that outcome."""


def advice(facts: ApplicationFacts) -> tuple[Reason, ...]:
    """What would make the application better and holds nothing up: a statement is best written as a question (S39)."""
    statement = str(facts.answers.get("problem_statement") or "").strip()
    if statement and not statement.endswith("?"):
        return (_missing_from("application.statement_no_question", "problem"),)
    return ()
