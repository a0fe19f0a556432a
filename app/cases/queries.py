"""Which cases an actor may see, and in which roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, false, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from app.cases.models import Case, CaseRole, CaseUnit, Waiver
from app.core.database import CASE, NOW, PERSON, UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from workflows.roles import GRANTS, KNOW_OF_CASE, SEES_PROJECTS, SEES_SUBMITTED, Permission, Role, roles_towards


def current(table: Any, now: Any) -> ColumnElement[bool]:
    """The condition that a row with valid_from and valid_to holds at a moment."""
    return and_(table.valid_from <= now, or_(table.valid_to.is_(None), table.valid_to > now))


UNITS = bindparam("unit_ids", type_=ARRAY(Uuid()))
OFFICES = bindparam("office_ids", type_=ARRAY(Uuid()))
COUNTIES = bindparam("county_ids", type_=ARRAY(Uuid()))
"""What `visible` is asked about, beside PERSON and NOW."""


def visible_to(actor: Actor, now: Any) -> ColumnElement[bool]:
    """The condition on `cases` that every read starts from: the applications and projects the actor may know of.

    An office sees its own, a county what its offices have sent or joined, the resource group what has been sent, except where
    the actor belongs to a unit that is a party (G12).
    """
    units, offices, counties = (
        literal(list(ids), ARRAY(Uuid())) for ids in (actor.unit_ids, actor.office_unit_ids, actor.county_unit_ids)
    )
    return _visible(reach_of(actor), actor.person_id, now, units, offices, counties)


@cache
def visible(reach: frozenset[str]) -> ColumnElement[bool]:
    """The same for all who reach as far, for statements that are built once; `seen_by` says what it is asked about."""
    return _visible(reach, PERSON, NOW, UNITS, OFFICES, COUNTIES)


def seen_by(actor: Actor, now: datetime) -> dict[str, Any]:
    """What `visible` is asked about for an actor at a moment."""
    return {
        "person_id": actor.person_id, "now": now, "unit_ids": list(actor.unit_ids),
        "office_ids": list(actor.office_unit_ids), "county_ids": list(actor.county_unit_ids),
    }  # fmt: skip


def reach_of(actor: Actor) -> frozenset[str]:
    """How far an actor sees beyond the cases in which they hold a role themselves."""
    if actor.is_system:
        return frozenset({"all"})
    if actor.person_id is None:
        return frozenset({"nothing"})
    reach = {"unit": actor.unit_ids, "office": actor.office_unit_ids, "county": actor.county_unit_ids,
             "submitted": actor.scheme_roles & SEES_SUBMITTED, "projects": actor.scheme_roles & SEES_PROJECTS}  # fmt: skip
    return frozenset(name for name, held in reach.items() if held)


def _visible(
    reach: frozenset[str], person: Any, now: Any, units: Any, offices: Any, counties: Any
) -> ColumnElement[bool]:
    if "all" in reach:
        return true()
    if "nothing" in reach:
        return false()
    ways: list[ColumnElement[bool]] = [
        Case.id.in_(select(CaseRole.case_id).where(CaseRole.person_id == person, current(CaseRole, now)))
    ]
    if "office" in reach:
        ways.append(Case.id.in_(select(CaseUnit.case_id).where(CaseUnit.unit_id == func.any(offices))))
    if "county" in reach:
        of_county = select(CaseUnit.case_id).join(Unit, Unit.id == CaseUnit.unit_id)
        theirs = or_(
            Case.county_id == func.any(counties), Case.id.in_(of_county.where(Unit.county_id == func.any(counties)))
        )
        ways.append(and_(Case.submitted_at.is_not(None), theirs))
    # found once, not for each case
    party = select(CaseUnit.case_id).where(CaseUnit.unit_id == func.any(units))
    outsider = Case.id.not_in(party) if "unit" in reach else true()
    if "submitted" in reach:
        ways.append(and_(Case.submitted_at.is_not(None), outsider))
    elif "projects" in reach:
        ways.append(and_(Case.project_at.is_not(None), outsider))
    return and_(Case.kind == literal("application"), or_(*ways))


async def roles_in(uow: UnitOfWork, actor: Actor, case: Case) -> frozenset[Role]:
    """The actor's roles towards one case, by the rules of workflows/roles.py; one statement."""
    standing = await standing_of(uow, actor, case.id)
    return roles_from(actor, case, standing)


class Standing(NamedTuple):
    """How people and rules stand to a case, read together since every page of a case asks for all of it.

    Its units, and the counties that these belong to; the roles that the actor holds in it; every role with a name that
    everybody may know; what has been waived: the subject, its row and the requirement.
    """

    units: list[UUID]
    counties: list[UUID]
    held: list[str]
    holders: list[tuple[str, str]]
    waivers: list[tuple[str, str, str]]


@cache
def standing_columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of a Standing, for CASE, PERSON and NOW."""
    units = select(CaseUnit.unit_id).where(CaseUnit.case_id == CASE)
    counties = (
        select(Unit.county_id)
        .join(CaseUnit, CaseUnit.unit_id == Unit.id)
        .where(CaseUnit.case_id == CASE, Unit.county_id.is_not(None))
    )
    held = select(CaseRole.role).where(CaseRole.case_id == CASE, CaseRole.person_id == PERSON, current(CaseRole, NOW))
    holding = _holders().subquery()
    named = func.jsonb_build_array(holding.c.role, holding.c.name)
    holders = select(func.jsonb_agg(aggregate_order_by(named, holding.c.name)))
    waived = func.jsonb_build_array(Waiver.subject, Waiver.subject_id, Waiver.requirement)
    waivers = select(func.jsonb_agg(waived)).where(Waiver.case_id == CASE)
    none = literal([], JSONB)
    return (
        func.array(units.scalar_subquery()),
        func.array(counties.scalar_subquery()),
        func.array(held.scalar_subquery()),
        func.coalesce(holders.scalar_subquery(), none),
        func.coalesce(waivers.scalar_subquery(), none),
    )


@cache
def _standing() -> Select[Any]:
    return select(*standing_columns())


async def standing_of(uow: UnitOfWork, actor: Actor, case_id: UUID) -> Standing:
    """How people and rules stand to a case, with the actor's own roles in it; one statement at most."""
    if uow.remembered is not None and (case_id, actor.person_id) in uow.remembered:
        known: Standing = uow.remembered[case_id, actor.person_id]
        return known
    asked = {"case_id": case_id, "person_id": actor.person_id, "now": uow.now}
    return remember(uow, actor, case_id, (await uow.session.execute(_standing(), asked)).one())


def remember(uow: UnitOfWork, actor: Actor, case_id: UUID, columns: Iterable[Any]) -> Standing:
    """The standing that columns say, kept for whoever asks next."""
    standing = Standing(*columns)
    if uow.remembered is not None:
        uow.remembered[case_id, actor.person_id] = uow.remembered[case_id] = standing
    return standing


def roles_from(actor: Actor, case: Case, standing: Standing) -> frozenset[Role]:
    """The actor's roles towards a case, by the rules of workflows/roles.py."""
    if actor.is_system:
        return frozenset({Role.SYSTEM})
    if actor.person_id is None:
        return frozenset()
    return roles_towards(
        scheme_roles=actor.scheme_roles,
        case_roles=frozenset(map(Role, standing.held)),
        memberships=actor.memberships,
        party_units=frozenset(standing.units),
        county_units=frozenset({*standing.counties, *([case.county_id] if case.county_id else [])}),
        is_call=case.kind == "call",
        is_submitted=case.submitted_at is not None,
        is_project=case.project_at is not None,
        stepped_aside=actor.person_id in case.stepped_aside,
    )


async def load_case(
    uow: UnitOfWork, actor: Actor, case_id: UUID, permission: Permission, *, kind: str = "application"
) -> tuple[Case, frozenset[Role]]:
    """A case of a kind with the actor's roles in it: an application, which a project is too, or a call.

    NotFound where there is none that the actor may know of, NotAllowed where a role lacks.
    """
    case, roles, _ = await load_case_beside(uow, actor, case_id, permission, kind=kind)
    return case, roles


async def load_case_beside(
    uow: UnitOfWork, actor: Actor, case_id: UUID, permission: Permission, *columns: ColumnElement[Any],
    kind: str = "application",
) -> tuple[Case, frozenset[Role], Sequence[Any]]:  # fmt: skip
    """The same, with what else its page needs read by the one statement; columns that are built once, asked about NOW."""
    asked = {"case_id": case_id, "person_id": actor.person_id, "now": uow.now}
    row = (await uow.session.execute(_case(columns), asked)).first()
    if row is None or row[0].kind != kind:
        raise NotFound
    case: Case = row[0]
    beside = len(row) - len(columns)
    roles = roles_from(actor, case, remember(uow, actor, case_id, row[1:beside]))
    require(case, roles, permission)
    return case, roles, row[beside:]


@cache
def _case(columns: tuple[ColumnElement[Any], ...]) -> Select[Any]:
    return select(Case, *standing_columns(), *columns).where(Case.id == CASE)


def require(case: Case, roles: frozenset[Role], permission: Permission) -> None:
    """Raise NotFound or NotAllowed unless one of the roles grants the permission."""
    if not GRANTS[permission].isdisjoint(roles):
        return
    know = GRANTS[Permission.CALL_SEE] if case.kind == "call" else KNOW_OF_CASE
    raise NotFound if know.isdisjoint(roles) else NotAllowed


NAMED = (
    Role.LEADER,
    Role.COORDINATOR,
    Role.CORE_TEAM,
    Role.FACILITATOR,
    Role.COUNTY_REPRESENTATIVE,
    Role.BENEFIT_OWNER,
)
"""Roles whose holders everybody in a case may know by name; who reviews it, an office is not told (G12)."""


@cache
def _holders() -> Select[Any]:
    in_unit = (
        select(UnitMembership.role, UnitMembership.person_id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == CASE, UnitMembership.role.in_(NAMED), current(UnitMembership, NOW))
    )
    in_case = select(CaseRole.role, CaseRole.person_id).where(
        CaseRole.case_id == CASE, CaseRole.role.in_(NAMED), current(CaseRole, NOW)
    )
    held = in_unit.union(in_case).subquery()
    return select(held.c.role, Person.name).join(Person, Person.id == held.c.person_id).order_by(Person.name)


async def holders_of(uow: UnitOfWork, case_id: UUID | None) -> dict[Role, tuple[str, ...]]:
    """The names of those who hold a role towards the case now, in it or in a unit that is a party."""
    if case_id is None:
        return {}
    known = uow.remembered.get(case_id) if uow.remembered is not None else None
    rows: Iterable[Any] = (
        known.holders if known else await uow.session.execute(_holders(), {"case_id": case_id, "now": uow.now})
    )
    found: dict[Role, tuple[str, ...]] = {}
    for role, name in rows:
        found[Role(role)] = (*found.get(Role(role), ()), name)
    return found


@cache
def _people() -> Select[UUID, str, str]:
    in_unit = (
        select(UnitMembership.person_id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == CASE, or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > NOW))
    )
    with_role = select(CaseRole.person_id).where(
        CaseRole.case_id == CASE, or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > NOW)
    )
    return (
        select(Person.id, Person.name, Person.title)
        .where(Person.id.in_(in_unit.union(with_role)))
        .order_by(Person.name)
    )


async def people_of(uow: UnitOfWork, case_id: UUID) -> list[Any]:
    """Everybody who works in a unit that is a party or holds a role in the case now: id and name, by name."""
    return list(await uow.session.execute(_people(), {"case_id": case_id, "now": uow.now}))


async def people_of_parties(uow: UnitOfWork, case_id: UUID, *roles: str) -> list[UUID]:
    """Everybody who works in a unit that is a party to the case now, or those with one of the roles in it."""
    statement = (
        select(UnitMembership.person_id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == case_id, current(UnitMembership, uow.now))
    )
    if roles:
        statement = statement.where(UnitMembership.role.in_(roles))
    return list(await uow.session.scalars(statement.distinct()))


async def colleagues_of(uow: UnitOfWork, case_id: UUID) -> list[Any]:
    """Everybody who works in a unit that is a party to the case now, by name: id, name and title."""
    rows = await uow.session.execute(
        select(Person.id, Person.name, Person.title)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == case_id, current(UnitMembership, uow.now))
        .distinct()
        .order_by(Person.name)
    )
    return list(rows)
