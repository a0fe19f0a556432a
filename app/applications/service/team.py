"""Who is in the office's team."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.applications.facts import APPLICATION
from app.applications.models import Application, TeamMember
from app.applications.service.draft import held_for_writing
from app.applications.service.inviting import send_invitation
from app.applications.service.taking_part import ask, say
from app.applications.service.team_roles import SPEAK_FOR_THE_OFFICE, begin_role, check_role, end_role
from app.applications.service.writing import unmark, write_fields
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, invalid
from app.identity.actor import Actor
from app.identity.models import Person
from app.moves import Held, note
from workflows.application import SENDERS
from workflows.roles import Role
from workflows.team import content_to_confirm

MOST_MEMBERS = 50


async def _member(uow: UnitOfWork, held: Held[Application], member_id: UUID) -> TeamMember:
    row = await uow.session.get(TeamMember, member_id)
    if row is None or row.case_id != held.case.id:
        raise invalid("role", "application.row_gone")
    return row


async def add_member(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, role: Role, weekly_hours: int,
    person_id: UUID | None = None, name: str | None = None, email: str | None = None, version: int | None = None,
) -> Application:  # fmt: skip
    """Take somebody into the team, by account or by name; one with an account sees the application from now on (S73)."""
    held = await held_for_writing(uow, actor, application_id, version, "add_member", part="team")
    role = Role(role)
    person = await uow.session.get(Person, person_id) if person_id else None
    if person_id and person is None:
        raise invalid("person_id", "form.unknown")
    if person is None and not name:
        raise invalid("name", "application.member_without_name")
    await check_role(uow, held, person_id, role)
    team = list(await uow.session.scalars(select(TeamMember).where(TeamMember.case_id == application_id)))
    if len(team) >= MOST_MEMBERS:
        raise invalid("name", "application.team_too_large", most=MOST_MEMBERS)
    if person and any(each.person_id == person.id for each in team):
        raise invalid("person_id", "application.member_twice", who=person.name)
    row = TeamMember(
        case_id=application_id, person_id=person_id, name=person.name if person else name or "",
        email=person.email if person else email or "", role=role, weekly_hours=weekly_hours,
    )  # fmt: skip
    uow.session.add(row)
    if person:
        await begin_role(uow, held, person.id, role)
        await ask(uow, actor, held, row)
    elif row.email and role != Role.LEADER:
        await uow.session.flush()
        await send_invitation(uow, actor, held, row)
    if person and person.id == actor.person_id:
        say(uow, row, "yes")
    changes = {"name": row.name, "role": role, "weekly_hours": weekly_hours}
    return await note(uow, actor, APPLICATION, held, "add_member", changes=changes)


async def write_member(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, member_id: UUID, role: Role, weekly_hours: int,
    version: int | None = None, seen: Sequence[str] = (), standing: Sequence[str] = (), by_itself: bool = False,
) -> Application:  # fmt: skip
    """Give a member another role, or other hours a week."""
    held = await held_for_writing(uow, actor, application_id, version, "write_member", part="team", gathers=True)
    row, role = await _member(uow, held, member_id), Role(role)
    before, said_to = row.role, content_to_confirm(row.role, row.weekly_hours)
    await write_fields(
        uow, actor, held, row, "write_member", {"role": str(role), "weekly_hours": weekly_hours}, seen=seen,
        standing=standing, by_itself=by_itself, prefix=f"member.{row.id}.", about={"name": row.name},
    )  # fmt: skip
    if row.role is not None and row.role != before:
        role = Role(row.role)
        if before in SPEAK_FOR_THE_OFFICE and held.roles.isdisjoint(SENDERS):
            raise NotAllowed
        await check_role(uow, held, row.person_id, role)
        if row.person_id and before:
            await end_role(uow, held, row.person_id, before)
            await begin_role(uow, held, row.person_id, role)
    if row.answered_for == said_to and content_to_confirm(row.role, row.weekly_hours) != said_to:
        await ask(uow, actor, held, row, "team_changed")
    if row.person_id is not None and row.person_id == actor.person_id and row.answer != "no":
        say(uow, row, "yes")
    return held.row


async def remove_member(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, member_id: UUID, version: int | None = None
) -> Application:
    """Let somebody leave the team; with it ends what they could see by being in it."""
    held = await held_for_writing(uow, actor, application_id, version, "remove_member", part="team")
    row = await _member(uow, held, member_id)
    if row.role in SPEAK_FOR_THE_OFFICE and held.roles.isdisjoint(SENDERS):
        raise NotAllowed
    if row.person_id and row.role:
        await end_role(uow, held, row.person_id, row.role)
    await uow.session.delete(row)
    unmark(held.row, f"member.{row.id}.")
    changes = {"name": row.name, "role": row.role}
    return await note(uow, actor, APPLICATION, held, "remove_member", changes=changes)
