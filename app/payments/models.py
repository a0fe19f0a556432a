"""Payments, each of which hangs on a milestone and passes three people, and the ledger of what became of an award."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Ore, Stated


class Payment(Stated, Base):
    """A part of an award, in øre; `reference` is that of the accounting system, registered once (G25)."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_ore >= 0", name="amount"),
        CheckConstraint(
            "recovered_ore >= 0 and returned_ore >= 0 and recovered_ore + returned_ore <= amount_ore", name="recovered"
        ),
        Index("ix_payments_state", "state", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestones.id"), unique=True)
    amount_ore: Mapped[int] = mapped_column(Ore)
    released_at: Mapped[datetime | None]
    certified_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    certified_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    registered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    paid_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(unique=True)
    checks: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list, server_default="{}")  # authority.CHECKS (G17)
    correction: Mapped[str] = mapped_column(default="", server_default="")  # since the accounting system refused it
    kept_why: Mapped[str] = mapped_column(default="")  # why it is paid although its milestone is waived
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = mapped_column(default="")
    recovered_ore: Mapped[int] = mapped_column(Ore, default=0)
    recovered_at: Mapped[datetime | None]
    recovered_why: Mapped[str] = mapped_column(default="")
    returned_ore: Mapped[int] = mapped_column(Ore, default=0, server_default="0")  # what the office gave back unspent
    # notice that it is withheld, or that so much of it is to be claimed back, and what the office answered (G29)
    noticed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    noticed_at: Mapped[datetime | None]
    noticed_ore: Mapped[int | None] = mapped_column(Ore)
    notice_why: Mapped[str] = mapped_column(default="", server_default="")
    reply_by: Mapped[date | None]
    reply: Mapped[str] = mapped_column(default="", server_default="")
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    replied_at: Mapped[datetime | None]


class Booking(Identified, Base):
    """One line of a project's ledger: a sum that moved from one account to another; never changed, only countered (G24)."""

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        UniqueConstraint("payment_id", "payment_version"),
        CheckConstraint("amount_ore > 0", name="amount"),
        CheckConstraint("from_account <> to_account", name="moves"),
        CheckConstraint("(payment_id is null) = (payment_version is null)", name="payment"),
        CheckConstraint("(kind = 'corrected') = (corrects_id is not null)", name="corrects"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    kind: Mapped[str]
    from_account: Mapped[str]
    to_account: Mapped[str]
    amount_ore: Mapped[int] = mapped_column(Ore)
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"))
    payment_version: Mapped[int | None]  # what the payment became by it: no step of a payment is booked twice
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("bookings.id"), unique=True)
    why: Mapped[str] = mapped_column(default="")
    booked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # None: the scheme's own step
    at: Mapped[datetime]


class PaymentList(Identified, Base):
    """Payments as the accounting system was given them: numbered, with the file and its fingerprint; never changed."""

    __tablename__ = "payment_lists"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)

    number: Mapped[int] = mapped_column(unique=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    total_ore: Mapped[int] = mapped_column(Ore)
    lines: Mapped[list[Any]]
    content: Mapped[str]
    sha256: Mapped[str]


class PaymentListLine(Base):
    """That a payment stands in a list, and whether the accounting system refused it; never in two unless it did (G25)."""

    __tablename__ = "payment_list_lines"
    __table_args__ = (
        UniqueConstraint("list_id", "number"),
        Index(
            "uq_payment_list_lines_not_refused", "payment_id", unique=True, postgresql_where=text("refused_at is null")
        ),
        CheckConstraint(
            "(refused_at is null) = (refused_by is null) and (refused_at is null) = (refusal = '')", name="refused"
        ),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    list_id: Mapped[UUID] = mapped_column(ForeignKey("payment_lists.id"), primary_key=True)
    number: Mapped[int]
    refused_at: Mapped[datetime | None]
    refused_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    refusal: Mapped[str] = mapped_column(default="", server_default="")  # the reason as the accounting system gave it


REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION bookings_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'bookings are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
CREATE TRIGGER bookings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bookings
FOR EACH STATEMENT EXECUTE FUNCTION bookings_are_append_only();
"""

REFUSE_CHANGE_OF_LISTS = """
CREATE OR REPLACE FUNCTION payment_lists_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'lists of payments are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD_OF_LISTS = """
CREATE TRIGGER payment_lists_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_lists
FOR EACH STATEMENT EXECUTE FUNCTION payment_lists_are_append_only();
"""
GUARD_OF_LINES = """
CREATE TRIGGER payment_list_lines_append_only BEFORE DELETE OR TRUNCATE ON payment_list_lines
FOR EACH STATEMENT EXECUTE FUNCTION payment_lists_are_append_only();
"""
REFUSE_CHANGE_OF_LINES = """
CREATE OR REPLACE FUNCTION payment_list_lines_are_only_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.refused_at IS NOT NULL OR NEW.refused_at IS NULL OR
     (NEW.payment_id, NEW.list_id, NEW.number) IS DISTINCT FROM (OLD.payment_id, OLD.list_id, OLD.number) THEN
    RAISE EXCEPTION 'lines of payment lists are append-only but for one refusal: % refused', TG_OP
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""
GUARD_OF_REFUSALS = """
CREATE TRIGGER payment_list_lines_only_refused BEFORE UPDATE ON payment_list_lines
FOR EACH ROW EXECUTE FUNCTION payment_list_lines_are_only_refused();
"""

for table, statements in (
    (Booking.__table__, (REFUSE_CHANGE, GUARD)),
    (PaymentList.__table__, (REFUSE_CHANGE_OF_LISTS, GUARD_OF_LISTS)),
    (PaymentListLine.__table__, (GUARD_OF_LINES, REFUSE_CHANGE_OF_LINES, GUARD_OF_REFUSALS)),
):
    for statement in statements:
        event.listen(table, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
