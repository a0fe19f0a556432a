"""The register of the resource group, its methods, and the assignments to projects with the support given."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Stated


class Facilitator(Identified, Base):
    """A person the resource group can assign, from one day to another (S72).

    Level and unit are those of where the person works. Somebody from outside the line has a stated field (S4); a mentor
    has carried out a project of an earlier call (S79). `version` counts every change of what is known of the person.
    """

    __tablename__ = "facilitators"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    field: Mapped[str] = mapped_column(default="")
    is_mentor: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class MethodCompetence(Base):
    """How far somebody has come with a method, and when they last used it (S72)."""

    __tablename__ = "method_competences"
    __table_args__ = (CheckConstraint("level in ('learned', 'supported', 'leads', 'teaches')", name="level"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("facilitators.person_id"), primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    last_used_on: Mapped[date | None]


class FacilitatorCapacity(Base):
    """What somebody has to give in a half-year, in hours, and what they themselves propose (S72).

    `half` is the first day of the half-year. `hours` is empty until somebody who assigns has agreed to a proposal.
    """

    __tablename__ = "facilitator_capacities"
    __table_args__ = (
        CheckConstraint("extract(day from half) = 1 and extract(month from half) in (1, 7)", name="half"),
        CheckConstraint("hours >= 0 and proposed_hours >= 0", name="hours"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("facilitators.person_id"), primary_key=True)
    half: Mapped[date] = mapped_column(primary_key=True)
    hours: Mapped[int | None]
    proposed_hours: Mapped[int | None]
    proposed_why: Mapped[str] = mapped_column(default="")


class FacilitatorLeave(Identified, Base):
    """Days on which somebody is away, both counted; why, nobody is asked."""

    __tablename__ = "facilitator_leaves"
    __table_args__ = (CheckConstraint("last_on >= first_on", name="days"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("facilitators.person_id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]


class Method(Base):
    """A method that the resource group has added to the five of the scheme, with its name in three languages (S10)."""

    __tablename__ = "methods"

    key: Mapped[str] = mapped_column(primary_key=True)
    nb: Mapped[str]
    nn: Mapped[str]
    en: Mapped[str]
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class MethodOwner(Base):
    """Who answers for a method of the scheme (S72)."""

    __tablename__ = "method_owners"

    method: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))


class FacilitatorAssignment(Stated, Base):
    """That a facilitator is to follow a project, with the hours set aside for it from a day on (S29)."""

    __tablename__ = "facilitator_assignments"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    hours: Mapped[int]
    starts_on: Mapped[date]
    assigned_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    assigned_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SupportContact(Identified, Base):
    """Support given to a project by one of its facilitators: when, for how long, and what about (S29)."""

    __tablename__ = "support_contacts"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        Index("ix_support_contacts_case_id_person_id", "case_id", "person_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    held_on: Mapped[date]
    minutes: Mapped[int]
    about: Mapped[str]
    written_at: Mapped[datetime]
