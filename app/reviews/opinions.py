"""What reviewers think of each other's reviews."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import select

from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Person
from app.reviews.models import Review, ReviewOpinion


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody agrees with a review."""

    name: str
    is_mine: bool
    agrees: bool
    why: str
    given_at: datetime
    before_change: bool
    """Whether the review has been handed in anew since."""


async def opinions_on(uow: UnitOfWork, actor: Actor, review: Review) -> list[Opinion]:
    """What others think of a review, by name; the caller has checked that it may be seen, and others' too."""
    rows = await uow.session.execute(
        select(ReviewOpinion, Person.name)
        .join(Person, Person.id == ReviewOpinion.person_id)
        .where(ReviewOpinion.review_id == review.id)
        .order_by(Person.name)
    )
    return [
        Opinion(
            name=name, is_mine=row.person_id == actor.person_id, agrees=row.agrees, why=row.why, given_at=row.given_at,
            before_change=review.submitted_at is not None and row.given_at < review.submitted_at,
        )
        for row, name in rows
    ]  # fmt: skip
