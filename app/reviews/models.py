"""Reviews with their scores, and notes of discussions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Stated


class Review(Stated, Base):
    """One person's assessment of one application, from being assigned to handing in (G9, G11)."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("uq_reviews_case_id_reviewer_id", "case_id", "reviewer_id", unique=True,
              postgresql_where=text("state <> 'voided'")),
        Index("ix_reviews_reviewer_id_state", "reviewer_id", "state"),
    )  # fmt: skip

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    assigned_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    assigned_at: Mapped[datetime]
    declaration: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime | None]
    declared_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by the keys of workflows/forms/review.py
    summary_version: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(default="")  # why it was recused or voided
    ended_at: Mapped[datetime | None]


class Score(Identified, Base):
    """A reviewer's score for one criterion with the reason; either may be missing while it is written.

    `version` counts what was written, so that two windows on the same criterion never overwrite each other silently.
    """

    __tablename__ = "scores"
    __table_args__ = (UniqueConstraint("review_id", "criterion_id"), CheckConstraint("value >= 0", name="value"))

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id"))
    criterion_id: Mapped[UUID] = mapped_column(ForeignKey("criteria.id", ondelete="CASCADE"))
    value: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class Discussion(Identified, Base):
    """What the reviewers came to where their scores for a criterion lay far apart; counts for the reviews before it (G10)."""

    __tablename__ = "discussions"
    __table_args__ = (UniqueConstraint("case_id", "criterion_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    criterion_id: Mapped[UUID] = mapped_column(ForeignKey("criteria.id", ondelete="CASCADE"))
    text: Mapped[str]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]


class ReviewReminder(Base):
    """That somebody has been reminded of a review, one row for each rung of workflows/reminder.py."""

    __tablename__ = "review_reminders"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    rung: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]


class ReviewOpinion(Base):
    """Whether somebody whose own review is in agrees with another's, and why."""

    __tablename__ = "review_opinions"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    agrees: Mapped[bool]
    why: Mapped[str]
    given_at: Mapped[datetime]
