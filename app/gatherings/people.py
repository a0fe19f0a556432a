"""Who is in a cohort: the projects that gather, and what everybody is towards each of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, exists, func, literal, or_, select, union
from sqlalchemy.orm import aliased

from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import current
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed
from app.gatherings.models import Cohort, CohortProject
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.projects.models import Project
from workflows.gathering import is_invited
from workflows.roles import Permission, Role

GONE = ("stopped", "ended")
"""Projects that gather no more."""


def gathers(cohort: Any, case_id: Any) -> Any:
    """The condition that a project of the cohort's call belongs to the cohort."""
    named = exists().where(CohortProject.cohort_id == cohort.id, CohortProject.case_id == case_id)
    return or_(cohort.whole_call, named)


def projects_of(cohort_id: UUID) -> Select[Any]:
    """The ids of the projects of a cohort, without those that are stopped or ended."""
    return (
        select(Project.id)
        .join(Cohort, Cohort.call_id == Project.call_id)
        .where(Cohort.id == cohort_id, gathers(Cohort, Project.id), Project.state.not_in(GONE))
    )


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is in one project of a cohort."""

    case_id: UUID
    person_id: UUID
    name: str
    roles: frozenset[Role]
    works_there: bool

    def is_meant(self, audience: Collection[str]) -> bool:
        """Whether a gathering for those roles is for them."""
        return is_invited(frozenset(map(Role, audience)), self.roles, works_there=self.works_there)


WORKS = "employee"


async def parts_in(
    uow: UnitOfWork, cohort_id: UUID, *, case_id: UUID | None = None, person_ids: Collection[UUID] | None = None
) -> list[Part]:
    """What everybody, or those named, are in each project of a cohort, or in one of them; one statement."""
    now = uow.now
    mine = projects_of(cohort_id)
    if case_id is not None:
        mine = mine.where(Project.id == case_id)
    mine_ids = mine.subquery()
    member = current(UnitMembership, now)
    in_unit = (
        select(CaseUnit.case_id, UnitMembership.person_id, UnitMembership.role)
        .join(UnitMembership, UnitMembership.unit_id == CaseUnit.unit_id)
        .where(CaseUnit.case_id.in_(select(mine_ids)), member, UnitMembership.role != "county_representative")
    )
    county = aliased(Unit)
    of_county = (
        select(CaseUnit.case_id, UnitMembership.person_id, UnitMembership.role)
        .join(county, county.id == CaseUnit.unit_id)
        .join(UnitMembership, UnitMembership.unit_id == county.county_id)
        .where(CaseUnit.case_id.in_(select(mine_ids)), member, UnitMembership.role == "county_representative")
    )
    in_case = select(CaseRole.case_id, CaseRole.person_id, CaseRole.role).where(
        CaseRole.case_id.in_(select(mine_ids)), current(CaseRole, now)
    )
    held = union(in_unit, of_county, in_case).subquery()
    statement = (
        select(held.c.case_id, Person.id, Person.name, func.array_agg(held.c.role))
        .join(Person, Person.id == held.c.person_id)
        .where(or_(Person.valid_to.is_(None), Person.valid_to > now))
        .group_by(held.c.case_id, Person.id, Person.name)
        .order_by(Person.name, held.c.case_id)
    )
    if person_ids is not None:
        statement = statement.where(Person.id.in_(person_ids))
    return [
        Part(
            case_id=row[0], person_id=row[1], name=row[2], works_there=True,
            roles=frozenset(Role(role) for role in row[3] if role != WORKS),
        )
        for row in await uow.session.execute(statement)
    ]  # fmt: skip


async def arranges(uow: UnitOfWork, actor: Actor, cohort_id: UUID) -> bool:
    """Whether somebody arranges a cohort's gatherings: the resource group all of them, facilitators those of their own."""
    if actor.may(Permission.ACTIVITY_ARRANGE):
        return True
    if actor.person_id is None:
        return False
    facilitated = select(literal(1)).where(
        CaseRole.case_id.in_(projects_of(cohort_id)), CaseRole.person_id == actor.person_id,
        CaseRole.role == Role.FACILITATOR, current(CaseRole, uow.now),
    )  # fmt: skip
    return await uow.session.scalar(facilitated.limit(1)) is not None


async def require_arranger(uow: UnitOfWork, actor: Actor, cohort_id: UUID) -> None:
    """Raise NotAllowed unless the actor arranges the cohort's gatherings."""
    if not await arranges(uow, actor, cohort_id):
        raise NotAllowed


def in_cohort_of(case_id: Any, call_id: Any, cohort: Any = Cohort) -> Any:
    """The condition that a cohort is one that a project gathers in."""
    return and_(cohort.call_id == call_id, gathers(cohort, case_id))


async def named_projects(uow: UnitOfWork, cohort_id: UUID) -> list[Any]:
    """The projects of a cohort with the names of their offices: id, title, language, unit."""
    rows = await uow.session.execute(
        select(Case.id, Case.title, Case.language, Unit.name.label("unit"))
        .join(Unit, Unit.id == Case.unit_id)
        .where(Case.id.in_(projects_of(cohort_id)))
        .order_by(Unit.name, Case.id)
    )
    return list(rows)
