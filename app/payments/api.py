"""Payments for programs to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import get

from app.core.errors import NotAllowed, invalid
from app.core.paging import Page
from app.decisions.queries import latest_decision
from app.payments import lists, queries
from app.projects.queries import project_head
from app.web.visit import Visit
from workflows.ledger import balances, left_to_pay, paid_net, promised
from workflows.payment import PaymentState
from workflows.roles import Permission


class PaymentPage(msgspec.Struct, frozen=True):
    """A page of payments; `after` is what to ask for the next with."""

    rows: list[queries.PaymentRow]
    after: UUID | None


@get("/payments", permission=Permission.PAYMENT_SEE, tags=["payment"])
async def read_payments(visit: Visit, status: str = "released", after: UUID | None = None) -> PaymentPage:
    """The payments in one state in the projects one may see, the oldest first."""
    if status not in [str(each) for each in PaymentState]:
        raise invalid("status", "form.not_a_choice")
    page: Page[Any] = await queries.payments(visit.uow, visit.actor, status, after=after)
    return PaymentPage(list(page.rows), page.after)


@get("/projects/{case_id:uuid}/payments", permission=Permission.PAYMENT_SEE, tags=["payment"])
async def read_project_payments(visit: Visit, case_id: UUID) -> list[queries.PaymentRow]:
    """A project's payments in the order of their milestones."""
    await project_head(visit.uow, visit.actor, case_id, Permission.PAYMENT_SEE)
    return await queries.payments_of(visit.uow, case_id)


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """A project's ledger: what stands in each account, in øre, and every booking."""

    award_ore: int
    funding_instrument: str | None
    """How the award is given: budget_allocation, charge_authority, grant or hours_only."""
    paid_ore: int
    left_ore: int
    accounts: dict[str, int]
    bookings: list[queries.BookingRow]


@get("/projects/{case_id:uuid}/ledger", permission=Permission.PAYMENT_SEE, tags=["payment"])
async def read_ledger(visit: Visit, case_id: UUID) -> Ledger:
    """A project's ledger from its first line; the accounts add up to nought."""
    await project_head(visit.uow, visit.actor, case_id, Permission.PAYMENT_SEE)
    rows = await queries.bookings_of(visit.uow, case_id)
    held = balances(rows)
    decision = await latest_decision(visit.uow, case_id)
    return Ledger(
        award_ore=promised(held),
        funding_instrument=decision.funding_instrument if decision else None,
        paid_ore=paid_net(held), left_ore=left_to_pay(held),
        accounts={str(account): ore for account, ore in held.items()}, bookings=rows,
    )  # fmt: skip


class PaymentListPage(msgspec.Struct, frozen=True):
    """A page of lists; `after` is what to ask for the next with."""

    rows: list[lists.ListRow]
    after: UUID | None


@get("/payment-lists", permission=Permission.PAYMENT_LIST_SEE, tags=["payment_list"])
async def read_payment_lists(visit: Visit, after: UUID | None = None) -> PaymentListPage:
    """The lists of payments that the accounting system was given, the newest first."""
    if not visit.actor.may(Permission.PAYMENT_LIST_SEE):
        raise NotAllowed
    page = await lists.lists(visit.uow, after=after)
    return PaymentListPage(list(page.rows), page.after)


@get("/payment-lists/{list_id:uuid}", permission=Permission.PAYMENT_LIST_SEE, tags=["payment_list"])
async def read_payment_list(visit: Visit, list_id: UUID) -> lists.WholeList:
    """One list with its lines, its fingerprint and the file that it is taken of."""
    if not visit.actor.may(Permission.PAYMENT_LIST_SEE):
        raise NotAllowed
    return await lists.whole_list(visit.uow, list_id)


ROUTES = [read_payments, read_project_payments, read_ledger, read_payment_lists, read_payment_list]
