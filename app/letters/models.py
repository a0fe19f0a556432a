"""The texts that a call's letters are made from, and the acts in which letters are sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class LetterText(Identified, Base):
    """One version of a call's own text for a kind of letter; an empty one leads back to the scheme's."""

    __tablename__ = "letter_texts"
    __table_args__ = (
        UniqueConstraint("call_id", "kind", "language", "number"),
        CheckConstraint("language in ('nb', 'nn', 'en')", name="language"),
        CheckConstraint("(subject = '') = (body = '')", name="whole"),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    kind: Mapped[str]
    language: Mapped[str]
    number: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]


class LetterRelease(Identified, Base):
    """One act of sending letters, with what became of each."""

    __tablename__ = "letter_releases"

    released_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    released_at: Mapped[datetime]
    together: Mapped[bool]
    """All of them or none."""
    results: Mapped[list[Any]]
    """For each its letter and what became of it: waiting, released, before, changed, held, or refused with the reasons.

    In the order of the cases, which is the order in which they are locked.
    """
