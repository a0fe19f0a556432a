"""A review of one application by one person: impartiality first, then a score with a reason for each criterion."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.calendar import add_working_days, day_in_oslo
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.review_phases import PHASES, ReviewPhase, Standing, moment
from workflows.roles import Permission, Role
from workflows.rules import Rules

ASSIGNERS = (Role.CASE_HANDLER,)
REVIEWERS = (Role.REVIEWER,)

REVIEWED_IN = frozenset({"screening", "in_review", "clarification_meeting"})
"""States of an application in which somebody may be given it to review."""

SCORED_IN = frozenset({"in_review", "clarification_meeting"})
"""States of an application in which a review is written and handed in."""


class ReviewState(StrEnum):
    """How far a review has come."""

    ASSIGNED = "assigned"
    DECLARED = "declared"
    STARTED = "started"
    SUBMITTED = "submitted"
    RECUSED = "recused"
    VOIDED = "voided"


class ConflictKind(StrEnum):
    """What ties a person to an applicant, derived from what is registered (G12)."""

    SAME_UNIT = "same_unit"
    PARENT_UNIT = "parent_unit"
    CHILD_UNIT = "child_unit"
    LEADER_OF_UNIT = "leader_of_unit"
    LINE_LEADER = "line_leader"
    TEAM_MEMBER = "team_member"
    AUTHOR = "author"
    COOPERATION = "cooperation"
    COUNTY_REPRESENTATIVE = "county_representative"
    FACILITATOR = "facilitator"


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """One tie, with the name of the unit, case or person that it goes through."""

    kind: ConflictKind
    detail: str = ""


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion with the reviewer's score and reason, None and empty until they are given."""

    criterion_id: UUID
    title: str
    value: int | None = None
    reason: str = ""


class ReviewFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one review."""

    rules: Rules
    review_id: UUID
    reviewer_id: UUID
    reviewer_name: str
    application_state: str
    conflicts: tuple[Conflict, ...]
    declared_at: datetime | None
    scores: tuple[Scored, ...]
    """One for each criterion of the call."""
    phases: tuple[ReviewPhase, ...] = PHASES
    all_in: bool = False
    """Whether as many reviews as are needed are in, and none is under way."""


class CandidateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know before somebody is given an application to review."""

    person_id: UUID
    name: str
    application_state: str
    conflicts: tuple[Conflict, ...]
    is_reviewer_already: bool = False


def conflict_reasons(name: str, conflicts: Iterable[Conflict], place: str) -> Iterator[Reason]:
    """A reason for each tie between the named person and the applicant (G12)."""
    for conflict in conflicts:
        yield Reason(
            code="review.conflict",
            parameters={"name": name, "conflict_key": f"conflict.{conflict.kind}", "detail": conflict.detail},
            place=place,
            who=ASSIGNERS,
        )


def against_assigning(facts: CandidateFacts) -> tuple[Reason, ...]:
    """Everything that keeps a person from being given an application to review; empty where nothing does (G12)."""
    found = list(conflict_reasons(facts.name, facts.conflicts, "application.reviewers"))
    if facts.is_reviewer_already:
        found.append(
            Reason(
                code="review.assigned_already",
                parameters={"name": facts.name},
                place="application.reviewers",
                who=ASSIGNERS,
            )
        )
    if facts.application_state not in REVIEWED_IN:
        found.append(Reason(code="review.application_not_assignable", place="application.steps", who=ASSIGNERS))
    return tuple(found)


@requirement(source="G9")
def written_by_the_reviewer(facts: ReviewFacts, act: Act) -> Iterator[Reason]:
    """Reviewers declare, score and hand in for themselves."""
    if act.person_id != facts.reviewer_id:
        yield Reason(
            code="review.only_self",
            parameters={"name": facts.reviewer_name},
            place="review.declaration",
            who=REVIEWERS,
        )


@requirement(source="G11, G12")
def no_tie_to_the_applicant(facts: ReviewFacts, act: Act) -> Iterator[Reason]:
    """Nothing that is registered ties the reviewer to the applicant."""
    yield from conflict_reasons(facts.reviewer_name, facts.conflicts, "review.declaration")


@requirement(source="G11")
def impartiality_declared(facts: ReviewFacts, act: Act) -> Iterator[Reason]:
    """The reviewer has declared to be impartial in this case."""
    if facts.declared_at is None:
        yield Reason(code="review.undeclared", place="review.declaration", who=REVIEWERS)


@requirement(source="G9")
def application_under_review(facts: ReviewFacts, act: Act) -> Iterator[Reason]:
    """The application is being reviewed."""
    if facts.application_state not in SCORED_IN:
        yield Reason(code="review.application_not_in_review", place="application.steps", who=ASSIGNERS)


@requirement(source="G9")
def phase_takes_scores(facts: ReviewFacts, act: Act) -> Iterator[Reason]:
    """The phase that the application is in is one in which reviews are written."""
    now = moment(facts.phases, day_in_oslo(act.now), all_in=facts.all_in)
    begins, ends = now.phase.begins_on, now.phase.ends_on
    if now.standing is Standing.WAITING and begins:
        yield Reason(
            code="review.phase_waits",
            parameters={"begins_on": begins.isoformat()},
            place="application.steps",
            who=ASSIGNERS,
        )
    elif now.standing is Standing.OVER and ends:
        yield Reason(
            code="review.phase_over",
            parameters={"ended_on": ends.isoformat()},
            place="application.steps",
            who=ASSIGNERS,
        )
    elif not now.phase.may_score or now.phase.applications == "none":
        yield Reason(code="review.phase_takes_no_scores", place="application.steps", who=ASSIGNERS)


@requirement(source="pretalx 2.4", hides=True)
def changes_allowed(facts: ReviewFacts, act: Act) -> Iterator[Reason]:
    """The phase allows reviews that are handed in to be changed."""
    now = moment(facts.phases, day_in_oslo(act.now), all_in=facts.all_in)
    if now.standing is not Standing.RUNNING or not now.phase.may_change:
        yield Reason(code="review.phase_takes_no_changes", place="application.steps", who=ASSIGNERS)


@requirement(source="G9")
def every_criterion_scored(facts: ReviewFacts, act: Act) -> Iterator[Reason]:
    """Every criterion has a score on the scale and a reason that says something."""
    limits = facts.rules.reviews
    if not facts.scores:
        yield Reason(code="review.no_criteria", place="call.criteria", who=ASSIGNERS)
    for score in facts.scores:
        parameters: dict[str, str | int] = {"name": score.title, "id": str(score.criterion_id)}
        if score.value is None:
            yield Reason(code="review.score_missing", parameters=parameters, place="review.criterion", who=REVIEWERS)
        elif not limits.lowest <= score.value <= limits.highest:
            yield Reason(
                code="review.score_off_scale",
                parameters={**parameters, "lowest": limits.lowest, "highest": limits.highest},
                place="review.criterion",
                who=REVIEWERS,
            )
        if len(score.reason.strip()) < limits.reason_minimum:
            yield Reason(
                code="review.reason_too_short",
                parameters={**parameters, "least": limits.reason_minimum},
                place="review.criterion",
                who=REVIEWERS,
            )


S = ReviewState

REVIEW = Lifecycle(
    subject="review",
    states=ReviewState,
    initial=S.ASSIGNED,
    final=frozenset({S.RECUSED, S.VOIDED}),
    moves=(
        move("declare", S.ASSIGNED, S.DECLARED, Permission.REVIEW_WRITE,
             written_by_the_reviewer, no_tie_to_the_applicant),
        move("start", S.DECLARED, S.STARTED, Permission.REVIEW_WRITE,
             written_by_the_reviewer, no_tie_to_the_applicant, impartiality_declared, application_under_review,
             phase_takes_scores),
        move("submit", S.STARTED, S.SUBMITTED, Permission.REVIEW_WRITE,
             written_by_the_reviewer, no_tie_to_the_applicant, impartiality_declared, application_under_review,
             phase_takes_scores, every_criterion_scored),
        move("take_back", S.SUBMITTED, S.STARTED, Permission.REVIEW_WRITE,
             written_by_the_reviewer, no_tie_to_the_applicant, application_under_review, phase_takes_scores,
             changes_allowed, aside=True),
        move("recuse", (S.ASSIGNED, S.DECLARED, S.STARTED), S.RECUSED, Permission.REVIEW_WRITE,
             written_by_the_reviewer, needs_why=True),
        move("void", (S.ASSIGNED, S.DECLARED, S.STARTED, S.SUBMITTED), S.VOIDED, Permission.REVIEW_ASSIGN,
             needs_why=True),
    ),
)  # fmt: skip

READS_THE_CASE = frozenset({ReviewState.DECLARED, ReviewState.STARTED, ReviewState.SUBMITTED})
COUNTS = frozenset({ReviewState.SUBMITTED})


def may_read_case(state: str, conflicts: Sequence[Conflict]) -> bool:
    """Whether a reviewer may read the application: declared impartial, and nothing registered against it (G11, G12)."""
    return state in READS_THE_CASE and not conflicts


def may_see_reviews(
    *, person_id: UUID, roles: Collection[Role], own_states: Collection[str], review_of: UUID, review_state: str
) -> bool:
    """Whether a person may see one review of an application, by the reviewer `review_of` (G9).

    `own_states` are the states of the person's own reviews of the same application. One's own is always seen; others'
    only once handed in, by a reviewer only after their own is in, whatever other roles they hold, and by one who
    has stepped aside never.
    """
    if person_id == review_of:
        return True
    if review_state not in COUNTS or ReviewState.RECUSED in own_states:
        return False
    if any(state in (ReviewState.ASSIGNED, ReviewState.DECLARED, ReviewState.STARTED) for state in own_states):
        return False
    if any(state in COUNTS for state in own_states):
        return True
    return not {Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR}.isdisjoint(roles)


def may_have_an_opinion(*, is_own: bool, own_state: str | None, review_state: str, sees_others: bool) -> bool:
    """Whether somebody may say that they agree or disagree with a review: another's, once both are in (hypha 2.1)."""
    return not is_own and sees_others and own_state in COUNTS and review_state in COUNTS


class Untenable(StrEnum):
    """Why a review cannot go on, or cannot count any longer."""

    CONFLICT = "conflict"
    LEFT = "left"


def untenable(state: str, conflicts: Sequence[Conflict], *, in_the_group: bool) -> Untenable | None:
    """Why a review is voided: a tie was found late (G12), or its reviewer left before handing it in; else None.

    What somebody handed in before they left stands: they were impartial when they wrote it.
    """
    if state in (ReviewState.RECUSED, ReviewState.VOIDED):
        return None
    if conflicts:
        return Untenable.CONFLICT
    return None if in_the_group or state in COUNTS else Untenable.LEFT


def due_on(assigned_at: datetime, rules: Rules) -> date:
    """The day by which a review is to be handed in, counted in working days from the day it was assigned."""
    return add_working_days(day_in_oslo(assigned_at), rules.reviews.working_days)


def spread(scores: Iterable[int]) -> int:
    """How far apart the highest and the lowest score are; 0 for fewer than two."""
    values = tuple(scores)
    return max(values) - min(values) if values else 0


def disagreements(scores: Mapping[UUID, Sequence[int]], spread_limit: int) -> tuple[UUID, ...]:
    """The criteria whose scores lie further apart than the limit, and so must be discussed (G10)."""
    return tuple(criterion for criterion, values in scores.items() if spread(values) > spread_limit)


def weighted_score(scores: Mapping[UUID, Sequence[int]], weights: Mapping[UUID, int]) -> Decimal | None:
    """The mean of each criterion's scores by its weight, on the scale of the scores; None until all are scored."""
    total = sum(weights.values())
    if not total or any(not scores.get(criterion) for criterion in weights):
        return None
    parts = (Decimal(sum(scores[criterion])) / len(scores[criterion]) * weight for criterion, weight in weights.items())
    return (sum(parts, Decimal()) / total).quantize(Decimal("0.01"))


def too_few(submitted: int, rules: Rules) -> Iterator[Reason]:
    """What is missing until an application has as many reviews as its rules ask for (G9)."""
    if submitted < rules.reviews.needed:
        yield Reason(
            code="review.too_few",
            parameters={"submitted": submitted, "needed": rules.reviews.needed},
            place="application.reviewers",
            who=(Role.CASE_HANDLER, Role.REVIEWER),
        )


LEAST_TO_NORMALISE = 3
"""Reviews that somebody has handed in before it can be told whether they are strict or mild."""


def normalised(given: Mapping[UUID, Mapping[UUID, Decimal]]) -> dict[UUID, Decimal]:
    """The mean score of each case as if all reviewers were equally strict; to be shown beside the true one, never used.

    `given` holds for each reviewer the score they gave each case. Each score is moved by as much as its reviewer's
    mean lies off the mean of the reviewers; one with fewer than LEAST_TO_NORMALISE cases is taken as they are.
    """
    means = {
        reviewer: sum(scores.values(), Decimal()) / len(scores)
        for reviewer, scores in given.items()
        if len(scores) >= LEAST_TO_NORMALISE
    }
    common = sum(means.values(), Decimal()) / len(means) if means else Decimal()
    moved: dict[UUID, list[Decimal]] = {}
    for reviewer, scores in given.items():
        off = means[reviewer] - common if reviewer in means else Decimal()
        for case, score in scores.items():
            moved.setdefault(case, []).append(score - off)
    return {case: (sum(scores, Decimal()) / len(scores)).quantize(Decimal("0.01")) for case, scores in moved.items()}
