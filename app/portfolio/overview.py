"""What a cut of the portfolio comes to out of the tables that are kept in step, and the first of what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, Uuid, and_, any_, cast, false, func, null, or_, select, true, union_all
from sqlalchemy.orm import aliased

from app.benefits.models import Benefit, Indicator
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.listed import word
from app.core.questions import Told as Decoded
from app.core.questions import constant
from app.core.settled import settled
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.adjustments import recorded, within
from app.portfolio.cut import Cut
from app.portfolio.entry import MISSING, Known
from app.portfolio.models import PortfolioRow
from app.portfolio.over_time import (
    AS_OF,
    Question,
    answers_to,
    counted_by,
    counts_by,
    factors,
    kept_from,
    seen_in_shape,
    shape_of,
)  # fmt: skip
from app.portfolio.packed import COUNTED, NOTHING, Figures, counts_in
from app.portfolio.told_lines import Told, told_each
from workflows.over_time import NO_FACTORS, Factors
from workflows.project import ProjectState
from workflows.rollup import LeftOut, Line, Sum, from_held, in_price_year, left_out, together
from workflows.rules import GOALS

MOST = 50
"""How many benefits or projects a list shows; the file has them all."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What there is in a cut, by the names of COUNTED, and kroner a year for each price year."""

    counts: dict[str, int]
    steps: dict[str, int]
    """How many projects stand in each step, in the order of a project's life."""
    gains: tuple[Sum, ...]
    harms: tuple[Sum, ...]
    net: tuple[Sum, ...]
    left_out: tuple[LeftOut, ...] = ()
    """What of the net sums could not be told in the kroner asked for."""

    @property
    def keeps_back(self) -> bool:
        """Whether something measured is in none of the sums, since it rests on too few."""
        return any(each.keeps_back for each in self.net)

    def kept_back(self) -> Counted:
        """The same with nothing of what was measured."""
        names = ("gains", "harms", "net")
        return msgspec.structs.replace(
            self, **{name: tuple(each.kept_back() for each in getattr(self, name)) for name in names}
        )

    def in_price_year(self, to: int, factors: Factors) -> Counted:
        """The same with everything that can be in kroner of one year."""
        return msgspec.structs.replace(
            self,
            **{name: in_price_year(getattr(self, name), to, factors) for name in ("gains", "harms", "net")},
            left_out=left_out(self.net, to, factors),
        )


class Laid(msgspec.Struct, frozen=True, kw_only=True):
    """A cut as a whole, and laid out by what it was asked to be."""

    as_of: date
    whole: Counted
    goals: list[tuple[str, Counted]]
    """Each overall goal, and under "" what leads to none, where there is any."""
    counties: dict[UUID | None, Counted]
    """Those that have projects; None for those of no county."""
    projects: dict[UUID, Counted]
    lines: tuple[Told, ...] = ()
    """What overlap and optimism take away, beside the sums and in none of them."""
    unsplit: int = 0
    """So many lines reach into the cut from elsewhere, and nobody knows for how much."""
    after_lines: tuple[Sum, ...] = ()
    """The net sums with the lines taken away; none where there are no lines."""


def counted(found: Figures, as_of: date, *, above_projects: bool = True) -> Counted:
    """What is counted, as it looks on a day; above projects without what rests on too few."""

    def sums(sign: int | None) -> tuple[Sum, ...]:
        return from_held(found.tally, sign, above_projects=above_projects)

    return msgspec.structs.replace(_counts(found, as_of), gains=sums(1), harms=sums(-1), net=sums(None))


def _counts(found: Figures, as_of: date) -> Counted:
    """The same without kroner."""
    return Counted(
        counts={name: found.count(name, as_of) for name in COUNTED},
        steps={step: found.tally.get(f"step_{step}", 0) for step in ProjectState},
        gains=(), harms=(), net=(),
    )  # fmt: skip


Key = TypeVar("Key")


def side_by_side(parts: Mapping[Key, Counted]) -> dict[Key, Counted]:
    """Parts of a whole: one that alone keeps something back could be found by taking the others from it.

    Of the others the one that shows least is kept back with it.
    """
    found = dict(parts)
    keeping = [key for key, part in parts.items() if part.keeps_back]
    others = {
        key: shown for key, part in parts.items()
        if key not in keeping and (shown := sum(abs(each.realised) + abs(each.estimated) for each in part.net))
    }  # fmt: skip
    if len(keeping) == 1 and others:
        least = min(others, key=lambda key: (others[key], str(key)))
        found[least] = found[least].kept_back()
    return found


def question_of(cut: Cut) -> Question:
    """What is asked of the tables for a cut."""
    return Question(as_of=cut.as_of, **cut.narrowed)


async def laid_out(uow: UnitOfWork, actor: Actor, cut: Cut, *dimensions: str, only_counts: bool = False) -> Laid:
    """A cut as a whole, and by goal, county or project where that is asked for; of these `only_counts` leaves the sums out.

    Two statements, and one for the price index where a year is asked for.
    """
    as_of = cut.as_of or day_in_oslo(uow.now)
    asked: dict[str, Any] = {"goal": cut.goal, "county": cut.county_id}
    apart = [name for name in dimensions if asked.get(name) is None]
    found = await counted_by(uow, actor, question_of(cut), (None, *apart))
    index = await factors(uow, as_of) if cut.price_year else Factors()
    parts = {
        dimension: {key: _counts(part, as_of) for key, part in own.items()}
        if only_counts and dimension
        else _counted_each(own, as_of, cut.price_year, index, above_projects=dimension != "project")
        for dimension, own in found.items()
    }
    nothing = counted(NOTHING, as_of)
    whole = parts[None].get("", nothing)
    for name in dimensions:  # a cut by one goal or county is laid out by that one alone
        if name not in apart:
            parts[name] = {str(asked[name]): whole} if found[None] else {}
    beside = within(await recorded(uow), cut, as_of)
    lines = told_each(beside, cut.price_year, index)
    goals = parts.get("goal", {})
    shown = [goal for goal in GOALS if cut.goal in (None, goal)] if "goal" in dimensions else []
    return Laid(
        as_of=as_of,
        whole=whole,
        goals=[(goal, goals.get(goal, nothing)) for goal in shown] + ([("", goals[""])] if "" in goals else []),
        counties={UUID(key) if key else None: part for key, part in parts.get("county", {}).items()},
        projects={UUID(key): part for key, part in parts.get("project", {}).items()},
        lines=lines,
        unsplit=beside.unsplit,
        after_lines=together([*whole.net, *(each for told in lines for each in told.sums)]) if lines else (),
    )


def _counted_each(
    found: Mapping[str, Figures], as_of: date, price_year: int | None = None, index: Factors = NO_FACTORS,
    *, above_projects: bool = True,
) -> dict[str, Counted]:  # fmt: skip
    each = {key: counted(own, as_of, above_projects=above_projects) for key, own in found.items()}
    each = side_by_side(each) if above_projects else each
    return {key: own.in_price_year(price_year, index) for key, own in each.items()} if price_year else each


class ProjectShown(msgspec.Struct, frozen=True):
    """A project as a line of a table."""

    id: UUID
    title: str
    language: str
    unit: str
    state: str


class IndicatorShown(msgspec.Struct, frozen=True):
    """An indicator of a benefit, called what it is called now, with what was known of it."""

    name: str
    unit: str
    known: Known
    line: Line
    """The same as the arithmetic takes it."""


class BenefitShown(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit as a line of a list."""

    id: UUID
    case_id: UUID
    title: str
    is_dropped: bool = False
    missing: tuple[str, ...] = ()
    """What it lacks to be trusted, by the names of MISSING."""
    indicators: tuple[IndicatorShown, ...] = ()


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """The first of the projects and benefits in a cut."""

    projects: list[tuple[ProjectShown, Mapping[str, int]]]
    """What is counted of each; none where the cut is everything as it stands."""
    lacking: list[BenefitShown]
    """With what each lacks."""
    benefits: list[BenefitShown]
    """Those that can be measured, with what is known of their indicators."""
    project_of: dict[UUID, ProjectShown]


async def lists(uow: UnitOfWork, actor: Actor, cut: Cut) -> Lists:
    """The first of what is in a cut; one statement, and one for the projects where it is narrowed or of an earlier day."""
    rows = await _rows(uow, actor, cut)
    as_of = cut.as_of or day_in_oslo(uow.now)
    shown = {row.case_id: ProjectShown(row.case_id, row.title, row.language, row.unit, row.step) for row in rows}
    own = [shown[row.case_id] for row in rows if row.list == "projects"]
    parts: dict[str, dict[str, int]] = {}
    if cut.is_narrowed:
        question = msgspec.structs.replace(question_of(cut), case_ids=tuple(each.id for each in own))
        parts = await counts_by(uow, actor, question, "project")
    return Lists(
        projects=[(each, parts[str(each.id)]) for each in own],
        lacking=[_lacking(row, as_of) for row in rows if row.list == "lacking"],
        benefits=[_measurable(row) for row in rows if row.list == "benefits"],
        project_of=shown,
    )


LACKS = {name: name if name == "overdue" else f"lacks_{name}" for name in MISSING}
"""What a benefit can lack, with what it is counted as."""


def _lacking(row: Any, as_of: date) -> BenefitShown:
    counts = dict(zip(COUNTED, counts_in(row.counted, as_of), strict=True))
    missing = tuple(name for name, counted_as in LACKS.items() if counts[counted_as])
    return BenefitShown(id=row.benefit_id, case_id=row.case_id, title=row.benefit, missing=missing)


def _measurable(row: Any) -> BenefitShown:
    return BenefitShown(
        id=row.benefit_id, case_id=row.case_id, title=row.benefit, is_dropped=row.is_dropped,
        indicators=indicators_of(row.known, row.names),
    )  # fmt: skip


def indicators_of(known: Iterable[Known], names: Mapping[UUID, tuple[str, str]]) -> tuple[IndicatorShown, ...]:
    """What is known of indicators with the names and units that they have now."""
    return tuple(IndicatorShown(*names[each.indicator_id], each, each.line) for each in known)


def names_of(benefit_id: Any, *only: Any) -> Any:
    """The names and units of a benefit's indicators as JSON."""
    return (
        select(func.json_object_agg(Indicator.id, func.json_build_array(Indicator.name, Indicator.unit)))
        .where(Indicator.benefit_id == benefit_id, *only)
        .scalar_subquery()
    )


async def _rows(uow: UnitOfWork, actor: Actor, cut: Cut) -> Sequence[Any]:
    """The rows of the lists with their projects, in the order in which they are shown; one statement."""
    question = question_of(cut)
    statement, asked = _listed(shape_of(question), kept_from(actor)), answers_to(question, actor, uow.now)
    return list(await uow.session.execute(statement, asked))


@cache
def _listed(shape: Question, reach: frozenset[str] | None) -> Any:
    """The statement behind the lists; built once for all cuts by the same things."""
    row, there = PortfolioRow, seen_in_shape(shape, reach)
    nothing, told = cast(null(), Text), (row.case_id, row.benefit_id, row.step)
    dropped = word("dropped") == any_(row.marks)
    of_benefits = {
        # of an earlier day also those that have ended since: an index knows those that ever lacked something
        "lacking": (
            and_(row.lacks_from <= AS_OF, or_(row.to_on.is_(None), row.lacks_from < row.to_on)), row.counted, nothing
        ),
        "benefits": (word("measurable") == any_(row.marks), nothing, row.known),
    }  # fmt: skip
    parts = [
        select(
            word(name).label("list"), *told, dropped.label("is_dropped"), counted.label("counted"), known.label("known"),
            nothing.label("reference"),
        )
        .where(*there, row.benefit_id.is_not(None), condition)
        .order_by(row.case_id, row.benefit_id)
        .limit(constant(MOST))
        .subquery()
        for name, (condition, counted, known) in of_benefits.items()
    ]  # fmt: skip
    if shape != Question():
        # nothing that the index of standing projects does not hold
        none, no = cast(null(), Uuid).label("benefit_id"), false().label("is_dropped")
        said = (row.case_id, none, row.step, no, nothing.label("counted"), nothing.label("known"))
        at_once = shape.as_of is None or shape.unit_id is not None
        parts.append(_projects(there, said, at_once=at_once).subquery())
    listed = union_all(*(select(part) for part in parts)).subquery("listed")
    names = names_of(listed.c.benefit_id, listed.c.known.is_not(None))
    return settled(
        select(
            listed.c.list, listed.c.case_id, listed.c.benefit_id, listed.c.step, listed.c.is_dropped, listed.c.counted,
            cast(listed.c.known, Decoded(list[Known])).label("known"), Benefit.title.label("benefit"),
            cast(names, Decoded(dict[UUID, tuple[str, str]])).label("names"), Case.title, Case.language,
            Unit.name.label("unit"),
        )
        .join(Case, Case.id == listed.c.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Benefit, Benefit.id == listed.c.benefit_id)
        .order_by(listed.c.list, listed.c.reference, listed.c.case_id, listed.c.benefit_id)
    )  # fmt: skip


def _projects(there: Sequence[Any], told: Sequence[Any], *, at_once: bool) -> Select[Any]:
    """The first projects by their references: all of them found at once, or one by one until there are enough."""
    row, opened = PortfolioRow, aliased(Case)
    of_project = select(*told).where(*there, row.benefit_id.is_(None))
    named = word("projects").label("list")
    if at_once:
        own = of_project.subquery()
        found = select(named, *own.c, cast(opened.reference, Text).label("reference")).join(
            opened, opened.id == own.c.case_id
        )
    else:
        of_one = of_project.where(row.case_id == opened.id).order_by(row.from_on.desc()).limit(constant(1)).lateral()
        found = (
            select(named, *of_one.c, cast(opened.reference, Text).label("reference"))
            .select_from(opened)
            .join(of_one, true())
            .where(opened.project_at.is_not(None))
        )
    return found.order_by(opened.reference, opened.id).limit(constant(MOST))
