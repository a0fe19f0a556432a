"""Payments: each hangs on a milestone and passes three people before it is paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Ore, Stated


class Payment(Stated, Base):
    """A part of an award, in øre; `reference` is that of the accounting system, registered once (G25)."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_ore >= 0", name="amount"),
        CheckConstraint("recovered_ore >= 0 and recovered_ore <= amount_ore", name="recovered"),
        Index("ix_payments_state", "state", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestones.id"), unique=True)
    amount_ore: Mapped[int] = mapped_column(Ore)
    released_at: Mapped[datetime | None]
    certified_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    certified_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    registered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    paid_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(unique=True)
    kept_why: Mapped[str] = mapped_column(default="")  # why it is paid although its milestone is waived
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = mapped_column(default="")
    recovered_ore: Mapped[int] = mapped_column(Ore, default=0)
    recovered_at: Mapped[datetime | None]
    recovered_why: Mapped[str] = mapped_column(default="")
