"""The portfolio over time in any cut, as it stood on any day: looked up in the tables that are kept in step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

from app.benefits.figures import end_of
from app.cases.models import Case, CaseUnit
from app.cases.queries import UNITS, reach_of, seen_by, visible, visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.questions import constant
from app.core.settled import settled
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.models import PortfolioRow, PortfolioTotal, PriceIndex
from app.portfolio.packed import COUNTED, Adding, Figures, counts_in, unpack, unpack_counted
from workflows.over_time import Factors, Period, Rolled, rolled
from workflows.project import ProjectState
from workflows.rules import GOALS

ANY = UUID(int=0)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A cut of the portfolio: a day, and by what it is narrowed; None where everything."""

    as_of: date | None = None
    goal: str | None = None
    """An overall goal; "" for what leads to none."""
    county_id: UUID | None = None
    call_id: UUID | None = None
    category: str | None = None
    """DFØ's: efficiency, quality, other_actors."""
    unit_id: UUID | None = None
    step: str | None = None
    case_ids: tuple[UUID, ...] | None = None
    benefit_id: UUID | None = None
    price_year: int | None = None

    @property
    def kinds(self) -> dict[str, str]:
        """By what it is narrowed that totals are kept for."""
        asked = {
            "goal": self.goal, "county": self.county_id, "call": self.call_id, "category": self.category, "step": self.step
        }  # fmt: skip
        return {name: str(value) for name, value in asked.items() if value is not None}


class OverTime(msgspec.Struct, frozen=True, kw_only=True):
    """A cut over time, and what is counted in it on the day."""

    as_of: date
    rolled: Rolled
    steps: dict[str, int]
    """How many projects stand in each step."""
    counts: dict[str, int]
    """projects, running, committed and paid (øre), benefits, planned, forecast, measured, estimated, reached, dropped,
    measurable (having an indicator, the dropped too), invented, overdue, lacking, and lacks_goal, lacks_owner and so on
    for each of what a benefit can lack."""

    @property
    def months(self) -> tuple[Period, ...]:
        """Month by month, in kroner of one price year (in øre)."""
        return self.rolled.months

    @property
    def years(self) -> tuple[Period, ...]:
        """Year by year."""
        return self.rolled.years


async def factors_on(uow: UnitOfWork, *days: date) -> list[Factors]:
    """The price index as it was known at the end of each of some days; one statement."""
    index = PriceIndex
    rows = await uow.session.execute(
        select(index.year, index.factor, index.recorded_at)
        .where(index.recorded_at < end_of(max(days)))
        .order_by(index.recorded_at, index.id)
    )
    recorded = rows.all()  # a few for each year; of a year the one recorded last counts
    return [Factors({year: Decimal(factor) for year, factor, at in recorded if at < end_of(day)}) for day in days]


async def factors(uow: UnitOfWork, as_of: date) -> Factors:
    """The price index as it was known at the end of a day; one statement."""
    (found,) = await factors_on(uow, as_of)
    return found


PARTS: dict[str, tuple[Any, Any]] = {
    "as_of": (Date(), date.max), "goal": (Text(), "?"), "county_id": (Uuid(), ANY), "call_id": (Uuid(), ANY),
    "category": (Text(), "?"), "unit_id": (Uuid(), ANY), "step": (Text(), "?"), "case_ids": (ARRAY(Uuid()), (ANY,)),
    "benefit_id": (Uuid(), ANY),
}  # fmt: skip
"""What each part of a question is, as a statement asks for it, and what stands in its place in a shape."""


def shape_of(question: Question) -> Question:
    """What questions have in common that the same statement answers: what is asked for, and not which of it."""
    named = {name: place for name, (_, place) in PARTS.items() if getattr(question, name) is not None}
    return Question(**{**named, "goal": ""} if question.goal == "" else named)


def _asked(question: Question, name: str) -> ColumnElement[Any]:
    """A part of a question in a statement: its value, and of a shape a place for that of any question."""
    value, (kind, place) = getattr(question, name), PARTS[name]
    return (
        bindparam(name, type_=kind) if value == place else literal(list(value) if name == "case_ids" else value, kind)
    )


def answers_to(question: Question, actor: Actor, now: datetime) -> dict[str, Any]:
    """What a statement for all questions of a shape, by all who see as far, is asked about."""
    as_of = question.as_of or day_in_oslo(now)
    parts = {name: getattr(question, name) for name in PARTS if getattr(question, name) is not None}
    if question.case_ids is not None:
        parts["case_ids"] = list(question.case_ids)
    return {**parts, "as_of": as_of, "moment": end_of(as_of), **seen_by(actor, now)}


def _narrowed(question: Question) -> list[ColumnElement[bool]]:
    row = PortfolioRow
    said: list[ColumnElement[bool]] = []
    if question.goal is not None:
        goal = _asked(question, "goal")
        said.append(goal == any_(row.goals) if question.goal else func.cardinality(row.goals) == 0)
    if question.category is not None:
        said.append(_asked(question, "category") == any_(row.categories))
    if question.goal is not None and question.category is not None:
        both = _asked(question, "category") + literal_column("'|'", Text()) + _asked(question, "goal")
        said.append(both == any_(row.together))
    if question.case_ids is not None:
        said.append(row.case_id == func.any(_asked(question, "case_ids")))
    for name in ("county_id", "call_id", "unit_id", "step", "benefit_id"):
        if getattr(question, name) is not None:
            said.append(getattr(row, name) == _asked(question, name))
    return said


def _standing(question: Question) -> ColumnElement[bool]:
    """The rows as they stood on the day; today they are those that no day ends, which an index knows."""
    if question.as_of is None:
        return PortfolioRow.to_on.is_(None)
    as_of = _asked(question, "as_of")
    return and_(PortfolioRow.from_on <= as_of, or_(PortfolioRow.to_on.is_(None), PortfolioRow.to_on > as_of))


AS_OF = bindparam("as_of", type_=Date())


def _waiting(key: Sequence[Any], *narrowed: Any) -> list[Select[Any]]:
    """The beginnings and ends that the totals do not hold yet."""
    row = PortfolioRow
    return [
        select(*key, constant(1)).where(~row.begun, row.from_on <= AS_OF, *narrowed),
        select(*key, constant(-1)).where(row.to_on <= AS_OF, ~row.ended, *narrowed),
    ]


def _may_miss(actor: Actor) -> bool:
    """Whether something may be kept from a reader of the portfolio: a case of a unit of theirs (G12)."""
    return not actor.is_system and bool(actor.unit_ids)


def _hidden(units: Any, seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a row is of a case of some units that is not among those seen."""
    of_theirs = select(CaseUnit.case_id).where(CaseUnit.unit_id == func.any(units))
    return PortfolioRow.case_id.in_(select(Case.id).where(Case.id.in_(of_theirs), not_(seen)))


@cache
def hidden_from(reach: frozenset[str]) -> ColumnElement[bool]:
    """The condition that a row is kept from a reader, for statements that are built once for all who reach as far."""
    return _hidden(UNITS, visible(reach))


def seen_in(uow: UnitOfWork, actor: Actor, question: Question) -> list[ColumnElement[bool]]:
    """The conditions on the rows of a cut as they stood on its day, those that the reader may see."""
    return [_standing(question), *seen_ever(uow, actor, question)]


def seen_as(actor: Actor, question: Question) -> list[ColumnElement[bool]]:
    """The same for a statement that is run with what `seen_by` says of the reader: what is seen is built once for all."""
    reach = kept_from(actor)
    return [_standing(question), *_narrowed(question), *([not_(hidden_from(reach))] if reach is not None else [])]


def seen_ever(uow: UnitOfWork, actor: Actor, question: Question) -> list[ColumnElement[bool]]:
    """The conditions on the rows of a cut on whatever day, those that the reader may see."""
    if not _may_miss(actor):
        return _narrowed(question)
    units = literal(list(actor.unit_ids), ARRAY(Uuid()))
    return [*_narrowed(question), not_(_hidden(units, visible_to(actor, uow.now)))]


def seen_in_shape(shape: Question, reach: frozenset[str] | None) -> list[ColumnElement[bool]]:
    """The same for all questions of a shape by all who reach as far; None for those from whom nothing is kept."""
    return [_standing(shape), *_narrowed(shape), *([not_(hidden_from(reach))] if reach is not None else [])]


def kept_from(actor: Actor) -> frozenset[str] | None:
    """How far a reader reaches from whom something may be kept; None where nothing is."""
    return reach_of(actor) if _may_miss(actor) else None


async def figures_by(
    uow: UnitOfWork, actor: Actor, question: Question, dimension: str | None = None
) -> dict[str, Figures]:
    """The figures of a cut by each key of a dimension (goal, county, call, category, step, unit, project), or under "".

    What leads to several goals is under each of them. One statement, and one more where something is kept from the reader.
    """
    shape, reach = shape_of(question), kept_from(actor)
    asked = answers_to(question, actor, uow.now)
    found: dict[str, Adding] = {}
    for statement in _figures_by(shape, dimension, reach):
        for name, figures, counted, times in await uow.session.execute(statement, asked):
            found.setdefault(name, Adding()).add(unpack(figures, counted), times)
    done = {name: adding.done() for name, adding in found.items()}
    return {name: figures for name, figures in done.items() if figures != Figures()}


@cache
def _figures_by(shape: Question, dimension: str | None, reach: frozenset[str] | None) -> tuple[Any, ...]:
    """The statements behind the figures of a cut; built once, for building them takes longer than running them."""
    row, total = PortfolioRow, PortfolioTotal
    narrowed = _narrowed(shape)
    totals = _totals(shape, dimension, (total.figures, total.counted))
    told = (_key(dimension, shape), row.figures, row.counted)
    if totals is not None:
        whole = union_all(totals, *_waiting(told, *narrowed))
    else:
        whole = union_all(select(*told, constant(1)).where(_standing(shape), *narrowed))
    if reach is None:
        return (whole,)
    return whole, select(*told, constant(-1)).where(_standing(shape), hidden_from(reach), *narrowed)


async def counted_by(
    uow: UnitOfWork, actor: Actor, question: Question, dimensions: Sequence[str | None] = (None,)
) -> dict[str | None, dict[str, Figures]]:
    """What is counted in a cut, without what it comes to over time, by the keys of several dimensions; None is the whole.

    One statement, in which what is kept from the reader is taken away.
    """
    asked = answers_to(question, actor, uow.now)
    found: dict[str, dict[str, Adding]] = {dimension or "": {} for dimension in dimensions}
    statement = _counted_by(shape_of(question), tuple(dimensions), kept_from(actor))
    for name, key, counted, times in await uow.session.execute(statement, asked):
        found[name].setdefault(key, Adding()).add(unpack_counted(counted), times)
    return {
        dimension: {
            key: figures for key, adding in found[dimension or ""].items() if (figures := adding.done()) != Figures()
        }
        for dimension in dimensions
    }


async def counts_by(uow: UnitOfWork, actor: Actor, question: Question, dimension: str) -> dict[str, dict[str, int]]:
    """What there is in a cut by the names of COUNTED and the keys of one dimension, where nothing is told of the kroner.

    One statement, in which what is kept from the reader is taken away.
    """
    asked = answers_to(question, actor, uow.now)
    statement = _counted_by(shape_of(question), (dimension,), kept_from(actor))
    found: dict[str, list[list[int]]] = {}
    for _, key, counted, times in (await uow.session.execute(statement, asked)).all():
        counts = counts_in(counted, asked["as_of"])
        found.setdefault(key, []).append(counts if times == 1 else [times * count for count in counts])
    summed = {key: list(map(sum, zip(*each, strict=True))) for key, each in found.items()}
    return {key: dict(zip(COUNTED, own, strict=True)) for key, own in summed.items() if any(own)}


@cache
def _counted_by(shape: Question, dimensions: tuple[str | None, ...], reach: frozenset[str] | None) -> Any:
    """The statement behind what is counted in a cut; built once."""
    row, narrowed = PortfolioRow, _narrowed(shape)
    parts: list[Any] = []
    for dimension in dimensions:
        name = literal_column(f"'{dimension or ''}'", Text())
        told = (name, _key(dimension, shape), row.counted)
        totals = _totals(shape, dimension, (PortfolioTotal.counted,), COUNTED_PAIRS, name)
        if totals is not None:
            parts += [totals, *_waiting(told, *narrowed)]
        else:
            parts.append(select(*told, constant(1)).where(_standing(shape), *narrowed))
        if reach is not None:
            parts.append(select(*told, constant(-1)).where(_standing(shape), hidden_from(reach), *narrowed))
    return settled(union_all(*parts))


PAIRS = (("goal", "county"),)
"""Two that totals are kept for together."""
COUNTED_PAIRS = (*PAIRS, *((first, second) for first in ("call", "step", "category") for second in ("county", "goal")))
"""Two that it is kept for how much there is of them together."""


def _totals(
    question: Question, dimension: str | None, columns: tuple[Any, ...],
    pairs: tuple[tuple[str, str], ...] = PAIRS, *before: Any,
) -> Any:  # fmt: skip
    """The totals that answer a question, the last of each up to the day; None where none are kept for it."""
    kinds: dict[str, Any] = {name: cast(_asked(question, KIND_OF[name]), Text) for name in question.kinds}
    if question.unit_id or question.benefit_id or question.case_ids is not None or dimension in kinds:
        return None
    key: Any = literal("", Text)
    keys = select(literal("", Text).label("key")).subquery()
    if dimension is not None:
        if dimension not in KEYS:
            return None
        keys = KEYS[dimension]().subquery()
        key = kinds[dimension] = keys.c.key
    pair = next((each for each in pairs if set(each) == set(kinds)), None)
    if len(kinds) > 1 and pair is None:
        return None
    name = "+".join(pair) if pair else next(iter(kinds), "all")
    wanted: Any = "" if not kinds else kinds[name] if pair is None else (
        kinds[pair[0]] + literal_column("'|'", Text()) + kinds[pair[1]]
    )  # fmt: skip
    last = (
        select(*columns)
        .where(PortfolioTotal.dimension == name, PortfolioTotal.key == wanted, PortfolioTotal.on <= AS_OF)
        .order_by(PortfolioTotal.on.desc())
        .limit(constant(1))
        .lateral()
    )
    return select(*before, key, *last.c, constant(1)).select_from(keys).join(last, true())


KIND_OF = {"goal": "goal", "county": "county_id", "call": "call_id", "category": "category", "step": "step"}
"""What a question calls the kinds that totals are kept for."""


def _named(*keys: str) -> Any:
    return select(func.unnest(cast(list(keys), ARRAY(Text))).label("key"))


KEYS: dict[str, Any] = {
    "goal": lambda: _named(*GOALS, ""),
    "category": lambda: _named("efficiency", "quality", "other_actors", ""),
    "step": lambda: _named(*ProjectState),
    "county": lambda: select(cast(Unit.id, Text).label("key")).where(Unit.kind == "county").union_all(_named("")),
    "call": lambda: select(cast(Case.id, Text).label("key")).where(Case.kind == "call").union_all(_named("")),
}
"""What there is to be found by, of each kind that totals are kept for."""


def _key(dimension: str | None, question: Question) -> ColumnElement[Any]:
    """What a row stands under in a cut: of several goals under each, of one category under the goals that it leads to."""
    pair = {"goal": "category", "category": "goal"}
    if dimension not in pair or getattr(question, pair[dimension]) is None:
        return _key_alone(dimension)
    own, other = (2, 1) if dimension == "goal" else (1, 2)
    both = func.unnest(PortfolioRow.together).column_valued("both")
    asked = _asked(question, pair[dimension])
    within = select(func.split_part(both, "|", own)).where(func.split_part(both, "|", other) == asked)
    return func.unnest(func.array(within.scalar_subquery()))


@cache
def _key_alone(dimension: str | None) -> ColumnElement[Any]:
    row = PortfolioRow
    several = {"goal": row.goals, "category": row.categories}
    if dimension in several:
        own = several[dimension]
        return func.unnest(func.coalesce(func.nullif(own, cast([], own.type)), cast([""], own.type)))
    columns: dict[str | None, Any] = {
        None: null(), "county": row.county_id, "call": row.call_id, "step": row.step, "unit": row.unit_id,
        "project": row.case_id, "benefit": row.benefit_id,
    }  # fmt: skip
    return func.coalesce(cast(columns[dimension], Text), "")


async def over_time(uow: UnitOfWork, actor: Actor, question: Question) -> OverTime:
    """A cut over time, as it stood at the end of a day; without a day: as it stands now."""
    found = await over_time_by(uow, actor, question)
    return found.get("") or seen(Figures(), question.as_of or day_in_oslo(uow.now), Factors(), question.price_year)


async def over_time_by(
    uow: UnitOfWork, actor: Actor, question: Question, dimension: str | None = None
) -> dict[str, OverTime]:
    """The same by each key of a dimension; all in kroner of one price year, so that they can be laid side by side.

    That is the one asked for, else the newest that any of them is in.
    """
    as_of = question.as_of or day_in_oslo(uow.now)
    by_key = await figures_by(uow, actor, question, dimension)
    index = await factors(uow, as_of)
    newest = max((year for figures in by_key.values() for year in figures.sums.price_years), default=None)
    to = question.price_year or newest
    return {key: seen(figures, as_of, index, to) for key, figures in by_key.items()}


def seen(figures: Figures, as_of: date, index: Factors, price_year: int | None) -> OverTime:
    """Figures as they look on a day."""
    return OverTime(
        as_of=as_of,
        rolled=rolled(figures.sums, as_of, price_year=price_year, factors=index),
        counts={name: figures.count(name, as_of) for name in COUNTED},
        steps={step: count for step in ProjectState if (count := figures.tally.get(f"step_{step}", 0))},
    )
