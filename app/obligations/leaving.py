"""Coordinators who leave a project that runs: its leader is told, once, and the project's events say so."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, DateTime, Select, and_, bindparam, cast, exists, func, or_, select, union_all

from app.audit.models import Event
from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import current
from app.core.database import NOW, UnitOfWork
from app.identity.actor import SYSTEM
from app.identity.models import Person, UnitMembership
from app.moves import hold, note
from app.notices.service import tell
from app.obligations.service import handlers
from app.projects.facts import PROJECT
from app.projects.models import Project
from workflows.project import RUNNING, ProjectState
from workflows.roles import Role

LOOKS_BACK = timedelta(days=14)
"""Whoever left before that is told of no more."""
SINCE = bindparam("since", type_=DateTime(timezone=True))
LEFT = "coordinator_left"


class Left(msgspec.Struct, frozen=True):
    """That somebody coordinates a project no longer."""

    case_id: UUID
    person_id: UUID
    name: str
    left_at: datetime


def _holdings() -> Any:
    """Everybody who coordinates a case or has done so, in it or in one of its units, and until when."""
    in_unit = (
        select(CaseUnit.case_id, UnitMembership.person_id, UnitMembership.valid_from, UnitMembership.valid_to)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(UnitMembership.role == Role.COORDINATOR)
    )
    in_case = select(CaseRole.case_id, CaseRole.person_id, CaseRole.valid_from, CaseRole.valid_to).where(
        CaseRole.role == Role.COORDINATOR
    )
    return union_all(in_unit, in_case)


def _there(person: Any) -> ColumnElement[bool]:
    return or_(person.valid_to.is_(None), person.valid_to > NOW)


@cache
def _left() -> Select[Any]:
    held, still = _holdings().subquery("held").c, _holdings().subquery("still").c
    left_at = func.max(func.least(held.valid_to, Person.valid_to))
    stays = exists().where(
        still.case_id == held.case_id, still.person_id == held.person_id, current(still, NOW), _there(Person)
    )
    told = exists().where(
        Event.case_id == held.case_id, Event.subject == "project", Event.verb == LEFT,
        Event.changes["person_id"].astext == cast(held.person_id, Event.verb.type), Event.at >= left_at,
    )  # fmt: skip
    return (
        select(held.case_id, held.person_id, Person.name, left_at)
        .join(Person, Person.id == held.person_id)
        .join(Project, Project.id == held.case_id)
        .where(Project.state.in_((*RUNNING, ProjectState.PAUSED)), ~stays)
        .group_by(held.case_id, held.person_id, Person.name)
        .having(and_(left_at <= NOW, left_at > SINCE, ~told))
        .order_by(held.case_id, held.person_id)
    )


async def coordinators_who_left(uow: UnitOfWork, case_id: UUID | None = None) -> list[Left]:
    """Who has left lately, of all projects or of one, and has not been told of; one statement."""
    statement = _left() if case_id is None else _left().where(Project.id == case_id)
    found = await uow.session.execute(statement, {"now": uow.now, "since": uow.now - LOOKS_BACK})
    return [Left(*row) for row in found]


async def _holders(uow: UnitOfWork, case_id: UUID) -> dict[str, dict[UUID, str]]:
    """Leaders and coordinators of a case now, each once, by name."""
    roles = (Role.LEADER, Role.COORDINATOR)
    in_unit = (
        select(UnitMembership.role, Person.id, Person.name)
        .join(Person, Person.id == UnitMembership.person_id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(
            CaseUnit.case_id == case_id, UnitMembership.role.in_(roles), current(UnitMembership, NOW), _there(Person)
        )
    )
    in_case = (
        select(CaseRole.role, Person.id, Person.name)
        .join(Person, Person.id == CaseRole.person_id)
        .where(CaseRole.case_id == case_id, CaseRole.role.in_(roles), current(CaseRole, NOW), _there(Person))
    )
    found: dict[str, dict[UUID, str]] = {role: {} for role in roles}
    for role, person_id, name in await uow.session.execute(in_unit.union(in_case), {"now": uow.now}):
        found[role][person_id] = name
    return found


async def tell_of_leaving(uow: UnitOfWork, case_id: UUID, person_id: UUID) -> bool:
    """Tell the project's leader that a coordinator has left, and who coordinates it now; False where that is told.

    Where nobody leads the office, whoever handles the project in the resource group is told. The case is locked first,
    so that two who look at once tell it once.
    """
    held = await hold(uow, SYSTEM, PROJECT, case_id)
    row = next((each for each in await coordinators_who_left(uow, case_id) if each.person_id == person_id), None)
    if row is None:
        return False
    await note(uow, SYSTEM, PROJECT, held, LEFT, changes={"person_id": str(person_id), "name": row.name})
    there = await _holders(uow, case_id)
    others = ", ".join(sorted(there[Role.COORDINATOR].values()))
    await tell(
        uow, list(there[Role.LEADER]) or await handlers(uow, held.row.owner_id),
        "coordinator_left" if others else "last_coordinator_left", case_id=case_id, link=f"/projects/{case_id}#team",
        parameters={"name": row.name, "title": held.case.title, "others": others},
    )  # fmt: skip
    return True
