"""What came of what was forecast at the gate: follow-up measurements beside the forecasts that stood then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import SelectBase, case, func, or_, select, true
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.audit.earlier import said_before
from app.audit.models import Event
from app.benefits.figures import end_of
from app.benefits.models import Baseline, Benefit, Forecast, Measurement
from app.core.database import UnitOfWork
from app.portfolio.answers import of_them
from workflows.accuracy import MONTHS, Outcome

GATE = "close_diamond_2"
"""The gate at which the benefit plan binds (DOMAIN 3.11, M4)."""


async def outcomes(
    uow: UnitOfWork, case_ids: Collection[UUID] | SelectBase, as_of: date, category: str | None = None
) -> list[Outcome]:
    """The follow-up measurements of these projects that were confirmed by a day and have not been corrected; one statement.

    The forecast is the one that stood for the day of the measurement at the end of the day of the gate. Dropped benefits and
    estimates (grade D) are not among them.
    """
    own, newer, moment = Measurement, aliased(Measurement), end_of(as_of)
    passed = (
        select(func.min(Event.at))
        .where(Event.case_id == own.case_id, Event.subject == "project", Event.verb == GATE, Event.at < moment)
        .correlate(own)
        .scalar_subquery()
    )
    by_then = func.date_trunc("day", passed, "Europe/Oslo") + func.make_interval(0, 0, 0, 1)
    has_come = Forecast.due_on <= own.measured_on
    forecast = (
        select(Forecast.likely)
        .where(Forecast.indicator_id == own.indicator_id, Forecast.made_at < by_then)
        .order_by(
            has_come.desc(), case((has_come, Forecast.due_on)).desc().nulls_last(), Forecast.due_on,
            Forecast.made_at.desc(), Forecast.id.desc(),
        )
        .limit(1)
        .correlate(own)
        .scalar_subquery()
    )  # fmt: skip
    baseline = (
        select(Baseline.value)
        .where(Baseline.indicator_id == own.indicator_id, Baseline.recorded_at < moment)
        .order_by(Baseline.recorded_at.desc(), Baseline.id.desc())
        .limit(1)
        .correlate(own)
        .scalar_subquery()
    )
    corrected = select(newer.id).where(newer.corrects_id == own.id, newer.confirmed_at < moment).exists()
    earlier = said_before("benefit", Benefit.id, "describe", moment)
    kind_then = func.coalesce(earlier.c.was["category"].astext, Benefit.category)
    rows = await uow.session.execute(
        select(own.months, kind_then, func.coalesce(Application.theme, ""), baseline, forecast, own.value)
        .select_from(own)
        .join(Benefit, Benefit.id == own.benefit_id)
        .outerjoin(earlier, true())
        .outerjoin(Application, Application.id == own.case_id)
        .where(
            of_them(own.case_id, case_ids), own.months.in_(MONTHS), own.confirmed_at < moment,
            own.confidence.in_(("A", "B", "C")), own.value.is_not(None), ~corrected, ~Benefit.is_practice,
            or_(Benefit.dropped_at.is_(None), Benefit.dropped_at >= moment),
            *([kind_then == category] if category else []),
        )
    )  # fmt: skip
    return [
        Outcome(
            months=months, category=kind, theme=theme, baseline=before, forecast=foreseen, actual=value,
        )
        for months, kind, theme, before, foreseen, value in rows
        if months is not None and value is not None
    ]  # fmt: skip
