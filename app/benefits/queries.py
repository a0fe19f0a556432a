"""What the pages of benefits show, each part in one statement."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.benefits.facts import has_left
from app.benefits.map_queries import benefit_map as benefit_map
from app.benefits.models import (
    Baseline,
    Benefit,
    BenefitEdge,
    BenefitNode,
    BenefitPlan,
    BenefitStakeholder,
    Forecast,
    Indicator,
    Measurement,
    Target,
)
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import CASE, NOW, UnitOfWork
from app.core.errors import NotFound
from app.core.paging import PAGE_SIZE, Page, page_of
from app.core.questions import answer, one_of, told, told_each
from app.files.queries import FileRow, files_list
from app.identity.actor import Actor
from app.identity.models import Person
from app.moves import ROW


class PlanLine(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator of one benefit in the plan's table; a benefit without indicators has one line without."""

    benefit_id: UUID
    title: str
    state: str
    sign: int
    is_end_benefit: bool
    is_invented: bool
    without_baseline_why: str
    owner: str | None
    owner_left: bool
    owner_accepted_at: datetime | None
    indicator_id: UUID | None
    indicator: str | None
    unit: str | None
    baseline: Decimal | None
    target: Decimal | None
    target_due_on: date | None
    forecast: Decimal | None
    measured: Decimal | None
    measured_on: date | None
    confidence: str | None
    measurement_id: UUID | None
    next_due_on: date | None
    goals: int
    has_stakeholders: bool

    def missing(self, today: date) -> list[str]:
        """What the line still lacks, as keys of texts, so that it is shown as loudly as what is there."""
        if self.state == "dropped":
            return []
        lacks = [
            ("owner", self.owner is None),
            ("owner_left", self.owner_left),
            ("owner_accepted", self.owner is not None and not self.owner_left and self.owner_accepted_at is None),
            ("indicator", self.indicator_id is None),
            ("baseline", self.indicator_id is not None and self.baseline is None and not self.without_baseline_why),
            ("target", self.indicator_id is not None and self.target is None),
            ("measurement", self.next_due_on is not None and self.next_due_on < today),
            ("goal", self.is_end_benefit and self.goals == 0),
            ("stakeholders", not self.has_stakeholders),
        ]
        return [name for name, lacking in lacks if lacking]


def _latest(table: Any, *columns: Any, order: Any) -> Any:
    """The newest row of a dated table for the indicator at hand."""
    return (
        select(*columns).where(table.indicator_id == Indicator.id).order_by(order, table.id.desc()).limit(1)
    ).lateral(f"latest_{table.__tablename__}")


def confirmed() -> Any:
    """The newest confirmed measurement of the indicator at hand that no confirmed correction has replaced."""
    newer = aliased(Measurement)
    replaced = (
        select(newer.id)
        .where(newer.corrects_id == Measurement.id, newer.confirmed_at.is_not(None))
        .correlate(Measurement)
        .exists()
    )
    return (
        select(Measurement.id, Measurement.value, Measurement.measured_on, Measurement.confidence)
        .where(Measurement.indicator_id == Indicator.id, Measurement.confirmed_at.is_not(None), ~replaced)
        .order_by(Measurement.measured_on.desc(), Measurement.id.desc())
        .limit(1)
        .lateral("confirmed")
    )


def _current_plan() -> Any:
    """The plan whose targets are shown: the one being written, else the newest approved one."""
    return (
        select(BenefitPlan.id)
        .where(BenefitPlan.case_id == Benefit.case_id)
        .order_by(BenefitPlan.number.desc())
        .limit(1)
        .correlate(Benefit)
        .scalar_subquery()
    )


@cache
def lines_question() -> ColumnElement[Any]:
    """Asks for the lines of a CASE as they stand NOW, in the order the benefits were added."""
    baseline = _latest(Baseline, Baseline.value, order=Baseline.recorded_at.desc())
    forecast = _latest(Forecast, Forecast.likely, order=Forecast.made_at.desc())
    measured = confirmed()
    target = (
        select(Target.value, Target.due_on)
        .where(Target.indicator_id == Indicator.id, Target.plan_id == _current_plan())
        .order_by(Target.due_on.desc())
        .limit(1)
        .lateral("target")
    )
    next_due = (
        select(func.min(Measurement.due_on))
        .where(Measurement.indicator_id == Indicator.id, Measurement.state.in_(("planned", "due", "returned")))
        .scalar_subquery()
    )
    goals = (
        select(func.count())
        .select_from(BenefitNode)
        .join(BenefitEdge, and_(BenefitEdge.from_id == BenefitNode.id, BenefitEdge.removed_at.is_(None)))
        .where(
            BenefitNode.benefit_id == Benefit.id, BenefitNode.removed_at.is_(None), BenefitEdge.kind != "counteracts"
        )
        .scalar_subquery()
    )
    return told_each(
        PlanLine,
        select(
            Benefit.id.label("benefit_id"), Benefit.title, Benefit.state, Benefit.sign, Benefit.is_end_benefit,
            Benefit.is_invented, Benefit.without_baseline_why, Person.name.label("owner"),
            func.coalesce(has_left(NOW), False).label("owner_left"), Benefit.owner_accepted_at,
            Indicator.id.label("indicator_id"), Indicator.name.label("indicator"), Indicator.unit,
            baseline.c.value.label("baseline"), target.c.value.label("target"), target.c.due_on.label("target_due_on"),
            forecast.c.likely.label("forecast"), measured.c.value.label("measured"), measured.c.measured_on,
            measured.c.confidence, measured.c.id.label("measurement_id"), next_due.label("next_due_on"),
            goals.label("goals"),
            exists()
            .where(BenefitStakeholder.benefit_id == Benefit.id, BenefitStakeholder.removed_at.is_(None))
            .label("has_stakeholders"),
        )
        .outerjoin(Person, Person.id == Benefit.owner_id)
        .outerjoin(Indicator, and_(Indicator.benefit_id == Benefit.id, Indicator.removed_at.is_(None)))
        .outerjoin(baseline, true())
        .outerjoin(target, true())
        .outerjoin(forecast, true())
        .outerjoin(measured, true())
        .where(Benefit.case_id == CASE, Benefit.is_practice.is_(False))
        .order_by(Benefit.id, Indicator.id),
    )  # fmt: skip


async def plan_lines(uow: UnitOfWork, case_id: UUID) -> list[PlanLine]:
    """The plan's table, in the order the benefits were added; one statement at most."""
    found: list[PlanLine] = await answer(uow, lines_question(), {"case_id": case_id, "now": uow.now})
    return found


class PlanVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a plan as the list of them tells it, without what it says."""

    id: UUID
    number: int
    state: str
    version: int
    why: str
    approved_at: datetime | None
    snapshot_hash: str | None


@cache
def versions_question() -> ColumnElement[Any]:
    """Asks for the versions of the plan of a CASE, the newest first."""
    columns = (getattr(BenefitPlan, name) for name in PlanVersion.__struct_fields__)
    found: Select[Any] = select(*columns)
    return told_each(PlanVersion, found.where(BenefitPlan.case_id == CASE).order_by(BenefitPlan.number.desc()))


@cache
def _plans() -> Select[Any]:
    return select(BenefitPlan).where(BenefitPlan.case_id == CASE).order_by(BenefitPlan.number.desc())


async def plans(uow: UnitOfWork, case_id: UUID) -> list[BenefitPlan]:
    """Every version of the project's plan, the newest first."""
    return list(await uow.session.scalars(_plans(), {"case_id": case_id}))


class MeasurementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement with the names of those who reported and confirmed it."""

    id: UUID
    state: str
    version: int
    indicator_id: UUID
    indicator: str
    unit: str
    kind: str
    months: int | None
    due_on: date
    value: Decimal | None
    measured_on: date | None
    observations: int | None
    confidence: str | None
    evidence: str
    evidence_link: str
    reporter: str | None
    confirmer: str | None
    corrects_id: UUID | None
    corrected_by: UUID | None


def _measurement_rows() -> Any:
    reporter, confirmer, newer = aliased(Person), aliased(Person), aliased(Measurement)
    corrected = (
        select(newer.id)
        .where(newer.corrects_id == Measurement.id, newer.confirmed_at.is_not(None))
        .limit(1)
        .correlate(Measurement)
        .scalar_subquery()
    )
    return (
        select(
            Measurement.id, Measurement.state, Measurement.version, Measurement.indicator_id,
            Indicator.name.label("indicator"), Indicator.unit, Measurement.kind, Measurement.months, Measurement.due_on,
            Measurement.value, Measurement.measured_on, Measurement.observations, Measurement.confidence,
            Measurement.evidence, Measurement.evidence_link, reporter.name.label("reporter"),
            confirmer.name.label("confirmer"), Measurement.corrects_id, corrected.label("corrected_by"),
        )
        .join(Indicator, Indicator.id == Measurement.indicator_id)
        .outerjoin(reporter, reporter.id == Measurement.reported_by)
        .outerjoin(confirmer, confirmer.id == Measurement.confirmed_by)
    )  # fmt: skip


def _correction(of: Any) -> Any:
    """Asks for the measurement that corrects another, confirmed or not; one that was written off corrects nothing."""
    newer = aliased(Measurement)
    return select(newer.id).where(newer.corrects_id == of, newer.written_off_at.is_(None)).order_by(newer.id).limit(1)


async def correction_of(uow: UnitOfWork, measurement_id: UUID) -> UUID | None:
    """The measurement that corrects another, or is to once it is confirmed."""
    found: UUID | None = await uow.session.scalar(_correction(measurement_id))
    return found


@cache
def measurements_asked() -> Select[Any]:
    """Asks for the measurements of the benefit that is ROW, as they fall due; a correction after what it corrects."""
    rows: Select[Any] = _measurement_rows().where(Measurement.benefit_id == ROW)
    return rows.order_by(Measurement.due_on, func.coalesce(Measurement.corrects_id, Measurement.id), Measurement.id)


async def measurements_of(uow: UnitOfWork, benefit_id: UUID) -> list[MeasurementRow]:
    """The answer to that; one statement."""
    rows = await uow.session.execute(measurements_asked(), {"row_id": benefit_id})
    return [MeasurementRow(**row._mapping) for row in rows]


class MeasurementSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What a measurement's page says beside its row and its steps."""

    row: MeasurementRow
    benefit_id: UUID
    benefit: str
    before: MeasurementRow | None
    """What it corrects, where it does."""
    correction: UUID | None
    """What corrects it, confirmed or not."""
    files: list[FileRow]
    """Those that show what it says."""


KEY_OF_ROW = cast(ROW, Text)


@cache
def measurement_said() -> Select[Any]:
    """Asks for that, of the measurement that is ROW, for the PERSON who reads it."""
    own = select(Measurement.corrects_id).where(Measurement.id == ROW).scalar_subquery()
    found = select(Benefit.id, Benefit.title).join(Measurement, Measurement.benefit_id == Benefit.id)
    benefit = found.where(Measurement.id == ROW).subquery()
    columns = {
        "row": one_of(MeasurementRow, _measurement_rows().where(Measurement.id == ROW)),
        "benefit_id": benefit.c.id, "benefit": benefit.c.title,
        "before": one_of(MeasurementRow, _measurement_rows().where(Measurement.id == own)),
        "correction": _correction(ROW).scalar_subquery(),
        "files": files_list("measurement", KEY_OF_ROW),
    }  # fmt: skip
    return select(told(MeasurementSaid, columns))


class WaitingMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement that waits for somebody, in whichever project."""

    id: UUID
    case_id: UUID
    case_title: str
    benefit: str
    indicator: str
    unit: str
    due_on: date
    state: str


async def waiting_measurements(
    uow: UnitOfWork, actor: Actor, states: tuple[str, ...], *, due_before: date | None = None, after: UUID | None = None
) -> Page[WaitingMeasurement]:
    """The measurements in one of the states that the actor may see, in the order they were planned."""
    statement = (
        select(
            Measurement.id, Measurement.case_id, Case.title.label("case_title"), Benefit.title.label("benefit"),
            Indicator.name.label("indicator"), Indicator.unit, Measurement.due_on, Measurement.state,
        )
        .join(Case, Case.id == Measurement.case_id)
        .join(Benefit, Benefit.id == Measurement.benefit_id)
        .join(Indicator, Indicator.id == Measurement.indicator_id)
        .where(visible_to(actor, uow.now), Measurement.state.in_(states))
        .order_by(Measurement.id)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    if due_before:
        statement = statement.where(Measurement.due_on < due_before)
    if after:
        statement = statement.where(Measurement.id > after)
    rows = await uow.session.execute(statement)
    return page_of([WaitingMeasurement(**row._mapping) for row in rows])


async def case_of(uow: UnitOfWork, benefit_id: UUID) -> UUID:
    """The case that a benefit belongs to; NotFound where there is no such benefit."""
    found = await uow.session.scalar(select(Benefit.case_id).where(Benefit.id == benefit_id))
    if found is None:
        raise NotFound
    return found
