"""Asking facilitators to follow projects, their answers, and the end of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import current, require, roles_in
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet, invalid
from app.facilitation.facts import ASSIGNMENT
from app.facilitation.loads import BINDING
from app.facilitation.models import FacilitatorAssignment
from app.facilitation.service.keeping import lock_person
from app.identity.actor import SYSTEM, Actor
from app.identity.models import UnitMembership
from app.identity.queries import people_with_role
from app.moves import Held, begin, hold, lock_case, make, note, waive
from app.notices.service import tell
from workflows.engine import Act, Reason
from workflows.facilitation import within_capacity, without_conflict
from workflows.roles import Permission, Role


def _link(case: Case) -> str:
    return f"/projects/{case.id}#facilitators"


async def assign(
    uow: UnitOfWork,
    actor: Actor,
    *,
    case_id: UUID,
    person_id: UUID,
    hours: int,
    starts_on: date | None = None,
    override_why: str = "",
    basis: Mapping[str, Any] | None = None,
) -> FacilitatorAssignment:
    """Ask a facilitator to follow a project from a day on; NotYet with every conflict and the capacity they lack.

    A case handler may go beyond the capacity with `override_why`, which is kept as a waiver (S72); a conflict stands
    (G12). The facilitator can see the project from now on, and is told (S29). `basis` is what a proposal rested on, for
    the event.
    """
    case = await lock_case(uow, case_id)
    roles = await roles_in(uow, actor, case)
    require(case, roles, Permission.FACILITATOR_ASSIGN)
    if case.project_at is None:
        raise NotFound
    await lock_person(uow, person_id)
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
        case_id=case_id, person_id=person_id, hours=hours, starts_on=starts_on or day_in_oslo(uow.now),
        assigned_by=actor.person_id, assigned_at=uow.now,
    )  # fmt: skip
    changes = {"person_id": person_id, "hours": hours, "starts_on": row.starts_on, **(basis or {})}
    await begin(uow, actor, ASSIGNMENT, case, row, verb="assign", changes=changes)
    await _require_fit(uow, actor, Held(row, case, roles), "assign", override_why)
    uow.session.add(CaseRole(case_id=case_id, person_id=person_id, role=Role.FACILITATOR, valid_from=uow.now))
    await tell(uow, [person_id], "facilitator_asked", case_id=case_id, link=_link(case),
               parameters={"title": case.title, "hours": hours})  # fmt: skip
    return row


async def _require_fit(
    uow: UnitOfWork, actor: Actor, held: Held[FacilitatorAssignment], step: str, override_why: str
) -> None:
    """NotYet with every conflict, and with the capacity that is lacking unless it is overridden with a reason."""
    facts = await ASSIGNMENT.facts(uow, held.row)
    act = Act(now=uow.now, roles=held.roles, person_id=actor.person_id)
    lacking, tied = list(within_capacity.check(facts, act)), list(without_conflict.check(facts, act))
    overrides = bool(override_why.strip()) and within_capacity.waivable_by in held.roles
    if tied or (lacking and not overrides):
        raise NotYet([*lacking, *tied], subject=ASSIGNMENT.name, step=step, case_id=held.case.id)
    if lacking:
        await waive(uow, actor, ASSIGNMENT, held.row.id, requirement=within_capacity.name, why=override_why)


async def waive_requirement(
    uow: UnitOfWork, actor: Actor, assignment_id: UUID, *, requirement: str, why: str
) -> FacilitatorAssignment:
    """Let one assignment go beyond what the facilitator has to give, with the reason (S72)."""
    return await waive(uow, actor, ASSIGNMENT, assignment_id, requirement=requirement, why=why)


async def plan_hours(
    uow: UnitOfWork,
    actor: Actor,
    assignment_id: UUID,
    *,
    hours: int,
    why: str,
    override_why: str = "",
    version: int | None = None,
) -> FacilitatorAssignment:
    """Set other hours for an assignment that runs, within what the facilitator has left or with a reason to go beyond."""
    held = await hold(uow, actor, ASSIGNMENT, assignment_id, Permission.FACILITATOR_ASSIGN, version=version)
    if held.row.state not in BINDING:
        over = Reason(
            code="facilitator_assignment.wrong_state", parameters={"state": held.row.state, "move": "plan_hours"}
        )
        raise NotYet([over], subject=ASSIGNMENT.name, step="plan_hours", case_id=held.case.id)
    if hours == 0:
        raise invalid("hours", "form.too_small", least=1)
    await lock_person(uow, held.row.person_id)
    before, held.row.hours = held.row.hours, hours
    await uow.session.flush()
    await _require_fit(uow, actor, held, "plan_hours", override_why)
    await tell(uow, [held.row.person_id], "facilitator_hours", case_id=held.case.id, link=_link(held.case),
               parameters={"title": held.case.title, "hours": hours})  # fmt: skip
    return await note(uow, actor, ASSIGNMENT, held, "plan_hours", why=why, changes={"hours": [before, hours]})


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
    await lock_person(uow, held.row.person_id)
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


async def release_person(uow: UnitOfWork, person_id: UUID, name: str, why: str) -> None:
    """Free somebody who leaves of all their assignments; those who assign are told of each project (S29).

    The cases must be locked already, so that nobody waits in a ring.
    """
    bound = await uow.session.scalars(
        select(FacilitatorAssignment.id)
        .where(FacilitatorAssignment.person_id == person_id, FacilitatorAssignment.state.in_(BINDING))
        .order_by(FacilitatorAssignment.case_id)
    )
    for assignment_id in list(bound):
        held = await hold(uow, SYSTEM, ASSIGNMENT, assignment_id)
        held.row.ended_at = uow.now
        await make(uow, SYSTEM, ASSIGNMENT, held, "release", why=why)
        await _end_role(uow, held)
        await tell(uow, await _assigners(uow, held.case), "facilitator_left", case_id=held.case.id, link=_link(held.case),
                   parameters={"title": held.case.title, "name": name})  # fmt: skip


async def _assigners(uow: UnitOfWork, case: Case) -> list[UUID]:
    """Those who assign facilitators and may know of the case: nobody who works in a unit that is a party (G12)."""
    party = select(UnitMembership.person_id).join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id).where(
        CaseUnit.case_id == case.id, current(UnitMembership, uow.now)
    )  # fmt: skip
    insiders = set(await uow.session.scalars(party))
    asked = [*await people_with_role(uow, Role.CASE_HANDLER), *await people_with_role(uow, Role.METHOD_OWNER)]
    return [person_id for person_id in dict.fromkeys(asked) if person_id not in insiders]
