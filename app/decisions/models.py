"""Decisions, the ledger of what they bind of a call's frame, declarations of impartiality, and letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, event, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.core.database import Base, Identified, Ore, Stated

COMMITMENT_KINDS = ("provisional", "final", "reversal")


class Decision(Stated, Base):
    """A decision on one application; an application that waits, or has a provisional award, may have another later."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("amount_ore >= 0", name="amount_ore"),
        CheckConstraint("hours >= 0", name="hours"),
        Index("uq_decisions_case_id_open", "case_id", unique=True,
              postgresql_where=text("state in ('pending', 'recommended')")),
        Index("ix_decisions_case_id_state", "case_id", "state"),
    )  # fmt: skip

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    outcome: Mapped[str | None]
    amount_ore: Mapped[int | None] = mapped_column(Ore)
    hours: Mapped[int | None]
    reasons: Mapped[str] = mapped_column(default="")  # for the applicant, in the applicant's language
    conditions: Mapped[str] = mapped_column(default="")
    funding_instrument: Mapped[str] = mapped_column(default="budget_allocation")
    recommended_outcome: Mapped[str | None]
    recommended_amount_ore: Mapped[int | None] = mapped_column(Ore)
    recommended_hours: Mapped[int | None]
    recommended_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    recommended_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    checks: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)  # workflows.decision.CHECKS (G17)
    deviation_why: Mapped[str] = mapped_column(default="")
    prepared_after: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))  # whose award left the place it is for


class Impartiality(Identified, Base):
    """That somebody who recommends or decides has declared to be impartial in a case (G11, G14)."""

    __tablename__ = "impartialities"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str]
    declared_at: Mapped[datetime]


class Commitment(Identified, Base):
    """One entry of a call's ledger: its sum is what is bound; what is wrong is countered by an entry, never changed (G24)."""

    __tablename__ = "commitments"
    __table_args__ = (
        CheckConstraint("kind in ('provisional', 'final', 'reversal')", name="kind"),
        CheckConstraint("(kind = 'reversal') = (amount_ore < 0 or hours < 0) or (amount_ore = 0 and hours = 0)",
                        name="sign"),
        Index("ix_commitments_call_id_case_id", "call_id", "case_id"),
    )  # fmt: skip

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"))
    kind: Mapped[str]
    amount_ore: Mapped[int] = mapped_column(Ore)
    hours: Mapped[int]
    at: Mapped[datetime]


class Letter(Identified, Base):
    """A letter to an applicant: what it says, in the applicant's language; page and PDF are both made from `fields`.

    A letter that has been released is never changed: what corrects it is another one, which names it.
    """

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("language in ('nb', 'nn', 'en')", name="language"),
        CheckConstraint(
            "kind in ('award', 'provisional', 'rejection', 'waitlist', 'dismissal', 'declined', 'upheld', 'sent_on', "
            "'changed', 'too_late', 'upheld_above', 'changed_above')",
            name="kind",
        ),
        CheckConstraint("btrim(reasons) <> ''", name="reasons"),
        CheckConstraint("decision_id is null or reconsideration_id is null", name="about"),
        Index("ix_letters_waiting", "id", postgresql_where=text("released_at is null")),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id"), index=True)
    reconsideration_id: Mapped[UUID | None] = mapped_column(ForeignKey("reconsiderations.id"), index=True)
    text_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_texts.id"))  # None: the scheme's own text
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("letters.id"), unique=True)
    correction: Mapped[str] = mapped_column(default="")  # what is corrected, for the office to read
    reasons: Mapped[str]
    signed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    fields: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    list_hash: Mapped[str] = mapped_column(default="", server_default="")
    """SHA-256 of the decision, or of the list of decisions signed in one act, that it tells of; "" where it tells of none."""
    created_at: Mapped[datetime]
    remade_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    release_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_releases.id"), index=True)
    pdf: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))


REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION commitments_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'commitments are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
CREATE TRIGGER commitments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON commitments
FOR EACH STATEMENT EXECUTE FUNCTION commitments_are_append_only();
"""

for statement in (REFUSE_CHANGE, GUARD):
    event.listen(Commitment.__table__, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
