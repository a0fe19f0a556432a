"""The measurement calendar: what is to be measured in a month and what is late, by whom, and how far it has been told of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import aliased

from app.benefits.models import Benefit, Indicator, Measurement
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.obligations.models import ObligationReminder
from app.obligations.sources import measurer_of
from app.projects.models import Project
from workflows.calendar import add_months
from workflows.measurement import OPEN
from workflows.obligation import LADDER, MEASURED, Kind

MOST = 200
"""How many rows one list shows; a month with more is narrowed to a project."""
RUNGS = {rung.key: place for place, rung in enumerate(LADDER)}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement in the calendar."""

    id: UUID
    case_id: UUID
    title: str
    unit: str
    language: str
    benefit: str
    indicator: str
    counted_in: str
    due_on: date
    state: str
    who: str
    """Whose it is; "" where nobody is named, and it lies with the coordinator."""
    rungs: list[str]

    @property
    def told(self) -> str:
        """The last step of its escalation; "" where none was taken."""
        return max(self.rungs, key=lambda rung: RUNGS.get(rung, -1), default="")

    def days_late(self, today: date) -> int:
        """How many days it is late; 0 where it is reported or not due yet."""
        return max(0, (today - self.due_on).days) if self.state in OPEN else 0


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """What is late, and everything of one month."""

    month: date
    late: list[Line]
    lines: list[Line]

    @property
    def before(self) -> date:
        """The month before."""
        return add_months(self.month, -1)

    @property
    def after(self) -> date:
        """The month after."""
        return add_months(self.month, 1)


def month_from(text: str, today: date) -> date:
    """The first day of a month asked for as "2027-03"; the month of today for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == len("2027-03") else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def mine(actor: Actor) -> ColumnElement[bool]:
    """What is one's own to measure."""
    whose: ColumnElement[bool] = measurer_of() == actor.person_id
    return whose


def seen(uow: UnitOfWork, actor: Actor) -> ColumnElement[bool]:
    """Everything in the projects that one may see."""
    return visible_to(actor, uow.now)


async def calendar_of(uow: UnitOfWork, which: ColumnElement[bool], month: date, today: date) -> Calendar:
    """What is late and what falls in the month, of the measurements that are chosen; one statement for each."""
    late = and_(Measurement.state.in_(OPEN), Measurement.due_on < today)
    first, last = month, add_months(month, 1) - timedelta(days=1)
    in_month = Measurement.due_on.between(first, last)
    return Calendar(month=month, late=await _lines(uow, which, late), lines=await _lines(uow, which, in_month))


async def _lines(uow: UnitOfWork, *conditions: Any) -> list[Line]:
    person = aliased(Person)
    rungs = (
        select(func.coalesce(func.array_agg(ObligationReminder.rung), []))
        .where(
            ObligationReminder.row_id == Measurement.id, ObligationReminder.kind == str(Kind.MEASUREMENT),
            ObligationReminder.due_on == Measurement.due_on,
        )
        .scalar_subquery()
    )  # fmt: skip
    there = or_(person.valid_to.is_(None), person.valid_to > uow.now)
    rows = await uow.session.execute(
        select(
            Measurement.id, Measurement.case_id, Case.title, Unit.name.label("unit"), Case.language,
            Benefit.title.label("benefit"), Indicator.name.label("indicator"), Indicator.unit.label("counted_in"),
            Measurement.due_on, Measurement.state, func.coalesce(person.name, "").label("who"), rungs.label("rungs"),
        )
        .join(Case, Case.id == Measurement.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Project, Project.id == Measurement.case_id)
        .join(Benefit, Benefit.id == Measurement.benefit_id)
        .join(Indicator, Indicator.id == Measurement.indicator_id)
        .outerjoin(person, and_(person.id == measurer_of(), there))
        .where(Benefit.dropped_at.is_(None), Project.state.in_(sorted(MEASURED)), *conditions, true())
        .order_by(Measurement.due_on, Measurement.id)
        .limit(MOST)
    )  # fmt: skip
    return [Line(**row._mapping) for row in rows]
