"""Events: who did what to which case, when and why, chained by hash and refused change by the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, BigInteger, Identity, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Event(Base):
    """One thing that happened in a case; ids and names as they were, without foreign keys, so that it outlives all."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("case_id", "sequence"),
        # whether anything has happened to the gatherings of a call since some moment
        Index("ix_events_of_gatherings", "case_id", "at", postgresql_where=text("subject = 'gathering'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[UUID]
    sequence: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[UUID] = mapped_column(index=True)
    verb: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    why: Mapped[str] = mapped_column(default="")
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_hash: Mapped[str]
    hash: Mapped[str]


REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION events_are_append_only();
"""

for statement in (REFUSE_CHANGE, GUARD):
    event.listen(Event.__table__, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
