"""What reviewers say that they know, and proposals of who should assess what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class ReviewerProfile(Base):
    """What somebody of the resource group knows, reads and has room for; kept by themselves or by a case handler."""

    __tablename__ = "reviewer_profiles"
    __table_args__ = (CheckConstraint("most >= 0", name="most"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    competences: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    languages: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    most: Mapped[int | None]  # reviews at once; where it is empty the call's rules stand alone
    version: Mapped[int] = mapped_column(default=1)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]


class AssignmentProposal(Identified, Base):
    """A proposal for the applications of a call: asked for, made by a job, and what is known of how good it is.

    `basis` is the fingerprint of what stood when it was made; `lacks`, `unmet` and `released` say what it cannot give.
    """

    __tablename__ = "assignment_proposals"
    __table_args__ = (Index("ix_assignment_proposals_call_id", "call_id", "id"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    after_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment_proposals.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    job_id: Mapped[UUID | None]
    made_at: Mapped[datetime | None]
    basis: Mapped[str] = mapped_column(default="")
    is_optimal: Mapped[bool] = mapped_column(default=False)
    cost: Mapped[int] = mapped_column(default=0)
    bound: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[int] = mapped_column(default=0)
    lacks: Mapped[list[Any]] = mapped_column(default=list)
    unmet: Mapped[list[Any]] = mapped_column(default=list)
    released: Mapped[list[Any]] = mapped_column(default=list)


class ProposedPair(Identified, Base):
    """Somebody for an application, with what speaks for and against it, and what became of it."""

    __tablename__ = "proposed_pairs"
    __table_args__ = (UniqueConstraint("proposal_id", "case_id", "reviewer_id"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("assignment_proposals.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    parts: Mapped[list[Any]] = mapped_column(default=list)
    is_locked: Mapped[bool] = mapped_column(default=False)
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    is_new: Mapped[bool] = mapped_column(default=True)  # not in the proposal before
    version: Mapped[int] = mapped_column(default=1)
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # from then on a job gives it
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("reviews.id"))  # it has been given
    refused: Mapped[list[Any]] = mapped_column(default=list)  # why it could not be
