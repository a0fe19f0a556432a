"""Reviews that cannot stand are voided, and given to whoever a proposal for the open places names: the clock's own verb."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.assignments.facts import STANDING, gather
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.identity.actor import SYSTEM
from app.identity.models import Person
from app.matching.solver import solve
from app.moves import Held, hold
from app.notices.service import tell
from app.reviews.conflicts import THROUGH_A_CASE, conflicts
from app.reviews.facts import REVIEW
from app.reviews.follow_up import responsible_for
from app.reviews.group import in_the_group, lock_people, members
from app.reviews.models import Review
from app.reviews.phases import course_in
from app.reviews.service import end, give
from app.texts.i18n import texts_for
from workflows.matching import Pair
from workflows.review import REVIEWED_IN, Conflict, Untenable, untenable
from workflows.rules import Rules

SECONDS = 10.0
"""How long the solver may look for the few places of one application; it takes milliseconds."""


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
    left = len(reviews) - len(ended)
    await _give_to_others(uow, held, ended[: max(0, rules.reviews.needed - left)], standing=left)
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


async def successors(uow: UnitOfWork, held: Held[Application], *, places: int, standing: int) -> list[Pair]:
    """Whom a proposal for so many open places of one application names, the fittest first: fewer where fewer can.

    The hard rules and the weights are those of every proposal of the call (workflows/review_assignment.py).
    """
    gathered = await gather(uow, SYSTEM, held.row.call_id, select(Application.id).where(Application.id == held.row.id))
    (application,) = gathered.applications
    asked_for = msgspec.structs.replace(application, needed=standing + places)
    problem = msgspec.structs.replace(gathered, applications=(asked_for,)).problem()
    solution = await asyncio.to_thread(solve, problem, seconds=SECONDS)
    return sorted((problem.pair[key] for key in solution.chosen), key=lambda pair: (pair.points, pair.key))


async def _give_to_others(uow: UnitOfWork, held: Held[Application], ended: Sequence[Review], *, standing: int) -> None:
    """Give the places of reviews that have ended to others; whoever assigned them hears to whom, or that nobody can."""
    if not ended:
        return
    case = held.case
    # whoever could be named is locked at once, in one order, and nobody is named who has joined meanwhile
    locked = list(await uow.session.scalars(members(uow)))
    await lock_people(uow, locked)
    found = await successors(uow, held, places=len(ended), standing=standing)
    chosen = [pair for pair in found if pair.worker_id in locked]
    names = dict(
        (await uow.session.execute(select(Person.id, Person.name).where(Person.id.in_(locked)))).tuples().all()
    )
    link = f"/applications/{case.id}/assessment"
    for review, pair in zip(ended, chosen, strict=False):
        because = [part.code for part in pair.parts]
        about = {"in_place_of": review.reviewer_id, "because": because}
        await give(uow, SYSTEM, held, pair.worker_id, assigned_by=review.assigned_by, about=about)
        parameters = {"reference": case.reference, "name": names[pair.worker_id]}
        to = await responsible_for(uow, review.assigned_by)
        await tell(uow, to, "review_reassigned", case_id=case.id, parameters=parameters, link=link)
    for review in ended[len(chosen) :]:
        to = await responsible_for(uow, review.assigned_by)
        parameters = {"reference": case.reference}
        await tell(uow, to, "review_without_successor", case_id=case.id, parameters=parameters, link=link)
