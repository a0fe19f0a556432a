"""The portfolio's own lines: recorded with a reason, ended with another, and told beside the sums of a day and a cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from app.audit.service import record
from app.commands import Command
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, invalid
from app.core.inputs import Ore, Text
from app.core.questions import answer, told_each
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.moves import lock_register
from app.portfolio.cut import Cut
from app.portfolio.models import PortfolioAdjustment
from workflows.adjustment import Adjustment, Kind, Scope, faults, lines_of
from workflows.engine import Reason
from workflows.roles import Permission
from workflows.rollup import Sum
from workflows.rules import GOALS

REGISTER = "portfolio_adjustments"
"""The reference of the case that holds the events about the lines."""


class RecordLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line: why, what it takes away a year from each sum, in kroner of a year, and for what."""

    kind: Literal["overlap", "optimism"]
    price_year: int
    planned_ore: Ore | None = None
    forecast_ore: Ore | None = None
    realised_ore: Ore | None = None
    goal: str | None = None
    county_id: UUID | None = None
    why: Text


class EndLine(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line counts no more."""

    why: Text


async def record_line(
    uow: UnitOfWork, actor: Actor, *, kind: str, price_year: int, planned_ore: int | None = None,
    forecast_ore: int | None = None, realised_ore: int | None = None, goal: str | None = None,
    county_id: UUID | None = None, why: str,
) -> PortfolioAdjustment:  # fmt: skip
    """Record a line; it counts from today on, and earlier days stay as they were shown (R33, I15).

    Raises NotAllowed for whoever does not manage the portfolio, Invalid for what takes nothing away or cannot be.
    """
    if not actor.may(Permission.PORTFOLIO_ADJUST):
        raise NotAllowed
    said = Adjustment(
        kind=Kind(kind), price_year=price_year, planned_ore=planned_ore or 0, forecast_ore=forecast_ore or 0,
        realised_ore=realised_ore or 0, goal=goal or None, county=str(county_id) if county_id else None,
        recorded_on=day_in_oslo(uow.now),
    )  # fmt: skip
    if found := faults(said):
        raise Invalid({name: Reason(code=code) for name, code in found.items()})
    if said.goal is not None and said.goal not in GOALS:
        raise invalid("goal", "portfolio.no_goal")
    county = await uow.session.get(Unit, county_id) if county_id else None
    if county_id and (county is None or county.kind != "county"):
        raise invalid("county_id", "portfolio.no_county")
    case = await lock_register(uow, REGISTER)
    if case is None or actor.person_id is None:
        raise NotFound
    row = PortfolioAdjustment(
        kind=kind, goal=said.goal, county_id=county_id, price_year=price_year, planned_ore=said.planned_ore,
        forecast_ore=said.forecast_ore, realised_ore=said.realised_ore, why=why.strip(), recorded_by=actor.person_id,
        recorded_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    names = ("kind", "goal", "county_id", "price_year", "planned_ore", "forecast_ore", "realised_ore")
    changes = {name: getattr(row, name) for name in names}
    await record(uow, actor, case, "portfolio_adjustment", row.id, "record_line", changes=changes, why=row.why)
    return row


async def end_line(uow: UnitOfWork, actor: Actor, line_id: UUID, *, why: str) -> PortfolioAdjustment:
    """End a line; from today on it counts no more, and it stays where it is with both its reasons.

    Raises NotAllowed, NotFound, and Invalid for one that has ended already.
    """
    if not actor.may(Permission.PORTFOLIO_ADJUST):
        raise NotAllowed
    case = await lock_register(uow, REGISTER)
    row = await uow.session.get(PortfolioAdjustment, line_id)
    if case is None or row is None or actor.person_id is None:
        raise NotFound
    if row.ended_at is not None:
        raise invalid("why", "portfolio.adjustment.has_ended")
    row.ended_at, row.ended_by, row.ended_why = uow.now, actor.person_id, why.strip()
    await uow.session.flush()
    await record(uow, actor, case, "portfolio_adjustment", row.id, "end_line", why=row.ended_why)
    return row


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line with who recorded it and who ended it."""

    id: UUID
    kind: str
    goal: str | None
    county_id: UUID | None
    county: str | None
    price_year: int
    planned_ore: int
    forecast_ore: int
    realised_ore: int
    why: str
    recorded_by: str
    recorded_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    ended_why: str

    @property
    def said(self) -> Adjustment:
        """The line as the rule takes it."""
        return Adjustment(
            kind=Kind(self.kind), price_year=self.price_year, planned_ore=self.planned_ore, forecast_ore=self.forecast_ore,
            realised_ore=self.realised_ore, goal=self.goal, county=str(self.county_id) if self.county_id else None,
            recorded_on=day_in_oslo(self.recorded_at), ended_on=day_in_oslo(self.ended_at) if self.ended_at else None,
        )  # fmt: skip

    @property
    def own(self) -> Sum:
        """What it adds to the sums a year, in its own kroner: nothing, or less."""
        return self.said.amounts


async def recorded(uow: UnitOfWork) -> list[Line]:
    """Every line that was ever recorded, those that count first, the newest of them first; one statement."""
    found: list[Line] = await answer(uow, recorded_question(), {})
    return found


@cache
def recorded_question() -> ColumnElement[Any]:
    """What that statement asks, for pages that ask it together with others."""
    ending, own = aliased(Person), PortfolioAdjustment
    return told_each(
        Line,
        select(
            own.id, own.kind, own.goal, own.county_id, Unit.name.label("county"), own.price_year, own.planned_ore,
            own.forecast_ore, own.realised_ore, own.why, Person.name.label("recorded_by"), own.recorded_at,
            ending.name.label("ended_by"), own.ended_at, own.ended_why,
        )
        .join(Person, Person.id == own.recorded_by)
        .outerjoin(ending, ending.id == own.ended_by)
        .outerjoin(Unit, Unit.id == own.county_id)
        .order_by(own.ended_at.is_not(None), own.recorded_at.desc(), own.id.desc()),
    )  # fmt: skip


class Lines(msgspec.Struct, frozen=True):
    """The lines of a cut on a day, and how many reach into it from elsewhere and cannot be split."""

    shown: tuple[Line, ...] = ()
    unsplit: int = 0


def within(lines: Sequence[Line], cut: Cut, as_of: date) -> Lines:
    """The lines that count in a cut on a day."""
    narrowed: dict[str, Any] = cut.narrowed
    scope = Scope(
        goal=cut.goal, county=str(cut.county_id) if cut.county_id else None,
        is_narrowed_otherwise=bool(set(narrowed) - {"goal", "county_id"}),
    )  # fmt: skip
    of = [(line, line.said) for line in lines]
    found = lines_of([own for _, own in of], scope, as_of)
    shown = {id(each) for each in found.shown}
    return Lines(tuple(line for line, own in of if id(own) in shown), found.unsplit)


COMMANDS = (
    Command("portfolio_adjustment", "record_line", Permission.PORTFOLIO_ADJUST, record_line, RecordLine, True),
    Command("portfolio_adjustment", "end_line", Permission.PORTFOLIO_ADJUST, end_line, EndLine),
)
"""What management does with the lines."""
