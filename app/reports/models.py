"""Reports with their day, what is answered in them, and which sections came back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Stated


class Report(Stated, Base):
    """One report of a project's calendar (G26); the figures of benefits and budget are kept as they were when it was
    handed in.
    """

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "number"),
        CheckConstraint("kind in ('interim', 'yearly', 'final')", name="kind"),
        Index("ix_reports_state_due", "state", "due_on"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    number: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    form_version: Mapped[int]
    benefits: Mapped[list[Any]] = mapped_column(default=list)
    budget: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """The budget per kind of cost as it stood when it was handed in; what the accounts are read against from then on."""
    returned_parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What is missing in which section, while it has come back."""
    returned_why: Mapped[str] = mapped_column(default="")
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
