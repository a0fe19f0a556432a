"""The mail jobs: write the mail about a notice, and send a written mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.core.database import UnitOfWork
from app.identity.models import Person
from app.notices import mail as mails
from app.notices.models import Mail, Notice
from app.notices.service import write_mail
from app.outbox.service import Handler
from app.settings import Settings


def jobs_with(settings: Settings) -> dict[str, Handler]:
    """What handles "write_mail" and "send_mail", with the addresses and servers of the settings."""

    async def write(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
        """Write the mail about a notice; none to somebody who has left."""
        notice = await uow.session.get(Notice, UUID(payload["notice_id"]))
        person = await uow.session.get(Person, notice.person_id) if notice else None
        if notice is None or person is None or (person.valid_to and person.valid_to <= uow.now):
            return
        written = mails.compose(settings, notice, person)
        await write_mail(
            uow, to_address=person.email, subject=written.subject, body=written.body, language=person.language,
            person_id=person.id, calendar=payload.get("calendar", ""),
        )  # fmt: skip

    async def send(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
        """Send a written mail, at least once.

        The server takes the mail before the database learns that it did: when the worker dies in between, the mail is
        sent a second time. Both copies bear the same Message-ID, by which most mail programs show them as one.
        """
        mail = await uow.session.get(Mail, UUID(payload["mail_id"]), with_for_update=True)
        if mail is None or mail.sent_at is not None:
            return
        await mails.deliver(settings, mail)
        mail.sent_at, mail.secret_path = uow.now, ""

    return {"write_mail": write, "send_mail": send}
