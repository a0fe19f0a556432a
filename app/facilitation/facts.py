"""What the rules must know about an assignment."""

from __future__ import annotations

from sqlalchemy import case, literal, select

from app.core.database import UnitOfWork
from app.facilitation.conflicts import conflict_conditions
from app.facilitation.loads import loads
from app.facilitation.models import FacilitatorAssignment
from app.identity.models import Person
from app.moves import subject
from workflows.capacity import needs_of
from workflows.facilitation import FACILITATION, AssignmentFacts


@subject(FACILITATION, FacilitatorAssignment)
async def ASSIGNMENT(uow: UnitOfWork, row: FacilitatorAssignment) -> AssignmentFacts:
    """The facts of one assignment, in three statements."""
    conditions = conflict_conditions(row.case_id, row.person_id, uow.now)
    name, *conflicts = (
        await uow.session.execute(
            select(Person.name, *(case((condition, literal(kind))) for kind, condition in conditions.items())).where(
                Person.id == row.person_id
            )
        )
    ).one()
    load = (await loads(uow, [row.person_id]))[row.person_id]
    own = next((each for each in load.assigned if each.assignment_id == row.id), None)
    return AssignmentFacts(
        assignment_id=row.id,
        person_id=row.person_id,
        name=name,
        needs=needs_of(load, own) if own else (),
        conflicts=tuple(kind for kind in conflicts if kind),
    )
