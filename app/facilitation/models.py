"""The register of facilitators, and their assignments to projects."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Stated


class Facilitator(Identified, Base):
    """A person the resource group can assign, with hours to give and the methods they are at home in (S10, S72)."""

    __tablename__ = "facilitators"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    capacity_hours: Mapped[int]
    methods: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class MethodOwner(Base):
    """Who answers for a method of the scheme (S72)."""

    __tablename__ = "method_owners"

    method: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))


class FacilitatorAssignment(Stated, Base):
    """That a facilitator is to follow a project, with the hours set aside for it (S29)."""

    __tablename__ = "facilitator_assignments"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    hours: Mapped[int]
    assigned_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    assigned_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
