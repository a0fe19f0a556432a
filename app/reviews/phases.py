"""What each phase of reviewing lets the actor see and do, application by application."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.calls.models import Call
from app.core.clock import day_in_oslo
from app.core.database import PERSON, UnitOfWork
from app.identity.actor import Actor
from app.reviews.models import Review
from workflows.review import ReviewState
from workflows.review_phases import PHASES, UNDER_WAY, ReviewPhase, Sight, sight
from workflows.roles import Role
from workflows.rules import ReviewRules


class Course(msgspec.Struct, frozen=True):
    """The phases that an application goes through, and whether every review of it is in."""

    phases: tuple[ReviewPhase, ...]
    all_in: bool


def course_columns() -> tuple[Any, ...]:
    """The columns of a Course, of Application and its Call."""
    other = aliased(Review)
    states = select(func.array_agg(other.state)).where(other.case_id == Application.id).scalar_subquery()
    rules = Call.rules["reviews"]["phases"]
    return rules, Application.rules["reviews"]["needed"].as_integer(), states


def course_of(phases: Any, needed: int | None, states: list[str] | None) -> Course:
    """The course that the columns say; a call from before there were phases has the scheme's own."""
    found = states or []
    enough = found.count(ReviewState.SUBMITTED) >= (needed or ReviewRules().needed)
    return Course(
        msgspec.convert(phases, tuple[ReviewPhase, ...]) if phases else PHASES,
        enough and UNDER_WAY.isdisjoint(found),
    )


async def course_in(uow: UnitOfWork, case_id: UUID) -> Course:
    """The phases of one application."""
    row = (
        await uow.session.execute(
            select(*course_columns()).join(Call, Call.id == Application.call_id).where(Application.id == case_id)
        )
    ).first()
    return course_of(*row) if row else Course(PHASES, all_in=False)


class Own(msgspec.Struct, frozen=True):
    """How the actor's own review of an application stands: the one that counts, and whether one was voided."""

    state: str | None
    voided: bool
    course: Course
    rules: dict[str, Any]


@cache
def _own() -> Select[Any]:
    return (
        select(Review.case_id, Review.state, Application.rules, *course_columns())
        .join(Application, Application.id == Review.case_id)
        .join(Call, and_(Call.id == Application.call_id))
        .where(Review.reviewer_id == PERSON)
        .order_by(Review.id)
    )


async def own_reviews(uow: UnitOfWork, actor: Actor) -> dict[UUID, Own]:
    """Every application that the actor has ever been given to review; none, and no statement, for all others."""
    if not actor.is_reviewer or actor.person_id is None:
        return {}
    known = uow.remembered.get(("own_reviews", actor.person_id)) if uow.remembered is not None else None
    if known is not None:
        remembered: dict[UUID, Own] = known
        return remembered
    found: dict[UUID, Own] = {}
    for case_id, state, rules, *course in await uow.session.execute(_own(), {"person_id": actor.person_id}):
        before = found.get(case_id)
        counts = None if state == ReviewState.VOIDED else state
        found[case_id] = Own(
            counts or (before.state if before else None),
            state == ReviewState.VOIDED or bool(before and before.voided),
            course_of(*course), rules,
        )  # fmt: skip
    if uow.remembered is not None:
        uow.remembered["own_reviews", actor.person_id] = found
    return found


def sight_by(uow: UnitOfWork, own: Own, roles: frozenset[Role], *, tied: bool = False) -> Sight:
    """What somebody sees by a review of their own; after one that was voided no more names than any phase shows."""
    today = day_in_oslo(uow.now)
    phases = own.course.phases
    seen = sight(phases, today, all_in=own.course.all_in, roles=roles, own_state=own.state, tied=tied)
    if own.state is None and own.voided:
        ended = sight(phases, today, all_in=False, roles=roles, own_state=ReviewState.RECUSED)
        return msgspec.structs.replace(seen, names=ended.names)
    return seen


async def sights_of(uow: UnitOfWork, actor: Actor) -> dict[UUID, Sight]:
    """What the actor sees of each application they have been given; of those not in it their roles alone decide.

    Ties to the applicant are asked when one application is read, and only narrow it.
    """
    own = await own_reviews(uow, actor)
    return {case_id: sight_by(uow, each, actor.scheme_roles) for case_id, each in own.items()}


async def hidden_from(uow: UnitOfWork, actor: Actor) -> frozenset[UUID]:
    """The applications whose applicant is hidden from the actor."""
    return frozenset(case_id for case_id, seen in (await sights_of(uow, actor)).items() if not seen.names)
