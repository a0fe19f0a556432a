"""Good stories, and the themes that the resource group has added to the coding list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Stated


class Story(Stated, Base):
    """A good story of a project, about one benefit or one positive deviance (S36).

    Who wrote it is kept so that they are told and can take it back, and is shown to nobody (S60).
    """

    __tablename__ = "stories"
    __table_args__ = (
        CheckConstraint("(benefit_id is null) <> (deviance_id is null)", name="about"),
        CheckConstraint("not names_people or consent <> ''", name="consent"),
        Index("ix_stories_case_id", "case_id"),
        Index("ix_stories_state", "state", "published_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]
    sent_at: Mapped[datetime]
    title: Mapped[str]
    text: Mapped[str]
    benefit_id: Mapped[UUID | None] = mapped_column(ForeignKey("benefits.id"))
    deviance_id: Mapped[UUID | None] = mapped_column(ForeignKey("positive_deviances.id"))
    names_people: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[str] = mapped_column(default="")
    themes: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    why_returned: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]


class EvaluationTheme(Identified, Base):
    """A theme that the resource group has added to those the coding list starts with, in three languages (S61)."""

    __tablename__ = "evaluation_themes"

    nb: Mapped[str] = mapped_column(unique=True)
    nn: Mapped[str]
    en: Mapped[str]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]
