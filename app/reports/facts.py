"""What the rules must know about a report."""

from __future__ import annotations

from sqlalchemy import select

from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.moves import subject
from app.projects.models import FinalReport, Project
from app.reports.models import Report
from workflows.report import REPORT as REPORT_LIFECYCLE
from workflows.report import ReportFacts, ReportKind


@subject(REPORT_LIFECYCLE, Report)
async def REPORT(uow: UnitOfWork, row: Report) -> ReportFacts:
    """The facts of one report."""
    awarded, accounts = (
        await uow.session.execute(
            select(Project.amount_ore, FinalReport.accounts_approved_at)
            .outerjoin(FinalReport, FinalReport.case_id == Project.id)
            .where(Project.id == row.case_id)
        )
    ).one()
    return ReportFacts(
        report_id=row.id,
        kind=ReportKind(row.kind),
        due_on=row.due_on,
        today=day_in_oslo(uow.now),
        answers=row.answers,
        awarded_ore=awarded,
        submitted_by=row.submitted_by,
        accounts_approved=row.kind == ReportKind.FINAL and accounts is not None,
    )
