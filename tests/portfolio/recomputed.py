"""What a cut of the portfolio comes to, added up from the sources: what the tables must say too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.benefits.figures import end_of, not_given_up, stood
from app.benefits.models import Indicator, Measurement
from app.core.clock import day_in_oslo
from app.core.database import Database, UnitOfWork
from app.demo.cast import World
from app.portfolio import looked_up
from app.portfolio.cut import Cut
from app.portfolio.figures import (
    FIGURES,
    Slice,
    by_county,
    by_goal,
    by_project,
    by_step,
    cut_of,
    figures_of,
    in_price_year,
    within,
)  # fmt: skip
from app.portfolio.over_time import factors
from app.portfolio.overview import MOST, Counted, Laid, Lists, laid_out, lists, side_by_side
from app.portfolio.queries import MISSING, BenefitSeen, Portfolio, portfolio
from app.portfolio.stopping import doubtful as doubtful_in
from workflows.portfolio import ToStop, should_stop
from workflows.project import ProjectState
from workflows.rollup import Line, Sum, in_kroner


def counted(part: Slice, *, above_projects: bool = True) -> Counted:
    """A cut as the tables say it."""

    def sums(sign: int | None) -> tuple[Sum, ...]:
        return in_kroner(_lines(part.benefits), sign, above_projects=above_projects)

    standing = part.standing
    lacks = {name: sum(name in each.missing for each in standing) for name in MISSING}
    return Counted(
        counts={
            **figures_of(part), "dropped": sum(each.is_dropped for each in part.benefits),
            "measurable": sum(bool(each.lines) for each in part.benefits),
            "invented": sum(each.is_invented for each in part.benefits), "overdue": lacks.pop("overdue"),
            **{f"lacks_{name}": count for name, count in lacks.items()},
        },
        steps=dict(by_step(part, list(ProjectState))), gains=sums(1), harms=sums(-1),
        net=sums(None),
    )  # fmt: skip


def laid(found: Portfolio, cut: Cut = Cut()) -> Laid:
    """The same laid out by goal, county and project."""
    found = within(found, cut)
    whole = cut_of(found)
    return Laid(
        as_of=found.as_of, whole=counted(whole),
        goals=list(
            side_by_side({goal: counted(part) for goal, part in by_goal(found) if cut.goal in (None, goal)}).items()
        ),
        counties=side_by_side({each: counted(part) for each, part in by_county(found)}),
        projects={project.id: counted(part, above_projects=False) for project, part in by_project(whole)},
    )  # fmt: skip


async def assert_as_recomputed(database: Database, world: World, cut: Cut, who: str = "management") -> Laid:
    """The tables' answer to a cut, after it has been seen to be what the sources add up to."""
    async with database.reading() as uow:
        actor = await world.actor(uow, who)
        kept = await laid_out(uow, actor, cut, "goal", "county", "project")
        anew = laid(await portfolio(uow, actor, cut.as_of or day_in_oslo(uow.now)), cut)
    told = {"lines": kept.lines, "unsplit": kept.unsplit, "after_lines": kept.after_lines}  # which are in no project
    assert kept == msgspec.structs.replace(anew, **told), cut
    assert {figure.key for figure in FIGURES} <= set(kept.whole.counts)
    return kept


# --- the lists ---


def _shown(benefit: Any, line: Any) -> tuple[Any, ...]:
    told = (line.baseline, line.target, line.forecast, line.measured, line.grade, line.observations)
    return benefit.case_id, benefit.id, benefit.title, benefit.is_dropped, *told


def listed(found: Lists) -> Any:
    """What the front page lists of benefits: what each lacks, and what is known of each indicator."""
    return (
        [(each.case_id, each.id, each.title, each.missing) for each in found.lacking],
        [
            (*_shown(each, one.line), one.name, one.unit, one.known.measurement_id)
            for each in found.benefits
            for one in each.indicators
        ],
    )  # fmt: skip


def listed_anew(benefits: Sequence[BenefitSeen]) -> Any:
    """The same, added up from the sources."""
    own = sorted(benefits, key=lambda each: (each.case_id, each.id))
    measurable = [each for each in own if each.lines][:MOST]
    return (
        [(each.case_id, each.id, each.title, each.missing) for each in own if each.missing][:MOST],
        [
            (*_shown(each, line), row.indicator_name, row.unit, row.measurement_id)
            for each in measurable
            for row, line in zip(each.rows, each.lines, strict=True)
        ],
    )  # fmt: skip


# --- the questions on trust, cost, harm and stopping ---


@dataclass(frozen=True)
class Answers:
    """What is said of a cut by the pages of those questions."""

    having: Any
    grades: Any
    known: tuple[int, int, int]
    costs: Any
    per_krone: Any
    unpriced: Any
    harms: Any
    doubtful: Any


def rounded(sums: Any) -> list[tuple[Any, ...]]:
    """Kroner a year to a millionth of an øre: lines converted one by one are each rounded on their way."""
    return [
        (each.price_year, *(round(getattr(each, name), 6) for name in ("planned", "forecast", "realised", "estimated")))
        for each in sums
    ]


async def timely_of(uow: UnitOfWork, benefits: Sequence[BenefitSeen], as_of: date) -> looked_up.Timely:
    """How many of the measurements of these benefits that were due were reported in time, from the measurements."""
    own, moment = Measurement, end_of(as_of)
    rows = await uow.session.execute(
        select(own.due_on, own.reported_at)
        .join(Indicator, Indicator.id == own.indicator_id)
        .where(
            own.benefit_id.in_([each.id for each in benefits]), own.corrects_id.is_(None), own.planned_at < moment,
            own.due_on < as_of, not_given_up(moment), stood(Indicator, moment),
        )
    )  # fmt: skip
    came = [(due_on, day_in_oslo(at) if at is not None and at < moment else None) for due_on, at in rows]
    return looked_up.Timely(
        in_time=sum(day is not None and day <= due_on for due_on, day in came),
        late=sum(day is not None and day > due_on for due_on, day in came), missing=sum(day is None for _, day in came),
    )  # fmt: skip


def _lines(benefits: Any) -> list[Line]:
    return [line for benefit in benefits for line in benefit.lines]


def planned(sums: Any) -> Any:
    """What is told of what promises: no more than the plan."""
    return [(each.price_year, round(each.planned, 6)) for each in sums]


def answered(whole: Slice) -> Answers:
    """The answers, added up from the sources."""
    standing = whole.standing
    lines = _lines(standing)
    there = [[each for each in standing if name not in each.missing] for name in MISSING]
    measured = [line for line in lines if line.measured is not None]
    graded = {grade: [line for line in measured if line.grade == grade] for grade in "ABCD"}
    unpriced = [each for each in standing if not any(line.is_priced for line in each.lines)]
    harms = [each for each in standing if each.sign < 0]
    nets = [(project, {each.price_year: each for each in part.net}) for project, part in by_project(whole)]
    own = {net.price_year: [each for each, sums in nets if net.price_year in sums] for net in whole.net}
    return Answers(
        having=[
            (name, len(have), len(standing), planned(in_kroner(_lines(have), 1)))
            for name, have in zip(MISSING, there, strict=True)
        ],
        grades=[(grade, len(of_it), rounded(in_kroner(of_it, above_projects=True))) for grade, of_it in graded.items()],
        known=(len(lines), len(lines) - len(measured), sum(line.is_hidden for line in lines)),
        costs=[
            tuple(sum(getattr(each, f"{name}_ore") for each in whole.projects) for name in
                  ("award", "committed", "paid", "remaining")),
            [(each.id, each.award_ore, each.committed_ore, each.paid_ore, each.remaining_ore, each.state)
             for each in whole.projects],
        ],
        per_krone=[
            (year, len(found), sum(each.committed_ore for each in found)) for year, found in own.items()
        ],
        unpriced=[(each.id, each.title) for each in unpriced],
        harms=[(each.id, each.goals) for each in harms],
        doubtful=_doubtful(whole),
    )  # fmt: skip


def _doubtful(whole: Slice) -> list[tuple[UUID, tuple[ToStop, ...], Any]]:
    found = []
    for project, part in by_project(whole):
        dropped = len(part.benefits) - len(part.standing)
        why = should_stop((each.forecast for each in part.net), len(part.benefits), dropped)
        if why and project.state not in ("stopped", "ended"):
            found.append((project.id, why, rounded(part.net)))
    return found


def graded(told: list[tuple[str, int, tuple[Sum, ...]]]) -> list[tuple[str, int, Any]]:
    """The grades as they are compared."""
    return [(grade, count, rounded(sums)) for grade, count, sums in told]


def _without_promises(grades: Any) -> Any:
    """Of a grade no more is told than what was measured."""
    return [(grade, count, [(year, *amounts[2:]) for year, *amounts in sums]) for grade, count, sums in grades]


async def assert_answered_as_recomputed(database: Database, world: World, cut: Cut, who: str = "management") -> Answers:
    """The answers to the questions in a cut, after the tables have been seen to say what the sources add up to."""
    async with database.reading() as uow:
        actor = await world.actor(uow, who)
        found = within(await portfolio(uow, actor, cut.as_of), cut)
        if cut.price_year is not None:
            found = in_price_year(found, cut.price_year, await factors(uow, found.as_of))
        whole = await looked_up.standing(uow, actor, cut)
        cost, projects = await looked_up.costs(uow, actor, cut, whole)
        per_krone = await looked_up.per_krone(uow, actor, cut, whole)
        unpriced, harms = [await looked_up.marked(uow, actor, cut, mark) for mark in ("unpriced", "harms")]
        count, doubtful = await doubtful_in(uow, actor, cut, whole)
        there = await looked_up.projects(uow, actor, cut)
        first = await lists(uow, actor, cut)
        timely = await timely_of(uow, cut_of(found).standing, found.as_of)
    anew = answered(cut_of(found))
    assert looked_up.timely(whole) == timely, cut
    assert listed(first) == listed_anew(cut_of(found).benefits), cut
    if cut.is_narrowed:
        own = [(project.id, counted(part, above_projects=False).counts) for project, part in by_project(cut_of(found))]
        assert [(project.id, counts) for project, counts in first.projects] == own, cut
    assert [(each.id, each.state) for each in there] == [(each[0], each[-1]) for each in anew.costs[1]]
    assert (whole.count("unpriced"), whole.count("harms"), count) == (len(unpriced), len(harms), len(doubtful))
    kept = Answers(
        having=[(each.name, each.count, each.of, planned(each.worth)) for each in looked_up.having(whole)],
        grades=_without_promises(graded(looked_up.by_grade(whole))),
        known=(whole.count("indicators"), whole.count("unmeasured"), whole.count("few")),
        costs=[
            (cost.award_ore, cost.committed_ore, cost.paid_ore, cost.remaining_ore),
            [(each.project.id, each.cost.award_ore, each.cost.committed_ore, each.cost.paid_ore, each.cost.remaining_ore,
              each.project.state) for each in projects],
        ],
        per_krone=[(each.price_year, each.projects, each.committed_ore) for each in per_krone],
        unpriced=[(each.id, each.title) for each in unpriced],
        harms=[(each.id, each.goals) for each in harms],
        doubtful=[(each.project.id, each.why, rounded(each.net)) for each in doubtful],
    )  # fmt: skip
    told = Answers(**{**anew.__dict__, "grades": _without_promises(anew.grades)})
    for name in Answers.__dataclass_fields__:
        assert getattr(kept, name) == getattr(told, name), (cut, name)
    lines = _lines(found.benefits)
    assert rounded(whole.in_kroner(whole.counted.harms)) == rounded(in_kroner(lines, -1, above_projects=True))
    assert rounded([each.net for each in per_krone]) == rounded(in_kroner(lines, above_projects=True))
    assert Decimal(cost.award_ore) >= 0
    return kept
