"""Telling people, marking what they have read, and writing mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, update

from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.core.ids import new_id
from app.identity.actor import Actor
from app.notices.models import Mail, Notice
from app.outbox.service import put, put_all


async def tell(
    uow: UnitOfWork,
    person_ids: Iterable[UUID],
    code: str,
    *,
    case_id: UUID | None = None,
    parameters: Mapping[str, Any] | None = None,
    link: str = "",
    mail: bool = True,
    calendars: Mapping[UUID, str] | None = None,
) -> list[UUID]:
    """Tell people something, once each, and by mail too unless `mail` is False; answers the notices' ids.

    The sentence is the text "notice.<code>" with `parameters`; `link` is an address within the application ("/…").
    `calendars` gives, by person, an entry for their calendar (text/calendar) that the mail brings with it.
    """
    said = msgspec.to_builtins(dict(parameters or {}))
    rows = [
        {"id": new_id(), "person_id": person_id, "case_id": case_id, "code": code, "parameters": said, "link": link,
         "created_at": uow.now}
        for person_id in dict.fromkeys(person_ids)
    ]  # fmt: skip
    if not rows:
        return []
    await uow.session.flush()
    await uow.session.execute(insert(Notice), rows)
    if mail:
        jobs = [
            (
                {"notice_id": str(row["id"]), "calendar": (calendars or {}).get(row["person_id"], "")},
                f"notice:{row['id']}",
            )
            for row in rows
        ]
        await put_all(uow, "write_mail", jobs)
    return [row["id"] for row in rows]


async def mark_read(uow: UnitOfWork, actor: Actor, notice_id: UUID) -> Notice:
    """Mark one's own notice as read; harmless a second time, NotFound for anybody else's."""
    notice = await uow.session.scalar(
        select(Notice).where(Notice.id == notice_id, Notice.person_id == actor.person_id).with_for_update()
    )
    if notice is None:
        raise NotFound
    notice.read_at = notice.read_at or uow.now
    return notice


async def mark_all_read(uow: UnitOfWork, actor: Actor) -> None:
    """Mark all of one's own notices as read."""
    await uow.session.execute(
        update(Notice).where(Notice.person_id == actor.person_id, Notice.read_at.is_(None)).values(read_at=uow.now)
    )


LINK_PLACE = "{link}"
"""Where a link that opens once stands in the body of a mail, until it is sent."""


async def write_mail(
    uow: UnitOfWork, *, to_address: str, subject: str, body: str, language: str, person_id: UUID | None = None,
    calendar: str = "", secret_path: str = "",
) -> Mail:  # fmt: skip
    """Write a mail, plain text, that is sent after the commit; until then, and after, the administrator can read it.

    `secret_path` is an address within the application that is put in LINK_PLACE as the mail is sent, and forgotten then.

    `calendar` is an entry for the reader's calendar (text/calendar) that goes with it.
    """
    mail_id = new_id()
    mail = Mail(
        id=mail_id,
        person_id=person_id,
        to_address=to_address,
        subject=" ".join(subject.split()),
        body=body,
        language=language,
        calendar=calendar,
        secret_path=secret_path,
        message_id=f"<{mail_id}@drivkraft>",
        created_at=uow.now,
    )
    uow.session.add(mail)
    await uow.session.flush()
    await put(uow, "send_mail", {"mail_id": str(mail_id)}, key=f"mail:{mail_id}")
    return mail
