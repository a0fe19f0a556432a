"""Requests to have an outcome tried again, for those who may read them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.applications.queries import call_title_in
from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.decisions.models import Commitment, Impartiality, Letter
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.reconsiderations.models import Reconsideration
from workflows.reconsideration import OPEN, ReconsiderationState, due_on
from workflows.rules import Rules

MOST = 200
OWED = (ReconsiderationState.ASKED, ReconsiderationState.CONSIDERING)


class RequestView(msgspec.Struct, frozen=True, kw_only=True):
    """One request with the people behind it and the letters about it."""

    row: Reconsideration
    asked_by: str
    handled_by: str | None
    answered_by: str | None
    letter_at: datetime | None
    """When the letter that it is about was released."""
    answer_letter_id: UUID | None
    """The latest letter that answers it."""
    answer_released_at: datetime | None


async def requests_of(uow: UnitOfWork, case_id: UUID) -> list[RequestView]:
    """The requests of a case, the newest first; the caller has checked that the case may be seen. One statement."""
    asker, handler, answerer, about = aliased(Person), aliased(Person), aliased(Person), aliased(Letter)
    answers = select(Letter.id).where(Letter.reconsideration_id == Reconsideration.id)
    answer = answers.order_by(Letter.id.desc()).limit(1).scalar_subquery()
    told = (
        select(Letter.released_at)
        .where(Letter.reconsideration_id == Reconsideration.id)
        .order_by(Letter.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await uow.session.execute(
        select(Reconsideration, asker.name, handler.name, answerer.name, about.released_at, answer, told)
        .join(asker, asker.id == Reconsideration.asked_by)
        .join(about, about.id == Reconsideration.letter_id)
        .outerjoin(handler, handler.id == Reconsideration.handled_by)
        .outerjoin(answerer, answerer.id == Reconsideration.answered_by)
        .where(Reconsideration.case_id == case_id)
        .order_by(Reconsideration.id.desc())
    )
    return [
        RequestView(
            row=row[0], asked_by=row[1], handled_by=row[2], answered_by=row[3], letter_at=row[4], answer_letter_id=row[5],
            answer_released_at=row[6],
        )
        for row in rows
    ]  # fmt: skip


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """What a case binds of its call's frame, and what is left of it."""

    bound_ore: int
    bound_hours: int
    left_ore: int
    left_hours: int


async def bound_by(uow: UnitOfWork, case_id: UUID, call_id: UUID) -> Bound:
    """What would be committed anew if the outcome were changed: the case's own share and what is left; one statement."""
    own = Commitment.case_id == case_id
    row = (
        await uow.session.execute(
            select(
                func.coalesce(func.sum(Commitment.amount_ore).filter(own), 0),
                func.coalesce(func.sum(Commitment.hours).filter(own), 0),
                func.coalesce(Call.frame_ore, 0) - func.coalesce(func.sum(Commitment.amount_ore), 0),
                func.coalesce(Call.facilitation_hours, 0) - func.coalesce(func.sum(Commitment.hours), 0),
            )
            .select_from(Call)
            .outerjoin(Commitment, Commitment.call_id == Call.id)
            .where(Call.id == call_id)
            .group_by(Call.id)
        )
    ).one()
    return Bound(bound_ore=int(row[0]), bound_hours=int(row[1]), left_ore=int(row[2]), left_hours=int(row[3]))


async def has_declared(uow: UnitOfWork, actor: Actor, case_id: UUID) -> bool:
    """Whether the actor has declared to be impartial in a case."""
    found = await uow.session.scalar(
        select(Impartiality.id).where(Impartiality.case_id == case_id, Impartiality.person_id == actor.person_id)
    )
    return found is not None


class RequestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A request in a list."""

    id: UUID
    case_id: UUID
    reference: str
    title: str
    language: str
    unit: str
    call: str
    state: str
    asked_at: datetime
    due_on: date | None
    """By when the scheme answers; nothing where it owes no answer."""
    handled_by: str | None
    bound_ore: int


async def count_open(uow: UnitOfWork, actor: Actor) -> int:
    """How many requests are open that the actor may see; one statement."""
    statement = (
        select(func.count())
        .select_from(Reconsideration)
        .join(Case, Case.id == Reconsideration.case_id)
        .where(visible_to(actor, uow.now), Reconsideration.state.in_(OPEN))
    )
    return await uow.session.scalar(statement) or 0


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """The condition on requests that the actor could answer them: they took no part before, and nobody else has them."""
    return and_(
        Reconsideration.state.in_(OWED),
        ~Reconsideration.first_round.contains([actor.person_id]),
        or_(Reconsideration.handled_by.is_(None), Reconsideration.handled_by == actor.person_id),
    )


async def requests(
    uow: UnitOfWork, actor: Actor, language: str, *, open_only: bool = True, for_actor: bool = False
) -> list[RequestRow]:
    """The requests that the actor may see, those that are open first and of those the oldest; one statement.

    `for_actor` leaves those alone that wait for the actor to answer.
    """
    bound = select(func.coalesce(func.sum(Commitment.amount_ore), 0)).where(Commitment.case_id == Case.id)
    call_case = aliased(Case)
    statement = (
        select(
            Reconsideration.id, Reconsideration.case_id, Case.reference, Case.title, Case.language, Unit.name,
            func.coalesce(call_title_in(language), call_case.title), Reconsideration.state, Reconsideration.asked_at,
            Application.rules, Person.name, bound.scalar_subquery(),
        )
        .join(Case, Case.id == Reconsideration.case_id)
        .join(Application, Application.id == Case.id)
        .join(Call, Call.id == Application.call_id)
        .join(call_case, call_case.id == Call.id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Person, Person.id == Reconsideration.handled_by)
        .where(visible_to(actor, uow.now))
        .order_by(Reconsideration.state.in_(OPEN).desc(), Reconsideration.id)
        .limit(MOST)
    )  # fmt: skip
    if open_only:
        statement = statement.where(Reconsideration.state.in_(OPEN))
    if for_actor:
        statement = statement.where(waits_for(actor))
    return [
        RequestRow(
            id=row[0], case_id=row[1], reference=row[2], title=row[3], language=row[4], unit=row[5], call=row[6],
            state=row[7], asked_at=row[8],
            due_on=due_on(row[8], msgspec.convert(row[9], Rules)) if row[7] in OWED else None,
            handled_by=row[10], bound_ore=int(row[11]),
        )
        for row in await uow.session.execute(statement)
    ]  # fmt: skip
