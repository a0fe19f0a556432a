"""The log of the support that facilitators give (S29)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, invalid
from app.core.personal_data import refuse_identity_numbers
from app.facilitation.facts import ASSIGNMENT
from app.facilitation.models import FacilitatorAssignment, SupportContact
from app.identity.actor import Actor
from app.moves import Held, hold, note
from workflows.capacity import MINUTES
from workflows.facilitation import AssignmentState
from workflows.roles import Permission


async def _own(uow: UnitOfWork, actor: Actor, assignment_id: UUID) -> Held[FacilitatorAssignment]:
    held = await hold(uow, actor, ASSIGNMENT, assignment_id, Permission.FACILITATOR_ANSWER)
    if held.row.person_id != actor.person_id or held.row.state != AssignmentState.ACCEPTED:
        raise NotAllowed
    return held


async def log_support(
    uow: UnitOfWork, actor: Actor, assignment_id: UUID, *, held_on: date, hours: Decimal, about: str
) -> SupportContact:
    """Note support that one has given the project oneself: the day, the hours (to the quarter) and what it was about."""
    held = await _own(uow, actor, assignment_id)
    refuse_identity_numbers(about=about)
    if held_on > day_in_oslo(uow.now):
        raise invalid("held_on", "facilitation.support_in_future")
    minutes = hours * MINUTES
    if minutes <= 0 or minutes % 15:
        raise invalid("hours", "facilitation.not_a_quarter")
    row = SupportContact(
        case_id=held.case.id, person_id=held.row.person_id, held_on=held_on, minutes=int(minutes), about=about,
        written_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    changes = {"held_on": held_on, "minutes": int(minutes), "text": about}
    await note(uow, actor, ASSIGNMENT, held, "log_support", changes=changes)
    return row


async def remove_support(
    uow: UnitOfWork, actor: Actor, assignment_id: UUID, *, contact_id: UUID
) -> FacilitatorAssignment:
    """Take an entry of one's own back that is wrong; what it said stays in the events."""
    held = await _own(uow, actor, assignment_id)
    row = await uow.session.get(SupportContact, contact_id)
    if row is None or (row.case_id, row.person_id) != (held.case.id, held.row.person_id):
        raise NotFound
    await uow.session.delete(row)
    changes = {"held_on": row.held_on, "minutes": row.minutes, "text": row.about}
    return await note(uow, actor, ASSIGNMENT, held, "remove_support", changes=changes)
