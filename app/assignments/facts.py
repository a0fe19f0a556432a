"""What the rules must know before applications are shared out: the reviewers, the applications, and their ties."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, case, distinct, func, literal, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.applications.models import Application, ExpectedBenefit
from app.assignments.models import ReviewerProfile
from app.calls.models import Call
from app.cases.models import Case, CaseUnit
from app.cases.queries import current, visible_to
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.reviews.conflicts import Tie, as_seen_by, conflicts_in, since
from app.reviews.group import members
from app.reviews.models import Review
from app.reviews.queries import UNDER_WAY
from workflows.assignment_rules import AssignmentRules
from workflows.matching import Key, Problem
from workflows.review import REVIEWED_IN, Conflict, ReviewState
from workflows.review_assignment import ApplicationFacts, ReviewerFacts, problem_of
from workflows.rules import Rules

STANDING = (*UNDER_WAY, ReviewState.SUBMITTED)
ENDED_EARLY = (ReviewState.RECUSED, ReviewState.VOIDED)


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a proposal for some applications of a call rests on."""

    rules: AssignmentRules
    reviewers: tuple[ReviewerFacts, ...]
    applications: tuple[ApplicationFacts, ...]
    ties: Mapping[Key, Sequence[Conflict]]
    """By (person, case), with no more of each than the one who asks may see."""

    def problem(self, *, locked: Collection[Key] = (), standing: Collection[Key] = ()) -> Problem:
        """It, written for the solver."""
        return problem_of(
            self.rules, self.reviewers, self.applications, self.ties, locked=locked, standing=standing
        )  # fmt: skip

    def reviewer(self, person_id: UUID) -> ReviewerFacts | None:
        """Somebody of the resource group, None for anybody else."""
        return next((each for each in self.reviewers if each.person_id == person_id), None)


async def rules_of(uow: UnitOfWork, call_id: UUID) -> AssignmentRules:
    """The weights of a call; NotFound where it is none."""
    rules = await uow.session.scalar(select(Call.rules).where(Call.id == call_id))
    if rules is None:
        raise NotFound
    return msgspec.convert(rules, Rules).assignment


def _counted(uow: UnitOfWork, rules: AssignmentRules) -> Any:
    """How many reviews each has under way, was given lately, and has handed in."""
    lately = and_(Review.assigned_at >= since(uow.now, rules.load_months), Review.state.not_in(ENDED_EARLY))
    is_open = and_(Review.state.in_(UNDER_WAY), Application.state.in_(REVIEWED_IN))
    return (
        select(
            Review.reviewer_id,
            func.count().filter(is_open).label("under_way"),
            func.count().filter(lately).label("recent"),
            func.count().filter(Review.state == ReviewState.SUBMITTED).label("handed_in"),
        )
        .join(Application, Application.id == Review.case_id)
        .where(Review.reviewer_id.in_(members(uow)))
        .group_by(Review.reviewer_id)
        .subquery()
    )


def _working_in(uow: UnitOfWork) -> Any:
    """The unit that each works in now, the one they came to last."""
    return (
        select(UnitMembership.person_id, UnitMembership.unit_id)
        .where(current(UnitMembership, uow.now))
        .distinct(UnitMembership.person_id)
        .order_by(UnitMembership.person_id, UnitMembership.valid_from.desc(), UnitMembership.id)
        .subquery()
    )


async def reviewers_of(
    uow: UnitOfWork, rules: AssignmentRules, *, only: UUID | None = None
) -> tuple[ReviewerFacts, ...]:
    """Everybody who can be asked, by name, or `only` one of them; one statement."""
    counted, working, county = _counted(uow, rules), _working_in(uow), aliased(Unit)
    at = case((Unit.kind == "county", Unit.id), else_=Unit.county_id)
    rows = await uow.session.execute(
        select(
            Person.id, Person.name, Person.language, Unit.kind, county.id.label("county_id"),
            func.coalesce(county.name, "").label("county"), ReviewerProfile.competences, ReviewerProfile.languages,
            ReviewerProfile.most, func.coalesce(counted.c.under_way, 0).label("under_way"),
            func.coalesce(counted.c.recent, 0).label("recent"), func.coalesce(counted.c.handed_in, 0).label("handed_in"),
        )
        .outerjoin(working, working.c.person_id == Person.id)
        .outerjoin(Unit, Unit.id == working.c.unit_id)
        .outerjoin(county, county.id == at)
        .outerjoin(ReviewerProfile, ReviewerProfile.person_id == Person.id)
        .outerjoin(counted, counted.c.reviewer_id == Person.id)
        .where(Person.id.in_(members(uow)), true() if only is None else Person.id == only)
        .order_by(Person.name, Person.id)
    )  # fmt: skip
    return tuple(
        ReviewerFacts(
            person_id=row.id, name=row.name, level=row.kind or "directorate", county_id=row.county_id,
            county=row.county, competences=frozenset(row.competences or ()),
            languages=frozenset(row.languages or ("nb", row.language)), under_way=row.under_way, recent=row.recent,
            handed_in=row.handed_in, most=row.most,
        )
        for row in rows
    )  # fmt: skip


def to_be_assessed(uow: UnitOfWork, actor: Actor, call_id: UUID) -> Select[Any]:
    """The ids of the applications of a call that somebody can be given now, and that the actor may know of."""
    return (
        select(Application.id)
        .join(Case, Case.id == Application.id)
        .where(Application.call_id == call_id, Application.state.in_(REVIEWED_IN), visible_to(actor, uow.now))
    )


def _reviewers_in(*states: str) -> Any:
    found = select(Review.reviewer_id).where(Review.case_id == Application.id, Review.state.in_(states))
    return func.array(found.correlate(Application).scalar_subquery())


def _assessed_before() -> Any:
    """Those who have assessed another application of one of its units."""
    ours, theirs = aliased(CaseUnit), aliased(CaseUnit)
    found = (
        select(distinct(Review.reviewer_id))
        .select_from(ours)
        .join(theirs, and_(theirs.unit_id == ours.unit_id, theirs.case_id != ours.case_id))
        .join(Review, and_(Review.case_id == theirs.case_id, Review.state == ReviewState.SUBMITTED))
        .where(ours.case_id == Application.id)
    )
    return func.array(found.correlate(Application).scalar_subquery())


async def applications_of(uow: UnitOfWork, cases: Select[Any]) -> list[tuple[ApplicationFacts, int]]:
    """The applications, each with the months for which cooperation ties; one statement."""
    goals = select(distinct(ExpectedBenefit.goal)).where(ExpectedBenefit.case_id == Application.id)
    rows = await uow.session.execute(
        select(
            Application.id, Application.reference, Application.language, Application.rules,
            func.array(goals.correlate(Application).scalar_subquery()).label("goals"),
            _reviewers_in(*STANDING).label("standing"), _reviewers_in(*STANDING, ReviewState.RECUSED).label("asked"),
            _assessed_before().label("before"),
        )
        .where(Application.id.in_(cases))
        .order_by(Application.reference)
    )  # fmt: skip
    found = []
    for row in rows:
        rules = msgspec.convert(row.rules, Rules)
        facts = ApplicationFacts(
            case_id=row.id, reference=row.reference, language=row.language, goals=frozenset(row.goals) - {""},
            needed=rules.reviews.needed, standing=frozenset(row.standing), asked=frozenset(row.asked),
            assessed_before=frozenset(row.before),
        )  # fmt: skip
        found.append((facts, rules.reviews.cooperation_months))
    return found


async def gather(uow: UnitOfWork, actor: Actor, call_id: UUID, cases: Select[Any] | None = None) -> Gathered:
    """What a proposal for a call rests on, or for some of its applications; a fixed number of statements."""
    rules = await rules_of(uow, call_id)
    reviewers = await reviewers_of(uow, rules)
    found = await applications_of(uow, to_be_assessed(uow, actor, call_id) if cases is None else cases)
    people = [each.person_id for each in reviewers]
    ties: list[Tie] = []
    for months in sorted({months for _, months in found}):  # pinned with each application, nearly always the same
        ids = [facts.case_id for facts, its in found if its == months]
        ties += await conflicts_in(uow, ids, people, months)
    tied: dict[Key, list[Conflict]] = {}
    for tie in await as_seen_by(uow, actor, ties):
        tied.setdefault((tie.person_id, tie.case_id), []).append(tie.conflict)
    return Gathered(
        rules=rules, reviewers=reviewers, applications=tuple(facts for facts, _ in found), ties=tied
    )  # fmt: skip


async def basis_of(uow: UnitOfWork, actor: Actor, call_id: UUID, *, without: Select[Any] | Sequence[UUID] = ()) -> str:
    """A fingerprint of what a proposal rests on: the applications, and the reviews that stand, `without` those named."""
    cases = to_be_assessed(uow, actor, call_id)
    standing = select(func.concat("r", Review.id)).where(
        Review.case_id.in_(cases), Review.state.in_(STANDING), Review.id.not_in(without)
    )
    waiting = cases.with_only_columns(func.concat("a", Application.id))
    said = standing.union_all(waiting).subquery()
    (column,) = said.c
    listed = func.string_agg(column, aggregate_order_by(literal(","), column))
    return await uow.session.scalar(select(func.md5(func.coalesce(listed, "")))) or ""
