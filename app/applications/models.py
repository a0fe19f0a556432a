"""An application with its statement, team, positive deviances, expected benefits, endorsements and receipts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Ore, Stated

APPLICATION_NUMBER = Sequence("application_number", metadata=Base.metadata)
"""Counts the applications, for their references."""


class Application(Stated, Base):
    """What an office asks for; the id is the id of its case, which holds its title, units and reference.

    `answers` follow workflows/forms/application.py and the call's own questions; those that lists are ordered or narrowed by
    stand beside them too. `rules` are the call's, pinned when the application was begun. Where they ask for a budget the
    amount is the sum of the lines that the scheme is to bear, and is written with them.
    """

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("amount_ore >= 0", name="amount_ore"),
        CheckConstraint("hours >= 0", name="hours"),
        Index("ix_applications_call_id_id", "call_id", "id"),
        Index("ix_applications_call_id_state", "call_id", "state", "id"),
        Index("ix_applications_call_id_theme", "call_id", "theme", "id"),
        Index("ix_applications_call_id_handler_id", "call_id", "handler_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    reference: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]  # in which the office writes: nb or nn
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    field_marks: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by field: version, who wrote last, and when
    unrecorded: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by person: what they write, until its event
    form_version: Mapped[int]
    call_form_version: Mapped[int] = mapped_column(default=0)  # of its call's own questions; 0 before there are any
    rules: Mapped[dict[str, Any]]
    rules_version: Mapped[int]
    amount_ore: Mapped[int | None] = mapped_column(Ore)
    hours: Mapped[int | None]
    theme: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    submitted_version: Mapped[int | None]
    extension_asked_at: Mapped[datetime | None]
    extension_asked_why: Mapped[str] = mapped_column(default="")
    extended_until: Mapped[datetime | None]
    extended_why: Mapped[str] = mapped_column(default="")
    partners_sought_at: Mapped[datetime | None]
    partner_summary: Mapped[str] = mapped_column(default="")
    joined_into: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    content_hash: Mapped[str | None]
    returned_for: Mapped[str] = mapped_column(default="")
    returned_parts: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # what is missing, by the parts it is missing in
    handler_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # the case handler who has taken it
    handled_at: Mapped[datetime | None]
    completion_until: Mapped[datetime | None]
    dismissed_for: Mapped[str] = mapped_column(default="")
    declined_for: Mapped[str] = mapped_column(default="")
    awarded_ore: Mapped[int | None] = mapped_column(Ore)
    awarded_hours: Mapped[int | None]
    treated_anew_at: Mapped[datetime | None]  # when a dismissal was set aside, and its screening began anew (G30)
    reminded_of: Mapped[date | None]  # the last day to disagree that the office has been reminded of
    first_round: Mapped[list[UUID]] = mapped_column(default=list)  # who took part before a new assessment (G30)


class ProblemStatement(Identified, Base):
    """One version of a case's problem statement, with what it rests on; a frozen one stands as it was sent (S37-S40)."""

    __tablename__ = "problem_statements"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    text: Mapped[str]
    basis: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    basis_text: Mapped[str] = mapped_column(default="")
    insight_ids: Mapped[list[UUID]] = mapped_column(default=list)  # of the project, for a version written in it
    why: Mapped[str] = mapped_column(default="")
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]
    frozen: Mapped[bool] = mapped_column(default=True)


class PositiveDeviance(Identified, Base):
    """Something that works at an office already, ranked among its own (S32, S33)."""

    __tablename__ = "positive_deviances"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    rank: Mapped[int]
    text: Mapped[str]


class TeamMember(Identified, Base):
    """Somebody in an office's team, with an account or without; role and hours may be missing in a draft (S73)."""

    __tablename__ = "team_members"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    role: Mapped[str | None]
    weekly_hours: Mapped[int | None]
    answer: Mapped[str] = mapped_column(default="")  # whether they take part: "yes" or "no" once they have said so
    answered_at: Mapped[datetime | None]
    answered_for: Mapped[str] = mapped_column(default="")  # the role and the hours they said it to
    answer_why: Mapped[str] = mapped_column(default="")
    answer_recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class Invitation(Identified, Base):
    """A link by which a member without an account becomes one with; only the fingerprint of its secret is kept."""

    __tablename__ = "team_invitations"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("team_members.id", ondelete="CASCADE"), index=True)
    email: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ExpectedBenefit(Identified, Base):
    """A benefit that an office hopes for; `beneficiaries` are citizen, organisation and society (S64, S70)."""

    __tablename__ = "expected_benefits"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    beneficiaries: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    goal: Mapped[str] = mapped_column(default="")
    how_noticed: Mapped[str] = mapped_column(default="")


class BudgetLine(Identified, Base):
    """One cost of the project that is applied for: its kind, who bears it, and the year where it spans several."""

    __tablename__ = "budget_lines"
    __table_args__ = (CheckConstraint("amount_ore >= 0", name="amount_ore"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    cost_kind: Mapped[str]
    description: Mapped[str]
    amount_ore: Mapped[int] = mapped_column(Ore)
    bearer: Mapped[str]
    year: Mapped[int | None]


class Judgement(Identified, Base):
    """One answer of a case handler to what no machine can check; a later one takes its place and lets it stand (G8)."""

    __tablename__ = "judgements"
    __table_args__ = (UniqueConstraint("case_id", "key", "number"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    key: Mapped[str]
    number: Mapped[int]
    holds: Mapped[bool]
    remark: Mapped[str] = mapped_column(default="")
    judged_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    judged_at: Mapped[datetime]


class Endorsement(Identified, Base):
    """That a leader stood behind an application; `content` is the fingerprint of what it covered (G7)."""

    __tablename__ = "endorsements"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    content: Mapped[str]
    weekly_hours: Mapped[int]
    released: Mapped[list[Any]] = mapped_column(default=list)  # of each person: name, role and hours a week
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))  # whose leader; of older ones the applicant's


class Receipt(Identified, Base):
    """That an application was received, when, and exactly what was in it (G6)."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    received_at: Mapped[datetime]
    received_from: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    content_hash: Mapped[str]
    content: Mapped[dict[str, Any]]
