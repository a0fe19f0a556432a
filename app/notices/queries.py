"""One's own notices, and the mails as the administrator reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, literal, or_, select

from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.core.paging import PAGE_SIZE, Page, page_of
from app.identity.actor import Actor
from app.notices.models import Mail, Notice
from app.outbox.models import OutboxRow


class NoticeRow(msgspec.Struct, frozen=True):
    """One notice, its sentence still a code with parameters."""

    id: UUID
    code: str
    parameters: dict[str, Any]
    link: str
    created_at: datetime
    read_at: datetime | None


class MailRow(msgspec.Struct, frozen=True):
    """One mail in the list; `error` is why the last try failed, `dead` that it will not be tried again by itself."""

    id: UUID
    to_address: str
    subject: str
    created_at: datetime
    sent_at: datetime | None
    error: str
    dead: bool


class MailPage(msgspec.Struct, frozen=True):
    """One mail as it was written, with what became of it."""

    id: UUID
    to_address: str
    subject: str
    body: str
    language: str
    message_id: str
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    error: str
    dead: bool
    job_id: UUID | None


async def notices_of(
    uow: UnitOfWork, actor: Actor, *, after: UUID | None = None, after_read: bool = False, size: int = PAGE_SIZE
) -> Page[NoticeRow]:
    """The actor's own notices, unread first, then newest first; `after` with whether that one was read turns the page."""
    unread = Notice.read_at.is_(None)
    columns = (Notice.id, Notice.code, Notice.parameters, Notice.link, Notice.created_at, Notice.read_at)
    statement = select(*columns).where(Notice.person_id == actor.person_id)
    if after is not None:
        beyond = and_(~unread, Notice.id < after) if after_read else or_(and_(unread, Notice.id < after), ~unread)
        statement = statement.where(beyond)
    rows = await uow.session.execute(statement.order_by(unread.desc(), Notice.id.desc()).limit(size + 1))
    return page_of([NoticeRow(*row) for row in rows], size)


def _job_of_mail() -> Any:
    return OutboxRow.key == func.concat("mail:", Mail.id)


async def mails(uow: UnitOfWork, *, after: UUID | None = None, unsent: bool = False) -> Page[MailRow]:
    """Every mail, newest first, or those that have not gone; for the administrator."""
    dead = OutboxRow.dead_at.is_not(None)
    statement = select(
        Mail.id, Mail.to_address, Mail.subject, Mail.created_at, Mail.sent_at,
        func.coalesce(OutboxRow.last_error, literal("")), func.coalesce(dead, literal(False)),
    ).outerjoin(OutboxRow, _job_of_mail())  # fmt: skip
    if unsent:
        statement = statement.where(Mail.sent_at.is_(None))
    if after is not None:
        statement = statement.where(Mail.id < after)
    rows = await uow.session.execute(statement.order_by(Mail.id.desc()).limit(PAGE_SIZE + 1))
    return page_of([MailRow(*row) for row in rows])


async def mail(uow: UnitOfWork, mail_id: UUID) -> MailPage:
    """One mail with its words; NotFound where there is none."""
    row = (
        await uow.session.execute(
            select(
                Mail.id, Mail.to_address, Mail.subject, Mail.body, Mail.language, Mail.message_id, Mail.created_at,
                Mail.sent_at, func.coalesce(OutboxRow.attempts, 0), func.coalesce(OutboxRow.last_error, literal("")),
                func.coalesce(OutboxRow.dead_at.is_not(None), literal(False)), OutboxRow.id,
            )
            .outerjoin(OutboxRow, _job_of_mail())
            .where(Mail.id == mail_id)
        )
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    return MailPage(*tuple(row))
