"""The board of a call, one decision with its case, and letters, for those who may read them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import case, cast, distinct, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.orm import aliased

from app.applications.models import Application, ExpectedBenefit
from app.applications.queries import call_title_in
from app.calls.models import Call, Criterion
from app.cases.models import Case
from app.cases.queries import require, roles_in, visible_to
from app.core.database import Ore, UnitOfWork
from app.core.errors import NotFound
from app.decisions.models import Commitment, Decision, Impartiality, Letter
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.reviews.models import Review, Score
from app.reviews.queries import OVERSEES, seen_by
from workflows.decision import BINDS_MONEY, DecisionState
from workflows.review import ReviewState
from workflows.roles import Permission, Role

ON_THE_BOARD = (
    "clarification_meeting", "recommended", "awarded", "provisionally_awarded", "waitlisted", "rejected", "accepted",
    "lapsed", "declined",
)  # fmt: skip
MOST_ROWS = 500


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A call with its frame and what is bound of it."""

    id: UUID
    reference: str
    title: str
    state: str
    frame_ore: int
    hours: int
    committed_ore: int
    committed_hours: int
    waiting: int
    decided: int

    @property
    def left_ore(self) -> int:
        """What is left to give, in øre."""
        return self.frame_ore - self.committed_ore

    @property
    def left_hours(self) -> int:
        """What is left to give, in hours of facilitation."""
        return self.hours - self.committed_hours


async def frames(uow: UnitOfWork, language: str, *, call_id: UUID | None = None, limit: int = 50) -> list[Frame]:
    """The calls that are published, the newest first, each with its frame; one statement."""
    bound = (
        select(
            Commitment.call_id,
            func.sum(Commitment.amount_ore).label("ore"),
            func.sum(Commitment.hours).label("hours"),
        )
        .group_by(Commitment.call_id)
        .subquery()
    )
    counts = (
        select(
            Decision.call_id,
            func.count().filter(Decision.state == DecisionState.RECOMMENDED).label("waiting"),
            func.count().filter(Decision.state.in_((DecisionState.DECIDED, DecisionState.RELEASED))).label("decided"),
        )
        .join(Application, Application.id == Decision.case_id)
        .where(Application.state != "withdrawn")
        .group_by(Decision.call_id)
        .subquery()
    )
    statement = (
        select(
            Call.id, Case.reference, func.coalesce(call_title_in(language), Case.title).label("title"), Call.state,
            func.coalesce(Call.frame_ore, 0).label("frame_ore"),
            func.coalesce(Call.facilitation_hours, 0).label("hours"),
            cast(func.coalesce(bound.c.ore, 0), Ore).label("committed_ore"),
            cast(func.coalesce(bound.c.hours, 0), Ore).label("committed_hours"),
            func.coalesce(counts.c.waiting, 0).label("waiting"), func.coalesce(counts.c.decided, 0).label("decided"),
        )
        .join(Case, Case.id == Call.id)
        .outerjoin(bound, bound.c.call_id == Call.id)
        .outerjoin(counts, counts.c.call_id == Call.id)
        .where(Call.state != "draft")
        .order_by(Call.id.desc())
        .limit(limit)
    )  # fmt: skip
    if call_id is not None:
        statement = statement.where(Call.id == call_id)
    rows = await uow.session.execute(statement)
    return [Frame(**row._mapping) for row in rows]


async def frame_of(uow: UnitOfWork, call_id: UUID, language: str) -> Frame:
    """One call's frame; NotFound for a draft."""
    found = await frames(uow, language, call_id=call_id)
    if not found:
        raise NotFound
    return found[0]


class BoardRow(msgspec.Struct, frozen=True, kw_only=True):
    """One application in the breadth of its call."""

    case_id: UUID
    decision_id: UUID | None
    reference: str
    title: str
    language: str
    unit: str
    county: str | None
    employees: int | None
    goals: list[str] | None
    asked_ore: int | None
    asked_hours: int | None
    application_state: str
    decision_state: str | None
    outcome: str | None
    amount_ore: int | None
    hours: int | None
    mean: Decimal | None
    spread: int | None
    reviews: int

    @property
    def gives(self) -> bool:
        """Whether the office is to be given something, and has not let it go."""
        return self.outcome in BINDS_MONEY and self.application_state not in ("lapsed", "declined")


def _scores(actor: Actor, call_id: UUID) -> Any:
    """Weighted mean, widest spread and number of reviews of each application that the actor may see the scores of."""
    seen = seen_by(actor, oversees=bool(actor.scheme_roles & OVERSEES))
    by_criterion = (
        select(
            Score.case_id, Criterion.weight, func.avg(Score.value).label("mean"),
            (func.max(Score.value) - func.min(Score.value)).label("spread"),
            func.count(distinct(Score.review_id)).label("reviews"),
        )
        .join(Criterion, Criterion.id == Score.criterion_id)
        .join(Review, Review.id == Score.review_id)
        .where(Criterion.call_id == call_id, Review.state == ReviewState.SUBMITTED, seen)
        .group_by(Score.case_id, Criterion.id)
        .subquery()
    )  # fmt: skip
    weights = func.nullif(func.sum(by_criterion.c.weight), 0)
    return (
        select(
            by_criterion.c.case_id,
            func.round(func.sum(by_criterion.c.mean * by_criterion.c.weight) / weights, 2).label("mean"),
            func.max(by_criterion.c.spread).label("spread"),
            func.max(by_criterion.c.reviews).label("reviews"),
        )
        .group_by(by_criterion.c.case_id)
        .subquery()
    )


async def board(uow: UnitOfWork, actor: Actor, call_id: UUID) -> list[BoardRow]:
    """What is to be decided, and has been, in one call: first what waits, then by score; one statement."""
    county = aliased(Unit)
    latest = (
        select(Decision)
        .where(Decision.call_id == call_id)
        .distinct(Decision.case_id)
        .order_by(Decision.case_id, Decision.id.desc())
        .subquery()
    )
    goals = (
        select(func.array_agg(distinct(ExpectedBenefit.goal), type_=ARRAY(TEXT)))
        .where(ExpectedBenefit.case_id == Application.id, ExpectedBenefit.goal != "")
        .scalar_subquery()
    )
    scores = _scores(actor, call_id)
    waits = case(
        (latest.c.state == DecisionState.RECOMMENDED, 0), (latest.c.state == DecisionState.PENDING, 1), else_=2
    )
    rows = await uow.session.execute(
        select(
            Application.id.label("case_id"), latest.c.id.label("decision_id"), Case.reference, Case.title, Case.language,
            Unit.name.label("unit"), county.name.label("county"), Unit.employees,
            goals.label("goals"), Application.amount_ore.label("asked_ore"),
            Application.hours.label("asked_hours"), Application.state.label("application_state"),
            latest.c.state.label("decision_state"), latest.c.outcome, latest.c.amount_ore, latest.c.hours,
            scores.c.mean, scores.c.spread, func.coalesce(scores.c.reviews, 0).label("reviews"),
        )
        .join(Case, Case.id == Application.id)
        .join(Unit, Unit.id == Application.unit_id)
        .outerjoin(county, county.id == Case.county_id)
        .outerjoin(latest, latest.c.case_id == Application.id)
        .outerjoin(scores, scores.c.case_id == Application.id)
        .where(Application.call_id == call_id, Application.state.in_(ON_THE_BOARD), visible_to(actor, uow.now))
        .order_by(waits, scores.c.mean.desc().nulls_last(), Case.reference)
        .limit(MOST_ROWS)
    )  # fmt: skip
    return [BoardRow(**row._mapping) for row in rows]


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """One decision with its case and the people behind it."""

    decision: Decision
    case: Case
    application: Application
    unit: str
    county: str | None
    roles: frozenset[Role]
    recommended_by: str | None
    decided_by: str | None
    letter_id: UUID | None
    letter_released_at: datetime | None
    declared: tuple[str, ...]
    i_declared: bool


async def decision_view(uow: UnitOfWork, actor: Actor, found_by: UUID) -> DecisionView:
    """A decision by its own id, or the latest of a case by the case's; NotFound where there is none."""
    county, recommender, decider = aliased(Unit), aliased(Person), aliased(Person)
    declared = (
        select(func.array_agg(aggregate_order_by(Person.name, Person.name), type_=ARRAY(TEXT)))
        .join(Impartiality, Impartiality.person_id == Person.id)
        .where(Impartiality.case_id == Decision.case_id)
        .scalar_subquery()
    )
    mine = (
        select(Impartiality.id)
        .where(Impartiality.case_id == Decision.case_id, Impartiality.person_id == actor.person_id)
        .exists()
    )
    row = (
        await uow.session.execute(
            select(
                Decision, Case, Application, Unit.name, county.name, recommender.name, decider.name, Letter.id,
                Letter.released_at, declared, mine,
            )
            .join(Case, Case.id == Decision.case_id)
            .join(Application, Application.id == Case.id)
            .join(Unit, Unit.id == Case.unit_id)
            .outerjoin(county, county.id == Case.county_id)
            .outerjoin(recommender, recommender.id == Decision.recommended_by)
            .outerjoin(decider, decider.id == Decision.decided_by)
            .outerjoin(Letter, Letter.decision_id == Decision.id)
            .where(or_(Decision.id == found_by, Decision.case_id == found_by))
            .order_by(Decision.id.desc())
            .limit(1)
        )
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    roles = await roles_in(uow, actor, row[1])
    require(row[1], roles, Permission.DECISION_SEE)
    return DecisionView(
        decision=row[0], case=row[1], application=row[2], unit=row[3], county=row[4], roles=roles,
        recommended_by=row[5], decided_by=row[6], letter_id=row[7], letter_released_at=row[8],
        declared=tuple(row[9] or ()), i_declared=row[10],
    )  # fmt: skip


async def latest_decision(uow: UnitOfWork, case_id: UUID) -> Decision | None:
    """The latest decision of a case, if it has any."""
    found: Decision | None = await uow.session.scalar(
        select(Decision).where(Decision.case_id == case_id).order_by(Decision.id.desc()).limit(1)
    )
    return found


class LetterView(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that somebody may read."""

    letter: Letter
    case: Case
    roles: frozenset[Role]
    application_state: str
    application_version: int


async def letter_view(uow: UnitOfWork, actor: Actor, letter_id: UUID) -> LetterView:
    """A letter: for those who prepare and decide at once, for everybody else of the case once it is released (G20)."""
    row = (
        await uow.session.execute(
            select(Letter, Case, Application.state, Application.version)
            .join(Case, Case.id == Letter.case_id)
            .join(Application, Application.id == Case.id)
            .where(Letter.id == letter_id)
        )
    ).first()
    if row is None:
        raise NotFound
    letter, found, state, version = row
    roles = await roles_in(uow, actor, found)
    if letter.released_at is None:
        if roles.isdisjoint((Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR)):
            raise NotFound
    else:
        require(found, roles, Permission.APPLICATION_SEE)
    return LetterView(letter=letter, case=found, roles=roles, application_state=state, application_version=version)


async def pdf_kept(uow: UnitOfWork, letter_id: UUID) -> bytes | None:
    """The PDF that was made of a letter, or None while it is being made."""
    found: bytes | None = await uow.session.scalar(select(Letter.pdf).where(Letter.id == letter_id))
    return found


class LetterRow(msgspec.Struct, frozen=True):
    """A letter in a list."""

    id: UUID
    kind: str
    subject: str
    language: str
    created_at: datetime
    released_at: datetime | None


async def letters_of(uow: UnitOfWork, case_id: UUID, *, released_only: bool) -> list[LetterRow]:
    """The letters of a case, the newest first; the caller has checked that the case may be seen."""
    statement = (
        select(Letter.id, Letter.kind, Letter.subject, Letter.language, Letter.created_at, Letter.released_at)
        .where(Letter.case_id == case_id)
        .order_by(Letter.id.desc())
    )
    if released_only:
        statement = statement.where(Letter.released_at.is_not(None))
    return [LetterRow(*row) for row in await uow.session.execute(statement)]
