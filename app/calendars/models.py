"""The addresses of calendar feeds; only the fingerprint of their secret is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class CalendarFeed(Identified, Base):
    """An address that a person's calendar subscribes to: of all that is theirs, or of one project that they may see.

    It shows what that person may see at the moment it is asked, never more; `revoked_at` closes it for good.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index(
            "uq_calendar_feeds_open", "person_id", text("coalesce(case_id, person_id)"), unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )  # fmt: skip

    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
