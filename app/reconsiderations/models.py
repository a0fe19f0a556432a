"""Requests to have an outcome tried again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Stated


class Reconsideration(Stated, Base):
    """An office's request for a new assessment, or its appeal, with how it was answered (G30)."""

    __tablename__ = "reconsiderations"
    __table_args__ = (
        Index("uq_reconsiderations_case_id_open", "case_id", unique=True,
              postgresql_where=text("state in ('asked', 'considering', 'sent_on')")),
        Index("ix_reconsiderations_case_id_state", "case_id", "state"),
    )  # fmt: skip

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id", use_alter=True), index=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    asked_until: Mapped[datetime]
    parts: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)  # of workflows.reconsideration.PARTS
    reasons: Mapped[str]
    first_round: Mapped[list[UUID]] = mapped_column(default=list)  # who took part before, as it was asked
    handled_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    taken_up_at: Mapped[datetime | None]
    accepted_late_why: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")  # for the office, in its language
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    above_by: Mapped[str] = mapped_column(default="")
    above_on: Mapped[date | None]
    above_reasons: Mapped[str] = mapped_column(default="")
    told_at: Mapped[datetime | None]  # when the letter with the latest answer was released
    rungs: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)  # of workflows.reminder.RECONSIDERATION_LADDER
