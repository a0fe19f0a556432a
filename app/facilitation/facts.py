"""What the rules must know about an assignment."""

from __future__ import annotations

from sqlalchemy import and_, case, exists, func, literal, or_, select

from app.cases.models import CaseRole, CaseUnit
from app.core.database import UnitOfWork
from app.facilitation.models import Facilitator, FacilitatorAssignment
from app.identity.models import Person, UnitMembership
from app.moves import subject
from workflows.facilitation import FACILITATION, AssignmentFacts, AssignmentState
from workflows.roles import Role

BINDING = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED)
TEAM = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.REVIEWER)


@subject(FACILITATION, FacilitatorAssignment)
async def ASSIGNMENT(uow: UnitOfWork, row: FacilitatorAssignment) -> AssignmentFacts:
    """The facts of one assignment, in one statement."""
    elsewhere = (
        select(func.coalesce(func.sum(FacilitatorAssignment.hours), 0))
        .where(
            FacilitatorAssignment.person_id == row.person_id,
            FacilitatorAssignment.id != row.id,
            FacilitatorAssignment.state.in_(BINDING),
        )
        .scalar_subquery()
    )
    own_unit = exists().where(
        CaseUnit.case_id == row.case_id,
        CaseUnit.unit_id == UnitMembership.unit_id,
        UnitMembership.person_id == row.person_id,
        UnitMembership.valid_from <= uow.now,
        or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
    )
    in_team = exists().where(
        CaseRole.case_id == row.case_id,
        CaseRole.person_id == row.person_id,
        CaseRole.role.in_(TEAM),
        or_(CaseRole.valid_to.is_(None), and_(CaseRole.valid_to > uow.now)),
    )
    capacity = (
        select(Facilitator.capacity_hours)
        .where(
            Facilitator.person_id == row.person_id,
            Facilitator.valid_from <= uow.now,
            or_(Facilitator.valid_to.is_(None), Facilitator.valid_to > uow.now),
        )
        .scalar_subquery()
    )
    found = (
        await uow.session.execute(
            select(
                Person.name,
                func.coalesce(capacity, 0),
                elsewhere,
                case((own_unit, literal("own_unit"))),
                case((in_team, literal("in_team"))),
            ).where(Person.id == row.person_id)
        )
    ).one()
    name, capacity_hours, hours_elsewhere, *conflicts = found
    return AssignmentFacts(
        assignment_id=row.id,
        person_id=row.person_id,
        name=name,
        hours=row.hours,
        capacity_hours=capacity_hours,
        hours_elsewhere=int(hours_elsewhere),
        conflicts=tuple(kind for kind in conflicts if kind),
    )
