"""The applications of a call as they are weighed against each other, for those who may see them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, Uuid, bindparam, case, cast, distinct, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.orm import aliased

from app.applications.models import Application, ExpectedBenefit
from app.board.models import Ranking, RankingChange
from app.calls.models import Call, Criterion
from app.cases.models import Case
from app.cases.queries import reach_of, seen_by, visible, visible_to
from app.core.database import NOW, PERSON, Instant, Ore, UnitOfWork
from app.core.errors import NotFound
from app.decisions.drafting import undisputed as undisputed_among
from app.decisions.drafting import undisputed_by
from app.decisions.models import Commitment, Decision
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.reviews.conflicts import since
from app.reviews.models import Review, Score
from app.reviews.queries import OVERSEES, asked_of_scores, scores_seen
from workflows.decision import BINDS_MONEY, Outcome
from workflows.ranking import DRAFTED, RANKED_IN, Weighed, drafted, in_order, size_of
from workflows.review import ReviewState

ON_THE_BOARD = (
    "clarification_meeting", "recommended", "awarded", "provisionally_awarded", "waitlisted", "rejected", "reconsidered",
    "accepted", "lapsed", "declined",
)  # fmt: skip
MOST_ROWS = 1000
CALL, FIRST = bindparam("call_id", type_=Uuid()), bindparam("first", type_=Instant)


class Head(msgspec.Struct, frozen=True):
    """How a call's applications are ranked: their places, and which version of them."""

    call_id: UUID
    places: tuple[UUID, ...]
    version: int
    months: int
    """For so many months earlier cooperation ties people to applicants."""


@cache
def _head() -> Select[Any]:
    months = Call.rules["reviews"]["cooperation_months"].as_integer()
    return (
        select(Ranking.places, Ranking.version, months)
        .select_from(Call)
        .outerjoin(Ranking, Ranking.call_id == Call.id)
        .where(Call.id == CALL)
    )


async def head_of(uow: UnitOfWork, call_id: UUID) -> Head:
    """The ranking of a call; NotFound for no call."""
    row = (await uow.session.execute(_head(), {"call_id": call_id})).first()
    if row is None:
        raise NotFound
    return Head(call_id, tuple(row[0] or ()), row[1] or 0, row[2])


class BoardRow(msgspec.Struct, frozen=True, gc=False):
    """One application in the breadth of its call."""

    case_id: UUID
    decision_id: UUID | None
    decision_version: int | None
    reference: str
    title: str
    language: str
    unit: str
    county: str | None
    employees: int | None
    theme: str | None
    goals: list[str] | None
    asked_ore: int | None
    asked_hours: int | None
    application_state: str
    decision_state: str | None
    outcome: str | None
    amount_ore: int | None
    hours: int | None
    recommended_outcome: str | None
    recommended_ore: int | None
    recommended_hours: int | None
    deviation_why: str | None
    after: str | None
    """Whose award left the place that the decision is prepared for."""
    bound_ore: int
    bound_hours: int
    bound_kind: str | None
    mean: Decimal | None
    spread: int | None
    reviews: int

    @property
    def gives(self) -> bool:
        """Whether the office is to be given something, and has not let it go."""
        return self.outcome in BINDS_MONEY and self.application_state not in ("lapsed", "declined")

    @property
    def ranked(self) -> bool:
        """Whether it is weighed against the others still: not decided, or on the waiting list, or to be decided again."""
        return drafted(self.application_state, self.decision_state)

    @property
    def is_open(self) -> bool:
        """Whether a decision is being prepared."""
        return self.decision_state in DRAFTED

    def weighed(self) -> Weighed:
        """What the rules of the ranking read."""
        outcome = Outcome(self.outcome) if self.outcome else None
        amount_ore, hours = self.amount_ore, self.hours
        if self.application_state == "reconsidered" and not self.is_open:
            outcome = amount_ore = hours = None  # what was decided falls, and nothing is chosen yet
        if self.bound_ore or self.bound_hours:  # a provisional award that is decided anew takes only what is more
            amount_ore, hours = max((amount_ore or 0) - self.bound_ore, 0), max((hours or 0) - self.bound_hours, 0)
        return Weighed(
            id=self.case_id, asked_ore=self.asked_ore, asked_hours=self.asked_hours, outcome=outcome,
            amount_ore=amount_ore, hours=hours, county=self.county or "", theme=self.theme or "",
            goals=tuple(self.goals or ()), size=size_of(self.employees), language=self.language,
        )  # fmt: skip


ROWS = msgspec.json.Decoder(list[BoardRow])


def _scores(call_id: Any, seen: ColumnElement[bool]) -> Any:
    """Weighted mean, widest spread and number of reviews of each application, over the reviews that are seen."""
    by_criterion = (
        select(
            Score.case_id, Criterion.weight, func.avg(Score.value).label("mean"),
            (func.max(Score.value) - func.min(Score.value)).label("spread"),
            func.count().label("reviews"),  # each review scores by a criterion once
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


def _bound(call_id: Any) -> Any:
    """What the ledger says is bound for each application, and of which kind the last entry is."""
    kinds = func.array_agg(aggregate_order_by(Commitment.kind, Commitment.id.desc())).filter(
        Commitment.kind != "reversal"
    )
    return (
        select(
            Commitment.case_id, cast(func.sum(Commitment.amount_ore), Ore).label("ore"),
            cast(func.sum(Commitment.hours), Ore).label("hours"),
            kinds.label("kinds"),
        )
        .where(Commitment.call_id == call_id)
        .group_by(Commitment.case_id)
        .subquery()
    )  # fmt: skip


def undisputed(actor: Actor, now: datetime, head: Head) -> ColumnElement[bool]:
    """The condition on `applications` that nothing keeps the actor from the case while the call's are drafted (G15)."""
    return undisputed_among(actor, now, select(Application.id).where(Application.call_id == head.call_id), head.months)


def _latest(call_id: Any) -> Any:
    return (
        select(Decision)
        .where(Decision.call_id == call_id)
        .distinct(Decision.case_id)
        .order_by(Decision.case_id, Decision.id.desc())
        .subquery()
    )


@cache
def _rows(reach: frozenset[str], *, oversees: bool, is_person: bool) -> Select[Any]:
    """The rows of a board for all who reach as far and see as many scores."""
    county, after = aliased(Unit), aliased(Case)
    latest, scores, bound = _latest(CALL), _scores(CALL, scores_seen(oversees=oversees)), _bound(CALL)
    in_call = select(Application.id).where(Application.call_id == CALL)
    goals = (
        select(
            ExpectedBenefit.case_id, func.array_agg(distinct(ExpectedBenefit.goal), type_=ARRAY(TEXT)).label("goals")
        )
        .where(ExpectedBenefit.case_id.in_(in_call), ExpectedBenefit.goal != "")
        .group_by(ExpectedBenefit.case_id)
        .subquery()
    )
    drafting = or_(Application.state.in_(RANKED_IN), latest.c.state.in_(DRAFTED))
    # a decision that waits to be decided, and one that is prepared, are drafts alike
    seen = case((drafting, undisputed_by(PERSON, NOW, FIRST, in_call)), else_=True) if is_person else true()
    row = (
        select(
            Application.id.label("case_id"), latest.c.id.label("decision_id"),
            latest.c.version.label("decision_version"), Case.reference, Case.title, Case.language,
            Unit.name.label("unit"), county.name.label("county"), Unit.employees, Application.theme, goals.c.goals,
            Application.amount_ore.label("asked_ore"), Application.hours.label("asked_hours"),
            Application.state.label("application_state"), latest.c.state.label("decision_state"), latest.c.outcome,
            latest.c.amount_ore, latest.c.hours, latest.c.recommended_outcome,
            latest.c.recommended_amount_ore.label("recommended_ore"), latest.c.recommended_hours,
            latest.c.deviation_why, after.reference.label("after"),
            func.coalesce(bound.c.ore, 0).label("bound_ore"), func.coalesce(bound.c.hours, 0).label("bound_hours"),
            bound.c.kinds[1].label("bound_kind"), scores.c.mean, scores.c.spread,
            func.coalesce(scores.c.reviews, 0).label("reviews"),
        )
        .join(Case, Case.id == Application.id)
        .join(Unit, Unit.id == Application.unit_id)
        .outerjoin(county, county.id == Case.county_id)
        .outerjoin(latest, latest.c.case_id == Application.id)
        .outerjoin(after, after.id == latest.c.prepared_after)
        .outerjoin(scores, scores.c.case_id == Application.id)
        .outerjoin(bound, bound.c.case_id == Application.id)
        .outerjoin(goals, goals.c.case_id == Application.id)
        .where(Application.call_id == CALL, Application.state.in_(ON_THE_BOARD), visible(reach), seen)
        .order_by(scores.c.mean.desc().nulls_last(), Case.reference)
        .limit(MOST_ROWS)
        .subquery("row")
    )  # fmt: skip
    ordered = aggregate_order_by(row.table_valued(), row.c.mean.desc().nulls_last(), row.c.reference)
    return select(cast(func.json_agg(ordered), TEXT))


async def board(uow: UnitOfWork, actor: Actor, head: Head) -> list[BoardRow]:
    """What is to be decided, and has been, in one call, in the order of its ranking; one statement.

    What has no place yet comes after, by score. Decided rows are shown to everybody who may see the case. The rows come
    as one text: taken apart column by column, 500 of them cost twice the time.
    """
    is_person = actor.person_id is not None
    oversees = is_person and bool(actor.scheme_roles & OVERSEES)
    rows = await uow.session.scalar(
        _rows(reach_of(actor), oversees=oversees, is_person=is_person),
        {
            **seen_by(actor, uow.now), **await asked_of_scores(uow, actor), "call_id": head.call_id,
            "first": since(uow.now, head.months),
        },
    )  # fmt: skip
    found = {row.case_id: row for row in ROWS.decode(rows or "[]")}
    return [found[each] for each in in_order(head.places, list(found))]


async def everybody_in_order(uow: UnitOfWork, head: Head) -> tuple[UUID, ...]:
    """Every application on a call's board in its order, whoever may see it: what a change of places starts from."""
    scores = _scores(head.call_id, true())
    present = await uow.session.scalars(
        select(Application.id)
        .outerjoin(scores, scores.c.case_id == Application.id)
        .where(Application.call_id == head.call_id, Application.state.in_(ON_THE_BOARD))
        .order_by(scores.c.mean.desc().nulls_last(), Application.reference)
    )
    return in_order(head.places, list(present))


class Change(msgspec.Struct, frozen=True):
    """That somebody gave an application another place."""

    case_id: UUID
    reference: str
    who: str
    from_place: int
    to_place: int
    at: datetime


async def changes_since(uow: UnitOfWork, actor: Actor, head: Head, version: int) -> list[Change]:
    """What others have changed in a ranking since a version, the oldest first, of what the actor may see."""
    rows = await uow.session.execute(
        select(
            RankingChange.case_id, Case.reference, Person.name, RankingChange.from_place, RankingChange.to_place,
            RankingChange.at,
        )
        .join(Case, Case.id == RankingChange.case_id)
        .join(Application, Application.id == Case.id)
        .join(Person, Person.id == RankingChange.person_id)
        .where(
            RankingChange.call_id == head.call_id, RankingChange.version > version, visible_to(actor, uow.now),
            undisputed(actor, uow.now, head),
        )
        .order_by(RankingChange.version)
    )  # fmt: skip
    return [Change(*row) for row in rows]


async def may_weigh(uow: UnitOfWork, actor: Actor, head: Head, case_id: UUID) -> bool:
    """Whether the actor sees an application on the board while its decision is drafted."""
    found = await uow.session.scalar(
        select(Application.id)
        .join(Case, Case.id == Application.id)
        .where(Application.id == case_id, visible_to(actor, uow.now), undisputed(actor, uow.now, head))
    )
    return found is not None
