"""The measurement calendar: what is to be measured in a month and what is late, by whom, and how far it has been told of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.benefits.models import Benefit, Indicator, Measurement
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.core.paging import Page, page_of
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.obligations.models import ObligationReminder
from app.obligations.sources import measurer_of
from app.projects.models import Project
from workflows.calendar import add_months
from workflows.measurement import OPEN
from workflows.obligation import LADDER, MEASURED, Kind

MOST = 200
"""How many rows one list shows at a time."""
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


class Lines(Page[Line], frozen=True):
    """Some of the lines of a list, and how many there are from here on."""

    left: int


class Turned(msgspec.Struct, frozen=True):
    """How far each list has been turned: the last line that was seen of it."""

    late: UUID | None = None
    month: UUID | None = None


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """What is late, and everything of one month."""

    month: date
    late: Lines
    lines: Lines
    has_before: bool
    has_after: bool
    """Whether there is anything to be measured, or today, before or after the month."""

    @property
    def before(self) -> date | None:
        """The month before, where there is anything that far back."""
        return add_months(self.month, -1) if self.has_before else None

    @property
    def after(self) -> date | None:
        """The month after, where there is anything that far ahead."""
        return add_months(self.month, 1) if self.has_after else None


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


def _is_late(today: date) -> ColumnElement[bool]:
    return and_(Measurement.state.in_(OPEN), Measurement.due_on < today)


def _ends(month: date) -> tuple[date, date]:
    return month, add_months(month, 1) - timedelta(days=1)


def _counts() -> ColumnElement[bool]:
    """What stands in the calendar of a project that measures; of dropped benefits nothing is to be measured."""
    return and_(Benefit.dropped_at.is_(None), Project.state.in_(sorted(MEASURED)))


async def calendar_of(
    uow: UnitOfWork, which: ColumnElement[bool], month: date, today: date, turned: Turned | None = None
) -> Calendar:
    """What is late and what falls in the month, of the measurements that are chosen; three statements."""
    turned = turned or Turned()
    first, last = _ends(month)
    is_before, is_after = await _beyond(uow, which, first, last)
    return Calendar(
        month=month,
        late=await lines_of(uow, which, _is_late(today), after=turned.late),
        lines=await lines_of(uow, which, Measurement.due_on.between(first, last), after=turned.month),
        has_before=is_before or today < first,
        has_after=is_after or today > last,
    )


async def late_or_in_month(
    uow: UnitOfWork, which: ColumnElement[bool], month: date | None, today: date, after: UUID | None
) -> Lines:
    """What falls in a month, or without one what is late, of the measurements that are chosen; one statement."""
    asked = _is_late(today) if month is None else Measurement.due_on.between(*_ends(month))
    return await lines_of(uow, which, asked, after=after)


async def _beyond(uow: UnitOfWork, which: ColumnElement[bool], first: date, last: date) -> tuple[bool, bool]:
    """Whether there is anything before the one day, and after the other."""

    def anything(condition: ColumnElement[bool]) -> Any:
        return (
            select(Measurement.id)
            .join(Case, Case.id == Measurement.case_id)
            .join(Project, Project.id == Measurement.case_id)
            .join(Benefit, Benefit.id == Measurement.benefit_id)
            .where(_counts(), which, condition)
            .exists()
        )

    before, after = anything(Measurement.due_on < first), anything(Measurement.due_on > last)
    found = (await uow.session.execute(select(before, after))).one()
    return bool(found[0]), bool(found[1])


async def lines_of(
    uow: UnitOfWork, *conditions: ColumnElement[bool], after: UUID | None = None, size: int = MOST
) -> Lines:
    """The lines by their days, those that follow `after`; one statement."""
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
    last = aliased(Measurement)
    place = select(last.due_on).where(last.id == after).scalar_subquery()
    follows = [tuple_(Measurement.due_on, Measurement.id) > tuple_(place, after)] if after else []
    rows = await uow.session.execute(
        select(
            Measurement.id, Measurement.case_id, Case.title, Unit.name.label("unit"), Case.language,
            Benefit.title.label("benefit"), Indicator.name.label("indicator"), Indicator.unit.label("counted_in"),
            Measurement.due_on, Measurement.state, func.coalesce(person.name, "").label("who"), rungs.label("rungs"),
            func.count().over().label("left"),
        )
        .join(Case, Case.id == Measurement.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Project, Project.id == Measurement.case_id)
        .join(Benefit, Benefit.id == Measurement.benefit_id)
        .join(Indicator, Indicator.id == Measurement.indicator_id)
        .outerjoin(person, and_(person.id == measurer_of(), there))
        .where(_counts(), *conditions, *follows)
        .order_by(Measurement.due_on, Measurement.id)
        .limit(size + 1)
    )  # fmt: skip
    found = [dict(row._mapping) for row in rows]
    left = max((row.pop("left") for row in found), default=0)
    page = page_of([Line(**row) for row in found], size)
    return Lines(page.rows, page.after, left)
