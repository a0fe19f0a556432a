"""Gatherings and who takes part in them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Gathering(Identified, Base):
    """A joint working day of a call's projects, a competence module or the experience conference (S25-S28, S55)."""

    __tablename__ = "gatherings"
    __table_args__ = (UniqueConstraint("call_id", "key"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str]
    kind: Mapped[str]  # gathering, module, conference
    title: Mapped[str]
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(default="")
    audience: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)


class Attendance(Base):
    """That a person is registered for a gathering on behalf of a project, and whether they came."""

    __tablename__ = "attendances"
    __table_args__ = (Index("ix_attendances_case", "case_id"),)

    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gatherings.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    registered_at: Mapped[datetime]
    attended_at: Mapped[datetime | None]
