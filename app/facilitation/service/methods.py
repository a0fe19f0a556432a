"""The methods of the scheme: the five of the report and what the resource group adds; who answers for each (S10, S72)."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import exists, func, select

from app.audit.service import record
from app.core.database import UnitOfWork
from app.core.errors import NotFound, invalid
from app.core.ids import new_id
from app.facilitation.models import Facilitator, Method, MethodCompetence, MethodOwner
from app.facilitation.service.keeping import open_register, require_assigner
from app.identity.actor import Actor
from app.identity.models import Person
from workflows.facilitation import METHODS

LONGEST_KEY = 40
LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


async def known_methods(uow: UnitOfWork, *, retired: bool = False) -> tuple[str, ...]:
    """The keys of all methods in their order, the five first; those that are no longer used only where asked for."""
    statement = select(Method.key).order_by(Method.added_at, Method.key)
    if not retired:
        statement = statement.where(Method.retired_at.is_(None))
    return (*METHODS, *await uow.session.scalars(statement))


def _key_of(name: str, taken: tuple[str, ...]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold().translate(LETTERS)).strip("_")[:LONGEST_KEY] or "method"
    return plain if plain not in taken else f"{plain}_{new_id().hex[-6:]}"


async def _no_namesake(uow: UnitOfWork, own: str, **names: str) -> None:
    for language, name in names.items():
        column = getattr(Method, language)
        same = select(Method.key).where(
            func.lower(column) == name.lower(), Method.key != own, Method.retired_at.is_(None)
        )
        if await uow.session.scalar(same) is not None:
            raise invalid(language, "facilitation.method_known")


async def add_method(uow: UnitOfWork, actor: Actor, *, nb: str, nn: str, en: str) -> Method:
    """Add a method to the catalogue, with its name in the three languages (S10)."""
    require_assigner(actor)
    case = await open_register(uow)
    await _no_namesake(uow, "", nb=nb, nn=nn, en=en)
    row = Method(
        key=_key_of(nb, await known_methods(uow, retired=True)), nb=nb, nn=nn, en=en, added_at=uow.now
    )  # fmt: skip
    uow.session.add(row)
    await record(
        uow, actor, case, "method", case.id, "add_method", changes={"name": nb, "method": row.key, "nn": nn, "en": en}
    )
    return row


async def _added(uow: UnitOfWork, method: str) -> Method:
    row = await uow.session.get(Method, method)
    if row is None or row.retired_at is not None:
        raise NotFound
    return row


async def write_method(uow: UnitOfWork, actor: Actor, *, method: str, nb: str, nn: str, en: str) -> Method:
    """Call a method that was added by other names; NotFound for one of the five, whose names are the scheme's."""
    require_assigner(actor)
    case = await open_register(uow)
    row = await _added(uow, method)
    await _no_namesake(uow, method, nb=nb, nn=nn, en=en)
    changes = {"name": nb, "method": method, "before": [row.nb, row.nn, row.en], "nn": nn, "en": en}
    row.nb, row.nn, row.en = nb, nn, en
    await record(uow, actor, case, "method", case.id, "write_method", changes=changes)
    return row


async def retire_method(uow: UnitOfWork, actor: Actor, *, method: str) -> Method:
    """Take a method out of the catalogue: one that nobody has is deleted, one in use is kept and offered no more."""
    require_assigner(actor)
    case = await open_register(uow)
    row = await _added(uow, method)
    used = await uow.session.scalar(select(exists().where(MethodCompetence.method == method)))
    owner = await uow.session.get(MethodOwner, method)
    if owner is not None:
        await uow.session.delete(owner)
    if used:
        row.retired_at = uow.now
    else:
        await uow.session.delete(row)
    changes = {"name": row.nb, "method": method, "kept": bool(used)}
    await record(uow, actor, case, "method", case.id, "retire_method", changes=changes)
    return row


async def name_responsible(uow: UnitOfWork, actor: Actor, *, method: str, person_id: UUID | None = None) -> None:
    """Name who answers for a method, or nobody; it is one of the register (S72)."""
    require_assigner(actor)
    case = await open_register(uow)
    if method not in await known_methods(uow):
        raise invalid("method", "form.not_a_choice")
    row = await uow.session.get(MethodOwner, method)
    name = None
    if person_id is None:
        if row is not None:
            await uow.session.delete(row)
    else:
        registered = exists().where(Facilitator.person_id == Person.id, Facilitator.valid_to.is_(None))
        name = await uow.session.scalar(select(Person.name).where(Person.id == person_id, registered))
        if name is None:
            raise invalid("person_id", "form.unknown")
        if row is None:
            row = MethodOwner(method=method)
            uow.session.add(row)
        row.person_id = person_id
    await record(uow, actor, case, "method", case.id, "name_responsible", changes={"name": name, "method": method})
