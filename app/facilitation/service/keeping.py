"""How the register is changed: alone with it, by whoever may, and with an event for everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit.service import record
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, Stale
from app.facilitation.models import Facilitator
from app.identity.actor import Actor
from app.identity.models import Person
from app.moves import lock_register
from workflows.roles import Permission

REGISTER = "facilitators"
"""The reference of the case that holds the events about the resource group and its methods."""


async def open_register(uow: UnitOfWork) -> Case:
    """The register's case, locked; NotFound before there is any unit."""
    case = await lock_register(uow, REGISTER)
    if case is None:
        raise NotFound
    return case


def require_assigner(actor: Actor) -> None:
    """NotAllowed for whoever may not assign facilitators."""
    if not actor.may(Permission.FACILITATOR_ASSIGN):
        raise NotAllowed


async def lock_person(uow: UnitOfWork, person_id: UUID) -> Facilitator | None:
    """Be alone with what somebody has to give: whoever binds or changes their hours waits for the others."""
    row: Facilitator | None = await uow.session.scalar(
        select(Facilitator)
        .where(Facilitator.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return row


class Entry:
    """Somebody's entry in the register, locked for a change by whoever may make it."""

    def __init__(self, case: Case, row: Facilitator, name: str):
        self.case = case
        self.row = row
        self.name = name

    async def note(
        self, uow: UnitOfWork, actor: Actor, verb: str, *, why: str = "", changes: Mapping[str, Any] | None = None
    ) -> Facilitator:
        """Count the change and record it."""
        self.row.version += 1
        await uow.session.flush()
        await record(uow, actor, self.case, "facilitator", self.row.id, verb, why=why,
                     changes={"name": self.name, **(changes or {})})  # fmt: skip
        return self.row


async def open_entry(
    uow: UnitOfWork, actor: Actor, facilitator_id: UUID, *, own: bool, version: int | None = None
) -> Entry:
    """Somebody's entry, locked: open to whoever assigns, and where `own` to the person themselves.

    NotFound for an unknown one and for whoever may not know of it, NotAllowed where only assigners may, Stale where
    `version` is not the entry's.
    """
    found = (
        await uow.session.execute(
            select(Facilitator.person_id, Person.name)
            .join(Person, Person.id == Facilitator.person_id)
            .where(Facilitator.id == facilitator_id)
        )
    ).first()
    if found is None:
        raise NotFound
    mine = actor.person_id is not None and found.person_id == actor.person_id
    if not (actor.may(Permission.FACILITATOR_ASSIGN) or mine):
        raise NotAllowed if actor.may(Permission.RESOURCE_GROUP_SEE) else NotFound
    if not own:
        require_assigner(actor)
    case = await open_register(uow)
    row = await lock_person(uow, found.person_id)
    if row is None:
        raise NotFound
    if version is not None and version != row.version:
        raise Stale(typed_on=version, now_at=row.version)
    return Entry(case, row, found.name)
