"""What the questions on trust, cost and harm are answered with, looked up in the tables that are kept in step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Numeric,
    Select,
    and_,
    any_,
    bindparam,
    cast,
    column,
    func,
    or_,
    select,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.benefits.models import Benefit
from app.cases.models import Case
from app.cases.queries import seen_by
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.listed import word
from app.core.questions import Told as Decoded
from app.core.questions import constant
from app.core.settled import settled
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.answers import Found
from app.portfolio.cut import Cut
from app.portfolio.entry import MISSING, Known
from app.portfolio.models import PortfolioRow
from app.portfolio.over_time import (
    AS_OF,
    Question,
    answers_to,
    counted_by,
    factors,
    kept_from,
    seen_as,
    seen_in,
    seen_in_shape,
    shape_of,
)  # fmt: skip
from app.portfolio.overview import Counted, IndicatorShown, ProjectShown, counted, indicators_of, names_of, question_of
from app.portfolio.packed import NOTHING, Figures
from workflows.over_time import NO_FACTORS, Factors
from workflows.portfolio import share
from workflows.rollup import LeftOut, Sum, in_price_year, left_out, of_grade, promised

MOST = 50
"""How many lines a list of a question shows; the spreadsheet has them all."""


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


def found_in(uow: UnitOfWork, actor: Actor, cut: Cut) -> Found:
    """The same by a query that is built once for all cuts by the same things, with what it is asked about."""
    question = question_of(cut)
    return Found(query=_projects_in(shape_of(question), kept_from(actor)), asked=answers_to(question, actor, uow.now))


@cache
def _projects_in(shape: Question, reach: frozenset[str] | None) -> Select[Any]:
    there = seen_in_shape(shape, reach)
    return select(PortfolioRow.case_id).where(*there, PortfolioRow.benefit_id.is_(None))


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


COSTS = ("award", "committed", "paid", "returned")
"""What a project costs, as it is counted."""


def cost_of(figures: Figures) -> Cost:
    """What projects of which that is counted cost."""
    return Cost(**{f"{name}_ore": figures.tally.get(name, 0) for name in COSTS})


_READ_COSTS = msgspec.json.Decoder(
    msgspec.defstruct("_Counted", [("tally", msgspec.defstruct("_Costs", [(name, int, 0) for name in COSTS]))])
)


def cost_in(counted: str) -> Cost:
    """The same from the text of what is counted, the rest of which is passed by."""
    said: Any = _READ_COSTS.decode(counted)
    return Cost(**{f"{name}_ore": getattr(said.tally, name) for name in COSTS})


class ProjectCost(msgspec.Struct, frozen=True, kw_only=True):
    """A project with what it costs."""

    project: ProjectShown
    cost: Cost


async def costs(uow: UnitOfWork, actor: Actor, cut: Cut, whole: Standing) -> tuple[Cost, list[ProjectCost]]:
    """What the projects of a cut cost together, and each of the first of them; one statement."""
    question = question_of(cut)
    statement, asked = _costs(shape_of(question), kept_from(actor)), answers_to(question, actor, uow.now)
    rows = await uow.session.execute(statement, asked)
    return cost_of(whole.figures), [
        ProjectCost(project=ProjectShown(*each[:5]), cost=cost_in(each.counted)) for each in rows
    ]


@cache
def _costs(shape: Question, reach: frozenset[str] | None) -> Select[Any]:
    row, own = PortfolioRow, aliased(PortfolioRow)
    first_of = (
        select(row.case_id, Case.title, Case.language, Case.unit_id, row.step, Case.reference)
        .join(Case, Case.id == row.case_id)
        .where(*seen_in_shape(shape, reach), row.benefit_id.is_(None))
        .order_by(Case.reference, row.case_id)
        .limit(constant(MOST))
        .subquery()
    )
    # the wide text of those alone that are shown
    return settled(
        select(first_of.c.case_id, first_of.c.title, first_of.c.language, Unit.name, first_of.c.step, own.counted)
        .join(Unit, Unit.id == first_of.c.unit_id)
        .join(own, and_(own.case_id == first_of.c.case_id, own.benefit_id.is_(None)))
        .where(own.from_on <= AS_OF, or_(own.to_on.is_(None), own.to_on > AS_OF))
        .order_by(first_of.c.reference, first_of.c.case_id)
    )


KRONER = (
    func.unnest(
        bindparam("kroner_of", type_=ARRAY(Integer)), bindparam("kroner_in", type_=ARRAY(Integer)),
        bindparam("kroner_by", type_=ARRAY(Numeric)),
    )
    .table_valued(column("own", Integer), column("year", Integer), column("ratio", Numeric), name="kroner")
    .render_derived()
)  # fmt: skip
"""The price years that can be told, with the year whose kroner they are told in and what they are multiplied by."""


def kroner_of(years: Iterable[int], whole: Standing) -> dict[str, Any]:
    """What a statement with KRONER in it is asked about."""
    to = {year: whole.price_year or year for year in years}
    told = [(year, to[year], ratio) for year in to if (ratio := whole.index.ratio(year, to[year])) is not None]
    return {name: [each[place] for each in told] for place, name in enumerate(("kroner_of", "kroner_in", "kroner_by"))}


def counting(shape: Question) -> ColumnElement[bool]:
    """Which rows say what the projects of a cut are forecast to give: their own, of some of their benefits the benefits'."""
    benefit_id = PortfolioRow.benefit_id
    return benefit_id.is_(None) if shape.goal is None and shape.category is None else benefit_id.is_not(None)


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
    question, net = question_of(cut), whole.counted.net
    rows = await uow.session.execute(
        _per_krone(shape_of(question), kept_from(actor)),
        {**answers_to(question, actor, uow.now), **kroner_of([each.price_year for each in net], whole)},
    )
    of_year = {year: (count, ore) for year, count, ore in rows}
    return [
        PerKrone(
            price_year=each.price_year, projects=of_year[each.price_year][0],
            committed_ore=of_year[each.price_year][1], net=each,
        )
        for each in whole.in_kroner(net)
    ]  # fmt: skip


@cache
def _per_krone(shape: Question, reach: frozenset[str] | None) -> Select[Any]:
    row, there = PortfolioRow, seen_in_shape(shape, reach)
    valued = (
        select(row.case_id, KRONER.c.year)
        .distinct()
        .join(KRONER, KRONER.c.own == any_(row.price_years))
        .where(*there, counting(shape))
        .subquery()
    )
    return settled(
        select(valued.c.year, func.count(), cast(func.coalesce(func.sum(row.committed_ore), 0), BigInteger))
        .select_from(row)
        .join(valued, valued.c.case_id == row.case_id)
        .where(*there, row.benefit_id.is_(None))
        .group_by(valued.c.year)
    )


# --- benefits ---


class BenefitNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit as a line of a list, with the goals that it leads to."""

    id: UUID
    title: str
    project: ProjectShown
    goals: tuple[str, ...]


async def marked(uow: UnitOfWork, actor: Actor, cut: Cut, mark: str) -> list[BenefitNamed]:
    """The first of the benefits in a cut that are of a kind, by the names of MARKS; one statement."""
    question = question_of(cut)
    statement, asked = _marked(shape_of(question), kept_from(actor), mark), answers_to(question, actor, uow.now)
    return [
        BenefitNamed(project=ProjectShown(*each[:5]), id=each[5], title=each[6], goals=tuple(each[7]))
        for each in await uow.session.execute(statement, asked)
    ]


@cache
def _marked(shape: Question, reach: frozenset[str] | None, mark: str, *more: Any) -> Select[Any]:
    row = PortfolioRow
    found = (
        select(row.case_id, row.benefit_id, row.step, row.goals, row.known)
        .where(*seen_in_shape(shape, reach), word(mark) == any_(row.marks))
        .order_by(row.case_id, row.benefit_id)
        .limit(constant(MOST))
        .subquery()
    )
    told = [
        cast(found.c.known, Decoded(list[Known])).label("known"),
        cast(names_of(found.c.benefit_id), Decoded(dict[UUID, tuple[str, str]])).label("names"),
    ]
    return settled(
        select(
            found.c.case_id, Case.title, Case.language, Unit.name, found.c.step, Benefit.id,
            Benefit.title.label("benefit"), found.c.goals, *(told if "known" in more else ()),
        )
        .join(Case, Case.id == found.c.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Benefit, Benefit.id == found.c.benefit_id)
        .order_by(found.c.case_id, found.c.benefit_id)
    )  # fmt: skip


class Harmful(msgspec.Struct, frozen=True, kw_only=True):
    """A disbenefit as a line of a list, with what is known of its indicators."""

    id: UUID
    title: str
    project: ProjectShown
    indicators: tuple[IndicatorShown, ...]


async def harmful(uow: UnitOfWork, actor: Actor, cut: Cut) -> list[Harmful]:
    """The first of the disbenefits in a cut; one statement."""
    question = question_of(cut)
    statement, asked = (
        _marked(shape_of(question), kept_from(actor), "harms", "known"),
        answers_to(question, actor, uow.now),
    )
    return [
        Harmful(
            id=row.id, title=row.benefit, project=ProjectShown(*row[:5]), indicators=indicators_of(row.known, row.names)
        )
        for row in await uow.session.execute(statement, asked)
    ]
