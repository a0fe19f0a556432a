"""Who is behind a session, and the people and units a page shows."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, bindparam, column, func, literal, or_, select, table
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.core.database import Instant, UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Person, SchemeRole, Session, Unit, UnitMembership
from workflows.roles import Membership, Role


def hash_of_token(token: str) -> str:
    """What is kept of a session's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


_REVIEWS = table("reviews", column("reviewer_id", Uuid))


def _standing(now: Any) -> tuple[Any, Any]:
    memberships = (
        select(
            func.jsonb_agg(
                func.jsonb_build_array(UnitMembership.unit_id, UnitMembership.role, Unit.kind, Unit.county_id)
            )
        )
        .join(Unit, Unit.id == UnitMembership.unit_id)
        .where(
            UnitMembership.person_id == Person.id,
            UnitMembership.valid_from <= now,
            or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > now),
        )
        .scalar_subquery()
    )
    roles = (
        select(func.jsonb_agg(aggregate_order_by(SchemeRole.role, SchemeRole.role)))
        .where(
            SchemeRole.person_id == Person.id,
            SchemeRole.valid_from <= now,
            or_(SchemeRole.valid_to.is_(None), SchemeRole.valid_to > now),
        )
        .scalar_subquery()
    )
    empty = literal([], JSONB)
    return func.coalesce(memberships, empty), func.coalesce(roles, empty)


def _people(now: Any) -> Select[Any]:
    memberships, roles = _standing(now)
    # counted, not looked for: whoever has none would have every review looked through for the first that is theirs
    reviews = select(func.count()).where(_REVIEWS.c.reviewer_id == Person.id).scalar_subquery() > 0
    return select(Person.id, Person.name, Person.language, memberships, roles, reviews).where(
        or_(Person.valid_to.is_(None), Person.valid_to > now)
    )


def _actor(row: Any) -> Actor:
    person_id, name, language, memberships, roles, reviews = row[:6]
    return Actor(
        person_id=person_id,
        name=name,
        language=language,
        memberships=tuple(
            Membership(UUID(unit), role, kind, UUID(county) if county else None)
            for unit, role, kind, county in memberships
        ),
        scheme_roles=frozenset(Role(role) for role in roles),
        is_reviewer=reviews,
        unread=row[6] if len(row) > 6 else 0,
    )


# named here without their rooms, which come after this one: every page shows how many notices wait for its reader
_NOTICES = table("notices", column("person_id"), column("read_at"))


def _unread() -> Any:
    return (
        select(func.count())
        .select_from(_NOTICES)
        .where(_NOTICES.c.person_id == Person.id, _NOTICES.c.read_at.is_(None))
        .scalar_subquery()
    )


@cache
def _of_session() -> Select[Any]:
    """The statement that every request begins with; built once."""
    now, token_hash = bindparam("now", type_=Instant), bindparam("token_hash", type_=Text())
    statement = _people(now).add_columns(_unread()).join(Session, Session.person_id == Person.id)
    return statement.where(Session.token_hash == token_hash, Session.expires_at > now)


async def actor_of_session(uow: UnitOfWork, token: str) -> Actor | None:
    """The person signed in with this secret, with what they hold now; one statement."""
    asked = {"now": uow.now, "token_hash": hash_of_token(token)}
    row = (await uow.session.execute(_of_session(), asked)).first()
    return _actor(row) if row else None


async def actor_of_person(uow: UnitOfWork, person_id: UUID) -> Actor:
    """The person as an actor, for jobs and the demo scheme that act on their behalf; LookupError where unknown."""
    row = (await uow.session.execute(_people(uow.now).where(Person.id == person_id))).first()
    if row is None:
        raise LookupError(f"no active person {person_id}")
    return _actor(row)


async def people_with_role(uow: UnitOfWork, role: Role) -> list[UUID]:
    """Everybody who holds a role in the scheme now."""
    return list(
        await uow.session.scalars(
            select(SchemeRole.person_id)
            .where(
                SchemeRole.role == role,
                SchemeRole.valid_from <= uow.now,
                or_(SchemeRole.valid_to.is_(None), SchemeRole.valid_to > uow.now),
            )
            .distinct()
        )
    )


async def demo_people(uow: UnitOfWork) -> list[Any]:
    """The demo people with their units and roles, for the page where one steps in as one of them."""
    _, roles = _standing(uow.now)
    unit = (
        select(Unit.name)
        .join(UnitMembership, UnitMembership.unit_id == Unit.id)
        .where(UnitMembership.person_id == Person.id)
        .order_by(UnitMembership.valid_from)
        .limit(1)
        .scalar_subquery()
    )
    rows = await uow.session.execute(
        select(Person.id, Person.name, Person.title, unit.label("unit"), roles.label("roles"))
        .where(Person.is_demo)
        .order_by(unit, Person.name)
    )
    return list(rows)


async def people(uow: UnitOfWork, *, words: str = "", after: UUID | None = None, limit: int = 51) -> list[Any]:
    """Accounts by the order they were made in, or those whose name or address contains the words."""
    statement = (
        select(
            Person.id, Person.name, Person.email, Person.title, Person.valid_to,
            select(func.string_agg(Unit.name, ", "))
            .join(UnitMembership, UnitMembership.unit_id == Unit.id)
            .where(UnitMembership.person_id == Person.id, UnitMembership.valid_to.is_(None))
            .scalar_subquery()
            .label("units"),
        )
        .order_by(Person.id)
        .limit(limit)
    )  # fmt: skip
    if words:
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(or_(Person.name.ilike(pattern), Person.email.ilike(pattern)))
    if after:
        statement = statement.where(Person.id > after)
    return list(await uow.session.execute(statement))


async def memberships_of(uow: UnitOfWork, person_id: UUID) -> list[Any]:
    """What a person is and was in units, the present first."""
    rows = await uow.session.execute(
        select(
            UnitMembership.id, Unit.name.label("unit"), UnitMembership.role, UnitMembership.valid_from,
            UnitMembership.valid_to,
        )
        .join(Unit, Unit.id == UnitMembership.unit_id)
        .where(UnitMembership.person_id == person_id)
        .order_by(UnitMembership.valid_to.desc().nulls_first(), UnitMembership.valid_from.desc())
    )  # fmt: skip
    return list(rows)


async def scheme_roles_of(uow: UnitOfWork, person_id: UUID) -> list[SchemeRole]:
    """What a person holds and has held in the scheme, the present first."""
    return list(
        await uow.session.scalars(
            select(SchemeRole)
            .where(SchemeRole.person_id == person_id)
            .order_by(SchemeRole.valid_to.desc().nulls_first(), SchemeRole.valid_from.desc())
        )
    )


async def units(uow: UnitOfWork, kind: str | None = None) -> list[Unit]:
    """Every unit, or those of one kind, by name."""
    statement = select(Unit).order_by(Unit.kind, Unit.name)
    if kind:
        statement = statement.where(Unit.kind == kind)
    return list(await uow.session.scalars(statement))


async def members_of(uow: UnitOfWork, unit_id: UUID) -> list[Any]:
    """Everybody who works in the unit now, by name: id, name and title."""
    rows = await uow.session.execute(
        select(Person.id, Person.name, Person.title)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .where(
            UnitMembership.unit_id == unit_id,
            UnitMembership.valid_from <= uow.now,
            or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
        )
        .distinct()
        .order_by(Person.name)
    )
    return list(rows)
