"""Cases, the units that are parties to them, the roles people hold in them, and the waivers given in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, ForeignKey, Index, Text, UniqueConstraint, Uuid, event, func, literal_column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified

PIECE = 3
"""So many letters make a piece of a text; what is shorter is searched for without the index."""

PIECES = """
CREATE OR REPLACE FUNCTION pieces(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg(substr(lowered, n, 3))
        FROM lower(words) lowered, generate_series(1, length(lowered) - 2) n);
"""
"""Every piece of a text: one that contains another has all of its pieces, and an index knows which do."""


class Case(Identified, Base):
    """One matter from its first draft to its last measurement; a call is a case too.

    The row is what a change locks: whoever holds it is alone with everything that belongs to the case. A call, an
    application and a project carry the id of their case.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "ix_cases_pieces", text("pieces((title || ' '::text) || reference)"), postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )  # fmt: skip

    kind: Mapped[str]  # "call" or "application"
    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    county_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    language: Mapped[str] = mapped_column(default="nb")
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    project_at: Mapped[datetime | None]
    stepped_aside: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), default=list, server_default="{}")
    """Those who were asked to assess it and had to say no: they take no part in it as anything in the scheme (G14)."""
    event_count: Mapped[int] = mapped_column(default=0)
    event_hash: Mapped[str] = mapped_column(default="0" * 64)


event.listen(Case.__table__, "before_create", DDL(PIECES.replace("%", "%%")))  # type: ignore[no-untyped-call]


def pieces(words: Any) -> Any:
    """The pieces of a text in the database."""
    return func.pieces(words, type_=ARRAY(Text))


SEARCHED = Case.title + literal_column("' '", Text) + Case.reference
"""What a case is found by; the index is on its pieces."""


class CaseUnit(Base):
    """A unit that is party to a case: the lead, one that joined, or one that may read what went into its own (S76)."""

    __tablename__ = "case_units"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(default="lead")


class CaseRole(Identified, Base):
    """A role that a person holds towards one case, with its dates; ended, never deleted (S1)."""

    __tablename__ = "case_roles"
    __table_args__ = (Index("ix_case_roles_person_case", "person_id", "case_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class Waiver(Identified, Base):
    """A requirement that need not hold for one row, by whom and why; waivers are counted and shown."""

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("subject", "subject_id", "requirement"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    requirement: Mapped[str]
    why: Mapped[str]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    given_at: Mapped[datetime]
