"""Doing what waits in the outbox, and a mail server to send to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP
from sqlalchemy import select

from app.core.database import Database
from app.notices.jobs import jobs_with
from app.outbox import service
from app.outbox.models import OutboxRow
from app.settings import Settings


async def do_all(database: Database, settings: Settings) -> None:
    """Run every mail job that is due, and those that follow from them."""
    while True:
        async with database.reading() as uow:
            due = list(
                await uow.session.scalars(
                    select(OutboxRow.id).where(
                        OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.due_at <= uow.now
                    )
                )
            )
        if not due:
            return
        for row_id in due:
            await service.run(database, jobs_with(settings), row_id)


class MailServer:
    """Takes mail, and refuses with what `answer` says where it is set."""

    def __init__(self) -> None:
        self.port = 0
        self.answer = ""
        self.taken: list[EmailMessage] = []

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take a recipient or refuse it."""
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a mail."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """A real SMTP server on a port of its own."""
    taker = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(taker, enable_SMTPUTF8=True), "127.0.0.1", 0)
    taker.port = server.sockets[0].getsockname()[1]
    yield taker
    server.close()
    await server.wait_closed()
