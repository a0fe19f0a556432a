"""Inviting somebody without an account into the team, by a link that opens once and not for long."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update

from app.applications.facts import APPLICATION
from app.applications.models import Application, Invitation, TeamMember
from app.applications.service.draft import held_for_writing
from app.applications.service.taking_part import say
from app.applications.service.team_roles import begin_role
from app.applications.service.writing import record_gathered
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, invalid
from app.core.ids import new_secret
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.identity.service import add_person
from app.moves import Held, hold, note
from app.notices.service import LINK_PLACE, write_mail
from app.texts.i18n import texts_for
from workflows.application import SENDERS
from workflows.returning import WRITTEN_IN
from workflows.roles import Role

LASTS = timedelta(days=14)
MOST_A_DAY = 30
"""So many invitations may be sent for one draft within a day."""


def hash_of(token: str) -> str:
    """What is kept of an invitation's secret."""
    return sha256(token.encode()).hexdigest()


async def _revoke(uow: UnitOfWork, member_id: UUID) -> None:
    await uow.session.execute(
        update(Invitation)
        .where(Invitation.member_id == member_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=uow.now)
    )


async def _invitable(uow: UnitOfWork, held: Held[Application], member_id: UUID) -> TeamMember:
    row = await uow.session.get(TeamMember, member_id)
    if row is None or row.case_id != held.case.id:
        raise invalid("email", "application.row_gone")
    if row.role == Role.COORDINATOR and held.roles.isdisjoint(SENDERS):
        raise NotAllowed
    if row.person_id is not None:
        raise invalid("email", "application.has_account", name=row.name)
    if row.role == Role.LEADER:
        raise invalid("email", "application.leader_not_invited")
    return row


async def send_invitation(uow: UnitOfWork, actor: Actor, held: Held[Application], row: TeamMember) -> None:
    """Write the mail with the link; Invalid where too many have been sent today."""
    since = uow.now - timedelta(days=1)
    sent = await uow.session.scalar(
        select(func.count()).where(Invitation.case_id == held.case.id, Invitation.sent_at > since)
    )
    if (sent or 0) >= MOST_A_DAY:
        raise invalid("email", "application.too_many_invitations", most=MOST_A_DAY)
    await _revoke(uow, row.id)
    token = new_secret()
    uow.session.add(
        Invitation(case_id=held.case.id, member_id=row.id, email=row.email, token_hash=hash_of(token),
                   sent_by=actor.person_id, sent_at=uow.now, expires_at=uow.now + LASTS)
    )  # fmt: skip
    unit = await uow.session.get_one(Unit, held.row.unit_id)
    t = texts_for(held.row.language).t
    body = t("applications.invitation_mail", name=row.name, who=actor.name, unit=unit.name, role_key=f"role.{row.role}",
             hours=row.weekly_hours or 0, link=LINK_PLACE, until_at=uow.now + LASTS)  # fmt: skip
    await write_mail(
        uow, to_address=row.email, subject=t("applications.invitation_subject", unit=unit.name), body=body,
        language=held.row.language, secret_path=f"/invitations/{token}",
    )  # fmt: skip


async def invite_member(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, member_id: UUID, email: str | None = None
) -> Application:
    """Send a member a link to take their place in the team with; an earlier link no longer opens.

    The mail is the same whether or not the address has an account: nobody learns that from here.
    """
    held = await held_for_writing(uow, actor, application_id, None, "invite_member", part=None)
    row = await _invitable(uow, held, member_id)
    row.email = email or row.email
    if not row.email:
        raise invalid("email", "form.empty")
    await send_invitation(uow, actor, held, row)
    return await note(uow, actor, APPLICATION, held, "invite_member", changes={"name": row.name})


async def revoke_invitation(uow: UnitOfWork, actor: Actor, application_id: UUID, *, member_id: UUID) -> Application:
    """Let a link that was sent no longer open."""
    held = await held_for_writing(uow, actor, application_id, None, "revoke_invitation", part=None)
    row = await uow.session.get(TeamMember, member_id)
    if row is None or row.case_id != application_id:
        raise invalid("email", "application.row_gone")
    await _revoke(uow, member_id)
    return await note(uow, actor, APPLICATION, held, "revoke_invitation", changes={"name": row.name})


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever holds the link is told: no more than the mail has said."""

    application_id: UUID
    name: str
    email: str
    unit: str
    role: str | None
    weekly_hours: int
    has_account: bool
    """Whether the address that the mail went to has an account; only its reader has the link."""


async def invited_by(uow: UnitOfWork, token: str) -> Invited:
    """What a link invites to; NotFound for one that is wrong, used, revoked, too old, or for a draft that has been sent."""
    known = select(Person.id).where(func.lower(Person.email) == func.lower(Invitation.email)).exists()
    found = (
        await uow.session.execute(
            select(
                Application.id, TeamMember.name, Invitation.email, Unit.name, TeamMember.role, TeamMember.weekly_hours,
                known,
            )
            .join(TeamMember, TeamMember.id == Invitation.member_id)
            .join(Application, Application.id == Invitation.case_id)
            .join(Unit, Unit.id == Application.unit_id)
            .where(
                Invitation.token_hash == hash_of(token), Invitation.used_at.is_(None), Invitation.revoked_at.is_(None),
                Invitation.expires_at > uow.now, TeamMember.person_id.is_(None), Application.state.in_(WRITTEN_IN),
            )
        )
    ).first()  # fmt: skip
    if found is None:
        raise NotFound
    return Invited(
        application_id=found[0], name=found[1], email=found[2], unit=found[3], role=found[4],
        weekly_hours=found[5] or 0, has_account=found[6],
    )  # fmt: skip


async def join_as_new(uow: UnitOfWork, token: str, *, name: str, password: str, language: str) -> Person:
    """Make an account for the address that the invitation went to; Invalid where it has one."""
    invited = await invited_by(uow, token)
    return await add_person(uow, name=name, email=invited.email, language=language, password=password)


async def accept_invitation(uow: UnitOfWork, actor: Actor, token: str) -> Application:
    """Take the place in the team that a link invites to, and take part; the link opens once."""
    invited = await invited_by(uow, token)
    if actor.person_id is None:
        raise NotFound
    held = await hold(uow, actor, APPLICATION, invited.application_id)
    await record_gathered(uow, held)
    invitation = (
        await uow.session.scalars(
            select(Invitation)
            .where(
                Invitation.token_hash == hash_of(token), Invitation.used_at.is_(None), Invitation.revoked_at.is_(None)
            )
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    row = await uow.session.get(TeamMember, invitation.member_id, populate_existing=True) if invitation else None
    if invitation is None or row is None or row.person_id is not None or held.row.state not in WRITTEN_IN:
        raise NotFound
    twice = await uow.session.scalar(
        select(TeamMember.id).where(TeamMember.case_id == held.case.id, TeamMember.person_id == actor.person_id)
    )
    if twice is not None:
        raise invalid("token", "application.in_team_already")
    invitation.used_at = uow.now
    row.person_id, row.name = actor.person_id, actor.name
    await begin_role(uow, held, actor.person_id, Role(row.role or Role.CORE_TEAM))
    say(uow, row, "yes")
    changes = {"name": row.name, "role": row.role, "weekly_hours": row.weekly_hours}
    return await note(uow, actor, APPLICATION, held, "accept_invitation", changes=changes)
