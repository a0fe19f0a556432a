"""Registering facilitators, assigning them and answering for oneself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.cases.models import CaseRole
from app.cases.queries import require, roles_in
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet, invalid
from app.facilitation.facts import ASSIGNMENT, BINDING
from app.facilitation.models import Facilitator, FacilitatorAssignment
from app.identity.actor import SYSTEM, Actor
from app.identity.models import Person
from app.moves import Held, begin, hold, lock_case, make
from app.notices.service import tell
from workflows.engine import Act, Reason
from workflows.facilitation import METHODS, within_capacity, without_conflict
from workflows.roles import Permission, Role


async def register(
    uow: UnitOfWork, actor: Actor, *, person_id: UUID, capacity_hours: int, methods: tuple[str, ...]
) -> Facilitator:
    """Put a person into the register of facilitators, or change what they have to give (S72)."""
    if not actor.may(Permission.FACILITATOR_ASSIGN):
        raise NotAllowed
    if unknown := set(methods) - set(METHODS):
        raise invalid("methods", "form.not_a_choice", typed=", ".join(sorted(unknown)))
    if await uow.session.get(Person, person_id) is None:
        raise invalid("person_id", "form.unknown")
    row = await uow.session.scalar(select(Facilitator).where(Facilitator.person_id == person_id).with_for_update())
    if row is None:
        row = Facilitator(person_id=person_id, valid_from=uow.now)
        uow.session.add(row)
    row.capacity_hours, row.methods = capacity_hours, sorted(methods)
    await uow.session.flush()
    return row


async def assign(uow: UnitOfWork, actor: Actor, *, case_id: UUID, person_id: UUID, hours: int) -> FacilitatorAssignment:
    """Ask a facilitator to follow a project; NotYet with every conflict and the capacity they lack (S29, S72, G12).

    The facilitator can see the project from now on, and is told.
    """
    case = await lock_case(uow, case_id)
    roles = await roles_in(uow, actor, case)
    require(case, roles, Permission.FACILITATOR_ASSIGN)
    if case.project_at is None:
        raise NotFound
    await uow.session.scalar(select(Facilitator.id).where(Facilitator.person_id == person_id).with_for_update())
    row = await uow.session.scalar(
        select(FacilitatorAssignment).where(
            FacilitatorAssignment.case_id == case_id, FacilitatorAssignment.person_id == person_id
        )
    )
    if row is not None and row.state in BINDING:
        raise invalid("person_id", "facilitation.already_assigned")
    if hours == 0:
        raise invalid("hours", "form.too_small", least=1)
    if row is not None:
        await uow.session.delete(row)
        await uow.session.flush()
    row = FacilitatorAssignment(
        case_id=case_id, person_id=person_id, hours=hours, assigned_by=actor.person_id, assigned_at=uow.now
    )
    await begin(uow, actor, ASSIGNMENT, case, row, verb="assign", changes={"person_id": person_id, "hours": hours})
    facts = await ASSIGNMENT.facts(uow, row)
    act = Act(now=uow.now, roles=roles, person_id=actor.person_id)
    unmet: list[Reason] = [*within_capacity.check(facts, act), *without_conflict.check(facts, act)]
    if unmet:
        raise NotYet(unmet, subject=ASSIGNMENT.name, step="assign", case_id=case_id)
    uow.session.add(CaseRole(case_id=case_id, person_id=person_id, role=Role.FACILITATOR, valid_from=uow.now))
    await tell(uow, [person_id], "facilitator_asked", case_id=case_id, link=f"/projects/{case_id}",
               parameters={"title": case.title, "hours": hours})  # fmt: skip
    return row


async def _end_role(uow: UnitOfWork, held: Held[FacilitatorAssignment]) -> None:
    rows = await uow.session.scalars(
        select(CaseRole).where(
            CaseRole.case_id == held.case.id,
            CaseRole.person_id == held.row.person_id,
            CaseRole.role == Role.FACILITATOR,
            CaseRole.valid_to.is_(None),
        )
    )
    for row in rows:
        row.valid_to = uow.now


async def accept(
    uow: UnitOfWork, actor: Actor, assignment_id: UUID, *, version: int | None = None, why: str = ""
) -> FacilitatorAssignment:
    """The facilitator takes the assignment on."""
    held = await hold(uow, actor, ASSIGNMENT, assignment_id, Permission.FACILITATOR_ANSWER, version=version)
    held.row.answered_at = uow.now
    return await make(uow, actor, ASSIGNMENT, held, "accept", why=why)


async def decline(
    uow: UnitOfWork, actor: Actor, assignment_id: UUID, *, version: int | None = None, why: str = ""
) -> FacilitatorAssignment:
    """The facilitator says no, with the reason; they no longer see the project."""
    held = await hold(uow, actor, ASSIGNMENT, assignment_id, Permission.FACILITATOR_ANSWER, version=version)
    held.row.answered_at = uow.now
    row = await make(uow, actor, ASSIGNMENT, held, "decline", why=why)
    await _end_role(uow, held)
    return row


async def withdraw(
    uow: UnitOfWork, actor: Actor, assignment_id: UUID, *, version: int | None = None, why: str = ""
) -> FacilitatorAssignment:
    """Take a question to a facilitator back."""
    held = await hold(uow, actor, ASSIGNMENT, assignment_id, Permission.FACILITATOR_ASSIGN, version=version)
    row = await make(uow, actor, ASSIGNMENT, held, "withdraw", why=why)
    await _end_role(uow, held)
    return row


async def end(
    uow: UnitOfWork, actor: Actor, assignment_id: UUID, *, version: int | None = None, why: str = ""
) -> FacilitatorAssignment:
    """End an assignment, with the reason; the hours are free again."""
    held = await hold(uow, actor, ASSIGNMENT, assignment_id, Permission.FACILITATOR_ASSIGN, version=version)
    held.row.ended_at = uow.now
    row = await make(uow, actor, ASSIGNMENT, held, "end", why=why)
    await _end_role(uow, held)
    return row


async def release(uow: UnitOfWork, actor: Actor, project: Any) -> None:
    """The project needs its facilitators no more: their hours are free again. Effect RELEASE_FACILITATORS."""
    bound = await uow.session.scalars(
        select(FacilitatorAssignment.id)
        .where(FacilitatorAssignment.case_id == project.id, FacilitatorAssignment.state.in_(BINDING))
        .order_by(FacilitatorAssignment.id)
    )
    for assignment_id in list(bound):
        held = await hold(uow, SYSTEM, ASSIGNMENT, assignment_id)
        held.row.ended_at = uow.now
        await make(uow, SYSTEM, ASSIGNMENT, held, "release")
