"""What somebody may be in an office's team, and the role in the case that follows from it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from app.applications.models import Application
from app.cases.models import CaseRole, CaseUnit
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, invalid
from app.identity.models import UnitMembership
from app.moves import Held
from workflows.application import SENDERS
from workflows.roles import Role

SPEAK_FOR_THE_OFFICE = (Role.LEADER, Role.COORDINATOR)
FROM_OUTSIDE = (Role.PARTNER, Role.CITIZENS_VOICE)


async def _unit_roles(uow: UnitOfWork, case_id: UUID, person_id: UUID) -> set[str]:
    """What somebody is in the units that are parties."""
    parties = select(CaseUnit.unit_id).where(CaseUnit.case_id == case_id)
    return set(
        await uow.session.scalars(
            select(UnitMembership.role).where(
                UnitMembership.unit_id.in_(parties),
                UnitMembership.person_id == person_id,
                UnitMembership.valid_from <= uow.now,
                or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
            )
        )
    )


async def check_role(uow: UnitOfWork, held: Held[Application], person_id: UUID | None, role: Role) -> None:
    """Who speaks for the office is named by those who do; an account leads only a unit that it leads."""
    if role in SPEAK_FOR_THE_OFFICE and held.roles.isdisjoint(SENDERS):
        raise NotAllowed
    if person_id is None:
        return
    in_unit = await _unit_roles(uow, held.case.id, person_id)
    if not in_unit and role not in FROM_OUTSIDE:
        raise invalid("person_id", "application.member_from_elsewhere")
    if role == Role.LEADER and Role.LEADER not in in_unit:
        raise invalid("role", "application.member_not_leader")


async def begin_role(uow: UnitOfWork, held: Held[Application], person_id: UUID, role: Role) -> None:
    if role != Role.LEADER:  # that one is held by leading the unit
        uow.session.add(CaseRole(case_id=held.case.id, person_id=person_id, role=role, valid_from=uow.now))


async def end_role(uow: UnitOfWork, held: Held[Application], person_id: UUID, role: str) -> None:
    rows = await uow.session.scalars(
        select(CaseRole).where(
            CaseRole.case_id == held.case.id,
            CaseRole.person_id == person_id,
            CaseRole.role == role,
            CaseRole.valid_to.is_(None),
        )
    )
    for row in rows:
        row.valid_to = uow.now
