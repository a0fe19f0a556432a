"""From a notice to a written mail, and from a written mail to the server that carries it."""

from __future__ import annotations

import os
import textwrap
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import msgspec
from aiosmtplib.errors import SMTPDataError, SMTPRecipientsRefused
from jinja2 import Environment

from app.identity.models import Person
from app.notices.models import Mail, Notice
from app.notices.service import LINK_PLACE
from app.outbox.service import PermanentFailure
from app.settings import Settings
from app.texts.i18n import texts_for
from app.web.templates import environment_for

SMTP_SECONDS = 30
LONGEST_SUBJECT = 120


class Written(msgspec.Struct, frozen=True):
    """A mail's words."""

    subject: str
    body: str


@lru_cache
def _plain(language: str) -> Environment:
    """The templates' environment for plain text: nothing is escaped, since nothing will read it as markup."""
    return environment_for(language).overlay(autoescape=False)


def sentence(notice: Notice, language: str) -> str:
    """What the notice says, in a language."""
    return texts_for(language).t(f"notice.{notice.code}", **notice.parameters)


def compose(settings: Settings, notice: Notice, person: Person) -> Written:
    """The mail about a notice, in the person's own language."""
    said = sentence(notice, person.language)
    base = settings.base_url.rstrip("/")
    address = base + notice.link if notice.link else ""
    template = _plain(person.language).get_template("mail/notice.txt.jinja")
    body = template.render(name=person.name, sentence=said, address=address, notices=f"{base}/notices")
    return Written(textwrap.shorten(f"Drivkraft: {said}", LONGEST_SUBJECT, placeholder=" …"), body)


def as_message(settings: Settings, mail: Mail) -> EmailMessage:
    """The mail as it travels; its Message-ID is the same at every try."""
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.created_at)
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    body = mail.body
    if mail.secret_path:
        body = body.replace(LINK_PLACE, settings.base_url.rstrip("/") + mail.secret_path)
    message.set_content(body)
    if mail.calendar:
        # an alternative is what calendars act on; the attachment is for those that only open files
        method = "CANCEL" if "\nMETHOD:CANCEL" in mail.calendar else "REQUEST"
        message.add_alternative(mail.calendar, subtype="calendar", params={"method": method})
        message.add_attachment(mail.calendar.encode(), "application", "ics", filename="drivkraft.ics")
    return message


async def deliver(settings: Settings, mail: Mail) -> None:
    """Give the mail to the SMTP server, or write it to var/mail where none is set.

    Raises PermanentFailure where the server refuses the address or the mail for good; whatever else goes wrong is
    raised as it comes, and is worth another try.
    """
    message = as_message(settings, mail)
    if not settings.smtp_url:
        write_file(settings.var / "mail", f"{mail.id}.eml", bytes(message))
        return
    try:
        await aiosmtplib.send(message, **connection_of(settings.smtp_url))
    except SMTPRecipientsRefused as error:
        if all(each.code >= 500 for each in error.recipients):
            raise PermanentFailure(str(error)) from error
        raise
    except SMTPDataError as error:
        if error.code >= 500:
            raise PermanentFailure(str(error)) from error
        raise


def connection_of(smtp_url: str) -> dict[str, Any]:
    """How to reach the server: smtp://user:password@host:port, smtps:// for TLS from the start.

    With smtp:// the connection is made secret when the server offers it; ?starttls=true insists, ?starttls=false never.
    A password is never sent in the open unless ?starttls=false says so.
    """
    parts = urlsplit(smtp_url)
    insist = parse_qs(parts.query).get("starttls", [""])[0].lower()
    secret_from_start = parts.scheme == "smtps"
    return {
        "hostname": parts.hostname or "localhost",
        "port": parts.port or (465 if secret_from_start else 587 if parts.username else 25),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": secret_from_start,
        "start_tls": False
        if secret_from_start
        else {"true": True, "false": False}.get(insist, bool(parts.username) or None),
        "timeout": SMTP_SECONDS,
    }


def write_file(folder: Path, name: str, content: bytes) -> None:
    """Write a file so that it is there whole or not at all; a second time it is the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{name}.{os.getpid()}"
    unfinished.write_bytes(content)
    unfinished.replace(folder / name)
