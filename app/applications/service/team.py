"""Who is in the office's team, and the leader's word for the application."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from app.applications.facts import APPLICATION, member_fact
from app.applications.models import Application, Endorsement, TeamMember
from app.applications.service.draft import held_for_writing
from app.applications.service.writing import unmark, write_fields
from app.cases.models import CaseRole
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, invalid
from app.identity.actor import Actor
from app.identity.models import Person, UnitMembership
from app.moves import Held, note
from workflows.application import SENDERS, content_to_endorse
from workflows.roles import Permission, Role

MOST_MEMBERS = 50
SPEAK_FOR_THE_OFFICE = (Role.LEADER, Role.COORDINATOR)
FROM_OUTSIDE = (Role.PARTNER, Role.CITIZENS_VOICE)


async def _unit_roles(uow: UnitOfWork, unit_id: UUID, person_id: UUID) -> set[str]:
    return set(
        await uow.session.scalars(
            select(UnitMembership.role).where(
                UnitMembership.unit_id == unit_id,
                UnitMembership.person_id == person_id,
                UnitMembership.valid_from <= uow.now,
                or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
            )
        )
    )


async def _check_role(uow: UnitOfWork, held: Held[Application], person_id: UUID | None, role: Role) -> None:
    """Who speaks for the office is named by those who do; an account leads only the unit that it leads."""
    if role in SPEAK_FOR_THE_OFFICE and held.roles.isdisjoint(SENDERS):
        raise NotAllowed
    if person_id is None:
        return
    in_unit = await _unit_roles(uow, held.row.unit_id, person_id)
    if not in_unit and role not in FROM_OUTSIDE:
        raise invalid("person_id", "application.member_from_elsewhere")
    if role == Role.LEADER and Role.LEADER not in in_unit:
        raise invalid("role", "application.member_not_leader")


async def _begin_role(uow: UnitOfWork, held: Held[Application], person_id: UUID, role: Role) -> None:
    if role != Role.LEADER:  # that one is held by leading the unit
        uow.session.add(CaseRole(case_id=held.case.id, person_id=person_id, role=role, valid_from=uow.now))


async def _end_role(uow: UnitOfWork, held: Held[Application], person_id: UUID, role: str) -> None:
    rows = await uow.session.scalars(
        select(CaseRole).where(
            CaseRole.case_id == held.case.id,
            CaseRole.person_id == person_id,
            CaseRole.role == role,
            CaseRole.valid_to.is_(None),
        )
    )
    for row in rows:
        row.valid_to = uow.now


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
    await _check_role(uow, held, person_id, role)
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
        await _begin_role(uow, held, person.id, role)
    changes = {"name": row.name, "role": role, "weekly_hours": weekly_hours}
    return await note(uow, actor, APPLICATION, held, "add_member", changes=changes)


async def write_member(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, member_id: UUID, role: Role, weekly_hours: int,
    version: int | None = None, seen: Sequence[str] = (), standing: Sequence[str] = (), by_itself: bool = False,
) -> Application:  # fmt: skip
    """Give a member another role, or other hours a week."""
    held = await held_for_writing(uow, actor, application_id, version, "write_member", part="team", gathers=True)
    row, role = await _member(uow, held, member_id), Role(role)
    before = row.role
    await write_fields(
        uow, actor, held, row, "write_member", {"role": str(role), "weekly_hours": weekly_hours}, seen=seen,
        standing=standing, by_itself=by_itself, prefix=f"member.{row.id}.", about={"name": row.name},
    )  # fmt: skip
    if row.role is not None and row.role != before:
        role = Role(row.role)
        if before in SPEAK_FOR_THE_OFFICE and held.roles.isdisjoint(SENDERS):
            raise NotAllowed
        await _check_role(uow, held, row.person_id, role)
        if row.person_id and before:
            await _end_role(uow, held, row.person_id, before)
            await _begin_role(uow, held, row.person_id, role)
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
        await _end_role(uow, held, row.person_id, row.role)
    await uow.session.delete(row)
    unmark(held.row, f"member.{row.id}.")
    changes = {"name": row.name, "role": row.role}
    return await note(uow, actor, APPLICATION, held, "remove_member", changes=changes)


async def endorse(uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None) -> Application:
    """Stand behind the application as its leader: its statement, money, hours and start, and the team with its hours (G7).

    It holds until one of these is changed.
    """
    held = await held_for_writing(
        uow, actor, application_id, version, "endorse", Permission.APPLICATION_ENDORSE, part=None
    )
    rows = await uow.session.execute(
        select(TeamMember.id, TeamMember.name, TeamMember.role, TeamMember.weekly_hours, TeamMember.person_id).where(
            TeamMember.case_id == application_id
        )
    )
    team = [member_fact(row._mapping) for row in rows]
    content = content_to_endorse(held.row.answers, team)
    hours = sum(member.weekly_hours or 0 for member in team)
    uow.session.add(
        Endorsement(case_id=application_id, person_id=actor.person_id, at=uow.now, content=content, weekly_hours=hours)
    )
    changes = {"content": content, "weekly_hours": hours}
    return await note(uow, actor, APPLICATION, held, "endorse", changes=changes)
