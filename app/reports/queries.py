"""The reports of a project, and how its benefits stand as a report tells it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.benefits.queries import plan_lines
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.models import Person
from app.reports.models import Report
from workflows.report import WRITTEN_IN


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A report in the calendar of its project."""

    id: UUID
    kind: str
    number: int
    state: str
    version: int
    due_on: date
    submitter: str | None
    submitted_at: datetime | None
    approver: str | None
    approved_at: datetime | None
    is_late: bool


async def reports_of(uow: UnitOfWork, case_id: UUID) -> list[ReportRow]:
    """The calendar of reports, by their days; one statement."""
    submitter, approver = aliased(Person), aliased(Person)
    today = day_in_oslo(uow.now)
    rows: Any = await uow.session.execute(
        select(
            Report.id, Report.kind, Report.number, Report.state, Report.version, Report.due_on,
            submitter.name.label("submitter"), Report.submitted_at, approver.name.label("approver"), Report.approved_at,
            (Report.state.in_(WRITTEN_IN) & (Report.due_on < today)).label("is_late"),
        )
        .outerjoin(submitter, submitter.id == Report.submitted_by)
        .outerjoin(approver, approver.id == Report.approved_by)
        .where(Report.case_id == case_id)
        .order_by(Report.due_on, Report.id)
    )  # fmt: skip
    return [ReportRow(**row._mapping) for row in rows]


class BenefitStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one indicator of a benefit stands: figures as texts, so that they are kept as they were told."""

    title: str
    state: str
    owner: str
    indicator: str
    unit: str
    baseline: str
    target: str
    forecast: str
    measured: str
    measured_on: date | None


def _figure(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


async def benefit_status(uow: UnitOfWork, case_id: UUID) -> list[BenefitStatus]:
    """How the benefits of a project stand now, taken from the benefits themselves; one statement."""
    return [
        BenefitStatus(
            title=line.title, state=line.state, owner=line.owner or "", indicator=line.indicator or "",
            unit=line.unit or "", baseline=_figure(line.baseline), target=_figure(line.target),
            forecast=_figure(line.forecast), measured=_figure(line.measured), measured_on=line.measured_on,
        )
        for line in await plan_lines(uow, case_id)
        if line.state != "dropped"
    ]  # fmt: skip


async def falling_due(uow: UnitOfWork, until: date) -> list[UUID]:
    """The planned reports whose day is near."""
    found = select(Report.id).where(Report.state == "planned", Report.due_on <= until).order_by(Report.due_on)
    return list(await uow.session.scalars(found.limit(200)))
