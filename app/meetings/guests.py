"""Who sits in a clarification meeting."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import literal, or_, select

from app.cases.models import Case, CaseRole, CaseUnit
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.models import Person, UnitMembership
from app.meetings.invitation import Guest
from app.reviews.phases import course_in
from workflows.meeting import Side
from workflows.review_phases import hides_names
from workflows.roles import Role

OF_OFFICE = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM)


class Invited(msgspec.Struct, frozen=True):
    """Somebody who sits in the meeting, and on whose side of the table."""

    person_id: UUID
    guest: Guest
    side: Side


async def guests_of(uow: UnitOfWork, case: Case, *, organiser_id: UUID | None = None) -> list[Invited]:
    """The office's leader, coordinator and team, the reviewers, and whoever arranges the meeting; each once."""
    now = uow.now
    in_unit = (
        select(UnitMembership.person_id.label("person_id"), literal(Side.OFFICE).label("side"))
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(
            CaseUnit.case_id == case.id,
            UnitMembership.role.in_((Role.LEADER, Role.COORDINATOR)),
            UnitMembership.valid_from <= now,
            or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > now),
        )
    )
    held = select(CaseRole.person_id, CaseRole.role).where(
        CaseRole.case_id == case.id,
        CaseRole.role.in_((*OF_OFFICE, Role.REVIEWER)),
        or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > now),
    )
    sides: dict[UUID, Side] = {row.person_id: Side.OFFICE for row in await uow.session.execute(in_unit)}
    course = await course_in(uow, case.id)
    blind = hides_names(course.phases, day_in_oslo(now), all_in=course.all_in)
    for person_id, role in await uow.session.execute(held):
        if role == Role.REVIEWER and blind:  # an invitation would say who applies
            continue
        sides.setdefault(person_id, Side.SCHEME if role == Role.REVIEWER else Side.OFFICE)
    if organiser_id is not None:
        sides.setdefault(organiser_id, Side.SCHEME)
    people = await uow.session.execute(
        select(Person.id, Person.name, Person.email, Person.language)
        .where(Person.id.in_(sides), or_(Person.valid_to.is_(None), Person.valid_to > now))
        .order_by(Person.name)
    )
    return [Invited(row.id, Guest(row.name, row.email, row.language), sides[row.id]) for row in people]
