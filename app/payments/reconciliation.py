"""Whether the award, the two ledgers and the payments say the same of every project; nothing found is the only pass."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Text, and_, case, cast, func, literal, or_, select, union_all

from app.applications.models import Application
from app.core.database import UnitOfWork
from app.decisions.models import Commitment
from app.payments.ledger import accounts
from app.payments.models import Payment
from app.projects.models import Project
from workflows.ledger import ACCOUNT_OF_STATE, OF_PAYMENTS, PROMISED, Account
from workflows.payment import PaymentState


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """One project of which the sums are not one, each in øre; `payments_ore` is None where none are planned."""

    project_id: UUID
    award_ore: int
    application_ore: int
    ledger_ore: int
    payments_ore: int | None


async def disagreements(uow: UnitOfWork) -> list[Disagreement]:
    """Every project whose award is not what its application, the ledger and its payments say; one statement (G19, G24)."""
    ledger = (
        select(Commitment.case_id, func.sum(Commitment.amount_ore).label("ore")).group_by(Commitment.case_id).subquery()
    )
    payments = (
        select(
            Payment.case_id,
            func.coalesce(
                func.sum(Payment.amount_ore).filter(Payment.state != PaymentState.CANCELLED), 0
            ).label("ore"),
        )
        .group_by(Payment.case_id)
        .subquery()
    )  # fmt: skip
    bound = func.coalesce(ledger.c.ore, 0)
    awarded = func.coalesce(Application.awarded_ore, 0)
    rows = await uow.session.execute(
        select(Project.id, Project.amount_ore, awarded, bound, payments.c.ore)
        .join(Application, Application.id == Project.id)
        .outerjoin(ledger, ledger.c.case_id == Project.id)
        .outerjoin(payments, payments.c.case_id == Project.id)
        .where(
            or_(
                Project.amount_ore != awarded,
                Project.amount_ore != bound,
                Project.amount_ore != func.coalesce(payments.c.ore, Project.amount_ore),
            )
        )
        .order_by(Project.id)
    )
    return [
        Disagreement(
            project_id=row[0], award_ore=int(row[1]), application_ore=int(row[2]), ledger_ore=int(row[3]),
            payments_ore=None if row[4] is None else int(row[4]),
        )
        for row in rows
    ]  # fmt: skip


class Misbooked(msgspec.Struct, frozen=True, kw_only=True):
    """One account in which the ledger of a project holds another sum than its award or its payments say, in øre.

    `payment_id` is None where it is the award, or what is not divided into payments.
    """

    project_id: UUID
    payment_id: UUID | None
    account: str
    booked_ore: int
    said_ore: int


async def misbooked(uow: UnitOfWork) -> list[Misbooked]:
    """Every account whose bookings are not what the award and the payments say; one statement (G24)."""
    booked = accounts()
    promised = booked.c.account.in_(PROMISED)
    of_payment = and_(booked.c.payment_id.is_not(None), booked.c.account.in_(OF_PAYMENTS))
    account = case((promised, literal("award")), else_=booked.c.account).label("account")
    payment_id = case((of_payment, booked.c.payment_id)).label("payment_id")
    ledger = (
        select(
            booked.c.case_id, payment_id, account,
            func.sum(case((promised, -booked.c.ore), else_=booked.c.ore)).label("booked"), literal(0).label("said"),
        )
        .group_by(booked.c.case_id, payment_id, account)
    )  # fmt: skip
    nothing = literal(0).label("booked")
    award = select(Project.id, literal(None, Payment.id.type), literal("award"), nothing, Project.amount_ore)
    divided = func.coalesce(
        func.sum(Payment.amount_ore).filter(Payment.state != PaymentState.CANCELLED), 0
    )  # fmt: skip
    undivided = (
        select(
            Project.id, literal(None, Payment.id.type), literal(str(Account.UNDIVIDED)), nothing,
            func.max(Project.amount_ore) - divided,
        )
        .outerjoin(Payment, Payment.case_id == Project.id)
        .group_by(Project.id)
    )  # fmt: skip
    where = case({str(state): str(account) for state, account in ACCOUNT_OF_STATE.items()}, value=Payment.state)
    stands = [
        select(Payment.case_id, Payment.id, cast(account, Text), nothing, ore).where(Payment.state != "cancelled")
        for account, ore in (
            (where, Payment.amount_ore - Payment.recovered_ore - Payment.returned_ore),
            (literal(str(Account.RECOVERED)), Payment.recovered_ore),
            (literal(str(Account.RETURNED)), Payment.returned_ore),
        )
    ]
    both = union_all(ledger, award, undivided, *stands).subquery()
    total = cast(func.sum(both.c.booked), BigInteger), cast(func.sum(both.c.said), BigInteger)
    rows = await uow.session.execute(
        select(both.c.case_id, both.c.payment_id, both.c.account, *total)
        .group_by(both.c.case_id, both.c.payment_id, both.c.account)
        .having(func.sum(both.c.booked) != func.sum(both.c.said))
        .order_by(both.c.case_id, both.c.account, both.c.payment_id)
    )
    return [
        Misbooked(project_id=row[0], payment_id=row[1], account=row[2], booked_ore=int(row[3]), said_ore=int(row[4]))
        for row in rows
    ]
