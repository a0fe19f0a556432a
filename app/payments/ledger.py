"""The ledger of one project: the only writer of bookings, and what stands in its accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select, union_all
from sqlalchemy.sql import Subquery

from app.core.database import UnitOfWork
from app.decisions.models import Commitment
from app.identity.actor import Actor
from app.moves import lock_case
from app.payments.models import Booking, Payment
from workflows import ledger as rules
from workflows.ledger import Account, BookingKind, Posting


def accounts(*, before: Any = None) -> Subquery:
    """What stands in each account of each project and payment, as a table of case_id, payment_id, account and ore."""
    bookings = select(Booking) if before is None else select(Booking).where(Booking.at < before)
    each = bookings.subquery()
    halves = union_all(
        select(each.c.case_id, each.c.payment_id, each.c.to_account.label("account"), each.c.amount_ore.label("ore")),
        select(each.c.case_id, each.c.payment_id, each.c.from_account, -each.c.amount_ore),
    ).subquery()
    total = cast(func.sum(halves.c.ore), BigInteger).label("ore")
    return (
        select(halves.c.case_id, halves.c.payment_id, halves.c.account, total)
        .group_by(halves.c.case_id, halves.c.payment_id, halves.c.account)
        .subquery()
    )


async def balances(uow: UnitOfWork, case_id: UUID) -> dict[Account, int]:
    """What stands in each account of a project, in øre; one statement, of as many rows as the project has bookings."""
    rows = await uow.session.execute(
        select(Booking.from_account, Booking.to_account, Booking.amount_ore).where(Booking.case_id == case_id)
    )
    return rules.balances(rows)


async def book(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *postings: Posting, payment: Payment | None = None, why: str = "",
    corrects: Booking | None = None,
) -> list[Booking]:  # fmt: skip
    """Add bookings to a project's ledger, in their order.

    RuntimeError where the project is not locked, Unbalanced where the ledger has no such sum to move: neither is anything
    that somebody could type.
    """
    if case_id not in uow.locked:
        raise RuntimeError(f"project {case_id} must be locked before anything is booked")
    held: dict[Account, int] = await balances(uow, case_id)
    number = await uow.session.scalar(select(func.max(Booking.number)).where(Booking.case_id == case_id)) or 0
    made = []
    for posting in postings:
        rules.checked(held, posting)
        held[posting.from_account] -= posting.amount_ore
        held[posting.to_account] += posting.amount_ore
        number += 1
        made.append(
            Booking(
                case_id=case_id, number=number, kind=str(posting.kind), from_account=str(posting.from_account),
                to_account=str(posting.to_account), amount_ore=posting.amount_ore,
                payment_id=payment.id if payment else None, payment_version=payment.version if payment else None,
                corrects_id=corrects.id if corrects else None, why=why, booked_by=actor.person_id, at=uow.now,
            )
        )  # fmt: skip
    uow.session.add_all(made)
    await uow.session.flush()
    return made


async def promise(uow: UnitOfWork, actor: Actor, case_id: UUID, amount_ore: int) -> None:
    """Book the award that a project opens with, provisional or final as its decision bound it; once."""
    if not amount_ore or await uow.session.scalar(select(Booking.id).where(Booking.case_id == case_id).limit(1)):
        return
    last = await uow.session.scalar(
        select(Commitment.kind).where(Commitment.case_id == case_id).order_by(Commitment.id.desc()).limit(1)
    )
    kind = BookingKind.COMMITTED_PROVISIONALLY if last == "provisional" else BookingKind.COMMITTED
    (source,), (target,) = rules.WAYS[kind]
    await book(
        uow, actor, case_id, Posting(kind=kind, from_account=source, to_account=target, amount_ore=amount_ore)
    )  # fmt: skip


async def confirm(uow: UnitOfWork, actor: Actor, case_id: UUID) -> None:
    """Book that what was promised provisionally is promised finally; nothing where it is already."""
    await lock_case(uow, case_id)
    held = await balances(uow, case_id)
    if held[Account.PROVISIONAL]:
        posting = Posting(
            kind=BookingKind.CONFIRMED, from_account=Account.FINAL, to_account=Account.PROVISIONAL,
            amount_ore=-held[Account.PROVISIONAL],
        )  # fmt: skip
        await book(uow, actor, case_id, posting)


async def change_award(uow: UnitOfWork, actor: Actor, case_id: UUID, change_ore: int, *, why: str = "") -> None:
    """Book that the award is larger or smaller by a sum, which is then undivided or must be so before."""
    if change_ore:
        promised = rules.promise_of(await balances(uow, case_id))
        more = change_ore > 0
        posting = Posting(
            kind=BookingKind.RAISED if more else BookingKind.LOWERED,
            from_account=promised if more else Account.UNDIVIDED,
            to_account=Account.UNDIVIDED if more else promised,
            amount_ore=abs(change_ore),
        )
        await book(uow, actor, case_id, posting, why=why)


async def plan(uow: UnitOfWork, actor: Actor, payment: Payment, change_ore: int, *, why: str = "") -> None:
    """Book that a planned payment is larger or smaller by a sum; a new one is so by all of it."""
    kind = BookingKind.PLANNED if change_ore > 0 else BookingKind.REPLANNED
    (source,), (target,) = rules.WAYS[kind]
    posting = Posting(kind=kind, from_account=source, to_account=target, amount_ore=abs(change_ore))
    await book(uow, actor, payment.case_id, posting, payment=payment, why=why)


async def counter(uow: UnitOfWork, actor: Actor, payment: Payment, kind: BookingKind, *, why: str = "") -> None:
    """Counter the last booking of a kind that a payment has; its step has been taken back."""
    last = (
        await uow.session.scalars(
            select(Booking)
            .where(Booking.payment_id == payment.id, Booking.kind == kind)
            .order_by(Booking.number.desc())
            .limit(1)
        )
    ).one()
    await book(uow, actor, payment.case_id, rules.countered(last), payment=payment, why=why, corrects=last)


async def follow(
    uow: UnitOfWork, actor: Actor, payment: Payment, before: str, *, kind: BookingKind | None = None,
    amount_ore: int | None = None, why: str = "",
) -> None:  # fmt: skip
    """Book what a payment's step did: all of its sum from the account of the state before, or a part where it says so.

    A payment of which a change of the award has left nothing moves nothing, as where its project is stopped.
    """
    moved_ore = payment.amount_ore if amount_ore is None else amount_ore
    if not moved_ore and not payment.amount_ore:
        return
    kind = kind or rules.KIND_OF_STATE[payment.state]
    posting = Posting(
        kind=kind, from_account=rules.ACCOUNT_OF_STATE[before], to_account=rules.WAYS[kind][1][0], amount_ore=moved_ore,
    )  # fmt: skip
    await book(uow, actor, payment.case_id, posting, payment=payment, why=why)
