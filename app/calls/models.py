"""A call with its texts in three languages and its award criteria."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Sequence, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Ore, Stated

CALL_NUMBER = Sequence("call_number", metadata=Base.metadata)
"""Counts the calls, for their references."""


class Call(Stated, Base):
    """One round of the scheme; the id is the id of its case, and its rules are workflows.rules.Rules as JSON."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("frame_ore >= 0", name="frame_ore"),
        CheckConstraint("facilitation_hours >= 0", name="facilitation_hours"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    state: Mapped[str] = mapped_column(index=True)
    owner_unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    owner_person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    opens_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    frame_ore: Mapped[int | None] = mapped_column(Ore)
    facilitation_hours: Mapped[int | None]
    cost_kinds: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    questions: Mapped[list[Any]] = mapped_column(default=list)  # the call's own, as workflows/forms/own.py keeps them
    rules: Mapped[dict[str, Any]]
    rules_version: Mapped[int]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    announced_to: Mapped[int] = mapped_column(default=0)  # units that were told (G2)


class CallForm(Base):
    """One version of a call's own questions as they stood from then on; applications are bound to one (G3)."""

    __tablename__ = "call_forms"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    questions: Mapped[list[Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class CallExplanation(Identified, Base):
    """Something about a published call that was made clearer, in its three languages, for everybody alike (G3)."""

    __tablename__ = "call_explanations"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), index=True)
    texts: Mapped[dict[str, Any]]
    given_at: Mapped[datetime]
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class CallText(Base):
    """The texts of a call in one language; the fields are those of workflows.call.TEXT_FIELDS."""

    __tablename__ = "call_texts"
    __table_args__ = (CheckConstraint("language in ('nb', 'nn', 'en')", name="language"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str] = mapped_column(default="")
    target_group: Mapped[str] = mapped_column(default="")
    attainment: Mapped[str] = mapped_column(default="")
    award: Mapped[str] = mapped_column(default="")
    follow_up: Mapped[str] = mapped_column(default="")
    evaluation: Mapped[str] = mapped_column(default="")


class Criterion(Identified, Base):
    """One award criterion; `texts` holds per language title, description and levels, one sentence for each score."""

    __tablename__ = "criteria"
    __table_args__ = (UniqueConstraint("call_id", "key"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    key: Mapped[str]
    position: Mapped[int]
    weight: Mapped[int]
    texts: Mapped[dict[str, Any]]
