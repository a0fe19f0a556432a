"""The versions of a cohort's evaluation report."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class EvaluationReport(Identified, Base):
    """A version: the evaluator's own words, the quotes chosen, and the figures as they stood then; none is changed (S59)."""

    __tablename__ = "evaluation_reports"
    __table_args__ = (UniqueConstraint("cohort_id", "number"),)

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"))
    number: Mapped[int]
    organised: Mapped[str]
    experienced: Mapped[str]
    onward: Mapped[str]
    language: Mapped[str]
    quotes: Mapped[list[Any]]
    figures: Mapped[dict[str, Any]]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]
