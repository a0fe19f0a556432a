"""Those who can be given an application to assess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from app.core.database import UnitOfWork
from app.identity.models import Person, SchemeRole
from workflows.roles import Role

ASSIGNABLE = (Role.RESOURCE_GROUP, Role.METHOD_OWNER, Role.CASE_HANDLER)


def members(uow: UnitOfWork) -> Select[Any]:
    """The ids of everybody in the resource group who works here now."""
    return (
        select(SchemeRole.person_id)
        .join(Person, Person.id == SchemeRole.person_id)
        .where(
            SchemeRole.role.in_(ASSIGNABLE), SchemeRole.valid_from <= uow.now,
            or_(SchemeRole.valid_to.is_(None), SchemeRole.valid_to > uow.now),
            or_(Person.valid_to.is_(None), Person.valid_to > uow.now),
        )
    )  # fmt: skip


async def in_the_group(uow: UnitOfWork, people: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the people who are in the resource group now."""
    found = await uow.session.scalars(members(uow).where(SchemeRole.person_id.in_(people)))
    return frozenset(found)


async def lock_people(uow: UnitOfWork, people: Iterable[UUID]) -> None:
    """Be alone with giving these people reviews until the transaction ends, so that nobody is given more than they can do.

    Everybody is locked in the order of their ids, by whoever locks more than one: then nobody waits in a ring.
    """
    await uow.session.execute(
        select(Person.id).where(Person.id.in_(list(people))).order_by(Person.id).with_for_update(key_share=True)
    )
