"""Which cases an actor may see, and in which roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, select, true

from app.cases.models import Case, CaseRole, CaseUnit
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.identity.actor import Actor
from app.identity.models import Person, UnitMembership
from workflows.roles import GRANTS, SEES_PROJECTS, SEES_SUBMITTED, Permission, Role, roles_towards


def current(table: Any, now: datetime) -> ColumnElement[bool]:
    """The condition that a row with valid_from and valid_to holds at a moment."""
    return and_(table.valid_from <= now, or_(table.valid_to.is_(None), table.valid_to > now))


def visible_to(actor: Actor, now: Any) -> ColumnElement[bool]:
    """The condition on `cases` that every read starts from: the applications and projects the actor may know of.

    An office sees its own, a county what its offices have sent, the resource group what has been sent, except where
    the actor belongs to a unit that is a party (G12).
    """
    if actor.is_system:
        return true()
    if actor.person_id is None:
        return false()
    party = exists().where(CaseUnit.case_id == Case.id, CaseUnit.unit_id.in_(actor.unit_ids))
    ways: list[ColumnElement[bool]] = [
        Case.id.in_(
            select(CaseRole.case_id).where(
                CaseRole.person_id == actor.person_id,
                CaseRole.valid_from <= now,
                or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > now),
            )
        )
    ]
    if actor.office_unit_ids:
        ways.append(Case.id.in_(select(CaseUnit.case_id).where(CaseUnit.unit_id.in_(actor.office_unit_ids))))
    if actor.county_unit_ids:
        ways.append(and_(Case.submitted_at.is_not(None), Case.county_id.in_(actor.county_unit_ids)))
    outsider = ~party if actor.unit_ids else true()
    if actor.scheme_roles & SEES_SUBMITTED:
        ways.append(and_(Case.submitted_at.is_not(None), outsider))
    elif actor.scheme_roles & SEES_PROJECTS:
        ways.append(and_(Case.project_at.is_not(None), outsider))
    return and_(Case.kind == literal("application"), or_(*ways))


async def roles_in(uow: UnitOfWork, actor: Actor, case: Case) -> frozenset[Role]:
    """The actor's roles towards one case, by the rules of workflows/roles.py; one statement."""
    if actor.is_system:
        return frozenset({Role.SYSTEM})
    if actor.person_id is None:
        return frozenset()
    rows = await uow.session.execute(
        select(literal("unit"), CaseUnit.unit_id, literal(""))
        .where(CaseUnit.case_id == case.id)
        .union_all(
            select(literal("role"), CaseRole.case_id, CaseRole.role).where(
                CaseRole.case_id == case.id,
                CaseRole.person_id == actor.person_id,
                CaseRole.valid_from <= uow.now,
                or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > uow.now),
            )
        )
    )
    units: set[UUID] = set()
    held: set[Role] = set()
    for kind, unit_id, role in rows:
        if kind == "unit":
            units.add(unit_id)
        else:
            held.add(Role(role))
    return roles_towards(
        scheme_roles=actor.scheme_roles,
        case_roles=frozenset(held),
        memberships=actor.memberships,
        party_units=frozenset(units),
        county_unit=case.county_id,
        is_call=case.kind == "call",
        is_submitted=case.submitted_at is not None,
        is_project=case.project_at is not None,
    )


async def load_case(
    uow: UnitOfWork, actor: Actor, case_id: UUID, permission: Permission
) -> tuple[Case, frozenset[Role]]:
    """A case with the actor's roles in it; NotFound where the actor may not know of it, NotAllowed where a role lacks."""
    case = await uow.session.get(Case, case_id)
    if case is None:
        raise NotFound
    roles = await roles_in(uow, actor, case)
    require(case, roles, permission)
    return case, roles


def require(case: Case, roles: frozenset[Role], permission: Permission) -> None:
    """Raise NotFound or NotAllowed unless one of the roles grants the permission."""
    if not GRANTS[permission].isdisjoint(roles):
        return
    sees = Permission.CALL_SEE if case.kind == "call" else Permission.CASE_SEE
    raise NotAllowed if not GRANTS[sees].isdisjoint(roles) else NotFound


NAMED = (
    Role.LEADER,
    Role.COORDINATOR,
    Role.CORE_TEAM,
    Role.FACILITATOR,
    Role.COUNTY_REPRESENTATIVE,
    Role.BENEFIT_OWNER,
)
"""Roles whose holders everybody in a case may know by name; who reviews it, an office is not told (G12)."""


async def holders_of(uow: UnitOfWork, case_id: UUID | None) -> dict[Role, tuple[str, ...]]:
    """The names of those who hold a role towards the case now, in it or in a unit that is a party; one statement."""
    if case_id is None:
        return {}
    in_unit = (
        select(UnitMembership.role, UnitMembership.person_id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == case_id, UnitMembership.role.in_(NAMED), current(UnitMembership, uow.now))
    )
    in_case = select(CaseRole.role, CaseRole.person_id).where(
        CaseRole.case_id == case_id, CaseRole.role.in_(NAMED), current(CaseRole, uow.now)
    )
    held = in_unit.union(in_case).subquery()
    rows = await uow.session.execute(
        select(held.c.role, Person.name).join(Person, Person.id == held.c.person_id).order_by(Person.name)
    )
    found: dict[Role, tuple[str, ...]] = {}
    for role, name in rows:
        found[Role(role)] = (*found.get(Role(role), ()), name)
    return found


async def people_of(uow: UnitOfWork, case_id: UUID) -> list[Any]:
    """Everybody who works in a unit that is a party or holds a role in the case now: id and name, by name."""
    in_unit = (
        select(UnitMembership.person_id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == case_id, or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now))
    )
    with_role = select(CaseRole.person_id).where(
        CaseRole.case_id == case_id, or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > uow.now)
    )
    rows = await uow.session.execute(
        select(Person.id, Person.name, Person.title)
        .where(Person.id.in_(in_unit.union(with_role)))
        .order_by(Person.name)
    )
    return list(rows)
