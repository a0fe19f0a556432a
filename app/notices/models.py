"""Notices to people, and the mails that were written and sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Notice(Identified, Base):
    """Something a person should know: its sentence is the text "notice.<code>" in whatever language they read."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_person_id_id", "person_id", "id"),
        Index("ix_notices_unread", "person_id", postgresql_where=text("read_at IS NULL")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    code: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    link: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Mail(Identified, Base):
    """A mail as it was written; `message_id` is fixed before the first try, so that a second copy can be told as one."""

    __tablename__ = "mails"

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    language: Mapped[str]
    calendar: Mapped[str] = mapped_column(default="")
    secret_path: Mapped[str] = mapped_column(default="")  # a link that is put in as the mail is sent, and forgotten
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
