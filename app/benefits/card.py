"""A benefit as a card: all that its page says beside its row and its steps, read in one statement."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Select, Text, and_, case, cast, func, literal, null, select, true, union_all
from sqlalchemy.orm import aliased

from app.activities.models import Change
from app.benefits.facts import has_left
from app.benefits.models import (
    AttributionShare,
    Baseline,
    Benefit,
    BenefitEdge,
    BenefitNode,
    BenefitPlan,
    BenefitRisk,
    BenefitStakeholder,
    Forecast,
    Indicator,
    OutcomePool,
    Precondition,
    Target,
)
from app.benefits.queries import MeasurementRow, measurements_asked
from app.core.database import NOW, Measure, UnitOfWork
from app.core.listed import pairs_of
from app.core.questions import constant, each_of, one_of, told
from app.identity.models import Person, Unit
from app.moves import ROW
from workflows.benefit import PLANNED_ON
from workflows.precondition import is_late


class PreconditionSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A precondition with the name of whoever sees to it."""

    id: UUID
    text: str
    standing: str
    owner_id: UUID | None
    owner: str | None
    due_on: date | None

    def is_late(self, today: date) -> bool:
        """Whether it was to be met by a day that has gone."""
        return is_late(self.standing, self.due_on, today)


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit that the map connects with this one: `before` it, or after."""

    before: bool
    kind: str
    benefit_id: UUID
    title: str
    assumption: str


class IndicatorRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a benefit is followed by."""

    id: UUID
    key: str
    name: str
    unit: str
    direction: str
    method: str
    source: str
    frequency: str
    interval_months: int | None
    measuring_cost_ore: int | None
    measuring_worth: str


class DatedFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one indicator: series is baseline, target or forecast, `plan` the number of the plan it stands in."""

    series: str
    indicator_id: UUID
    on: date
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    recorded_at: datetime
    note: str
    plan: int | None
    by: str | None
    """Who recorded it; of a target nobody but the plan."""


class ShareRow(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an effect that is claimed, with what others claim of the same."""

    indicator_key: str
    period: str
    share: Decimal
    why: str
    taken: Decimal


class RiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """What can keep a benefit from coming."""

    id: UUID
    text: str
    likelihood: str
    impact: str
    action: str


class StakeholderRow(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a benefit concerns."""

    id: UUID
    text: str
    effect: str
    how: str


class BenefitNames(msgspec.Struct, frozen=True, kw_only=True):
    """The names behind a benefit's identifiers."""

    owner: str | None
    owner_left: bool
    measurer: str | None
    line_owner: str | None
    line_unit: str | None
    change: str | None


LATER = ("profile", "starts_on", "ends_on")
"""What the plan in force has frozen although it can be written."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """All that is said of a benefit beside its own row."""

    names: BenefitNames
    indicators: list[IndicatorRow]
    figures: list[DatedFigure]
    """Every baseline, target and forecast, the newest recorded last."""
    measurements: list[MeasurementRow]
    shares: list[ShareRow]
    """The parts of effects that it claims as its own."""
    preconditions: list[PreconditionSeen]
    risks: list[RiskRow]
    stakeholders: list[StakeholderRow]
    neighbours: list[Neighbour]
    in_force: int | None
    """The number of the plan in force, where the benefit is frozen in it."""
    frozen: dict[str, Any] | None
    """As what it is."""
    written: dict[str, Any]
    """What is written now of what can be frozen all the same."""

    @property
    def waiting(self) -> list[str]:
        """What has been written since the plan in force was approved and waits for the next version."""
        frozen = self.frozen or {}
        return [name for name in LATER if name in frozen and frozen[name] != self.written[name]]


async def card_of(uow: UnitOfWork, benefit_id: UUID) -> Card:
    """All that is said of a benefit, as it stands now; one statement."""
    found: Card = (await uow.session.execute(card(), {"row_id": benefit_id, "now": uow.now})).scalar_one()
    return found


@cache
def card() -> Select[Any]:
    """Asks for that, of the benefit that is ROW, as it stands NOW; built once."""
    plan = _plan_in_force()
    is_frozen = and_(Benefit.state.in_(PLANNED_ON), func.jsonb_typeof(plan.c.frozen) == "object")
    columns = {
        "names": one_of(BenefitNames, _names()),
        "indicators": each_of(IndicatorRow, _indicators()),
        "figures": each_of(DatedFigure, _dated_figures()),
        "measurements": each_of(MeasurementRow, measurements_asked()),
        "shares": each_of(ShareRow, _shares()),
        "preconditions": each_of(PreconditionSeen, _preconditions()),
        "risks": each_of(RiskRow, _open_of(BenefitRisk, RiskRow)),
        "stakeholders": each_of(StakeholderRow, _open_of(BenefitStakeholder, StakeholderRow)),
        "neighbours": each_of(Neighbour, _beside()),
        "in_force": case((is_frozen, plan.c.number)),
        "frozen": case((is_frozen, plan.c.frozen)),
        "written": func.jsonb_build_object(*pairs_of({name: getattr(Benefit, name) for name in LATER})),
    }
    return select(told(Card, columns)).select_from(Benefit).outerjoin(plan, true()).where(Benefit.id == ROW)


def _plan_in_force() -> Any:
    """The plan approved last, with the benefit as it froze it, taken out of the whole of it once."""
    return (
        select(BenefitPlan.number, BenefitPlan.snapshot["benefits"][cast(Benefit.id, Text)].label("frozen"))
        .where(BenefitPlan.case_id == Benefit.case_id, BenefitPlan.approved_at.is_not(None))
        .order_by(BenefitPlan.number.desc())
        .limit(constant(1))
        .lateral("plan_in_force")
    )


def _names() -> Select[Any]:
    measurer, line_owner = aliased(Person), aliased(Person)
    return (
        select(
            Person.name.label("owner"), has_left(NOW).label("owner_left"), measurer.name.label("measurer"),
            line_owner.name.label("line_owner"), Unit.name.label("line_unit"), Change.title.label("change"),
        )
        .select_from(Benefit)
        .outerjoin(Person, Person.id == Benefit.owner_id)
        .outerjoin(measurer, measurer.id == Benefit.measurer_id)
        .outerjoin(line_owner, line_owner.id == Benefit.handed_over_to)
        .outerjoin(Unit, Unit.id == Benefit.handed_over_unit_id)
        .outerjoin(Change, Change.id == Benefit.change_id)
        .where(Benefit.id == ROW)
    )  # fmt: skip


def _indicators() -> Select[Any]:
    return (
        select(*(getattr(Indicator, name) for name in IndicatorRow.__struct_fields__))
        .where(Indicator.benefit_id == ROW, Indicator.removed_at.is_(None))
        .order_by(Indicator.id)
    )


def _dated_figures() -> Any:
    own = select(Indicator.id).where(Indicator.benefit_id == ROW)
    nothing = cast(null(), Measure)
    return union_all(
        select(
            literal("baseline").label("series"), Baseline.indicator_id, Baseline.measured_on.label("on"), Baseline.value,
            nothing.label("low"), nothing.label("high"), Baseline.recorded_at.label("recorded_at"),
            Baseline.source.label("note"), cast(null(), Integer).label("plan"), Person.name.label("by"),
        )
        .join(Person, Person.id == Baseline.recorded_by)
        .where(Baseline.indicator_id.in_(own)),
        select(
            literal("target"), Target.indicator_id, Target.due_on, Target.value, nothing, nothing,
            func.coalesce(BenefitPlan.approved_at, BenefitPlan.created_at), literal(""), BenefitPlan.number,
            cast(null(), Text),
        )
        .join(BenefitPlan, BenefitPlan.id == Target.plan_id)
        .where(Target.indicator_id.in_(own)),
        select(
            literal("forecast"), Forecast.indicator_id, Forecast.due_on, Forecast.likely, Forecast.low, Forecast.high,
            Forecast.made_at, Forecast.why, cast(null(), Integer), Person.name,
        )
        .join(Person, Person.id == Forecast.made_by)
        .where(Forecast.indicator_id.in_(own)),
    ).order_by("recorded_at", "on")  # fmt: skip


def _shares() -> Any:
    others = aliased(AttributionShare)
    taken = (
        select(func.sum(others.share))
        .where(others.pool_id == OutcomePool.id, others.ended_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(OutcomePool.indicator_key, OutcomePool.period, AttributionShare.share, AttributionShare.why, taken)
        .join(AttributionShare, AttributionShare.pool_id == OutcomePool.id)
        .where(AttributionShare.benefit_id == ROW, AttributionShare.ended_at.is_(None))
        .order_by(OutcomePool.indicator_key, OutcomePool.period)
    )


def _preconditions() -> Any:
    return (
        select(
            Precondition.id, Precondition.text, Precondition.standing, Precondition.owner_id,
            Person.name.label("owner"), Precondition.due_on,
        )
        .outerjoin(Person, Person.id == Precondition.owner_id)
        .where(Precondition.benefit_id == ROW, Precondition.removed_at.is_(None))
        .order_by(Precondition.line_id)
    )  # fmt: skip


def _open_of(table: Any, row: Any) -> Select[Any]:
    columns = (getattr(table, name) for name in row.__struct_fields__)
    return select(*columns).where(table.benefit_id == ROW, table.removed_at.is_(None)).order_by(table.line_id)


def _beside() -> Any:
    """The benefits that the map leads here from and on to; what they rest on is written there alone."""
    start, end = aliased(BenefitNode), aliased(BenefitNode)

    def side(own: Any, other: Any, *, before: bool) -> Any:
        return (
            select(
                literal(before).label("before"), BenefitEdge.kind, Benefit.id.label("benefit_id"), Benefit.title,
                BenefitEdge.assumption,
            )
            .select_from(BenefitEdge)
            .join(start, and_(start.id == BenefitEdge.from_id, start.removed_at.is_(None)))
            .join(end, and_(end.id == BenefitEdge.to_id, end.removed_at.is_(None)))
            .join(Benefit, Benefit.id == other.benefit_id)
            .where(own.benefit_id == ROW, BenefitEdge.removed_at.is_(None))
        )  # fmt: skip

    return union_all(side(end, start, before=True), side(start, end, before=False)).order_by("before", "title")
