"""Signing in and out, and who holds what: accounts, memberships and roles with their dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.database import UnitOfWork
from app.core.errors import NotFound, invalid
from app.core.ids import new_secret
from app.identity.models import Person, SchemeRole, SentForm, Session, Unit, UnitMembership
from app.identity.passwords import hash_password, matches
from app.identity.queries import hash_of_token
from workflows.roles import SCHEME_ROLES, Role

SESSION_LASTS = timedelta(hours=10)
REMEMBERED = timedelta(days=1)
"""How long a form that was sent is known again."""


async def sign_in(uow: UnitOfWork, *, email: str, password: str) -> str:
    """Start a session for the right address and password and answer its secret; Invalid says the same for either fault."""
    person = await uow.session.scalar(select(Person).where(func.lower(Person.email) == email.strip().lower()))
    right = await matches(person.password_hash if person else None, password)
    if person is None or not right or (person.valid_to and person.valid_to <= uow.now):
        raise invalid("password", "sign_in.wrong")
    return await start_session(uow, person.id)


async def start_session(uow: UnitOfWork, person_id: UUID) -> str:
    """A new session of the person; answers the secret that the browser keeps."""
    token = new_secret()
    uow.session.add(
        Session(
            token_hash=hash_of_token(token), person_id=person_id, started_at=uow.now, expires_at=uow.now + SESSION_LASTS
        )
    )
    return token


async def sign_out(uow: UnitOfWork, token: str) -> None:
    """End the session; harmless when it has ended already."""
    await uow.session.execute(delete(Session).where(Session.token_hash == hash_of_token(token)))


async def forget_ended_sessions(uow: UnitOfWork) -> None:
    """Remove the sessions whose time is over."""
    await uow.session.execute(delete(Session).where(Session.expires_at <= uow.now))


async def take_form(uow: UnitOfWork, mark: str) -> SentForm | None:
    """Take a form that is sent with a mark; the form as it was taken before, where it was. Of two at once one waits."""
    fresh = insert(SentForm).values(mark=mark, sent_at=uow.now, made=None).on_conflict_do_nothing()
    if await uow.session.scalar(fresh.returning(SentForm.mark)):
        return None
    return await uow.session.get_one(SentForm, mark)


async def note_made(uow: UnitOfWork, mark: str, row_id: UUID | None) -> None:
    """Remember which row a form made or changed, for whoever sends it again."""
    await uow.session.execute(update(SentForm).where(SentForm.mark == mark).values(made=row_id))


async def forget_form(uow: UnitOfWork, mark: str) -> None:
    """Forget a form that was not taken after all."""
    await uow.session.execute(delete(SentForm).where(SentForm.mark == mark))


async def forget_sent_forms(uow: UnitOfWork) -> None:
    """Forget the forms of yesterday and before."""
    await uow.session.execute(delete(SentForm).where(SentForm.sent_at <= uow.now - REMEMBERED))


async def step_in(uow: UnitOfWork, person_id: UUID) -> str:
    """A session as one of the demo people; NotFound for anybody else."""
    person = await uow.session.get(Person, person_id)
    if person is None or not person.is_demo:
        raise NotFound
    return await start_session(uow, person.id)


async def add_unit(uow: UnitOfWork, *, number: str, name: str, kind: str, valid_from: date, **more: Any) -> Unit:
    """Register a unit."""
    unit = Unit(number=number, name=name, kind=kind, valid_from=valid_from, **more)
    uow.session.add(unit)
    await uow.session.flush()
    return unit


async def add_person(
    uow: UnitOfWork, *, name: str, email: str, title: str = "", language: str = "nb", password: str | None = None,
    is_demo: bool = False,
) -> Person:  # fmt: skip
    """Register a person; Invalid where the address is taken."""
    if await uow.session.scalar(select(Person.id).where(func.lower(Person.email) == email.lower())):
        raise invalid("email", "person.email_taken", email=email)
    fingerprint = await hash_password(password) if password else None
    person = Person(name=name, email=email, title=title, language=language, password_hash=fingerprint, is_demo=is_demo)
    uow.session.add(person)
    await uow.session.flush()
    return person


async def add_membership(
    uow: UnitOfWork,
    person_id: UUID,
    unit_id: UUID,
    role: str,
    *,
    valid_from: datetime,
    valid_to: datetime | None = None,
) -> UnitMembership:
    """Say what a person is in a unit, from when."""
    membership = UnitMembership(
        person_id=person_id, unit_id=unit_id, role=role, valid_from=valid_from, valid_to=valid_to
    )
    uow.session.add(membership)
    await uow.session.flush()
    return membership


async def give_scheme_role(
    uow: UnitOfWork, person_id: UUID, role: Role, *, why: str, valid_from: datetime, valid_to: datetime | None = None,
    limit_ore: int | None = None, cost_centre: str = "",
) -> SchemeRole:  # fmt: skip
    """Give a person a role in the scheme, with the reason and the dates.

    For a decision maker with the limit in øre, and the cost centre where it is one of them only (G17).
    """
    if role not in SCHEME_ROLES:
        raise invalid("role", "scheme_role.unknown", role=role)
    if not why.strip():
        raise invalid("why", "step.why_missing", move="give_role")
    given = SchemeRole(
        person_id=person_id,
        role=role,
        why=why,
        valid_from=valid_from,
        valid_to=valid_to,
        limit_ore=limit_ore,
        cost_centre=cost_centre,
    )
    uow.session.add(given)
    await uow.session.flush()
    return given
