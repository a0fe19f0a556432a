"""Clarifications, one per person and gate, and the agreements to one version of their text."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
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
    released_hours: Mapped[int] = mapped_column(default=0)
    release_how: Mapped[str] = mapped_column(default="")
    renews_id: Mapped[UUID | None] = mapped_column(ForeignKey("clarifications.id"))
    renews_number: Mapped[int] = mapped_column(default=0)  # the version that was agreed to, which it was made from
    renewal_note: Mapped[str] = mapped_column(default="")
    change_asked: Mapped[str] = mapped_column(default="")  # what its holder wants changed, until somebody writes again


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


class ClarificationVersion(Identified, Base):
    """A text as it was put forward; it never changes, so that one can read what somebody agreed to."""

    __tablename__ = "clarification_versions"
    __table_args__ = (UniqueConstraint("clarification_id", "number"),)

    clarification_id: Mapped[UUID] = mapped_column(ForeignKey("clarifications.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[int]
    text_hash: Mapped[str]
    texts: Mapped[dict[str, Any]]
    hours_per_week: Mapped[int]
    released_hours: Mapped[int]
    holder: Mapped[str]
    put_forward_by: Mapped[str]
    put_forward_at: Mapped[datetime]


class Agreement(Identified, Base):
    """That somebody agreed to one exact text for a side; void from when the text, the holder or their word changed."""

    __tablename__ = "agreements"
    __table_args__ = (
        Index(
            "uq_agreements_standing",
            "clarification_id",
            "side",
            unique=True,
            postgresql_where=text("voided_at is null"),
        ),
    )

    clarification_id: Mapped[UUID] = mapped_column(ForeignKey("clarifications.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    side: Mapped[str]  # "office" (the role holder), "leader" (for the hours released) or "scheme"
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(default="")  # of whoever agreed, where they have no account
    text_hash: Mapped[str]
    number: Mapped[int] = mapped_column(default=0)  # of the version agreed to; 0 where it was not kept
    agreed_at: Mapped[datetime]
    how: Mapped[str] = mapped_column(default="")  # for an outsider: how, when and with whom it was agreed
    voided_at: Mapped[datetime | None]
    void: Mapped[str] = mapped_column(default="")  # why: workflows.clarification.Void


class ClarificationLink(Identified, Base):
    """A link for an outsider to read one clarification and answer it; opens for one answer and not for long."""

    __tablename__ = "clarification_links"
    __table_args__ = (
        Index(
            "uq_clarification_links_open", "clarification_id", unique=True,
            postgresql_where=text("used_at is null and revoked_at is null"),
        ),
    )  # fmt: skip

    clarification_id: Mapped[UUID] = mapped_column(ForeignKey("clarifications.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    email: Mapped[str]
    language: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
