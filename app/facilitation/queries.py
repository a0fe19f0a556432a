"""The facilitators with what they have to give and have bound, and the projects without one."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, exists, func, or_, select

from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import NOW, UnitOfWork
from app.facilitation.facts import BINDING
from app.facilitation.models import Facilitator, FacilitatorAssignment
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.identity.queries import people_with_role
from app.projects.models import Project
from workflows.facilitation import AssignmentState
from workflows.roles import Role


class Capacity(msgspec.Struct, frozen=True):
    """What a facilitator has to give, in hours."""

    person_id: UUID
    name: str
    capacity_hours: int
    bound_hours: int
    projects: int
    methods: list[str]

    @property
    def left_hours(self) -> int:
        """Hours not bound to any project."""
        return self.capacity_hours - self.bound_hours


@cache
def _capacities() -> Select[UUID, str, int, int, int, list[str]]:
    bound = func.coalesce(func.sum(FacilitatorAssignment.hours), 0)
    return (
        select(
            Facilitator.person_id, Person.name, Facilitator.capacity_hours, bound,
            func.count(FacilitatorAssignment.id), Facilitator.methods,
        )
        .join(Person, Person.id == Facilitator.person_id)
        .outerjoin(
            FacilitatorAssignment,
            (FacilitatorAssignment.person_id == Facilitator.person_id) & FacilitatorAssignment.state.in_(BINDING),
        )
        .where(or_(Facilitator.valid_to.is_(None), Facilitator.valid_to > NOW))
        .group_by(Facilitator.id, Person.name)
        .order_by((Facilitator.capacity_hours - bound).desc(), Person.name)
    )  # fmt: skip


async def capacities(uow: UnitOfWork) -> list[Capacity]:
    """Every facilitator in the register, those with most hours left first."""
    rows = await uow.session.execute(_capacities(), {"now": uow.now})
    return [
        Capacity(person, name, hours, int(taken), count, methods) for person, name, hours, taken, count, methods in rows
    ]


async def assignments_of(uow: UnitOfWork, case_id: UUID) -> list[Any]:
    """The facilitators asked for one project, in the order they were asked."""
    rows = await uow.session.execute(
        select(
            FacilitatorAssignment.id, FacilitatorAssignment.person_id, Person.name, FacilitatorAssignment.hours,
            FacilitatorAssignment.state, FacilitatorAssignment.version, Facilitator.methods,
        )
        .join(Person, Person.id == FacilitatorAssignment.person_id)
        .outerjoin(Facilitator, Facilitator.person_id == FacilitatorAssignment.person_id)
        .where(FacilitatorAssignment.case_id == case_id)
        .order_by(FacilitatorAssignment.id)
    )  # fmt: skip
    return list(rows)


async def projects_without(uow: UnitOfWork, actor: Actor) -> list[Any]:
    """The running projects that no facilitator follows (S29)."""
    followed = exists().where(
        FacilitatorAssignment.case_id == Project.id, FacilitatorAssignment.state == AssignmentState.ACCEPTED
    )
    rows = await uow.session.execute(
        select(Case.id, Case.title, Case.reference, Unit.name.label("unit"), Project.state)
        .join(Project, Project.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(visible_to(actor, uow.now), ~followed, Project.state.not_in(("closed", "ended", "stopped")))
        .order_by(Case.id)
        .limit(100)
    )
    return list(rows)


async def candidates(uow: UnitOfWork) -> list[Any]:
    """Everybody of the resource group, by name: those who can be put into the register."""
    rows = await uow.session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(await people_with_role(uow, Role.RESOURCE_GROUP)))
        .order_by(Person.name)
    )
    return list(rows)
