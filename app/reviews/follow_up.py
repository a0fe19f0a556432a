"""What happens to reviews that cannot stand, and to those that are not handed in: the clock's own verbs."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import select

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.identity.actor import SYSTEM
from app.identity.queries import people_with_role
from app.moves import Held, hold
from app.notices.service import tell
from app.reviews.conflicts import THROUGH_A_CASE, conflicts
from app.reviews.facts import REVIEW
from app.reviews.group import in_the_group
from app.reviews.models import Review, ReviewReminder
from app.reviews.phases import course_in
from app.reviews.queries import UNDER_WAY, candidates
from app.reviews.service import end, give
from app.texts.i18n import texts_for
from workflows.calendar import day_in_oslo
from workflows.reminder import REVIEW_LADDER, Rung, next_rung
from workflows.review import REVIEWED_IN, SCORED_IN, Conflict, ReviewState, Untenable, due_on, untenable
from workflows.roles import Role
from workflows.rules import Rules

STANDING = (*UNDER_WAY, ReviewState.SUBMITTED)


async def cases_under_review(uow: UnitOfWork) -> list[UUID]:
    """The applications that are being assessed and have reviews that stand, the oldest first."""
    rows = await uow.session.scalars(
        select(Application.id)
        .where(
            Application.state.in_(REVIEWED_IN),
            Application.id.in_(select(Review.case_id).where(Review.state.in_(STANDING))),
        )
        .order_by(Application.id)
    )
    return list(rows)


async def void_untenable(uow: UnitOfWork, case_id: UUID) -> list[UUID]:
    """Void the reviews of an application that cannot stand, and give it to others; answers which reviews ended.

    Whoever reviews, whoever assigned them and the next reviewer are told, each in a notice of their own (G12, G13).
    """
    held = await hold(uow, SYSTEM, APPLICATION, case_id)
    if held.row.state not in REVIEWED_IN:
        return []
    rules = msgspec.convert(held.row.rules, Rules)
    reviews = list(
        await uow.session.scalars(
            select(Review).where(Review.case_id == case_id, Review.state.in_(STANDING)).order_by(Review.id)
        )
    )
    people = [each.reviewer_id for each in reviews]
    present = await in_the_group(uow, people)
    tied: dict[UUID, list[Conflict]] = {}
    for each in await conflicts(uow, case_id, people, rules.reviews.cooperation_months):
        tied.setdefault(each.person_id, []).append(each.conflict)
    ended = []
    for review in reviews:
        ties = tied.get(review.reviewer_id, [])
        reason = untenable(review.state, ties, in_the_group=review.reviewer_id in present)
        if reason is not None:
            await _void(uow, held.case, review, reason, ties)
            ended.append(review)
    for review in ended[: max(0, rules.reviews.needed - (len(reviews) - len(ended)))]:
        await _give_to_next(uow, held, review, rules)
    return [each.id for each in ended]


async def _void(uow: UnitOfWork, case: Case, review: Review, reason: Untenable, ties: list[Conflict]) -> None:
    """Void one review, in words of the case's own language."""
    texts = texts_for(case.language)
    # the reason is read by whoever leads the case: what another case is called may not be theirs to know
    details = [(each.kind, "" if each.kind in THROUGH_A_CASE else each.detail) for each in ties]
    said = list(dict.fromkeys(f"{texts.t(f'conflict.{kind}')} {detail}".strip() for kind, detail in details))
    why = texts.t(f"reviews.untenable.{reason}", ties=", ".join(said))
    held = await hold(uow, SYSTEM, REVIEW, review.id)
    await end(uow, SYSTEM, held, "void", why)
    if any(each.names_hidden for each in (await course_in(uow, case.id)).phases):
        # which unit a tie goes through would say who applies
        said = [texts.t(f"conflict.{each.kind}") for each in ties]
        why = texts.t(f"reviews.untenable.{reason}", ties=", ".join(said))
    await tell(
        uow, [review.reviewer_id], "review_voided", case_id=case.id,
        parameters={"reference": case.reference, "why": why}, link="/reviews",
    )  # fmt: skip


async def _give_to_next(uow: UnitOfWork, held: Held[Application], ended: Review, rules: Rules) -> None:
    """Give the application to whoever has least to assess and is tied to nobody; say so, or that there is nobody."""
    case = held.case
    found = await candidates(uow, SYSTEM, case.id, rules.reviews.cooperation_months)
    free = [each for each in found if not each.ties and each.id != ended.reviewer_id]
    to = await _responsible(uow, ended.assigned_by)
    link = f"/applications/{case.id}/assessment"
    if not free:
        parameters = {"reference": case.reference}
        await tell(uow, to, "review_without_successor", case_id=case.id, parameters=parameters, link=link)
        return
    await give(uow, SYSTEM, held, free[0].id, assigned_by=ended.assigned_by)
    parameters = {"reference": case.reference, "name": free[0].name}
    await tell(uow, to, "review_reassigned", case_id=case.id, parameters=parameters, link=link)


async def _responsible(uow: UnitOfWork, assigned_by: UUID) -> list[UUID]:
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
    if rung.to is not Role.REVIEWER:
        link = f"/applications/{held.case.id}/assessment"
        to = (
            await _responsible(uow, held.row.assigned_by)
            if rung.to is Role.CASE_HANDLER
            else await people_with_role(uow, rung.to)
        )
    await tell(
        uow, to, f"review_reminder_{rung.key}", case_id=held.case.id, link=link,
        parameters={"reference": held.case.reference, "due_on": due, "name": facts.reviewer_name},
    )  # fmt: skip
    return rung
