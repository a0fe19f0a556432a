"""Reviews as those may see them who may: one's own, others' once one's own is in, and whether one may read the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, bindparam, case, exists, false, func, or_, select

from app.applications.models import Application
from app.calls.models import Criterion
from app.cases.models import Case
from app.cases.queries import require, roles_in
from app.core.clock import day_in_oslo
from app.core.database import PERSON, UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.core.paging import PAGE_SIZE, Page, page_of
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.reviews.conflicts import as_seen_by, conflicts
from app.reviews.facts import title_in
from app.reviews.group import members
from app.reviews.models import Discussion, Review, Score
from app.reviews.phases import Course, Own, hidden_from, own_reviews, sight_by, sights_of
from app.reviews.spread_plot import Plot, plot_of
from app.reviews.veil import draw_veil
from workflows.review import READS_THE_CASE, SCORED_IN, ReviewState, disagreements, due_on, spread, weighted_score
from workflows.review_phases import PHASES, Sight
from workflows.roles import GRANTS, Permission, Role
from workflows.rules import ReviewRules, Rules

UNDER_WAY = (ReviewState.ASSIGNED, ReviewState.DECLARED, ReviewState.STARTED)
OVERSEES = frozenset({Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR})
SHOWN, HIDDEN = bindparam("shown", type_=ARRAY(Uuid())), bindparam("hidden", type_=ARRAY(Uuid()))


async def may_read(uow: UnitOfWork, actor: Actor, case: Case, roles: frozenset[Role]) -> bool:
    """Whether somebody may read an application they may know of (G11, G12); what `sight_towards` says of it."""
    return (await sight_towards(uow, actor, case, roles)).reads


async def sight_towards(uow: UnitOfWork, actor: Actor, case: Case, roles: frozenset[Role]) -> Sight:
    """What somebody may see of an application they may know of, and do about it, in the phase it is in.

    A reviewer reads only once declared impartial and while nothing ties them to the applicant, whoever stepped aside
    never; a case handler who is a reviewer too has read it already. No statement for those who have never been asked.
    """
    own = (await own_reviews(uow, actor)).get(case.id)
    if own is None:
        never = Own(None, voided=False, course=Course(PHASES, all_in=False), rules={})
        return sight_by(uow, never, roles)
    if own.state is None or Role.CASE_HANDLER in roles or own.state not in READS_THE_CASE:
        return sight_by(uow, own, roles)
    months = msgspec.convert(own.rules, Rules).reviews.cooperation_months
    tied = bool(await conflicts(uow, case.id, [_person(actor)], months))
    return sight_by(uow, own, roles, tied=tied)


async def require_reading(uow: UnitOfWork, actor: Actor, case: Case, roles: frozenset[Role]) -> None:
    """Raise NotAllowed where `may_read` says no; where the phase hides the applicant, see to it that it is hidden."""
    if not await may_read(uow, actor, case, roles):
        raise NotAllowed
    await draw_veil(uow, actor, case, roles)


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


async def seen_by(uow: UnitOfWork, actor: Actor, *, oversees: bool) -> ColumnElement[bool]:
    """The condition on `reviews` for whose scores somebody may read: their own, and others' as the phase says (G9)."""
    if actor.person_id is None:
        return false()
    shown, hidden = await _others_in(uow, actor)
    others = Review.case_id.not_in(hidden) if oversees else Review.case_id.in_(shown)
    return _own_or(actor.person_id, others)


async def _others_in(uow: UnitOfWork, actor: Actor) -> tuple[list[UUID], list[UUID]]:
    """The cases in which the phase lets a reviewer see others' reviews, and those in which it does not yet."""
    sights = await sights_of(uow, actor)
    return (
        [case_id for case_id, seen in sights.items() if seen.others],
        [case_id for case_id, seen in sights.items() if not seen.others],
    )


def _own_or(person: Any, others: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(Review.reviewer_id == person, and_(Review.state == ReviewState.SUBMITTED, others))


@cache
def scores_seen(*, oversees: bool) -> ColumnElement[bool]:
    """The same for everybody alike, for statements that are built once; `asked_of_scores` answers what it is asked about."""
    return _own_or(PERSON, Review.case_id != func.all(HIDDEN) if oversees else Review.case_id == func.any(SHOWN))


async def asked_of_scores(uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
    """What `scores_seen` is asked about, beside PERSON."""
    shown, hidden = await _others_in(uow, actor) if actor.person_id else ([], [])
    return {"shown": shown, "hidden": hidden}


class ReviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A review in a list: whose, of what, and how far."""

    id: UUID
    case_id: UUID
    reference: str
    title: str
    language: str
    unit: str
    state: str
    assigned_at: datetime
    submitted_at: datetime | None
    lacking: int
    """Criteria that lack a score or a reason, in one that is being written."""
    due_on: date | None
    """By when it should be handed in, in one that is not."""
    is_late: bool


def _lacking() -> Any:
    """How many criteria of the review's call lack what `every_criterion_scored` asks for."""
    least = Application.rules["reviews"]["reason_minimum"].as_integer()
    whole = exists().where(
        Score.review_id == Review.id, Score.criterion_id == Criterion.id, Score.value.is_not(None),
        func.length(func.trim(Score.reason)) >= func.coalesce(least, ReviewRules().reason_minimum),
    ).correlate(Review, Application, Criterion)  # fmt: skip
    missing = select(func.count()).where(Criterion.call_id == Application.call_id, ~whole).scalar_subquery()
    return case((Review.state.in_(UNDER_WAY), missing), else_=0)


async def my_reviews(uow: UnitOfWork, actor: Actor, *, after: UUID | None = None) -> Page[ReviewRow]:
    """The actor's own reviews, the newest first; a title only once they have declared to be impartial."""
    hidden = Review.case_id.in_(await hidden_from(uow, actor))
    title = case((and_(Review.state.in_(READS_THE_CASE), ~hidden), Case.title), else_="")
    unit = case((hidden, ""), else_=Unit.name)
    statement = (
        select(
            Review.id, Review.case_id, Case.reference, title.label("title"), Case.language, unit.label("unit"),
            Review.state, Review.assigned_at, Review.submitted_at, _lacking().label("lacking"), Application.rules,
            Application.state.label("stage"),
        )
        .join(Case, Case.id == Review.case_id)
        .join(Application, Application.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(Review.reviewer_id == actor.person_id)
        .order_by(Review.id.desc())
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    if after is not None:
        statement = statement.where(Review.id < after)
    today = day_in_oslo(uow.now)
    return page_of([_review_row(dict(row._mapping), today) for row in await uow.session.execute(statement)])


def _review_row(found: dict[str, Any], today: date) -> ReviewRow:
    """A row of the list, with the day it is due where somebody waits for it."""
    rules, stage = msgspec.convert(found.pop("rules"), Rules), found.pop("stage")
    waits = found["state"] in UNDER_WAY and stage in SCORED_IN
    due = due_on(found["assigned_at"], rules) if waits else None
    return ReviewRow(**found, due_on=due, is_late=due is not None and due < today)


class Reviewing(msgspec.Struct, frozen=True, kw_only=True):
    """One review with its case, for its page."""

    review: Review
    case: Case
    rules: Rules
    call_id: UUID
    application_state: str
    unit: str
    reviewer: str
    roles: frozenset[Role]
    is_mine: bool
    sight: Sight

    @property
    def reads(self) -> bool:
        """Whether the visitor reads the application beside it."""
        return self.review.state != ReviewState.VOIDED and self.sight.reads


async def reviewing(uow: UnitOfWork, actor: Actor, review_id: UUID) -> Reviewing:
    """A review by its own id, or by its case's where it is one's own.

    NotFound for others' reviews that one may not see yet, and for those of cases one may not know of.
    """
    own_of_case = and_(
        Review.case_id == review_id, Review.reviewer_id == actor.person_id, Review.state != ReviewState.VOIDED
    )
    oversees = bool(actor.scheme_roles & OVERSEES)
    row = (
        await uow.session.execute(
            select(Review, Case, Application.rules, Application.call_id, Application.state, Unit.name, Person.name)
            .join(Case, Case.id == Review.case_id)
            .join(Application, Application.id == Case.id)
            .join(Unit, Unit.id == Case.unit_id)
            .join(Person, Person.id == Review.reviewer_id)
            .where(or_(Review.id == review_id, own_of_case), await seen_by(uow, actor, oversees=oversees))
        )
    ).first()
    if row is None:
        raise NotFound
    review, case, rules, call_id, state, unit, reviewer = row
    roles = await roles_in(uow, actor, case)
    is_mine = review.reviewer_id == actor.person_id
    if not (is_mine and review.state in (ReviewState.RECUSED, ReviewState.VOIDED)):
        require(case, roles, Permission.REVIEW_SEE)
    await draw_veil(uow, actor, case, roles)
    return Reviewing(
        review=review, case=case, rules=msgspec.convert(rules, Rules), call_id=call_id, application_state=state,
        unit=unit, reviewer=reviewer, roles=roles, is_mine=is_mine,
        sight=await sight_towards(uow, actor, case, roles),
    )  # fmt: skip


async def scores_of(uow: UnitOfWork, review_id: UUID) -> dict[UUID, Score]:
    """A review's scores by criterion."""
    rows = await uow.session.scalars(select(Score).where(Score.review_id == review_id))
    return {row.criterion_id: row for row in rows}


class Given(msgspec.Struct, frozen=True):
    """One reviewer's score for a criterion."""

    review_id: UUID
    reviewer: str
    value: int | None
    reason: str


class CriterionScores(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion with the scores that the reader may see, and what was said where they lie apart."""

    id: UUID
    title: str
    weight: int
    given: tuple[Given, ...]
    discussion: str
    written_at: datetime | None
    disagree: bool
    scale: tuple[int, int]

    @property
    def plot(self) -> Plot:
        """The scores as dots on their scale."""
        return plot_of(self.values, *self.scale)

    @property
    def values(self) -> list[int]:
        """The scores alone."""
        return [each.value for each in self.given if each.value is not None]

    @property
    def spread(self) -> int:
        """How far apart the highest and the lowest are."""
        return spread(self.values)


async def scores_by_criterion(
    uow: UnitOfWork, actor: Actor, case_id: UUID, roles: frozenset[Role], rules: Rules, language: str
) -> list[CriterionScores]:
    """The criteria of a case's call with the submitted scores that the actor may see; one statement."""
    oversees = bool(roles & OVERSEES)
    seen = select(Review.id).where(
        Review.case_id == case_id, Review.state == ReviewState.SUBMITTED, await seen_by(uow, actor, oversees=oversees)
    )
    rows = await uow.session.execute(
        select(
            Criterion.id, Criterion.key, Criterion.texts, Criterion.weight, Score.review_id, Person.name, Score.value,
            Score.reason, Discussion.text, Discussion.written_at,
        )
        .join(Application, Application.call_id == Criterion.call_id)
        .outerjoin(Score, and_(Score.criterion_id == Criterion.id, Score.review_id.in_(seen)))
        .outerjoin(Review, Review.id == Score.review_id)
        .outerjoin(Person, Person.id == Review.reviewer_id)
        .outerjoin(Discussion, and_(Discussion.case_id == case_id, Discussion.criterion_id == Criterion.id))
        .where(Application.id == case_id)
        .order_by(Criterion.position, Score.review_id)
    )  # fmt: skip
    gathered: dict[UUID, tuple[Any, list[Given]]] = {}
    for row in rows:
        given = gathered.setdefault(row.id, (row, []))[1]
        if row.review_id is not None:
            given.append(Given(row.review_id, row.name, row.value, row.reason))
    values = {key: [each.value for each in given if each.value is not None] for key, (_, given) in gathered.items()}
    apart = disagreements(values, rules.reviews.spread_limit)
    return [
        CriterionScores(
            id=key, title=title_in(row.texts, row.key, language), weight=row.weight, given=tuple(given),
            discussion=row.text or "", written_at=row.written_at, disagree=key in apart,
            scale=(rules.reviews.lowest, rules.reviews.highest),
        )
        for key, (row, given) in gathered.items()
    ]  # fmt: skip


class Overall(msgspec.Struct, frozen=True, kw_only=True):
    """What each reviewer found over all criteria, by their weights."""

    means: tuple[tuple[str, Decimal], ...]
    weight: int
    scale: tuple[int, int]

    @property
    def plot(self) -> Plot:
        """The means as dots on the scale of the scores."""
        return plot_of([value for _, value in self.means], *self.scale)

    @property
    def spread(self) -> Decimal:
        """How far apart the highest and the lowest are."""
        values = [value for _, value in self.means]
        return max(values) - min(values) if values else Decimal()


def overall_of(criteria: Sequence[CriterionScores]) -> Overall:
    """The weighted mean of each review that has a score for every criterion."""
    weights = {each.id: each.weight for each in criteria}
    names = {given.review_id: given.reviewer for each in criteria for given in each.given}
    means = []
    for review_id, name in names.items():
        scores = {
            each.id: [given.value for given in each.given if given.review_id == review_id and given.value is not None]
            for each in criteria
        }
        mean = weighted_score(scores, weights)
        if mean is not None:
            means.append((name, mean))
    scale = criteria[0].scale if criteria else (0, 1)
    return Overall(means=tuple(means), weight=sum(weights.values()), scale=scale)


def mean_of(criteria: Sequence[CriterionScores]) -> Decimal | None:
    """The weighted mean over all criteria; None until every one has a score."""
    return weighted_score({each.id: each.values for each in criteria}, {each.id: each.weight for each in criteria})


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """How far one reviewer has come, without what they found."""

    id: UUID
    reviewer: str
    state: str
    version: int
    assigned_at: datetime
    submitted_at: datetime | None
    ended_why: str
    is_mine: bool


async def assigned_to(uow: UnitOfWork, actor: Actor, case_id: UUID) -> list[Assigned]:
    """Everybody who was given an application to assess, in the order they were given it."""
    rows = await uow.session.execute(
        select(Review, Person.name)
        .join(Person, Person.id == Review.reviewer_id)
        .where(Review.case_id == case_id)
        .order_by(Review.id)
    )
    return [
        Assigned(
            id=row.id, reviewer=name, state=row.state, version=row.version, assigned_at=row.assigned_at,
            submitted_at=row.submitted_at, ended_why=row.ended_why, is_mine=row.reviewer_id == actor.person_id,
        )
        for row, name in rows
    ]  # fmt: skip


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who could be asked, with what they have to assess already and what ties them to the applicant."""

    id: UUID
    name: str
    title: str
    load: int
    ties: tuple[tuple[str, str], ...]


async def candidates(uow: UnitOfWork, actor: Actor, case_id: UUID, months: int) -> list[Candidate]:
    """Everybody in the resource group who has not been given the application, those without ties and with least first.

    Ties are told as far as the actor may know of the cases that they go through.
    """
    standing = members(uow)
    load = (
        select(func.count())
        .select_from(Review)
        .where(Review.reviewer_id == Person.id, Review.state.in_(UNDER_WAY))
        .scalar_subquery()
    )
    asked = exists().where(
        Review.case_id == case_id, Review.reviewer_id == Person.id, Review.state != ReviewState.VOIDED
    )
    rows = list(
        await uow.session.execute(
            select(Person.id, Person.name, Person.title, load.label("load"))
            .where(Person.id.in_(standing), ~asked)
            .order_by(load, Person.name)
        )
    )
    tied: dict[UUID, list[tuple[str, str]]] = {}
    for each in await as_seen_by(uow, actor, await conflicts(uow, case_id, standing, months)):
        tied.setdefault(each.person_id, []).append((str(each.conflict.kind), each.conflict.detail))
    found = [
        Candidate(id=row.id, name=row.name, title=row.title, load=row.load, ties=tuple(tied.get(row.id, ())))
        for row in rows
    ]
    return sorted(found, key=lambda each: bool(each.ties))


def holds(roles: frozenset[Role], permission: Permission) -> bool:
    """Whether one of the roles grants the permission."""
    return not GRANTS[permission].isdisjoint(roles)
