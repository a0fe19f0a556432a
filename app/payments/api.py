"""Payments for programs to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import get

from app.core.errors import invalid
from app.core.paging import Page
from app.payments import queries
from app.projects.queries import project_head
from app.web.visit import Visit
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


ROUTES = [read_payments, read_project_payments]
