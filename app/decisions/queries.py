"""Calls with their frames, and one decision with its case, for those who may read them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, cast, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.applications.queries import call_title_in
from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import require, roles_in
from app.core.database import CASE, Ore, UnitOfWork
from app.core.errors import NotFound
from app.decisions.drafting import require_drafting, undisputed_in
from app.decisions.models import Commitment, Decision, Impartiality, Letter
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.reviews.queries import require_reading
from workflows.decision import DecisionState
from workflows.ranking import RANKED_IN
from workflows.roles import Permission, Role


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


def _frames(known: ColumnElement[bool], language: str) -> Select[Any]:
    """The calls that are published, the newest first; what waits to be decided is counted among what is known."""
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
            func.count().filter(Decision.state == DecisionState.RECOMMENDED, known).label("waiting"),
            func.count().filter(Decision.state.in_((DecisionState.DECIDED, DecisionState.RELEASED))).label("decided"),
        )
        .join(Application, Application.id == Decision.case_id)
        .where(Application.state.not_in(("withdrawn", "joined")))
        .group_by(Decision.call_id)
        .subquery()
    )
    return (
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
    )  # fmt: skip


async def frames(uow: UnitOfWork, language: str, *, actor: Actor, limit: int = 50) -> list[Frame]:
    """The calls that are published, the newest first, each with its frame; two statements.

    What waits to be decided is counted without what the actor may not know to be drafted (G15).
    """
    known = await undisputed_in(uow, actor, RANKED_IN)
    return [Frame(**row._mapping) for row in await uow.session.execute(_frames(known, language).limit(limit))]


@cache
def _frame(language: str) -> Select[Any]:
    return _frames(true(), language).where(Call.id == CASE)


async def frame_of(uow: UnitOfWork, call_id: UUID, language: str) -> Frame:
    """One call's frame; NotFound for a draft."""
    row = (await uow.session.execute(_frame(language), {"case_id": call_id})).first()
    if row is None:
        raise NotFound
    return Frame(**row._mapping)


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
    """A decision by its own id, or the latest of a case by the case's; NotFound where there is none.

    NotAllowed for whoever stepped aside from the application, and while it is drafted NotFound for whoever is tied to the
    applicant (G15).
    """
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
            .order_by(Decision.id.desc(), Letter.id.desc())
            .limit(1)
        )
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    roles = await roles_in(uow, actor, row[1])
    require(row[1], roles, Permission.DECISION_SEE)
    await require_reading(uow, actor, row[1], roles)
    await require_drafting(uow, actor, row[2], row[0].state)
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
