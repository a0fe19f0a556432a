"""The pages of the lists of payments that the accounting system is given, and the lists as files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.core.errors import NotAllowed
from app.payments import lists
from app.payments.refusals import outcomes
from app.payments.workbook import workbook
from app.texts.workbook import MEDIA_TYPE
from app.web.visit import Visit
from workflows.payment_list import COLUMNS
from workflows.roles import Permission


def _refuse_others(visit: Visit) -> None:
    if not visit.actor.may(Permission.PAYMENT_LIST_SEE):
        raise NotAllowed


@get("/payment-lists", permission=Permission.PAYMENT_LIST_SEE, include_in_schema=False)
async def lists_page(visit: Visit, after: UUID | None = None) -> Response[Any]:
    """The lists that were made, and what the next would hold."""
    _refuse_others(visit)
    may_make = visit.actor.may(Permission.PAYMENT_REGISTER)
    return visit.render(
        "payments/lists.html",
        lists=await lists.lists(visit.uow, after=after),
        may_make=may_make,
        waiting=await lists.waiting(visit.uow, visit.actor) if may_make else None,
    )


@get("/payment-lists/{list_id:uuid}", permission=Permission.PAYMENT_LIST_SEE, include_in_schema=False)
async def list_page(visit: Visit, list_id: UUID) -> Response[Any]:
    """One list with its lines and its files."""
    _refuse_others(visit)
    found = await lists.whole_list(visit.uow, list_id)
    return visit.render("payments/list.html", found=found, outcomes=await outcomes(visit.uow, list_id))


@get("/payment-lists/{list_id:uuid}/csv", permission=Permission.PAYMENT_LIST_SEE, include_in_schema=False)
async def list_as_csv(visit: Visit, list_id: UUID) -> Response[bytes]:
    """One list as comma-separated values, byte for byte as its fingerprint was taken."""
    _refuse_others(visit)
    found = await lists.whole_list(visit.uow, list_id)
    return Response(found.content.encode(), media_type="text/csv", headers=_named(found.row.number, "csv"))


@get("/payment-lists/{list_id:uuid}/xlsx", permission=Permission.PAYMENT_LIST_SEE, include_in_schema=False)
async def list_as_workbook(visit: Visit, list_id: UUID) -> Response[bytes]:
    """One list as a workbook, in the words of whoever opens it."""
    _refuse_others(visit)
    found = await lists.whole_list(visit.uow, list_id)
    row, t = found.row, visit.t
    about = [
        (t("payments.list.number"), str(row.number)), (t("payments.list.made_at"), row.made_at.isoformat()),
        (t("payments.list.made_by"), row.maker), (t("payments.list.count"), str(row.count)),
        (t("payments.list.total"), f"{row.total_ore // 100}.{row.total_ore % 100:02d}"),
        (t("payments.list.sha256"), row.sha256),
    ]  # fmt: skip
    headings = [t(f"payments.column.{column}") for column in COLUMNS]
    sheets = (t("payments.list.sheet"), t("payments.list.about"))
    content = workbook(row.number, found.lines, headings, about, sheets)
    return Response(content, media_type=MEDIA_TYPE, headers=_named(row.number, "xlsx"))


def _named(number: int, extension: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="drivkraft-utbetalinger-{number:05d}.{extension}"',
        "Cache-Control": "private, no-store",
    }


ROUTES = [lists_page, list_page, list_as_csv, list_as_workbook]
