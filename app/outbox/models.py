"""The outbox: one row for each thing that must follow, written in the transaction that it follows from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified

WAITING = text("done_at IS NULL AND dead_at IS NULL")


class OutboxRow(Identified, Base):
    """One job to do: the truth about it, of which the broker only carries the name.

    `due_at`, `created_at` and `done_at` follow the scheme's clock; `enqueued_at` is the database server's own time,
    since it measures how long the broker has had the row, and so is `begun_at`, which stands while an attempt is being
    made. `attempts` counts the attempts begun, `handovers` how often the broker was given the row; `dead_at` says that
    it failed for good and waits for an administrator.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "due_at", postgresql_where=WAITING),
        Index("ix_outbox_dead", "id", postgresql_where=text("dead_at IS NOT NULL AND done_at IS NULL")),
        Index("ix_outbox_done", "done_at", postgresql_where=text("done_at IS NOT NULL")),
    )

    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    enqueued_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    handovers: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
