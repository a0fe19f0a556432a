"""What lies behind the portfolio, row by row and page by page, for programs that reckon on; and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from app.audit.earlier import said_before
from app.audit.models import Event
from app.benefits.figures import FigureRow, end_of, figures, goals_of, owner_accepted_by
from app.benefits.models import Benefit, Indicator, Measurement
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.paging import Page, page_of
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.queries import award_by, line_of, state_by
from app.portfolio.report import REASONS, Moved, Reason
from app.projects.models import Project
from workflows.leaf import FEWEST


class ProjectOut(msgspec.Struct, frozen=True, kw_only=True):
    """A project."""

    id: UUID
    reference: str
    title: str
    language: str
    unit_id: UUID
    unit: str
    county_id: UUID | None
    call_id: UUID
    state: str
    amount_ore: int
    accepted_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None


class BenefitOut(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit, or with sign -1 a harm, with how it is valued."""

    id: UUID
    case_id: UUID
    title: str
    state: str
    sign: int
    category: str
    beneficiaries: list[str]
    is_end_benefit: bool
    release_mode: str
    unit_value_ore: int | None
    price_year: int | None
    periods_per_year: int
    profile: str
    starts_on: date | None
    ends_on: date | None
    owner_accepted_at: datetime | None
    dropped_at: datetime | None
    is_invented: bool
    created_at: datetime


class IndicatorOut(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator with what is known of it; measures are in its unit, those a year in its unit a year.

    Where `few` says that the measurement rests on fewer than five, what was measured is kept back.
    """

    id: UUID
    benefit_id: UUID
    case_id: UUID
    key: str
    name: str
    unit: str
    direction: str
    goals: tuple[str, ...]
    baseline: Decimal | None
    target: Decimal | None
    target_due_on: date | None
    forecast_low: Decimal | None
    forecast: Decimal | None
    forecast_high: Decimal | None
    measurement_id: UUID | None
    measured: Decimal | None
    measured_on: date | None
    grade: str | None
    observations: int | None
    few: bool
    share: Decimal | None
    planned_year: Decimal | None
    forecast_year: Decimal | None
    measured_year: Decimal | None
    overdue: int


class MeasurementOut(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement, also one that is only due; it has its value when it is confirmed, and then keeps it.

    `corrects_id` names the measurement that this one stands instead of.
    """

    id: UUID
    case_id: UUID
    benefit_id: UUID
    indicator_id: UUID
    kind: str
    state: str
    due_on: date
    value: Decimal | None
    measured_on: date | None
    counterfactual: Decimal | None
    grade: str | None
    observations: int | None
    few: bool
    confirmed_at: datetime | None
    corrects_id: UUID | None


class ChangeOut(msgspec.Struct, frozen=True, kw_only=True):
    """That something was done to a row, to be read anew; `id` is the place in the feed."""

    id: int
    at: datetime
    kind: Literal["changed", "corrected", "dropped"]
    subject: str
    subject_id: UUID
    case_id: UUID
    verb: str
    from_state: str | None
    to_state: str | None


SETTLED = timedelta(minutes=1)
"""How old a change is before the feed has it, so that one that was begun earlier and is done later comes in its order."""

CORRECTED = ("correct",)
DROPPED = ("drop", "not_realise", "write_off", "remove_indicator")


def _project(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return and_(visible_to(actor, now), Case.project_at.is_not(None))


async def projects(
    uow: UnitOfWork, actor: Actor, after: UUID | None, size: int, as_of: date | None = None
) -> Page[ProjectOut]:
    """The projects in the order of their identifiers, as they stood at the end of a day; one statement.

    Step and award are those of the day, and what had not come yet is None. Title and office are told as they are now: an
    office never changes, and who asks for a project of an earlier day knows it by the title it has.
    """
    moment = end_of(as_of or day_in_oslo(uow.now))
    came = [_by(getattr(Project, name), moment).label(name) for name in ("started_at", "closed_at", "ended_at")]
    rows = await uow.session.execute(
        select(
            Case.id, Case.reference, Case.title, Case.language, Case.unit_id, Unit.name.label("unit"), Case.county_id,
            Project.call_id, state_by(as_of, moment).label("state"), award_by(as_of, moment).label("amount_ore"),
            Project.accepted_at, *came,
        )
        .join(Project, Project.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(_project(actor, uow.now), Case.project_at < moment, *([Case.id > after] if after else []))
        .order_by(Case.id)
        .limit(size + 1)
    )  # fmt: skip
    return page_of([ProjectOut(**row) for row in rows.mappings()], size)


async def benefits(
    uow: UnitOfWork, actor: Actor, after: UUID | None, size: int, as_of: date | None = None
) -> Page[BenefitOut]:
    """The benefits in the order of their identifiers as their profiles said at the end of a day; one statement.

    Those made for practice are not among them (I16).
    """
    moment = end_of(as_of or day_in_oslo(uow.now))
    told = {name: getattr(Benefit, name) for name in BenefitOut.__struct_fields__}
    found = select(*told.values())
    if as_of is not None:
        earlier = said_before("benefit", Benefit.id, "describe", moment)
        told |= {"state": _state_by(moment), "dropped_at": _by(Benefit.dropped_at, moment),
                 "owner_accepted_at": owner_accepted_by(moment)}  # fmt: skip
        columns = [column.label(name) for name, column in told.items()]
        found = select(*columns, earlier.c.was).outerjoin(earlier, true())
    rows = await uow.session.execute(
        found.join(Case, Case.id == Benefit.case_id)
        .where(
            _project(actor, uow.now), Benefit.is_practice.is_(False), Benefit.created_at < moment,
            *([Benefit.id > after] if after else []),
        )
        .order_by(Benefit.id)
        .limit(size + 1)
    )  # fmt: skip
    return page_of([_benefit(dict(row)) for row in rows.mappings()], size)


def _benefit(row: Mapping[str, Any]) -> BenefitOut:
    """A row, with what has been said anew since as it was said before."""
    was = {name: said for name, said in (row.get("was") or {}).items() if name in BenefitOut.__struct_fields__}
    return msgspec.convert({**{name: row[name] for name in BenefitOut.__struct_fields__}, **was}, BenefitOut)


def _by(column: Any, moment: datetime) -> Any:
    return case((column < moment, column))


def _state_by(moment: datetime) -> Any:
    """The state that the record says a benefit was in."""
    last = (
        select(Event.to_state)
        .where(
            Event.subject == "benefit", Event.subject_id == Benefit.id, Event.to_state.is_not(None), Event.at < moment
        )
        .order_by(Event.sequence.desc())
        .limit(1)
        .correlate(Benefit)
        .scalar_subquery()
    )  # fmt: skip
    return func.coalesce(last, Benefit.state)


async def indicators(
    uow: UnitOfWork, actor: Actor, after: UUID | None, size: int, as_of: date | None = None
) -> Page[IndicatorOut]:
    """The indicators in the order of their identifiers as they stood at the end of a day; three statements.

    Only the maps of the projects on the page are walked, so that a page costs the same in a scheme of any size.
    """
    moment = uow.now if as_of is None else end_of(as_of)
    found = await uow.session.execute(
        select(Indicator.id, Indicator.benefit_id, Indicator.case_id)
        .join(Benefit, Benefit.id == Indicator.benefit_id)
        .join(Case, Case.id == Indicator.case_id)
        .where(
            _project(actor, uow.now), Benefit.is_practice.is_(False), Indicator.added_at < moment,
            or_(Indicator.removed_at.is_(None), Indicator.removed_at >= moment),
            *([Indicator.id > after] if after else []),
        )
        .order_by(Indicator.id)
        .limit(size + 1)
    )  # fmt: skip
    page = page_of(found.all(), size)
    if not page.rows:
        return Page([], None)
    goals = await goals_of(uow, {row.case_id for row in page.rows}, as_of)
    rows = await figures(uow, Benefit.id.in_({row.benefit_id for row in page.rows}), as_of, goals)
    of_id = {row.indicator_id: row for row in rows}
    return Page([_indicator(of_id[row.id]) for row in page.rows if row.id in of_id], page.after)


def _indicator(row: FigureRow) -> IndicatorOut:
    line = line_of(row)
    same = {
        name: getattr(row, name)
        for name in (
            "benefit_id", "case_id", "unit", "direction", "goals", "baseline", "target", "target_due_on", "forecast_low",
            "forecast", "forecast_high", "measured_on", "share", "overdue",
        )
    }  # fmt: skip
    few = line.is_hidden
    assert row.indicator_id is not None
    return IndicatorOut(
        **same, id=row.indicator_id, key=row.indicator_key or "", name=row.indicator_name or "",
        grade=row.confidence, few=few,
        measurement_id=None if few else row.measurement_id, measured=None if few else row.measured,
        observations=None if few else row.observations, planned_year=line.planned, forecast_year=line.expected,
        measured_year=None if few else line.effect,
    )  # fmt: skip


async def measurements(uow: UnitOfWork, actor: Actor, after: UUID | None, size: int) -> Page[MeasurementOut]:
    """The measurements in the order of their identifiers, with the values of those confirmed; one statement."""
    rows = await uow.session.execute(
        select(Measurement)
        .join(Benefit, Benefit.id == Measurement.benefit_id)
        .join(Case, Case.id == Measurement.case_id)
        .where(_project(actor, uow.now), Benefit.is_practice.is_(False), *([Measurement.id > after] if after else []))
        .order_by(Measurement.id)
        .limit(size + 1)
    )
    return page_of([_measurement(row) for row in rows.scalars()], size)


def _measurement(row: Measurement) -> MeasurementOut:
    stands = row.confirmed_at is not None
    few = stands and row.observations is not None and row.observations < FEWEST
    shown = stands and not few
    return MeasurementOut(
        id=row.id, case_id=row.case_id, benefit_id=row.benefit_id, indicator_id=row.indicator_id, kind=row.kind,
        state=row.state, due_on=row.due_on, value=row.value if shown else None,
        measured_on=row.measured_on if stands else None, counterfactual=row.counterfactual if shown else None,
        grade=row.confidence if stands else None, observations=row.observations if shown else None, few=few,
        confirmed_at=row.confirmed_at, corrects_id=row.corrects_id,
    )  # fmt: skip


def _practice() -> ColumnElement[bool]:
    """The condition that an event is about something made for practice."""
    benefit, measurement = aliased(Benefit), aliased(Measurement)
    practised = select(benefit.id).where(benefit.is_practice)
    of_practice = select(measurement.id).where(measurement.benefit_id.in_(practised))
    return or_(
        and_(Event.subject == "benefit", Event.subject_id.in_(practised)),
        and_(Event.subject == "measurement", Event.subject_id.in_(of_practice)),
    )


def _kind(verb: str) -> Literal["changed", "corrected", "dropped"]:
    return "corrected" if verb in CORRECTED else "dropped" if verb in DROPPED else "changed"


async def changes(uow: UnitOfWork, actor: Actor, after: int, size: int) -> tuple[Sequence[ChangeOut], bool]:
    """What was done since a place in the feed, in its order, and whether there is more; one statement.

    The words and figures of an event are left out: they may be somebody's name, or rest on too few. What was done for
    practice is no part of it (I16).
    """
    told: Any = or_(
        Event.subject.in_(("benefit", "benefit_plan", "measurement", "payment")),
        and_(Event.subject == "project", or_(Event.to_state.is_not(None), Event.verb == "change_amount")),
    )
    rows = await uow.session.execute(
        select(
            Event.id, Event.at, Event.subject, Event.subject_id, Event.case_id, Event.verb, Event.from_state,
            Event.to_state,
        )
        .join(Case, Case.id == Event.case_id)
        .where(_project(actor, uow.now), Event.id > after, Event.at < uow.now - SETTLED, told, not_(_practice()))
        .order_by(Event.id)
        .limit(size + 1)
    )  # fmt: skip
    found = [ChangeOut(**row, kind=_kind(row["verb"])) for row in rows.mappings()]
    return found[:size], len(found) > size


TOLD = (
    ("benefit_plan", "approve"), ("measurement", "confirm"), ("measurement", "correct"), ("measurement", "write_off"),
    ("benefit", "forecast"), ("benefit", "drop"), ("benefit", "not_realise"), ("benefit", "replan"),
)  # fmt: skip
"""What the report counts of what was done."""
REASONED = (
    ("measurement", "correct"),
    ("measurement", "write_off"),
    *(("benefit", v) for v in ("drop", "not_realise")),
)
"""Of these it tells why."""


async def moved(uow: UnitOfWork, case_ids: Any, since: date, until: date) -> Moved:
    """What was done in some projects after one day up to the end of another, without practice (I16); two statements."""
    within = (
        Event.case_id.in_(case_ids), Event.at >= end_of(since), Event.at < end_of(until), not_(_practice()),
    )  # fmt: skip
    what = tuple_(Event.subject, Event.verb)
    counted = await uow.session.execute(
        select(Event.subject, Event.verb, func.count())
        .where(*within, what.in_(TOLD))
        .group_by(Event.subject, Event.verb)
    )
    counts = {(subject, verb): count for subject, verb, count in counted}
    told = [each for each in TOLD if each in counts]
    of_measurement = select(Measurement.benefit_id).where(Measurement.id == Event.subject_id).scalar_subquery()
    rows = await uow.session.execute(
        select(Event.at, Event.subject, Event.verb, Benefit.title, Event.why)
        .join(Benefit, Benefit.id == func.coalesce(of_measurement, Event.subject_id))
        .where(*within, what.in_(REASONED), Event.why != "")
        .order_by(Event.id.desc())
        .limit(REASONS)
    )
    return Moved(
        counts=tuple((f"event.{subject}.{verb}", counts[subject, verb]) for subject, verb in told),
        reasons=tuple(
            Reason(at=day_in_oslo(at), key=f"event.{subject}.{verb}", title=title, why=why)
            for at, subject, verb, title, why in rows
        ),
    )
