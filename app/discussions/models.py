"""Threads with what is said in them, what was said before it was changed, and how far each has read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Stated


class Thread(Stated, Base):
    """A thread about an application; `audience` is one of workflows.discussion.Audience and only ever narrows.

    With a criterion it is where a disagreement is talked over; what came of it stands in the case's discussion note.
    """

    __tablename__ = "threads"
    __table_args__ = (Index("ix_threads_case_id", "case_id", "audience"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    audience: Mapped[str]
    title: Mapped[str]
    criterion_id: Mapped[UUID | None] = mapped_column(ForeignKey("criteria.id", ondelete="SET NULL"))
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    said_at: Mapped[datetime]


class Post(Identified, Base):
    """Something said in a thread; `version` counts its texts, of which those before are kept."""

    __tablename__ = "posts"

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("threads.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str]
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class EarlierText(Base):
    """What a post said before it was changed."""

    __tablename__ = "earlier_texts"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    replaced_at: Mapped[datetime]


class ThreadReading(Base):
    """Until when somebody has read a thread."""

    __tablename__ = "thread_readings"

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    read_until: Mapped[datetime]
