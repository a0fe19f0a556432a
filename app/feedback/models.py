"""Feedback, what is changed in the working process for it, and which surveys it has been taken out of."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class ProcessChange(Identified, Base):
    """What is changed in the working process after feedback: by whom, by when, and when it was done (S13, S57)."""

    __tablename__ = "process_changes"
    __table_args__ = (Index("ix_process_changes_call_id", "call_id"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    text: Mapped[str]
    responsible_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    due_on: Mapped[date]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_text: Mapped[str] = mapped_column(default="")


class FeedbackItem(Identified, Base):
    """A negative finding, a wish, a learning point or something said, with its answer: a change, or why there is none.

    What came of a survey is made of what may be shown of it, and points to no slip and no person (G34).
    """

    __tablename__ = "feedback_items"
    __table_args__ = (
        CheckConstraint("kind in ('finding', 'wish', 'learning', 'said')", name="kind"),
        CheckConstraint("(answered_at is null) = (change_id is null and why = '')", name="answer"),
        CheckConstraint("change_id is null or why = ''", name="one_answer"),
        UniqueConstraint("learning_point_id"),
        Index("ix_feedback_items_survey_id", "survey_id"),
        Index("ix_feedback_items_call_id", "call_id"),
        Index("ix_feedback_items_change_id", "change_id"),
        Index("ix_feedback_items_answer_by", "answer_by"),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id"))
    survey_id: Mapped[UUID | None] = mapped_column(ForeignKey("surveys.id"))
    learning_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("learning_points.id"))
    kind: Mapped[str]
    question: Mapped[str] = mapped_column(default="")
    role_group: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    low: Mapped[int] = mapped_column(default=0)
    answers: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_changes.id"))
    why: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]


class FeedbackRound(Base):
    """That a closed survey's feedback has been taken out of it, and when those who were asked were told what came of it."""

    __tablename__ = "feedback_rounds"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    taken_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
