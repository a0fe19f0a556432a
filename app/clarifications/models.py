"""Clarifications, one per person and gate, and the agreements to one version of their text."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Stated


class Clarification(Stated, Base):
    """One expectation clarification (S73, S74): for a person with an account, or for a named outsider."""

    __tablename__ = "clarifications"
    __table_args__ = (
        CheckConstraint("(person_id is null) or (outside_name is null)", name="one_holder"),
        Index("ix_clarifications_case_gate", "case_id", "gate"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    gate: Mapped[str]  # "start", or the end of the diamond it is renewed at
    role: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    outside_name: Mapped[str | None]
    expects: Mapped[str] = mapped_column(default="")
    commits: Mapped[str] = mapped_column(default="")
    scheme_expects: Mapped[str] = mapped_column(default="")
    scheme_commits: Mapped[str] = mapped_column(default="")
    hours_per_week: Mapped[int] = mapped_column(default=0)
    responsibility: Mapped[str] = mapped_column(default="")
    decision_rights: Mapped[str] = mapped_column(default="")
    equality: Mapped[str] = mapped_column(default="")
    learning: Mapped[str] = mapped_column(default="")
    new_ways: Mapped[str] = mapped_column(default="")
    benefits_short: Mapped[str] = mapped_column(default="")
    benefits_long: Mapped[str] = mapped_column(default="")
    text_hash: Mapped[str] = mapped_column(default="")
    template_gate: Mapped[str] = mapped_column(default="")
    template_number: Mapped[int] = mapped_column(default=0)  # 0 where it was begun before there were templates
    begun_from: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the template said in the project's language; a later version of it leaves this alone."""


class ClarificationTemplate(Identified, Base):
    """One version of a template, as the resource group wrote it; the first one of each role ships with the scheme."""

    __tablename__ = "clarification_templates"
    __table_args__ = (UniqueConstraint("role", "gate", "number"),)

    role: Mapped[str]
    gate: Mapped[str]
    number: Mapped[int]
    words: Mapped[dict[str, Any]]
    hours_per_week: Mapped[int]
    why: Mapped[str]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]


class Agreement(Identified, Base):
    """That one side agreed to one exact text; it is void when the text has another hash or the person has changed."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("clarification_id", "side", "text_hash"),)

    clarification_id: Mapped[UUID] = mapped_column(ForeignKey("clarifications.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    side: Mapped[str]  # "office" (the role holder) or "scheme"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    text_hash: Mapped[str]
    agreed_at: Mapped[datetime]
    how: Mapped[str] = mapped_column(default="")  # for an outsider: how, when and with whom it was agreed
