"""Which reviews of a call are missing, from whom, and whether somebody is stricter than the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Numeric, case, cast, func, select

from app.applications.models import Application
from app.calls.models import Criterion
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.reviews.models import Review, ReviewReminder, Score
from app.reviews.queries import UNDER_WAY, seen_by
from workflows.calendar import day_in_oslo
from workflows.review import COUNTS, SCORED_IN, ReviewState, due_on, normalised
from workflows.rules import Rules


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """A review that is not handed in, of which application, by when it should be."""

    review_id: UUID
    case_id: UUID
    reference: str
    unit: str
    reviewer: str
    state: str
    due_on: date
    is_late: bool
    rung: str | None
    """How high it has been taken: the last rung of the ladder (workflows/reminder.py), none before the first."""
    reminded_at: datetime | None


class ReviewerProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far one reviewer has come with the applications of a call."""

    person_id: UUID
    name: str
    submitted: int
    undeclared: int
    under_way: int
    late: int
    next_due_on: date | None

    @property
    def given(self) -> int:
        """How many they were given, those that ended early left out."""
        return self.submitted + self.undeclared + self.under_way


class Short(msgspec.Struct, frozen=True, kw_only=True):
    """An application that fewer people assess than its rules ask for."""

    case_id: UUID
    reference: str
    unit: str
    standing: int
    needed: int


class CallProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How the assessment of a call stands."""

    reviewers: tuple[ReviewerProgress, ...]
    """Those with most that is late first, then those with most left."""
    outstanding: tuple[Late, ...]
    """The oldest first."""
    short: tuple[Short, ...]


def reviewer_progress(person_id: UUID, name: str, states: Iterable[str], dues: Sequence[Late]) -> ReviewerProgress:
    """One reviewer's reviews, counted."""
    given = tuple(states)
    return ReviewerProgress(
        person_id=person_id, name=name, submitted=sum(each in COUNTS for each in given),
        undeclared=given.count(ReviewState.ASSIGNED),
        under_way=given.count(ReviewState.DECLARED) + given.count(ReviewState.STARTED),
        late=sum(each.is_late for each in dues), next_due_on=min((each.due_on for each in dues), default=None),
    )  # fmt: skip


def _last_reminder(column: Any) -> Any:
    """What is known of the last reminder of a review."""
    found = select(column).where(ReviewReminder.review_id == Review.id).correlate(Review)
    return found.order_by(ReviewReminder.sent_at.desc()).limit(1).scalar_subquery()


async def progress_of(uow: UnitOfWork, call_id: UUID, *, hidden: Collection[UUID] = ()) -> CallProgress:
    """Every review of a call that counts or is still to come; two statements. No office of the `hidden` is named."""
    rows = await uow.session.execute(
        select(
            Review.id, Review.case_id, Review.reviewer_id, Review.state, Review.assigned_at, Case.reference,
            Unit.name.label("unit"), Person.name.label("reviewer"), Application.state.label("stage"), Application.rules,
            _last_reminder(ReviewReminder.rung).label("rung"), _last_reminder(ReviewReminder.sent_at).label("reminded_at"),
        )
        .join(Application, Application.id == Review.case_id)
        .join(Case, Case.id == Review.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Person, Person.id == Review.reviewer_id)
        .where(Application.call_id == call_id, Review.state.in_((*UNDER_WAY, *COUNTS)))
        .order_by(Review.assigned_at, Review.id)
    )  # fmt: skip
    today = day_in_oslo(uow.now)
    outstanding: list[Late] = []
    states: dict[tuple[UUID, str], list[str]] = {}
    dues: dict[UUID, list[Late]] = {}
    for row in rows:
        if row.state in UNDER_WAY and row.stage not in SCORED_IN:
            continue  # nobody waits for it any longer
        states.setdefault((row.reviewer_id, row.reviewer), []).append(row.state)
        if row.state in UNDER_WAY:
            late = _late(row, today, hidden)
            outstanding.append(late)
            dues.setdefault(row.reviewer_id, []).append(late)
    reviewers = [
        reviewer_progress(person_id, name, given, dues.get(person_id, ()))
        for (person_id, name), given in states.items()
    ]
    return CallProgress(
        reviewers=tuple(sorted(reviewers, key=lambda each: (-each.late, each.submitted - each.given, each.name))),
        outstanding=tuple(sorted(outstanding, key=lambda each: (each.due_on, each.reference))),
        short=await _short(uow, call_id, hidden),
    )


def _late(row: Any, today: date, hidden: Collection[UUID]) -> Late:
    due = due_on(row.assigned_at, msgspec.convert(row.rules, Rules))
    return Late(
        review_id=row.id, case_id=row.case_id, reference=row.reference, reviewer=row.reviewer, state=row.state,
        unit="" if row.case_id in hidden else row.unit, due_on=due, is_late=due < today, rung=row.rung,
        reminded_at=row.reminded_at,
    )  # fmt: skip


async def _short(uow: UnitOfWork, call_id: UUID, hidden: Collection[UUID]) -> tuple[Short, ...]:
    standing = (
        select(func.count())
        .where(Review.case_id == Application.id, Review.state.in_((*UNDER_WAY, *COUNTS)))
        .scalar_subquery()
    )
    needed = func.coalesce(Application.rules["reviews"]["needed"].as_integer(), Rules().reviews.needed)
    rows = await uow.session.execute(
        select(
            Application.id.label("case_id"), Case.reference, standing.label("standing"), needed.label("needed"),
            case((Application.id.in_(hidden), ""), else_=Unit.name).label("unit"),
        )
        .join(Case, Case.id == Application.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(Application.call_id == call_id, Application.state.in_(SCORED_IN), standing < needed)
        .order_by(Case.reference)
    )  # fmt: skip
    return tuple(Short(**row._mapping) for row in rows)


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """An application's mean score beside what it would be were all reviewers equally strict."""

    case_id: UUID
    reference: str
    unit: str
    mean: Decimal
    normalised: Decimal
    reviews: int
    rank: int
    normalised_rank: int


async def compared_scores(uow: UnitOfWork, actor: Actor, call_id: UUID) -> list[Compared]:
    """The applications of a call by their mean score, with the normalised one beside it; of reviews one may see."""
    weight = cast(Criterion.weight, Numeric)
    score = (func.sum(Score.value * weight) / func.nullif(func.sum(weight), 0)).label("score")
    rows = await uow.session.execute(
        select(Review.case_id, Review.reviewer_id, Case.reference, Unit.name.label("unit"), score)
        .join(Score, Score.review_id == Review.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .join(Application, Application.id == Review.case_id)
        .join(Case, Case.id == Review.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(
            Application.call_id == call_id, Review.state == ReviewState.SUBMITTED, Score.value.is_not(None),
            await seen_by(uow, actor, oversees=True),
        )
        .group_by(Review.id, Case.reference, Unit.name)
    )  # fmt: skip
    given: dict[UUID, dict[UUID, Decimal]] = {}
    of_case: dict[UUID, tuple[str, str, list[Decimal]]] = {}
    for row in rows:
        if row.score is None:
            continue
        given.setdefault(row.reviewer_id, {})[row.case_id] = row.score
        of_case.setdefault(row.case_id, (row.reference, row.unit, []))[2].append(row.score)
    means = {case: _mean(scores) for case, (_, _, scores) in of_case.items()}
    moved = normalised(given)
    ranks, moved_ranks = ranked(means), ranked(moved)
    found = [
        Compared(
            case_id=case, reference=reference, unit=unit, mean=means[case], normalised=moved[case], reviews=len(scores),
            rank=ranks[case], normalised_rank=moved_ranks[case],
        )
        for case, (reference, unit, scores) in of_case.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.rank, each.reference))


def _mean(scores: Sequence[Decimal]) -> Decimal:
    return (sum(scores, Decimal()) / len(scores)).quantize(Decimal("0.01"))


def ranked(scores: dict[UUID, Decimal]) -> dict[UUID, int]:
    """The place of each, the highest first; equal ones share a place, and the next ones come after all of them."""
    return {key: 1 + sum(other > score for other in scores.values()) for key, score in scores.items()}


async def submitted_since(uow: UnitOfWork, people: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """How many reviews each has handed in since a moment."""
    rows = await uow.session.execute(
        select(Review.reviewer_id, func.count())
        .where(Review.reviewer_id.in_(people), Review.state == ReviewState.SUBMITTED, Review.submitted_at >= since)
        .group_by(Review.reviewer_id)
    )
    return dict(rows.tuples().all())
