"""The dated figures of benefits as they stood on any day: the ground that every sum in the portfolio stands on.

One statement, one row for each indicator of each benefit. Nothing that was recorded after the day is seen: targets are
those of the plan approved last by then, forecasts those made by then, measurements those confirmed by then and not yet
corrected. So a figure that was shown on a day can be made again (DOMAIN 3.8 I15).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    join,
    literal,
    null,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.audit.earlier import said_before
from app.audit.models import Event
from app.benefits.models import (
    AttributionShare,
    Baseline,
    Benefit,
    BenefitEdge,
    BenefitNode,
    BenefitPlan,
    Forecast,
    Indicator,
    Measurement,
    OutcomePool,
    Target,
)
from app.cases.models import Case
from app.core.clock import OSLO, day_in_oslo
from app.core.database import Instant, UnitOfWork


class FigureRow(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one indicator of one benefit by a day; None where nothing had been recorded by then."""

    benefit_id: UUID
    case_id: UUID
    case_title: str
    county_id: UUID | None
    unit_id: UUID
    title: str
    sign: int
    category: str
    is_end_benefit: bool
    release_mode: str
    unit_value_ore: int | None
    price_year: int | None
    periods_per_year: int
    is_invented: bool
    dropped_at: datetime | None
    owner_accepted_at: datetime | None
    indicator_id: UUID | None
    indicator_key: str | None
    indicator_name: str | None
    unit: str | None
    direction: str | None
    baseline: Decimal | None
    target: Decimal | None
    target_due_on: date | None
    forecast_low: Decimal | None
    forecast: Decimal | None
    forecast_high: Decimal | None
    measurement_id: UUID | None
    measured: Decimal | None
    measured_on: date | None
    counterfactual: Decimal | None
    confidence: str | None
    observations: int | None
    share: Decimal | None
    overdue: int
    goals: tuple[str, ...]


def end_of(day: date) -> datetime:
    """The last moment that belongs to a day in Norway: the first of the next day, not included."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=OSLO)


def stood(table: Any, moment: Any) -> ColumnElement[bool]:
    """Whether a dated row, of the map or of what is kept of a benefit in rows, was what was said at a moment."""
    return and_(table.added_at < moment, or_(table.removed_at.is_(None), table.removed_at >= moment))


def _goals(moment: Any, *only: ColumnElement[bool]) -> Any:
    """Each benefit with the overall goals that its place in the map led to at that moment; `only` says of which places."""

    reach = (
        select(BenefitNode.id.label("node_id"), BenefitNode.benefit_id.label("benefit_id"))
        .where(BenefitNode.benefit_id.is_not(None), stood(BenefitNode, moment), *only)
        .cte("reach", recursive=True)
    )
    step = aliased(BenefitEdge)
    reach = reach.union(
        select(step.to_id, reach.c.benefit_id).where(
            step.from_id == reach.c.node_id, step.kind != "counteracts", stood(step, moment)
        )
    )
    goal = aliased(BenefitNode)
    return (
        select(reach.c.benefit_id, func.array_agg(func.distinct(goal.goal)).label("goals"))
        .join(goal, and_(goal.id == reach.c.node_id, goal.goal.is_not(None), stood(goal, moment)))
        .group_by(reach.c.benefit_id)
        .subquery("goals")
    )


def _owner_event(moment: Any, *verbs: str) -> Any:
    """What was done last, by a moment, about who owns a benefit: somebody else asked, or a yes."""
    asked = Event.changes["owner_id"]
    return (
        Event.subject == "benefit", Event.subject_id == Benefit.id, Event.at < moment, Event.verb.in_(verbs),
        or_(Event.verb != "propose_owner", asked[0].astext.is_distinct_from(asked[1].astext)),
    )  # fmt: skip


def owner_by(moment: Any, said: Any, column: Any) -> Any:
    """What is said of the owner as it was by a moment: of one who has been asked since, what `said` of the record tells."""
    return case((Benefit.owner_proposed_at >= moment, said), else_=column)


def owner_accepted_by(moment: Any) -> Any:
    """When whoever was the owner at a moment said yes; None where they had not, or nobody was asked."""
    last = (
        select(case((Event.verb == "accept_ownership", Event.at)))
        .where(*_owner_event(moment, "propose_owner", "accept_ownership"))
        .order_by(Event.sequence.desc())
        .limit(1)
        .correlate(Benefit)
        .scalar_subquery()
    )
    return owner_by(moment, last, _by(Benefit.owner_accepted_at, moment))


def owner_asked_by(moment: Any) -> tuple[Any, Any]:
    """Who was asked to be the owner at a moment, and when; None where nobody had been."""

    def last(column: Any) -> Any:
        return (
            select(column)
            .where(*_owner_event(moment, "propose_owner"))
            .order_by(Event.sequence.desc())
            .limit(1)
            .correlate(Benefit)
            .scalar_subquery()
        )

    asked = cast(Event.changes["owner_id"][1].astext, Uuid)
    return owner_by(moment, last(asked), Benefit.owner_id), owner_by(moment, last(Event.at), Benefit.owner_proposed_at)


def not_given_up(moment: Any) -> ColumnElement[bool]:
    """Whether a measurement had not been written off by a moment."""
    return or_(Measurement.written_off_at.is_(None), Measurement.written_off_at >= moment)


def _plan(moment: Any) -> Any:
    """The plan in force at the moment, with the benefit as it froze it, taken out of the whole of it once."""
    return (
        select(BenefitPlan.id, BenefitPlan.snapshot["benefits"][cast(Benefit.id, Text)].label("frozen"))
        .where(BenefitPlan.case_id == Benefit.case_id, BenefitPlan.approved_at < moment)
        .order_by(BenefitPlan.number.desc())
        .limit(1)
        .lateral("plan")
    )


def _measured(moment: Any) -> Any:
    """The newest measurement confirmed by the moment that no correction confirmed by then has replaced."""
    newer = aliased(Measurement)
    replaced = (
        select(newer.id).where(newer.corrects_id == Measurement.id, newer.confirmed_at < moment).correlate(Measurement)
    ).exists()
    return (
        select(
            Measurement.id, Measurement.value, Measurement.measured_on, Measurement.counterfactual,
            Measurement.confidence, Measurement.observations,
        )
        .where(Measurement.indicator_id == Indicator.id, Measurement.confirmed_at < moment, ~replaced)
        .order_by(Measurement.measured_on.desc(), Measurement.id.desc())
        .limit(1)
        .lateral("measured")
    )  # fmt: skip


@cache
def statement(with_goals: bool = True, past: bool = False) -> Select[Any]:
    """The one statement behind the figures, as they stood at :moment, on the day :today; built once.

    The goals are found by walking every map there is, which is left to those who do not know them. What has been said of
    a benefit since is looked for in the record where the moment is `past`.
    """
    moment, today = bindparam("moment", type_=Instant), bindparam("today", type_=Date())
    plan, measured = _plan(moment), _measured(moment)
    goals = _goals(moment) if with_goals else None
    baseline = (
        select(Baseline.value)
        .where(Baseline.indicator_id == Indicator.id, Baseline.recorded_at < moment)
        .order_by(Baseline.recorded_at.desc(), Baseline.id.desc())
        .limit(1)
        .lateral("baseline")
    )
    target = (
        select(Target.value, Target.due_on)
        .where(Target.indicator_id == Indicator.id, Target.plan_id == plan.c.id)
        .order_by(Target.due_on.desc())
        .limit(1)
        .lateral("target")
    )
    forecast = (
        select(Forecast.low, Forecast.likely, Forecast.high)
        .where(Forecast.indicator_id == Indicator.id, Forecast.made_at < moment)
        .order_by(Forecast.made_at.desc(), Forecast.due_on.desc())
        .limit(1)
        .lateral("forecast")
    )
    share = (
        select(AttributionShare.share)
        .join(OutcomePool, OutcomePool.id == AttributionShare.pool_id)
        .where(
            AttributionShare.benefit_id == Benefit.id,
            OutcomePool.indicator_key == Indicator.key,
            AttributionShare.given_at < moment,
            or_(AttributionShare.ended_at.is_(None), AttributionShare.ended_at >= moment),
        )
        .order_by(OutcomePool.period.desc())
        .limit(1)
        .lateral("share")
    )
    overdue = (
        select(func.count())
        .where(
            Measurement.indicator_id == Indicator.id,
            Measurement.planned_at < moment,
            Measurement.due_on < today,
            Measurement.corrects_id.is_(None),
            not_given_up(moment),
            or_(Measurement.confirmed_at.is_(None), Measurement.confirmed_at >= moment),
        )
        .scalar_subquery()
    )
    frozen = plan.c.frozen
    earlier = said_before("benefit", Benefit.id, "describe", moment) if past else None

    def described(name: str, kind: Any) -> Any:
        """The value that the profile had, which a change since then names as what was before."""
        own = getattr(Benefit, name)
        if earlier is None:
            return own
        was = earlier.c.was
        return _either(was.has_key(name), cast(was[name].astext, kind), own)

    def in_plan(name: str, kind: Any) -> Any:
        """The value as the plan in force froze it, else the one of the profile."""
        return func.coalesce(cast(frozen[name].astext, kind), described(name, kind))

    def as_valued(name: str, kind: Any) -> Any:
        """The same of what a plan may have frozen as not known."""
        return _either(valued, cast(frozen[name].astext, kind), described(name, kind))

    valued = func.jsonb_typeof(frozen) == "object"
    flag = Benefit.is_end_benefit.type
    found = (
        select(
            Benefit.id.label("benefit_id"), Benefit.case_id, Case.title.label("case_title"), Case.county_id,
            Case.unit_id, Benefit.title, in_plan("sign", Integer).label("sign"),
            described("category", Text).label("category"), in_plan("is_end_benefit", flag).label("is_end_benefit"),
            Benefit.release_mode, as_valued("unit_value_ore", BigInteger).label("unit_value_ore"),
            as_valued("price_year", Integer).label("price_year"),
            in_plan("periods_per_year", Integer).label("periods_per_year"),
            Benefit.is_invented, _by(Benefit.dropped_at, moment).label("dropped_at"),
            owner_accepted_by(moment).label("owner_accepted_at"),
            Indicator.id.label("indicator_id"), Indicator.key.label("indicator_key"),
            Indicator.name.label("indicator_name"), Indicator.unit, Indicator.direction,
            baseline.c.value.label("baseline"), target.c.value.label("target"), target.c.due_on.label("target_due_on"),
            forecast.c.low.label("forecast_low"), forecast.c.likely.label("forecast"),
            forecast.c.high.label("forecast_high"), measured.c.id.label("measurement_id"),
            measured.c.value.label("measured"), measured.c.measured_on, measured.c.counterfactual,
            measured.c.confidence, measured.c.observations, share.c.share, overdue.label("overdue"),
            goals.c.goals if goals is not None else null().label("goals"),
        )
        .select_from(Benefit if goals is None else join(Benefit, goals, goals.c.benefit_id == Benefit.id, isouter=True))
        .join(Case, Case.id == Benefit.case_id)
        .outerjoin(plan, true())
        .outerjoin(
            Indicator,
            and_(
                Indicator.benefit_id == Benefit.id,
                Indicator.added_at < moment,
                or_(Indicator.removed_at.is_(None), Indicator.removed_at >= moment),
            ),
        )
        .outerjoin(baseline, true())
        .outerjoin(target, true())
        .outerjoin(forecast, true())
        .outerjoin(measured, true())
        .outerjoin(share, true())
        .where(Benefit.created_at < moment, Benefit.is_practice.is_(False))
        .order_by(Benefit.case_id, Benefit.id, Indicator.id)
    )  # fmt: skip
    return found if earlier is None else found.outerjoin(earlier, true())


def _either(condition: Any, then: Any, otherwise: Any) -> Any:
    return case((condition, then), else_=otherwise)


def _by(column: Any, moment: Any) -> Any:
    """A moment that had come by then, else None."""
    return case((column < moment, column))


async def goals_of(uow: UnitOfWork, case_ids: Iterable[UUID], as_of: date | None = None) -> dict[UUID, tuple[str, ...]]:
    """The overall goals that each benefit of some cases led to at the end of a day; walks their maps alone. One statement."""
    known = BenefitNode.case_id == func.any(literal(list(case_ids), ARRAY(Uuid())))
    goals = _goals(end_of(as_of or day_in_oslo(uow.now)), known)
    rows = await uow.session.execute(select(goals.c.benefit_id, goals.c.goals))
    return {benefit: tuple(found) for benefit, found in rows}


async def figures(
    uow: UnitOfWork, only: ColumnElement[bool], as_of: date | None = None,
    goals: Mapping[UUID, Sequence[str]] | None = None,
) -> list[FigureRow]:  # fmt: skip
    """The figures of the benefits in the cases that `only` lets through, as they stood at the end of the day `as_of`.

    Without a day: as they stand now. One statement, whatever the number of benefits; `goals` are those of each benefit where
    they are known already.
    """
    today = as_of or day_in_oslo(uow.now)
    asked = {"moment": end_of(today), "today": today}
    rows = await uow.session.execute(statement(goals is None, as_of is not None).where(only), asked)
    return [row_of(row, row.goals if goals is None else goals.get(row.benefit_id)) for row in rows]


def row_of(row: Any, goals: Sequence[str] | None) -> FigureRow:
    """A row of the statement, with the goals of its benefit."""
    said = {name: getattr(row, name) for name in FigureRow.__struct_fields__}
    return FigureRow(**{**said, "overdue": int(row.overdue or 0), "goals": tuple(goals or ())})
