"""Who takes part while a decision is drafted: nobody who is tied to the applicant, or has recused themselves (G15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, false, or_, select

from app.applications.models import Application
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.identity.actor import Actor
from app.reviews.conflicts import conflicts, since, ties
from app.reviews.models import Review
from workflows.ranking import drafted
from workflows.review import ReviewState
from workflows.rules import Rules


def undisputed(actor: Actor, now: datetime, cases: Any, months: int) -> ColumnElement[bool]:
    """The condition on `applications` that nothing keeps the actor from the case while decisions are drafted (G15).

    `cases` selects the ids of those it is asked of; earlier cooperation ties for so many months. Whoever is tied to an
    applicant, or has recused themselves, is not shown that the application is weighed.
    """
    if actor.person_id is None:
        return Application.id.is_not(None)
    return undisputed_by(actor.person_id, now, since(now, months), cases)


def undisputed_by(person: Any, now: Any, first: Any, cases: Any) -> ColumnElement[bool]:
    """The same for a person, at a moment, with cooperation counted since another; each may be a parameter."""
    tied = ties(cases, [person], now, first)
    recused = select(Review.case_id).where(Review.reviewer_id == person, Review.state == ReviewState.RECUSED)
    return and_(Application.id.not_in(select(tied.c.case_id)), Application.id.not_in(recused))


async def undisputed_in(uow: UnitOfWork, actor: Actor, states: Iterable[str]) -> ColumnElement[bool]:
    """The condition on `applications` in these states, of whichever call, that nothing keeps the actor from it."""
    months = Application.rules["reviews"]["cooperation_months"].as_integer()
    among = Application.state.in_(list(states))
    conditions = [
        and_(
            months == each,
            undisputed(actor, uow.now, select(Application.id).where(among, months == each), int(each or 0)),
        )
        for each in await uow.session.scalars(select(months).where(among).distinct())
    ]
    return or_(false(), *conditions)


async def may_draft(uow: UnitOfWork, actor: Actor, application: Application) -> bool:
    """Whether nothing keeps the actor from an application while its decision is drafted; one statement."""
    rules = msgspec.convert(application.rules, Rules)
    one = select(Application.id).where(Application.id == application.id)
    condition = undisputed(actor, uow.now, one, rules.reviews.cooperation_months)
    return await uow.session.scalar(one.where(condition)) is not None


async def require_drafting(uow: UnitOfWork, actor: Actor, application: Application, decision_state: str | None) -> None:
    """NotFound for whoever is kept from the case while its decision is drafted; nothing is asked once it is made."""
    if drafted(application.state, decision_state) and not await may_draft(uow, actor, application):
        raise NotFound


async def undisputed_people(uow: UnitOfWork, application: Application, people: Iterable[UUID]) -> list[UUID]:
    """Those of the people whom nothing keeps from the case: whom one may tell that it is drafted."""
    asked = list(people)
    rules = msgspec.convert(application.rules, Rules)
    tied = {
        each.person_id for each in await conflicts(uow, application.id, asked, rules.reviews.cooperation_months)
    } | set(
        await uow.session.scalars(
            select(Review.reviewer_id).where(Review.case_id == application.id, Review.state == ReviewState.RECUSED)
        )
    )
    return [each for each in asked if each not in tied]
