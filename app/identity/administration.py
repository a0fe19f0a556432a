"""The administrator's verbs: accounts, units, memberships and roles, each leaving its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit.service import record
from app.cases.models import Case
from app.core.clock import OSLO
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, invalid
from app.identity import service
from app.identity.actor import Actor
from app.identity.models import Person, SchemeRole, Unit, UnitMembership
from app.moves import lock_register
from workflows.roles import Permission, Role

REGISTER = "people"
"""The reference of the case that holds the events about people and units."""


async def _register(uow: UnitOfWork, actor: Actor) -> Case:
    if not actor.may(Permission.PEOPLE_ADMINISTER):
        raise NotAllowed
    case = await lock_register(uow, REGISTER)
    if case is None:
        raise invalid("number", "unit.first_needed")
    return case


async def _record(
    uow: UnitOfWork,
    actor: Actor,
    case: Case,
    subject: str,
    row_id: UUID,
    verb: str,
    why: str,
    changes: Mapping[str, Any],
) -> None:
    await record(uow, actor, case, subject, row_id, verb, why=why, changes=changes)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, OSLO)


def _check_dates(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to <= valid_from:
        raise invalid("valid_to", "form.before_start")


async def add_person(
    uow: UnitOfWork, actor: Actor, *, name: str, email: str, title: str, language: str, password: str | None
) -> Person:
    """Register an account."""
    case = await _register(uow, actor)
    person = await service.add_person(uow, name=name, email=email, title=title, language=language, password=password)
    await _record(uow, actor, case, "person", person.id, "add", "", {"name": name, "email": email})
    return person


async def add_unit(
    uow: UnitOfWork, actor: Actor, *, number: str, name: str, kind: str, county_id: UUID | None, language: str,
    mailbox: str | None, valid_from: date,
) -> Unit:  # fmt: skip
    """Register a unit; Invalid where its number is taken, or an office has no county."""
    if not actor.may(Permission.PEOPLE_ADMINISTER):
        raise NotAllowed
    if await uow.session.scalar(select(Unit.id).where(Unit.number == number)):
        raise invalid("number", "unit.number_taken", number=number)
    county = await uow.session.get(Unit, county_id) if county_id else None
    if kind == "office" and (county is None or county.kind != "county"):
        raise invalid("county_id", "unit.county_needed")
    unit = await service.add_unit(
        uow, number=number, name=name, kind=kind, valid_from=valid_from, language=language, mailbox=mailbox or "",
        county_id=county_id if kind == "office" else None,
    )  # fmt: skip
    case = await _register(uow, actor)
    await _record(uow, actor, case, "unit", unit.id, "add", "", {"number": number, "name": name, "kind": kind})
    return unit


async def give_membership(
    uow: UnitOfWork, actor: Actor, person_id: UUID, *, unit_id: UUID, role: str, valid_from: date, valid_to: date | None
) -> UnitMembership:
    """Say what a person is in a unit, from when to when (S1)."""
    case = await _register(uow, actor)
    _check_dates(valid_from, valid_to)
    if await uow.session.get(Person, person_id) is None:
        raise NotFound
    unit = await uow.session.get(Unit, unit_id)
    if unit is None:
        raise invalid("unit_id", "form.unknown")
    if (role == "county_representative") != (unit.kind == "county") and role != "employee":
        raise invalid("role", "membership.wrong_kind")
    row = await service.add_membership(
        uow, person_id, unit_id, role, valid_from=_start_of(valid_from),
        valid_to=_start_of(valid_to) if valid_to else None,
    )  # fmt: skip
    changes = {"unit": unit.number, "role": role, "from": valid_from, "to": valid_to}
    await _record(uow, actor, case, "person", person_id, "give_membership", "", changes)
    return row


async def give_role(
    uow: UnitOfWork, actor: Actor, person_id: UUID, *, role: str, why: str, valid_from: date, valid_to: date | None,
    limit_ore: int | None, cost_centre: str = "",
) -> SchemeRole:  # fmt: skip
    """Give a role in the scheme; nobody gives one to themselves (G36), and budget authority needs a limit (G17)."""
    case = await _register(uow, actor)
    _check_dates(valid_from, valid_to)
    if await uow.session.get(Person, person_id) is None:
        raise NotFound
    if person_id == actor.person_id:
        raise invalid("role", "scheme_role.not_to_oneself")
    if role == Role.DECISION_MAKER and not limit_ore:
        raise invalid("limit_ore", "scheme_role.limit_needed")
    if cost_centre and role != Role.DECISION_MAKER:
        raise invalid("cost_centre", "scheme_role.cost_centre_unasked")
    if cost_centre and await uow.session.scalar(select(Unit.id).where(Unit.number == cost_centre)) is None:
        raise invalid("cost_centre", "scheme_role.cost_centre_unknown")
    row = await service.give_scheme_role(
        uow, person_id, Role(role), why=why, valid_from=_start_of(valid_from), limit_ore=limit_ore,
        cost_centre=cost_centre, valid_to=_start_of(valid_to) if valid_to else None,
    )  # fmt: skip
    changes = {"role": role, "limit_ore": limit_ore, "cost_centre": cost_centre}
    await _record(uow, actor, case, "person", person_id, "give_role", why, changes)
    return row


async def end_membership(
    uow: UnitOfWork, actor: Actor, person_id: UUID, *, holding_id: UUID, why: str
) -> UnitMembership:
    """End a membership now; it stays in the history."""
    case = await _register(uow, actor)
    row = await uow.session.get(UnitMembership, holding_id, with_for_update=True)
    if row is None or row.person_id != person_id or row.valid_to is not None:
        raise NotFound
    row.valid_to = uow.now
    await _record(uow, actor, case, "person", person_id, "end_membership", why, {"role": row.role})
    return row


async def end_role(uow: UnitOfWork, actor: Actor, person_id: UUID, *, holding_id: UUID, why: str) -> SchemeRole:
    """End a role in the scheme now; it stays in the history."""
    case = await _register(uow, actor)
    row = await uow.session.get(SchemeRole, holding_id, with_for_update=True)
    if row is None or row.person_id != person_id or row.valid_to is not None:
        raise NotFound
    row.valid_to = uow.now
    await _record(uow, actor, case, "person", person_id, "end_role", why, {"role": row.role})
    return row
