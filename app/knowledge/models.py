"""Shared experiences and learning points."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.activities.models import OfCase
from app.core.database import Base


class SharedExperience(OfCase, Base):
    """A presentation at the experience conference or a published story (S36, S55)."""

    __tablename__ = "shared_experiences"

    kind: Mapped[str]  # conference, story
    title: Mapped[str]
    text: Mapped[str]
    slides_link: Mapped[str] = mapped_column(default="")
    gathering_id: Mapped[UUID | None] = mapped_column(ForeignKey("gatherings.id"))
    published_at: Mapped[datetime | None]


class LearningPoint(OfCase, Base):
    """What worked, for whom and under which conditions (S62, S77)."""

    __tablename__ = "learning_points"

    text: Mapped[str]
    for_whom: Mapped[str]
    conditions: Mapped[str]
