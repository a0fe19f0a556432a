"""What happens to reviews that are not handed in: the clock's own verbs."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import select

from app.applications.models import Application
from app.core.database import UnitOfWork
from app.identity.actor import SYSTEM
from app.identity.queries import people_with_role
from app.moves import hold
from app.notices.service import tell
from app.reviews.facts import REVIEW
from app.reviews.models import Review, ReviewReminder
from app.reviews.queries import UNDER_WAY
from workflows.calendar import day_in_oslo
from workflows.reminder import REVIEW_LADDER, Rung, next_rung
from workflows.review import SCORED_IN, due_on
from workflows.roles import Role
from workflows.rules import Rules


async def responsible_for(uow: UnitOfWork, assigned_by: UUID) -> list[UUID]:
    """Whoever assigned a review, or every case handler where they have left."""
    handlers = await people_with_role(uow, Role.CASE_HANDLER)
    return [assigned_by] if assigned_by in handlers else handlers


async def reviews_to_remind_of(uow: UnitOfWork) -> list[UUID]:
    """The reviews under way for which a rung of the ladder has come that nobody has climbed."""
    rows = await uow.session.execute(
        select(Review.id, Review.assigned_at, Application.rules)
        .join(Application, Application.id == Review.case_id)
        .where(Review.state.in_(UNDER_WAY), Application.state.in_(SCORED_IN))
        .order_by(Review.id)
    )
    found = {row.id: due_on(row.assigned_at, msgspec.convert(row.rules, Rules)) for row in rows}
    climbed: dict[UUID, set[str]] = {}
    sent = await uow.session.execute(
        select(ReviewReminder.review_id, ReviewReminder.rung)
        .join(Review, Review.id == ReviewReminder.review_id)
        .where(Review.state.in_(UNDER_WAY))
    )
    for review_id, rung in sent:
        climbed.setdefault(review_id, set()).add(rung)
    today = day_in_oslo(uow.now)
    return [each for each, due in found.items() if next_rung(REVIEW_LADDER, due, today, climbed.get(each, ()))]


async def remind(uow: UnitOfWork, review_id: UUID) -> Rung | None:
    """Remind of one review, or take it a step higher; None where there is nothing to say any longer."""
    held = await hold(uow, SYSTEM, REVIEW, review_id)
    application = await uow.session.get_one(Application, held.case.id)
    if held.row.state not in UNDER_WAY or application.state not in SCORED_IN:
        return None
    due = due_on(held.row.assigned_at, msgspec.convert(application.rules, Rules))
    climbed = list(await uow.session.scalars(select(ReviewReminder.rung).where(ReviewReminder.review_id == review_id)))
    rung = next_rung(REVIEW_LADDER, due, day_in_oslo(uow.now), climbed)
    if rung is None:
        return None
    uow.session.add(ReviewReminder(review_id=review_id, rung=rung.key, sent_at=uow.now))
    facts = await REVIEW.facts(uow, held.row)
    to, link = [held.row.reviewer_id], f"/reviews/{review_id}"
    if rung.to is Role.CASE_HANDLER:
        to, link = await responsible_for(uow, held.row.assigned_by), f"/applications/{held.case.id}/assessment"
    elif rung.to is not Role.REVIEWER:
        # who leads the group follows how far its reviews have come, and does not read what they found
        to, link = await people_with_role(uow, rung.to), f"/calls/{application.call_id}/reviews#outstanding"
    await tell(
        uow, to, f"review_reminder_{rung.key}", case_id=held.case.id, link=link,
        parameters={"reference": held.case.reference, "due_on": due, "name": facts.reviewer_name},
    )  # fmt: skip
    return rung
