"""Who has been told of what is due: one row for each step of an escalation, so that nobody is told of the same twice."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class ObligationReminder(Identified, Base):
    """That a step of the ladder was taken for one thing and one day; another day begins from below."""

    __tablename__ = "obligation_reminders"
    __table_args__ = (UniqueConstraint("row_id", "kind", "due_on", "rung"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    row_id: Mapped[UUID]
    due_on: Mapped[date]
    rung: Mapped[str]
    sent_at: Mapped[datetime]
