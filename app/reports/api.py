"""Reports for programs: those of a project, one with its accounts beside the budget, and a file that shows what was spent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

from app.core.errors import NotFound
from app.files.api import FileAdded
from app.files.uploading import take_in
from app.projects.queries import project_head
from app.reports import queries
from app.reports.facts import budget_of_report
from app.reports.models import Report
from app.web.visit import Visit
from workflows.accounts import KindAccount, accounted, spent_in_all
from workflows.roles import Permission


@get("/projects/{case_id:uuid}/reports", permission=Permission.PROJECT_SEE, tags=["report"])
async def read_reports(visit: Visit, case_id: UUID) -> list[queries.ReportRow]:
    """The calendar of a project's reports, by their days."""
    await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    return await queries.reports_of(visit.uow, case_id)


class Accounts(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says was spent, in øre, in all and for each kind of cost beside its budget."""

    spent_ore: int
    own_hours: int | None
    kinds: list[KindAccount]


@get("/reports/{report_id:uuid}/accounts", permission=Permission.PAYMENT_SEE, tags=["report"])
async def read_accounts(visit: Visit, report_id: UUID) -> Accounts:
    """The accounts of a report: beside the budget as it is while they are written, then as it was handed in."""
    row = await visit.uow.session.get(Report, report_id)
    if row is None:
        raise NotFound
    await project_head(visit.uow, visit.actor, row.case_id, Permission.PAYMENT_SEE)
    kinds = accounted(await budget_of_report(visit.uow, row), row.answers)
    return Accounts(spent_ore=spent_in_all(row.answers), own_hours=row.answers.get("own_hours"), kinds=list(kinds))


@post(
    "/reports/{report_id:uuid}/add_file", permission=Permission.REPORT_WRITE, tags=["report"],
    operation_id="report_add_file", summary="add file: report", status_code=200,
)  # fmt: skip
async def add_file(request: Request[Any, Any, Any], report_id: UUID) -> FileAdded:
    """Take in a file that shows what was spent, sent as the part "file" of a multipart/form-data body."""
    row = await take_in(request, report_id, "report")
    return FileAdded(**{name: getattr(row, name) for name in FileAdded.__struct_fields__})


ROUTES = [read_reports, read_accounts]
UPLOADS = [add_file]
