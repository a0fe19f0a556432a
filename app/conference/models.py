"""What stands in the programme of a conference."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class ProgrammeItem(Identified, Base):
    """A presentation, a panel or a break; a project's presentation is what it has shared, placed at most once (S55, S56)."""

    __tablename__ = "programme_items"
    __table_args__ = (
        CheckConstraint("kind in ('presentation', 'panel', 'break')", name="kind"),
        CheckConstraint("lasts_minutes between 1 and 480", name="length"),
    )

    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gatherings.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    speakers: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    lasts_minutes: Mapped[int]
    experience_id: Mapped[UUID | None] = mapped_column(ForeignKey("shared_experiences.id"), unique=True)
