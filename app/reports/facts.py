"""What the rules must know about a report."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.moves import subject
from app.projects.budget import budget_per_kind
from app.projects.models import FinalReport, Project
from app.reports.models import Report
from workflows.budget import KindBudget
from workflows.forms.report import PER_KIND
from workflows.report import REPORT as REPORT_LIFECYCLE
from workflows.report import WRITTEN_IN, ReportFacts, ReportKind
from workflows.rules import Rules


async def budget_of_report(uow: UnitOfWork, row: Report) -> tuple[KindBudget, ...]:
    """The budget that a report's accounts are read against: as it is while they are written, then as it was handed in.

    Empty in interim reports, and in those from before accounts were given per kind of cost.
    """
    if row.form_version < PER_KIND or row.kind == ReportKind.INTERIM:
        return ()
    if row.state in WRITTEN_IN:
        return await budget_per_kind(uow, row.case_id)
    return tuple(msgspec.convert(row.budget, list[KindBudget]))


@subject(REPORT_LIFECYCLE, Report)
async def REPORT(uow: UnitOfWork, row: Report) -> ReportFacts:
    """The facts of one report."""
    awarded, pinned, accounts = (
        await uow.session.execute(
            select(Project.amount_ore, Project.rules, FinalReport.accounts_approved_at)
            .outerjoin(FinalReport, FinalReport.case_id == Project.id)
            .where(Project.id == row.case_id)
        )
    ).one()
    rules = msgspec.convert(pinned, Rules)
    return ReportFacts(
        report_id=row.id,
        kind=ReportKind(row.kind),
        due_on=row.due_on,
        today=day_in_oslo(uow.now),
        answers=row.answers,
        awarded_ore=awarded,
        form_version=row.form_version,
        budget=await budget_of_report(uow, row),
        tolerance_basis_points=rules.reports.tolerance_basis_points,
        threshold_basis_points=rules.change_threshold_basis_points,
        submitted_by=row.submitted_by,
        accounts_approved=row.kind == ReportKind.FINAL and accounts is not None,
    )
