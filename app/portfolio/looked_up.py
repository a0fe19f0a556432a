"""What the questions on trust, cost, harm and stopping are answered with, looked up in the tables that are kept in step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    any_,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.benefits.models import Benefit
from app.cases.models import Case
from app.cases.queries import seen_by
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.listed import word
from app.core.questions import constant
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.cut import Cut
from app.portfolio.entry import ALL_DROPPED, MISSING
from app.portfolio.models import PortfolioRow
from app.portfolio.over_time import counted_by, factors, seen_as, seen_in
from app.portfolio.overview import Counted, ProjectShown, counted, question_of
from app.portfolio.packed import NOTHING, Figures, unpack_counted
from app.projects.models import Project
from workflows.over_time import NO_FACTORS, Factors
from workflows.portfolio import ToStop, share
from workflows.rollup import LeftOut, Sum, in_price_year, left_out, of_grade, promised

MOST = 50
"""How many lines a list of a question shows; the spreadsheet has them all."""

OVER = ("stopped", "ended")
"""Steps of projects that nobody has to think of stopping."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a cut comes to on a day, in kroner of the year asked for."""

    as_of: date
    figures: Figures
    price_year: int | None
    index: Factors

    @property
    def counted(self) -> Counted:
        """What there is, each price year by itself."""
        return counted(self.figures, self.as_of)

    def count(self, name: str) -> int:
        """How many there are on the day."""
        return self.figures.count(name, self.as_of)

    def in_kroner(self, sums: tuple[Sum, ...]) -> tuple[Sum, ...]:
        """Sums in kroner of the year asked for; each price year by itself where none was."""
        return sums if self.price_year is None else in_price_year(sums, self.price_year, self.index)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What of the net sums cannot be told in those kroner."""
        return () if self.price_year is None else left_out(self.counted.net, self.price_year, self.index)

    def numbers(self, within: str = "") -> dict[str, int]:
        """What is held of the sums: of all benefits that stand, or of those that lack something."""
        lead = f"{within} " if within else ""
        names = [*self.figures.tally, *self.figures.late] if within else self.figures.tally
        held = {
            name.removeprefix(lead): self.count(name) for name in names if name.startswith((f"{lead}+", f"{lead}-"))
        }
        if within:
            return held
        return {name: number - self.count(f"dropped {name}") for name, number in held.items()}


async def standing(uow: UnitOfWork, actor: Actor, cut: Cut) -> Standing:
    """What a cut comes to; one statement, and one for the price index where a year is asked for."""
    as_of = cut.as_of or day_in_oslo(uow.now)
    found = await counted_by(uow, actor, question_of(cut))
    index = await factors(uow, as_of) if cut.price_year else NO_FACTORS
    return Standing(as_of=as_of, figures=found[None].get("", NOTHING), price_year=cut.price_year, index=index)


# --- trust ---


class Having(msgspec.Struct, frozen=True, kw_only=True):
    """How many benefits have what makes them worthy of trust, and what they promise a year."""

    name: str
    count: int
    of: int
    worth: tuple[Sum, ...]
    """What those promise that have it, for each price year."""

    @property
    def share(self) -> Decimal | None:
        """Of all that stand."""
        return share(self.count, self.of)


def having(whole: Standing) -> list[Having]:
    """Of each thing that a benefit can lack, how many have it."""
    found, there = [], whole.numbers()
    for name in MISSING:
        lacking = name if name == "overdue" else f"lacks_{name}"
        worth = whole.in_kroner(promised(there, whole.numbers(lacking)))
        of = whole.count("benefits")
        found.append(Having(name=name, count=of - whole.count(lacking), of=of, worth=worth))
    return found


def by_grade(whole: Standing) -> list[tuple[str, int, tuple[Sum, ...]]]:
    """Of each grade of a measurement: how many indicators it is the last of, and what they show a year (W6)."""
    there = whole.numbers()
    return [(grade, whole.count(f"grade {grade}"), whole.in_kroner(of_grade(there, grade.lower()))) for grade in "ABCD"]


class Timely(msgspec.Struct, frozen=True, kw_only=True):
    """Measurements that were due by a day."""

    in_time: int = 0
    late: int = 0
    """Reported, but after the day."""
    missing: int = 0

    @property
    def due(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.missing


def timely(whole: Standing) -> Timely:
    """How many of the measurements of the benefits that stand were reported in time, of those that were due."""
    return Timely(**{name: whole.count(f"reported {name}") for name in Timely.__struct_fields__})


# --- projects ---


def projects_in(uow: UnitOfWork, actor: Actor, cut: Cut, *more: Any) -> Select[Any]:
    """The identifiers of the projects in a cut."""
    there = seen_in(uow, actor, question_of(cut))
    return select(PortfolioRow.case_id).where(*there, PortfolioRow.benefit_id.is_(None), *more)


async def projects(uow: UnitOfWork, actor: Actor, cut: Cut) -> tuple[ProjectShown, ...]:
    """The projects in a cut with the step that they stood in, in the order of their references; one statement."""
    row = PortfolioRow
    rows = await uow.session.execute(
        select(row.case_id, Case.title, Case.language, Unit.name, row.step)
        .join(Case, Case.id == row.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(*seen_as(actor, question_of(cut)), row.benefit_id.is_(None))
        .order_by(Case.reference, row.case_id),
        seen_by(actor, uow.now),
    )
    return tuple(ProjectShown(*each) for each in rows)


async def projects_of(uow: UnitOfWork, case_ids: Collection[UUID]) -> dict[UUID, ProjectShown]:
    """Some projects with the step that they stand in; one statement."""
    rows = await uow.session.execute(
        select(Case.id, Case.title, Case.language, Unit.name, Project.state)
        .join(Project, Project.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(Case.id.in_(case_ids))
    )
    return {row.id: ProjectShown(*row) for row in rows}


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a project costs, or several together; in øre."""

    award_ore: int = 0
    committed_ore: int = 0
    paid_ore: int = 0
    returned_ore: int = 0
    """What came back: unspent, or claimed."""

    @property
    def remaining_ore(self) -> int:
        """What is promised, and neither paid nor given back."""
        return self.committed_ore - self.paid_ore - self.returned_ore


def cost_of(figures: Figures) -> Cost:
    """What projects of which that is counted cost."""
    names = ("award", "committed", "paid", "returned")
    return Cost(**{f"{name}_ore": figures.tally.get(name, 0) for name in names})


class ProjectCost(msgspec.Struct, frozen=True, kw_only=True):
    """A project with what it costs."""

    project: ProjectShown
    cost: Cost


async def costs(uow: UnitOfWork, actor: Actor, cut: Cut, whole: Standing) -> tuple[Cost, list[ProjectCost]]:
    """What the projects of a cut cost together, and each of the first of them; one statement."""
    row = PortfolioRow
    there, own = seen_as(actor, question_of(cut)), aliased(row)
    first_of = (
        select(
            row.case_id, Case.title, Case.language, Case.unit_id, row.step, Case.reference,
        )
        .join(Case, Case.id == row.case_id)
        .where(*there, row.benefit_id.is_(None))
        .order_by(Case.reference, row.case_id)
        .limit(constant(MOST))
        .subquery()
    )  # fmt: skip
    as_of = whole.as_of
    rows = await uow.session.execute(
        select(
            first_of.c.case_id, first_of.c.title, first_of.c.language, Unit.name, first_of.c.step, own.counted,
        )
        .join(Unit, Unit.id == first_of.c.unit_id)
        .join(own, and_(own.case_id == first_of.c.case_id, own.benefit_id.is_(None)))
        .where(own.from_on <= as_of, or_(own.to_on.is_(None), own.to_on > as_of))
        .order_by(first_of.c.reference, first_of.c.case_id),
        seen_by(actor, uow.now),
    )  # fmt: skip
    return cost_of(whole.figures), [
        ProjectCost(project=ProjectShown(*each[:5]), cost=cost_of(unpack_counted(each.counted))) for each in rows
    ]


def _kroner(years: Iterable[int], whole: Standing) -> Any:
    """The price years that can be told, with the year whose kroner they are told in and what they are multiplied by."""
    to = {year: whole.price_year or year for year in years}
    told = [(year, to[year], ratio) for year in to if (ratio := whole.index.ratio(year, to[year])) is not None]
    own, into, by = ([each[number] for each in told] for number in range(3))
    return (
        func.unnest(literal(own, ARRAY(Integer)), literal(into, ARRAY(Integer)), literal(by, ARRAY(Numeric)))
        .table_valued(column("own", Integer), column("year", Integer), column("ratio", Numeric), name="kroner")
        .render_derived()
    )


def _counting(cut: Cut) -> ColumnElement[bool]:
    """Which rows say what the projects of a cut are forecast to give: their own, of some of their benefits the benefits'."""
    benefit_id = PortfolioRow.benefit_id
    return benefit_id.is_(None) if cut.goal is None and cut.category is None else benefit_id.is_not(None)


class PerKrone(msgspec.Struct, frozen=True, kw_only=True):
    """What projects give a year in kroner of one price year for what is promised to them."""

    price_year: int
    projects: int
    committed_ore: int
    net: Sum

    @property
    def planned(self) -> Decimal | None:
        """Planned kroner a year for a krone."""
        return share(self.net.planned, self.committed_ore)

    @property
    def realised(self) -> Decimal | None:
        """Realised kroner a year for a krone."""
        return share(self.net.realised, self.committed_ore)


async def per_krone(uow: UnitOfWork, actor: Actor, cut: Cut, whole: Standing) -> list[PerKrone]:
    """Benefit for each krone, for the projects with benefits in kroner of each price year and no others; one statement."""
    net = whole.counted.net
    there = seen_as(actor, question_of(cut))
    row, kroner = PortfolioRow, _kroner([each.price_year for each in net], whole)
    valued = (
        select(row.case_id, kroner.c.year)
        .distinct()
        .join(kroner, kroner.c.own == any_(row.price_years))
        .where(*there, _counting(cut))
        .subquery()
    )
    rows = await uow.session.execute(
        select(valued.c.year, func.count(), cast(func.coalesce(func.sum(row.committed_ore), 0), BigInteger))
        .select_from(row)
        .join(valued, valued.c.case_id == row.case_id)
        .where(*there, row.benefit_id.is_(None))
        .group_by(valued.c.year),
        seen_by(actor, uow.now),
    )
    of_year = {year: (count, ore) for year, count, ore in rows}
    return [
        PerKrone(
            price_year=each.price_year, projects=of_year[each.price_year][0],
            committed_ore=of_year[each.price_year][1], net=each,
        )
        for each in whole.in_kroner(net)
    ]  # fmt: skip


# --- benefits ---


class BenefitNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit as a line of a list, with the goals that it leads to."""

    id: UUID
    title: str
    project: ProjectShown
    goals: tuple[str, ...]


async def marked(uow: UnitOfWork, actor: Actor, cut: Cut, mark: str) -> list[BenefitNamed]:
    """The first of the benefits in a cut that are of a kind, by the names of MARKS; one statement."""
    row = PortfolioRow
    rows = await uow.session.execute(
        select(row.case_id, Case.title, Case.language, Unit.name, row.step, Benefit.id, Benefit.title, row.goals)
        .join(Case, Case.id == row.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Benefit, Benefit.id == row.benefit_id)
        .where(*seen_as(actor, question_of(cut)), literal(mark, Text) == any_(row.marks))
        .order_by(row.case_id, row.benefit_id)
        .limit(constant(MOST)),
        seen_by(actor, uow.now),
    )
    return [
        BenefitNamed(project=ProjectShown(*each[:5]), id=each[5], title=each[6], goals=tuple(each[7])) for each in rows
    ]


# --- what should stop ---


class Doubtful(msgspec.Struct, frozen=True, kw_only=True):
    """A project to look at with stopping in mind."""

    project: ProjectShown
    why: tuple[ToStop, ...]
    net: tuple[Sum, ...]


async def doubtful(uow: UnitOfWork, actor: Actor, cut: Cut, whole: Standing) -> tuple[int, list[Doubtful]]:
    """How many projects there is reason to look at, and the first of them; those that are over are not among them.

    Two statements: as `workflows.portfolio.should_stop` says of what each is forecast to give and what has been dropped.
    """
    row, kroner = PortfolioRow, _kroner([each.price_year for each in whole.counted.net], whole)
    there = (*seen_as(actor, question_of(cut)), _counting(cut), row.step.not_in(OVER))
    forecast = (
        func.unnest(row.price_years, row.forecasts)
        .table_valued(column("own", Integer), column("forecast", Numeric), name="of_year")
        .render_derived()
    )
    a_year = (
        select(row.case_id)
        .join(forecast, true())
        .join(kroner, kroner.c.own == forecast.c.own)
        .where(*there)
        .group_by(row.case_id, kroner.c.year)
        .having(func.sum(forecast.c.forecast * kroner.c.ratio) < 0)
    )
    gone = (
        select(row.case_id)
        .where(*there)
        .group_by(row.case_id)
        .having(func.bool_and(or_(*(word(mark) == any_(row.marks) for mark in ("dropped", ALL_DROPPED)))))
    )
    below, dropped = a_year.cte("below"), gone.cte("gone")
    rows = await uow.session.execute(
        select(
            Case.id, Case.title, Case.language, Unit.name, row.step,
            Case.id.in_(select(below.c.case_id)).label("is_below"),
            Case.id.in_(select(dropped.c.case_id)).label("is_gone"), func.count().over().label("all"),
        )
        .join(Case, Case.id == row.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(
            *seen_as(actor, question_of(cut)), row.benefit_id.is_(None),
            or_(Case.id.in_(select(below.c.case_id)), Case.id.in_(select(dropped.c.case_id))),
        )
        .order_by(Case.reference, Case.id)
        .limit(constant(MOST)),
        seen_by(actor, uow.now),
    )  # fmt: skip
    first = rows.all()
    nets = await _nets(uow, actor, cut, whole, [each.id for each in first])
    return (first[0].all if first else 0), [
        Doubtful(
            project=ProjectShown(*each[:5]), net=nets[each.id],
            why=tuple(
                why
                for why, holds in ((ToStop.NET_BELOW_ZERO, each.is_below), (ToStop.ALL_DROPPED, each.is_gone)) if holds
            ),
        )
        for each in first
    ]  # fmt: skip


async def _nets(
    uow: UnitOfWork, actor: Actor, cut: Cut, whole: Standing, case_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[Sum, ...]]:
    question = msgspec.structs.replace(question_of(cut), case_ids=tuple(case_ids))
    found = await counted_by(uow, actor, question, ("project",))
    return {
        UUID(key): whole.in_kroner(counted(own, whole.as_of, above_projects=False).net)
        for key, own in found["project"].items()
    }
