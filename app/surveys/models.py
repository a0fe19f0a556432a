"""Surveys, who is invited to them, and the answers, which know nothing of each other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Survey(Identified, Base):
    """What is asked after a gathering, or after a project has closed a step (S57)."""

    __tablename__ = "surveys"
    __table_args__ = (
        UniqueConstraint("gathering_id"),
        UniqueConstraint("case_id", "step"),
        CheckConstraint("(gathering_id is null) <> (case_id is null)", name="occasion"),
        Index("ix_surveys_call_id", "call_id"),
        Index("ix_surveys_closes_at", "closes_at"),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    gathering_id: Mapped[UUID | None] = mapped_column(ForeignKey("gatherings.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    step: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]

    @property
    def occasion(self) -> str:
        """What it asks about."""
        return "step" if self.step else "gathering"


class SurveyInvitation(Base):
    """That a person is asked, in which role, and whether they have answered: not when, and not what."""

    __tablename__ = "survey_invitations"
    __table_args__ = (Index("ix_survey_invitations_person_id", "person_id"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role_group: Mapped[str] = mapped_column(default="")  # of at least five; "" where the role has fewer
    has_answered: Mapped[bool] = mapped_column(default=False)


class SurveySlip(Base):
    """The answer to one question, with an identifier of chance: no person, no moment, no order, no other answer."""

    __tablename__ = "survey_slips"
    __table_args__ = (Index("ix_survey_slips_survey_id", "survey_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id"))
    question: Mapped[str]
    role_group: Mapped[str] = mapped_column(default="")
    level: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
