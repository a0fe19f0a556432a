"""Milestones with what shows that they are reached, and requests to change an award."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Ore, Stated


class Milestone(Stated, Base):
    """A dated state of the project that somebody else can check; `key` is that of the call's rules, M0 to M8."""

    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("case_id", "key"),
        CheckConstraint("share_basis_points between 0 and 10000", name="share"),
        Index("ix_milestones_state_due", "state", "due_on"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str]
    title: Mapped[str] = mapped_column(default="")  # empty: the text of the key
    approved_by_role: Mapped[str]
    share_basis_points: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(default="")
    evidence_link: Mapped[str] = mapped_column(default="")
    reported_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reported_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    returned_why: Mapped[str] = mapped_column(default="")
    waived_why: Mapped[str] = mapped_column(default="")


class ChangeRequest(Stated, Base):
    """What the office asks to change in its award, and the answer; nothing of an award changes otherwise."""

    __tablename__ = "change_requests"
    __table_args__ = (
        CheckConstraint("kind in ('amount', 'dates', 'team', 'scope', 'annex', 'budget')", name="kind"),
        CheckConstraint("(kind = 'budget') = (num_nonnulls(from_kind, to_kind, shift_ore) = 3)", name="shift"),
        CheckConstraint("shift_ore > 0", name="shift_ore"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    amount_change_ore: Mapped[int] = mapped_column(Ore, default=0)
    milestone_id: Mapped[UUID | None] = mapped_column(ForeignKey("milestones.id"))
    new_due_on: Mapped[date | None]
    before: Mapped[dict[str, Any] | None]  # what stood when it was proposed; None: from before that was kept
    after_text: Mapped[str] = mapped_column(default="", server_default="")  # what a team, scope or annex is to be
    from_kind: Mapped[str | None]  # a budget's: which kind of cost gives, which takes, and how much
    to_kind: Mapped[str | None]
    shift_ore: Mapped[int | None] = mapped_column(Ore)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    signed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # the leader, for the office
    signed_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decision_why: Mapped[str] = mapped_column(default="")
