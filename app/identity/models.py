"""Units, people, what they are in a unit and in the scheme, and their sessions."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Unit(Identified, Base):
    """A directorate unit, a county or an office; an office has a state and a municipal part (DOMAIN 0.2, 6.5)."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("kind in ('directorate', 'county', 'office')", name="kind"),
        CheckConstraint("language in ('nb', 'nn')", name="language"),
    )

    number: Mapped[str] = mapped_column(unique=True)  # four characters, may start with 0
    name: Mapped[str]
    kind: Mapped[str]
    county_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    language: Mapped[str] = mapped_column(default="nb")
    mailbox: Mapped[str] = mapped_column(default="")
    state_organisation_number: Mapped[str | None]
    municipal_organisation_number: Mapped[str | None]
    municipalities: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    employees: Mapped[int | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    invented: Mapped[bool] = mapped_column(default=False)


class Person(Identified, Base):
    """Somebody who may sign in; the address identifies the account, `subject` an account elsewhere (OIDC)."""

    __tablename__ = "people"
    __table_args__ = (Index("uq_people_email_lower", text("lower(email)"), unique=True),)

    name: Mapped[str]
    email: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="nb")
    password_hash: Mapped[str | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    valid_to: Mapped[datetime | None]


class UnitMembership(Identified, Base):
    """What a person is in a unit, from when to when; history is kept (S1)."""

    __tablename__ = "unit_memberships"
    __table_args__ = (
        CheckConstraint("role in ('leader', 'coordinator', 'employee', 'county_representative')", name="role"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    role: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class SchemeRole(Identified, Base):
    """A role in the scheme with its reason and dates (G36); a decision maker's carries the limit of their authority."""

    __tablename__ = "scheme_roles"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]
    why: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    limit_ore: Mapped[int | None]
    cost_centre: Mapped[str] = mapped_column(default="", server_default="")  # number of a unit; "": all of them


class Session(Base):
    """A signed-in browser; only the hash of its secret is kept, so a copy of the table opens nothing."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SentForm(Base):
    """A form that has been taken, by the mark it was sent with: sent twice, it is done once."""

    __tablename__ = "sent_forms"

    mark: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(index=True)
    made: Mapped[UUID | None]
