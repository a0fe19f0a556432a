"""Challenges as they are searched, how often each word stands in them, and who has asked about one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Challenge(Base):
    """The challenge of a case as others may find it.

    `shown_at` and `words` are empty while nobody outside may know of it; `full_words` holds all that was sent, for those who
    handle it. Both are written by app/network/service.py with the words that app/network/words.py makes of a text.
    """

    __tablename__ = "challenges"
    __table_args__ = (
        Index("ix_challenges_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_challenges_full_words", "full_words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[str]  # draft, application, project
    title: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    shown_at: Mapped[datetime | None]
    words: Mapped[str | None] = mapped_column(TSVECTOR)
    full_words: Mapped[str | None] = mapped_column(TSVECTOR)
    words_version: Mapped[int]


class ChallengeWord(Base):
    """In how many challenges a word stands: of those that are shown, and of all; the empty word counts the challenges."""

    __tablename__ = "challenge_words"

    word: Mapped[str] = mapped_column(primary_key=True)
    shown: Mapped[int]
    full: Mapped[int]


class ChallengeQuestion(Identified, Base):
    """What somebody has asked an office about its challenge."""

    __tablename__ = "challenge_questions"
    __table_args__ = (Index("ix_challenge_questions_person_id_asked_at", "person_id", "asked_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str]
    asked_at: Mapped[datetime]
