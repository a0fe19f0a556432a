"""The calendar of a project's reports, and the page of one report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from app.commands import Command
from app.core.errors import NotFound
from app.files.content import ACCEPT, KINDS
from app.files.queries import files_of_report
from app.files.service import add_to_report
from app.files.uploading import limits_of
from app.files.web import answer_file
from app.projects.models import FinalReport
from app.projects.queries import project_head
from app.reports import queries
from app.reports.facts import REPORT, budget_of_report
from app.reports.models import Report
from app.reports.queries import BenefitStatus
from app.web.places import place
from app.web.visit import Visit
from workflows.accounts import accounted, kinds_of, spent_in_all
from workflows.forms.report import form_of
from workflows.report import WRITTEN_IN, open_sections, standing
from workflows.roles import Permission, permissions_of
from workflows.rules import Rules

place("project.report", "/projects/{case}/report")
place("report", "/reports/{id}")

TONES = {"planned": "info", "due": "warning", "submitted": "waiting", "returned": "warning", "approved": "success"}


@get("/projects/{case_id:uuid}/report", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def reports_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """The reports of a project with their days, and who has approved the accounts."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    permissions = permissions_of(project.roles)
    return visit.render(
        "reports/reports.html",
        project=project,
        tab="report",
        reports=await queries.reports_of(visit.uow, case_id),
        final=await visit.uow.session.get_one(FinalReport, case_id),
        may_approve_accounts=Permission.PAYMENT_APPROVE in permissions,
        tones=TONES,
    )


@get("/reports/{report_id:uuid}", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def report_page(visit: Visit, report_id: UUID) -> Response[Any]:
    """One report: its sections to write in or to read, the benefits' figures, and its steps."""
    row = await visit.uow.session.get(Report, report_id)
    if row is None:
        raise NotFound
    project = await project_head(visit.uow, visit.actor, row.case_id, Permission.PROJECT_SEE)
    permissions = permissions_of(project.roles)
    budget = await budget_of_report(visit.uow, row)
    form = form_of(row.kind, kinds_of(budget), row.form_version)
    rules = msgspec.convert(project.project.rules, Rules)
    may_write = Permission.REPORT_WRITE in permissions and row.state in WRITTEN_IN
    open_to_write = open_sections(row.kind, row.state, row.returned_parts) if may_write else frozenset()
    sees_money = Permission.PAYMENT_SEE in permissions
    attached = await files_of_report(visit.uow, visit.actor, row.case_id, row.id) if sees_money else []
    steps = await visit.steps(REPORT, row, project.case, project.roles)
    may_return = any(step.verb == "return" and step.permitted and step.allowed for step in steps)
    told = msgspec.convert(row.benefits, list[BenefitStatus])
    return visit.render(
        "reports/report.html",
        project=project,
        tab="report",
        row=row,
        report_form=form,
        asked=form.asked(row.answers),
        open_sections=open_to_write,
        may_write=may_write,
        has_accounts="accounts" in form.sections,
        files=attached,
        writes="accounts" in open_to_write,
        kinds=", ".join(KINDS),
        accept=ACCEPT,
        file_limits=limits_of(visit.request.app.state.settings),
        benefits=await queries.benefit_status(visit.uow, row.case_id) if row.state in WRITTEN_IN else told,
        accounts=[
            (each, standing(each, rules.reports.tolerance_basis_points, rules.change_threshold_basis_points, row.kind))
            for each in accounted(budget, row.answers)
        ],
        spent_ore=spent_in_all(row.answers),
        tolerance=f"{rules.reports.tolerance_basis_points / 100:g}",
        threshold=f"{rules.change_threshold_basis_points / 100:g}",
        steps=[step for step in steps if not (step.verb == "return" and may_return)],
        may_return=may_return,
        may_move=Permission.REPORT_APPROVE in permissions and row.state in WRITTEN_IN,
        tones=TONES,
    )


ADD_FILE = Command("report", "add_file", Permission.REPORT_WRITE, add_to_report)
"""What the form does, for the page that shows it again; the file itself comes as a stream and not as a field."""


@post(
    "/reports/{report_id:uuid}/add_file", permission=Permission.REPORT_WRITE, include_in_schema=False,
    name="add_file_to_report_from_page",
)  # fmt: skip
async def add_file(request: Request[Any, Any, Any], report_id: UUID) -> Response[Any]:
    """Take a file that bears out what was spent."""
    return await answer_file(request, ADD_FILE, report_id)


ROUTES = [reports_page, report_page]
UPLOADS = [add_file]
