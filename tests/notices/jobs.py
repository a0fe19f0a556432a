"""Doing what waits in the outbox, and a mail server to send to."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult
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
    """Takes mail, and refuses with what `answer` says where it is set; where it has a password, it asks for it.

    While it is not `open`, those who have a mail to hand over wait.
    """

    def __init__(self, scheme: str, password: str) -> None:
        self.scheme = scheme
        self.password = password
        self.port = 0
        self.answer = ""
        self.taken: list[EmailMessage] = []
        self.secret: list[bool] = []
        self.begun = 0
        self.open = asyncio.Event()
        self.open.set()

    @property
    def url(self) -> str:
        """Where it answers, with the password where it asks for one."""
        return self.url_with(self.password)

    def url_with(self, password: str) -> str:
        """Where it answers, with a password, right or wrong."""
        return f"{self.scheme}://{f'drivkraft:{password}@' if password else ''}localhost:{self.port}"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        """Whether the name and the password are right."""
        right = (data.login, data.password) == (b"drivkraft", self.password.encode())
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take a recipient or refuse it."""
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        """Take a mail."""
        self.begun += 1
        await self.open.wait()
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.secret.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


@asynccontextmanager
async def mail_server(
    certificate: Path | None = None, *, scheme: str = "smtp", password: str = ""
) -> AsyncIterator[MailServer]:
    """A real SMTP server on a port of its own; with a certificate it offers STARTTLS, or begins with TLS (smtps)."""
    taker = MailServer(scheme, password)
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    from_start = scheme == "smtps"

    def connection() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of passwords sent in the open, which is what is tried here
            return SMTP(
                taker, enable_SMTPUTF8=True, hostname="localhost", tls_context=None if from_start else context,
                auth_required=bool(password), auth_require_tls=bool(context) and not from_start,
                authenticator=taker.authenticate if password else None,
            )  # fmt: skip

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0, ssl=context if from_start else None)
    taker.port = server.sockets[0].getsockname()[1]
    yield taker
    server.close()
    await server.wait_closed()
