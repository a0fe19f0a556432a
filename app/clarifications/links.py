"""A link for somebody without an account: it opens one clarification, for one answer and not for long."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.cases.models import Case
from app.clarifications.agreeing import agree, change_asked, close_links, keep_version, link_of, void
from app.clarifications.facts import CLARIFICATION, hash_of
from app.clarifications.models import Clarification, ClarificationLink
from app.clarifications.templates import newest
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet, Stale, invalid
from app.core.ids import new_secret
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.models import Unit
from app.moves import Held, hold, lock_case, make, note
from app.notices.service import LINK_PLACE, tell, write_mail
from app.texts.i18n import texts_for
from workflows.clarification import REQUIRED_TEXTS, TEXTS, ClarificationState, Side, Void
from workflows.engine import Reason
from workflows.roles import Permission, Role

LASTS = timedelta(days=14)
MOST_A_DAY = 20
"""So many links may be sent for one project within a day."""

OWN = ("expects", "commits")
"""What the outsider writes themselves."""


def secret_hash(token: str) -> str:
    """What is kept of a link's secret."""
    return sha256(token.encode()).hexdigest()


async def send_link(
    uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, email: str, language: str
) -> Clarification:
    """Send an outsider a link to read their clarification and answer it; an earlier link no longer opens.

    Raises NotAllowed for a clarification of somebody with an account, NotYet while anything that is not the outsider's own
    to write is missing, Invalid where too many have been sent today.
    """
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.PROJECT_STEP)
    row = held.row
    if row.person_id is not None:
        raise NotAllowed
    since = uow.now - timedelta(days=1)
    sent = await uow.session.scalar(
        select(func.count()).where(ClarificationLink.case_id == held.case.id, ClarificationLink.sent_at > since)
    )
    if (sent or 0) >= MOST_A_DAY:
        raise invalid("email", "application.too_many_invitations", most=MOST_A_DAY)
    if lacking := [name for name in REQUIRED_TEXTS if name not in OWN and not getattr(row, name).strip()]:
        raise NotYet([_lacks(row, name) for name in lacking], subject="clarification", step="send_link",
                     case_id=held.case.id)  # fmt: skip
    await close_links(uow, row.id)
    token = new_secret()
    uow.session.add(
        ClarificationLink(
            clarification_id=row.id, case_id=held.case.id, email=email, language=language, token_hash=secret_hash(token),
            sent_by=actor.person_id, sent_at=uow.now, expires_at=uow.now + LASTS,
        )
    )  # fmt: skip
    t = texts_for(language).t
    unit = await uow.session.get_one(Unit, held.case.unit_id)
    body = t("clarifications.link_mail", name=row.outside_name or "", who=actor.name, unit=unit.name,
             role_key=f"role.{row.role}", link=LINK_PLACE, until_at=uow.now + LASTS)  # fmt: skip
    await write_mail(
        uow, to_address=email, subject=t("clarifications.link_subject", unit=unit.name), body=body, language=language,
        secret_path=f"/clarify/{token}",
    )  # fmt: skip
    return await note(uow, actor, CLARIFICATION, held, "send_link", changes={"language": language})


async def revoke_link(uow: UnitOfWork, actor: Actor, clarification_id: UUID) -> Clarification:
    """Let a link that was sent no longer open."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.PROJECT_STEP)
    await close_links(uow, held.row.id)
    return await note(uow, actor, CLARIFICATION, held, "revoke_link")


def _lacks(row: Clarification, name: str) -> Reason:
    return Reason(
        code="clarification.text_missing", place="project.clarification",
        parameters={"id": str(row.id), "holder": row.outside_name or "", "text_key": f"clarification.{name}"},
        who=(Role.COORDINATOR, Role.LEADER),
    )  # fmt: skip


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever holds a link may read: this one clarification and nothing else of the project."""

    unit: str
    role: str
    name: str
    written_in: str
    """The language form of the project, in which the texts are written."""
    language: str
    """The language that the link was sent in."""
    texts: dict[str, str]
    hours_per_week: int
    text_hash: str
    asks: dict[str, str]
    expires_at: datetime


async def asked_by(uow: UnitOfWork, token: str) -> Asked:
    """What a link opens; NotFound for one that is wrong, used, revoked or too old."""
    link = await _open_link(uow, token)
    row, case, unit = (
        await uow.session.execute(
            select(Clarification, Case, Unit.name)
            .join(Case, Case.id == Clarification.case_id)
            .join(Unit, Unit.id == Case.unit_id)
            .where(Clarification.id == link.clarification_id)
        )
    ).one()
    template = (await newest(uow))[row.role, row.gate]
    said = template.said(link.language)
    return Asked(
        unit=unit, role=row.role, name=row.outside_name or "", written_in=case.language, language=link.language,
        texts={name: getattr(row, name) for name in TEXTS}, hours_per_week=row.hours_per_week, text_hash=row.text_hash,
        asks={name: said[name] for name in OWN}, expires_at=link.expires_at,
    )  # fmt: skip


async def _open_link(uow: UnitOfWork, token: str) -> ClarificationLink:
    link = await uow.session.scalar(
        select(ClarificationLink)
        .where(
            ClarificationLink.token_hash == secret_hash(token), ClarificationLink.used_at.is_(None),
            ClarificationLink.revoked_at.is_(None), ClarificationLink.expires_at > uow.now,
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if link is None:
        raise NotFound
    return link


async def answer_link(
    uow: UnitOfWork,
    token: str,
    *,
    text_hash: str,
    answer: str,
    expects: str,
    commits: str,
    hours_per_week: int,
    change: str,
) -> Clarification:
    """Take the one answer of an outsider: their own words, and that they agree, or what must be otherwise.

    What they write is a new text: then what the scheme has agreed to is void, and nothing else. Raises NotFound where the
    link does not open, Stale where the text has changed since they read it, NotYet where something is missing; the link is
    used up only by an answer that is kept.
    """
    link = await _open_link(uow, token)
    case = await lock_case(uow, link.case_id)
    link = await _open_link(uow, token)  # again: somebody else may have answered while we waited
    row = await uow.session.get_one(Clarification, link.clarification_id, populate_existing=True)
    actor = Actor(person_id=None, name=row.outside_name or "", language=link.language)
    held = Held(row, case, frozenset({Role(row.role)}))
    refuse_identity_numbers(expects=expects, commits=commits, change=change)
    if text_hash != row.text_hash:
        raise Stale
    if answer == "change" and not change.strip():
        raise invalid("change", "form.empty")
    link.used_at = uow.now
    row.expects, row.commits, row.hours_per_week = expects, commits, hours_per_week
    if hash_of(row) != row.text_hash:
        row.text_hash = hash_of(row)
        await void(uow, actor, held, Void.TEXT)
        if row.state != ClarificationState.DRAFT:
            await make(
                uow, actor, CLARIFICATION, held, "ask_change", why=texts_for(case.language).t("clarifications.wrote")
            )
        await note(uow, actor, CLARIFICATION, held, "write", changes={"expects": expects, "commits": commits})
    if answer == "change":
        return await change_asked(uow, actor, held, why=change)
    row.change_asked = ""
    if row.state == ClarificationState.DRAFT:
        await make(uow, actor, CLARIFICATION, held, "answer")
        await keep_version(uow, held, actor.name)
    how = texts_for(case.language).t("clarifications.by_link", email=link.email)
    await agree(uow, actor, held, Side.OFFICE, how=how, name=actor.name)
    await tell(
        uow, [link.sent_by], "clarification_answered", case_id=case.id, link=link_of(row),
        parameters={"title": case.title, "holder": actor.name},
    )  # fmt: skip
    return row
