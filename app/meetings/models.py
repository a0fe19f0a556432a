"""Clarification meetings, the times proposed for them, and what is asked in them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Meeting(Base):
    """The clarification meeting with an applicant; new minutes ask both sides to confirm anew (G15).

    `held_at` is empty while no time is fixed, or the meeting is called off. `sequence` counts the invitations, so that
    a calendar knows which is the newest.
    """

    __tablename__ = "meetings"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    held_at: Mapped[datetime | None]
    length_minutes: Mapped[int] = mapped_column(default=60)
    place: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    organiser_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    participants: Mapped[str] = mapped_column(default="")
    minutes: Mapped[str] = mapped_column(default="")
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime | None]
    confirmed_by_office: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_by_office_at: Mapped[datetime | None]
    confirmed_by_scheme: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_by_scheme_at: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(default="")
    objected_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    objected_at: Mapped[datetime | None]


class MeetingTime(Identified, Base):
    """A time that the meeting might be held at."""

    __tablename__ = "meeting_times"
    __table_args__ = (UniqueConstraint("case_id", "starts_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    starts_at: Mapped[datetime]
    length_minutes: Mapped[int]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]


class MeetingTimeAnswer(Base):
    """How a proposed time suits somebody."""

    __tablename__ = "meeting_time_answers"

    time_id: Mapped[UUID] = mapped_column(ForeignKey("meeting_times.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    side: Mapped[str]
    fit: Mapped[str]
    answered_at: Mapped[datetime]


class AgendaItem(Identified, Base):
    """A question that the meeting is to clear up, and what was answered."""

    __tablename__ = "agenda_items"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    position: Mapped[int]
    question: Mapped[str]
    from_reviews: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(default="")
