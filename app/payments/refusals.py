"""What becomes of a payment that the accounting system has refused, and the lists it has stood in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.core.database import UnitOfWork
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.models import Person
from app.identity.queries import people_with_role
from app.milestones.service import office_of
from app.moves import hold
from app.payments.facts import PAYMENT
from app.payments.models import Payment, PaymentList, PaymentListLine
from app.payments.service import step, tell_about
from workflows.ledger import BookingKind
from workflows.payment_list import key_of
from workflows.roles import Permission, Role


async def register_refused(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, why: str
) -> Payment:
    """Register that the accounting system refused a payment, with the reason it gave; it is certified and approved anew.

    The line in the list is marked, once, and the payment may stand in a later list (G18, G25).
    """
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_REGISTER, version=version)
    refuse_identity_numbers(why=why)
    found = (
        await uow.session.execute(
            select(PaymentListLine, PaymentList.number)
            .join(PaymentList, PaymentList.id == PaymentListLine.list_id)
            .where(PaymentListLine.payment_id == payment_id, PaymentListLine.refused_at.is_(None))
        )
    ).one_or_none()
    changes = {"list": found.number, "key": key_of(found.number, found[0].number)} if found else None
    row = await step(uow, actor, held, "register_refused", why=why, changes=changes, kind=BookingKind.REFUSED)
    assert found, "a payment that stands in no list is not refused"
    line: PaymentListLine = found[0]
    line.refused_at, line.refused_by, line.refusal = uow.now, actor.person_id, why
    hands = [row.certified_by, row.approved_by]
    row.certified_by = row.certified_at = row.approved_by = row.approved_at = None
    row.checks, row.correction, row.released_at = [], "", uow.now
    certifiers = await people_with_role(uow, Role.CERTIFIER)
    await tell_about(uow, held, certifiers, "payment_refused", why=why)
    office = await office_of(uow, held.case)
    approver = [each for each in hands if each and each not in certifiers]
    await tell_about(uow, held, [*approver, *office], "payment_refused_known", why=why)
    return row


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """That a payment was given to the accounting system in a list, and how it was refused there, if it was."""

    list_id: UUID
    list_number: int
    key: str
    sent_at: datetime
    refused_at: datetime | None
    refuser: str | None
    refusal: str


async def sendings_of(uow: UnitOfWork, payment_id: UUID) -> list[Sending]:
    """Every list that a payment has stood in, the first first; one statement."""
    rows: Any = await uow.session.execute(
        select(
            PaymentList.id, PaymentList.number, PaymentListLine.number.label("line"), PaymentList.made_at,
            PaymentListLine.refused_at, Person.name.label("refuser"), PaymentListLine.refusal,
        )
        .join(PaymentList, PaymentList.id == PaymentListLine.list_id)
        .outerjoin(Person, Person.id == PaymentListLine.refused_by)
        .where(PaymentListLine.payment_id == payment_id)
        .order_by(PaymentList.number)
    )  # fmt: skip
    return [
        Sending(
            list_id=row.id, list_number=row.number, key=key_of(row.number, row.line), sent_at=row.made_at,
            refused_at=row.refused_at, refuser=row.refuser, refusal=row.refusal,
        )
        for row in rows
    ]  # fmt: skip


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line of a list: the payment with its state, and how it was refused, if it was."""

    number: int
    payment_id: UUID
    state: str
    refused_at: datetime | None
    refuser: str | None
    refusal: str


async def outcomes(uow: UnitOfWork, list_id: UUID) -> dict[int, Outcome]:
    """What became of each line of a list, by its number; one statement."""
    rows: Any = await uow.session.execute(
        select(
            PaymentListLine.number, PaymentListLine.payment_id, Payment.state, PaymentListLine.refused_at,
            Person.name.label("refuser"), PaymentListLine.refusal,
        )
        .join(Payment, Payment.id == PaymentListLine.payment_id)
        .outerjoin(Person, Person.id == PaymentListLine.refused_by)
        .where(PaymentListLine.list_id == list_id)
    )  # fmt: skip
    return {row.number: Outcome(**row._mapping) for row in rows}
