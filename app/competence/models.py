"""Competence goals of projects, and what each person says of themselves, which nobody else is shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.activities.models import OfCase
from app.core.database import Base


class CompetenceGoal(OfCase, Base):
    """Something that the project's people want to be better at (S64)."""

    __tablename__ = "competence_goals"

    text: Mapped[str]


class SelfAssessment(Base):
    """Where somebody sees themselves on the scale for one goal, before or after."""

    __tablename__ = "self_assessments"
    __table_args__ = (
        CheckConstraint("moment in ('before', 'after')", name="moment"),
        CheckConstraint("level between 1 and 5", name="level"),
        Index("ix_self_assessments_person_id", "person_id"),
    )

    goal_id: Mapped[UUID] = mapped_column(ForeignKey("competence_goals.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    moment: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int]


class CompetenceAsked(Base):
    """That a project's people have been asked to assess themselves, before or after."""

    __tablename__ = "competence_asked"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    moment: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
