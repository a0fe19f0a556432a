"""Payments as lists and pages show them, and what a project has been paid."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE, Page, page_of
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.milestones.models import Milestone
from app.payments.models import Booking, Payment, PaymentListLine
from workflows.payment import PaymentState


class PaymentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A payment with its project, its milestone and the people who dealt with it."""

    id: UUID
    case_id: UUID
    milestone_id: UUID
    title: str
    language: str
    unit: str
    milestone_key: str
    milestone_state: str
    amount_ore: int
    state: str
    version: int
    released_at: datetime | None
    certifier: str | None
    certified_at: datetime | None
    approver: str | None
    approved_at: datetime | None
    paid_at: datetime | None
    reference: str | None
    recovered_ore: int
    recovered_why: str
    returned_ore: int
    noticer: str | None
    noticed_at: datetime | None
    noticed_ore: int | None
    notice_why: str
    reply_by: date | None
    reply: str
    replied_at: datetime | None
    kept_why: str
    cancelled_why: str
    refusal: str | None
    """Why the accounting system refused it, where it has not been given it again."""
    correction: str

    @property
    def awaits_correction(self) -> bool:
        """Whether it was refused and has not been certified anew."""
        return self.refusal is not None and self.state in (PaymentState.RELEASED, PaymentState.WITHHELD)

    @property
    def is_corrected(self) -> bool:
        """Whether it was refused, is corrected, and has not been given to the accounting system again."""
        return self.refusal is not None and self.state in (PaymentState.CERTIFIED, PaymentState.APPROVED)


def _rows() -> Any:
    certifier, approver, noticer = aliased(Person), aliased(Person), aliased(Person)
    refusal = (
        select(func.nullif(PaymentListLine.refusal, ""))
        .where(PaymentListLine.payment_id == Payment.id)
        .order_by(PaymentListLine.refused_at.desc().nulls_first())
        .limit(1)
        .scalar_subquery()
        .label("refusal")
    )
    return (
        select(
            Payment.id, Payment.case_id, Payment.milestone_id, Case.title, Case.language, Unit.name.label("unit"),
            Milestone.key.label("milestone_key"), Milestone.state.label("milestone_state"), Payment.amount_ore,
            Payment.state, Payment.version, Payment.released_at, certifier.name.label("certifier"), Payment.certified_at,
            approver.name.label("approver"), Payment.approved_at, Payment.paid_at, Payment.reference,
            Payment.recovered_ore, Payment.recovered_why, Payment.returned_ore,
            noticer.name.label("noticer"), Payment.noticed_at, Payment.noticed_ore, Payment.notice_why, Payment.reply_by,
            Payment.reply, Payment.replied_at, Payment.kept_why, Payment.cancelled_why, refusal, Payment.correction,
        )
        .join(Milestone, Milestone.id == Payment.milestone_id)
        .join(Case, Case.id == Payment.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(certifier, certifier.id == Payment.certified_by)
        .outerjoin(approver, approver.id == Payment.approved_by)
        .outerjoin(noticer, noticer.id == Payment.noticed_by)
    )  # fmt: skip


async def payments(uow: UnitOfWork, actor: Actor, state: str, *, after: UUID | None = None) -> Page[PaymentRow]:
    """The payments in a state in the projects the actor may see, the oldest first; one statement a page."""
    statement = (
        _rows().where(visible_to(actor, uow.now), Payment.state == state).order_by(Payment.id).limit(PAGE_SIZE + 1)
    )
    if after:
        statement = statement.where(Payment.id > after)
    return page_of([PaymentRow(**row._mapping) for row in await uow.session.execute(statement)])


async def payments_of(uow: UnitOfWork, case_id: UUID) -> list[PaymentRow]:
    """A project's payments in the order of their milestones."""
    rows: Any = await uow.session.execute(_rows().where(Payment.case_id == case_id).order_by(Milestone.key))
    return [PaymentRow(**row._mapping) for row in rows]


async def payment_row(uow: UnitOfWork, payment_id: UUID) -> PaymentRow:
    """One payment."""
    rows: Any = await uow.session.execute(_rows().where(Payment.id == payment_id))
    return PaymentRow(**rows.one()._mapping)


async def counts(uow: UnitOfWork, actor: Actor) -> dict[str, int]:
    """How many payments stand in each state in the projects the actor may see; one statement."""
    rows = await uow.session.execute(
        select(Payment.state, func.count().label("count_"))
        .join(Case, Case.id == Payment.case_id)
        .where(visible_to(actor, uow.now))
        .group_by(Payment.state)
    )
    return {row.state: row.count_ for row in rows}


class BookingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a project's ledger, with the name of who booked it; none where the scheme did so itself."""

    number: int
    kind: str
    from_account: str
    to_account: str
    amount_ore: int
    payment_id: UUID | None
    milestone_key: str | None
    corrects: int | None
    why: str
    booker: str | None
    at: datetime


async def bookings_of(uow: UnitOfWork, case_id: UUID) -> list[BookingRow]:
    """A project's ledger from its first line; one statement. A project has a few tens of them."""
    corrected = aliased(Booking)
    rows: Any = await uow.session.execute(
        select(
            Booking.number, Booking.kind, Booking.from_account, Booking.to_account, Booking.amount_ore,
            Booking.payment_id, Milestone.key.label("milestone_key"), corrected.number.label("corrects"), Booking.why,
            Person.name.label("booker"), Booking.at,
        )
        .outerjoin(Payment, Payment.id == Booking.payment_id)
        .outerjoin(Milestone, Milestone.id == Payment.milestone_id)
        .outerjoin(corrected, corrected.id == Booking.corrects_id)
        .outerjoin(Person, Person.id == Booking.booked_by)
        .where(Booking.case_id == case_id)
        .order_by(Booking.number)
    )  # fmt: skip
    return [BookingRow(**row._mapping) for row in rows]
