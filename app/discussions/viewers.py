"""Everybody who sees the threads of a case for an audience: those who are told, and who can be mentioned."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from app.applications.models import Application
from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import current
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.models import Person, SchemeRole, UnitMembership
from app.reviews.conflicts import conflicts
from app.reviews.models import Review
from app.reviews.phases import course_in
from workflows.discussion import OFFICE, Audience, may_see
from workflows.review import ReviewState
from workflows.review_phases import Sight, sight
from workflows.roles import Role
from workflows.rules import Rules

INSIDE = (Role.CASE_HANDLER, Role.DECISION_MAKER)


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who sees a thread, with what they are in the case."""

    person_id: UUID
    name: str
    roles: frozenset[Role]
    sight: Sight

    @property
    def is_office(self) -> bool:
        """Whether they are of the applicant."""
        return not OFFICE.isdisjoint(self.roles)

    @property
    def is_reviewer_only(self) -> bool:
        """Whether they review it, and have no other part in it."""
        return self.roles.isdisjoint({*INSIDE, *OFFICE})


async def viewers_of(uow: UnitOfWork, case: Case, audience: Audience) -> list[Viewer]:
    """Everybody who sees threads for that audience now, by name."""
    roles = await _roles_in(uow, case)
    states = await _review_states(uow, case.id)
    for person_id in states:
        if states[person_id] not in (ReviewState.RECUSED, ReviewState.VOIDED):
            roles.setdefault(person_id, set()).add(Role.REVIEWER)
    pinned = await uow.session.scalar(select(Application.rules).where(Application.id == case.id))
    months = msgspec.convert(pinned, Rules).reviews.cooperation_months if pinned else 0
    tied = {each.person_id for each in await conflicts(uow, case.id, list(states), months)} if states else set()
    course, today = await course_in(uow, case.id), day_in_oslo(uow.now)
    people = await uow.session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(roles), or_(Person.valid_to.is_(None), Person.valid_to > uow.now))
        .order_by(Person.name)
    )
    found = []
    for person_id, name in people:
        held = frozenset(roles[person_id])
        own = sight(
            course.phases, today, all_in=course.all_in, roles=held, own_state=states.get(person_id),
            tied=person_id in tied,
        )  # fmt: skip
        if may_see(audience, held, own):
            found.append(Viewer(person_id=person_id, name=name, roles=held, sight=own))
    return found


async def _review_states(uow: UnitOfWork, case_id: UUID) -> dict[UUID, str]:
    rows = await uow.session.execute(
        select(Review.reviewer_id, Review.state).where(Review.case_id == case_id, Review.state != ReviewState.VOIDED)
    )
    return dict(rows.tuples().all())


async def _roles_in(uow: UnitOfWork, case: Case) -> dict[UUID, set[Role]]:
    """The roles in the case of its office, and of those who handle and decide, but for whoever works in the office."""
    party = select(CaseUnit.unit_id).where(CaseUnit.case_id == case.id)
    works_there = select(UnitMembership.person_id).where(
        UnitMembership.unit_id.in_(party), current(UnitMembership, uow.now)
    )
    rows = [
        *await uow.session.execute(
            select(UnitMembership.person_id, UnitMembership.role).where(
                UnitMembership.unit_id.in_(party), UnitMembership.role.in_((Role.LEADER, Role.COORDINATOR)),
                current(UnitMembership, uow.now),
            )
        ),
        *await uow.session.execute(
            select(CaseRole.person_id, CaseRole.role).where(
                CaseRole.case_id == case.id, CaseRole.role.in_(OFFICE), current(CaseRole, uow.now)
            )
        ),
        *await uow.session.execute(
            select(SchemeRole.person_id, SchemeRole.role).where(
                and_(SchemeRole.role.in_(INSIDE), current(SchemeRole, uow.now)),
                SchemeRole.person_id.not_in(works_there),
            )
        ),
    ]  # fmt: skip
    found: dict[UUID, set[Role]] = {}
    for person_id, role in rows:
        found.setdefault(person_id, set()).add(Role(role))
    return found


def mentionable(viewers: list[Viewer], by: frozenset[Role], sees: Sight) -> dict[str, UUID]:
    """Whom somebody may mention: those who see the thread and whom they may know of.

    To an office nobody is named who only reviews, and to a reviewer nobody of an applicant whose names are hidden (G12).
    """
    office = not OFFICE.isdisjoint(by)
    return {
        each.name: each.person_id
        for each in viewers
        if not (office and each.is_reviewer_only) and not (each.is_office and not sees.names)
    }
