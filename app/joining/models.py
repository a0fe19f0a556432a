"""Proposals of one draft to another to join forces."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Stated


class JoinProposal(Stated, Base):
    """A proposal from the draft `case_id` to the draft `to_case_id`; `keep` says whose goes on to be written.

    Whoever changes it holds the rows of both cases. Between two drafts no more than one waits at a time, whichever of them
    it comes from.
    """

    __tablename__ = "join_proposals"
    __table_args__ = (
        CheckConstraint("keep in ('ours', 'theirs')", name="keep"),
        CheckConstraint("case_id <> to_case_id", name="two"),
        Index(
            "uq_join_proposals_open",
            text("least(case_id, to_case_id)"),
            text("greatest(case_id, to_case_id)"),
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    to_case_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    keep: Mapped[str]
    message: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
