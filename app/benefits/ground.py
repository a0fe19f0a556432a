"""What the rules must know of an indicator to judge what is measured by it, and of one measurement; one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Integer,
    Select,
    Text,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.activities.models import Change
from app.benefits.models import (
    Baseline,
    Benefit,
    BenefitPlan,
    Indicator,
    Measurement,
    Target,
)
from app.core.database import UnitOfWork
from app.core.questions import told
from app.files.models import File
from app.files.queries import KEPT
from app.moves import ROW, gathered_for, subject
from app.projects.models import Project
from workflows.measurement import MEASUREMENT as MEASUREMENT_LIFECYCLE
from workflows.measurement import MeasurementFacts, Promised, promised_by


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know of an indicator to judge what is measured by it."""

    benefit: str
    owner_id: UUID | None
    measurer_id: UUID | None
    change_id: UUID | None
    live_on: date | None
    baseline_on: date | None
    baseline: Decimal | None = None
    targets: list[tuple[date, Decimal]] = []
    """Of the plan in force, by their days."""
    tolerance_basis_points: int = 0

    def promised_on(self, day: date | None) -> Promised | None:
        """What the plan in force promises by a day."""
        found = promised_by(day, self.targets) if day is not None else None
        if found is None:
            return None
        return Promised(
            due_on=found[0], value=found[1], baseline=self.baseline, tolerance_basis_points=self.tolerance_basis_points
        )

    @property
    def late_baseline(self) -> bool:
        """Whether the baseline is from after the change went live (I6)."""
        return self.live_on is not None and self.baseline_on is not None and self.baseline_on >= self.live_on

    def facts_of(self, row: Measurement, *, has_file: bool = False) -> MeasurementFacts:
        """The facts of one measurement of the indicator."""
        return MeasurementFacts(
            measurement_id=row.id,
            benefit=self.benefit,
            has_value=row.value is not None,
            measured_on=row.measured_on,
            live_on=self.live_on,
            needs_change_live=self.change_id is not None,
            confidence=row.confidence,
            late_baseline=self.late_baseline,
            has_evidence=has_file or bool(row.evidence.strip() or row.evidence_link.strip()),
            reported_by=row.reported_by,
            owner_id=self.owner_id,
            measurer_id=self.measurer_id,
            value=row.value,
            promised=self.promised_on(row.measured_on),
            is_explained=bool(row.deviation.strip()),
        )


def _grounds(*conditions: Any) -> Any:
    baseline = (
        select(Baseline.measured_on, Baseline.value)
        .where(Baseline.indicator_id == Indicator.id)
        .order_by(Baseline.recorded_at.desc(), Baseline.id.desc())
        .limit(1)
        .lateral("baseline")
    )
    plan = (
        select(BenefitPlan.id, BenefitPlan.snapshot)
        .where(BenefitPlan.case_id == Indicator.case_id, BenefitPlan.approved_at.is_not(None))
        .order_by(BenefitPlan.number.desc())
        .limit(1)
        .lateral("plan_in_force")
    )
    targets = (
        select(func.jsonb_agg(func.jsonb_build_array(Target.due_on, cast(Target.value, Text))))
        .where(Target.indicator_id == Indicator.id, Target.plan_id == plan.c.id)
        .scalar_subquery()
    )
    frozen = plan.c.snapshot["benefits"][cast(Benefit.id, Text)]
    tolerance = case(
        (func.jsonb_typeof(frozen) == "object", cast(frozen["tolerance_percent"].astext, Integer)),
        else_=Benefit.tolerance_percent,
    )
    return (
        select(
            Indicator.id, Benefit.title.label("benefit"), Benefit.owner_id, Benefit.measurer_id, Benefit.change_id,
            Change.live_on, baseline.c.measured_on.label("baseline_on"), baseline.c.value.label("baseline"),
            func.coalesce(targets, literal([], JSONB)).label("targets"),
            func.coalesce(tolerance * 100, Project.rules["benefits"]["tolerance_basis_points"].as_integer()).label(
                "tolerance_basis_points"
            ),
        )
        .join(Benefit, Benefit.id == Indicator.benefit_id)
        .join(Project, Project.id == Indicator.case_id)
        .outerjoin(baseline, true())
        .outerjoin(plan, true())
        .outerjoin(Change, Change.id == Benefit.change_id)
        .where(*conditions)
    )  # fmt: skip


async def grounds_in(uow: UnitOfWork, case_id: UUID) -> dict[UUID, Ground]:
    """What the rules must know of every indicator of a project; one statement."""
    rows = await uow.session.execute(_grounds(Indicator.case_id == case_id))
    return {id_: _ground(rest) for id_, *rest in rows}


def _ground(columns: Sequence[Any]) -> Ground:
    return msgspec.convert(dict(zip(Ground.__struct_fields__, columns, strict=True)), Ground)


async def ground_of(uow: UnitOfWork, indicator_id: UUID) -> Ground:
    """What the rules must know of one indicator."""
    _, *rest = (await uow.session.execute(_grounds(Indicator.id == indicator_id))).one()
    return _ground(rest)


def files_that_show(key: Any) -> Any:
    """Whether a file that shows it hangs at the measurement whose id, as text, is the key."""
    return exists().where(File.subject == "measurement", File.key == key, File.state.in_(KEPT))


class MeasurementGround(Ground, frozen=True, kw_only=True):
    """What the rules must know to judge one measurement."""

    has_file: bool
    """Whether a file that shows it hangs at it."""


@cache
def _ground_of_measurement() -> Select[Any]:
    """Asks for that, of the measurement that is ROW."""
    measured = select(Measurement.indicator_id).where(Measurement.id == ROW).scalar_subquery()
    found = (
        _grounds(Indicator.id == measured).add_columns(files_that_show(cast(ROW, Text)).label("has_file")).subquery()
    )
    return select(told(MeasurementGround, {name: found.c[name] for name in MeasurementGround.__struct_fields__}))


@subject(MEASUREMENT_LIFECYCLE, Measurement, gathers=_ground_of_measurement)
async def MEASUREMENT(uow: UnitOfWork, row: Measurement) -> MeasurementFacts:
    """The facts of one measurement."""
    found: MeasurementGround = await gathered_for(uow, MEASUREMENT, row)
    return found.facts_of(row, has_file=found.has_file)
