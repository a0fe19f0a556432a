"""The figures of the portfolio, declared once: page, spreadsheet and interface go through the same list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from app.portfolio.cut import Cut
from app.portfolio.queries import BenefitSeen, Portfolio, ProjectSeen
from workflows.over_time import Factors
from workflows.project import RUNNING
from workflows.rollup import Line, Sum, in_kroner
from workflows.rules import GOALS


class Slice(msgspec.Struct, frozen=True):
    """A cut of the portfolio: some projects, and some benefits of theirs."""

    projects: tuple[ProjectSeen, ...]
    benefits: tuple[BenefitSeen, ...]

    @property
    def standing(self) -> tuple[BenefitSeen, ...]:
        """The benefits that have not been dropped."""
        return tuple(benefit for benefit in self.benefits if not benefit.is_dropped)

    @property
    def gains(self) -> tuple[Sum, ...]:
        """Kroner a year of what is good, for each price year."""
        return self._kroner(1)

    @property
    def harms(self) -> tuple[Sum, ...]:
        """Kroner a year of what is harmful, below zero, for each price year."""
        return self._kroner(-1)

    @property
    def net(self) -> tuple[Sum, ...]:
        """Kroner a year of both, for each price year."""
        return self._kroner(None)

    def _kroner(self, sign: int | None) -> tuple[Sum, ...]:
        return in_kroner((line for benefit in self.benefits for line in benefit.lines), sign)


@dataclass(frozen=True)
class Figure:
    """One figure: its key (its words stand under `portfolio.figure.<key>`), what it is in, and how it is counted."""

    key: str
    kind: str
    """count or money (øre)."""
    of: Callable[[Slice], int]


def _planned(benefit: BenefitSeen) -> bool:
    return bool(benefit.lines) and all(line.target is not None for line in benefit.lines)


def _forecast(benefit: BenefitSeen) -> bool:
    return any(line.forecast is not None for line in benefit.lines)


def _measured(benefit: BenefitSeen) -> bool:
    return bool(benefit.lines) and all(line.measured is not None and not line.is_estimate for line in benefit.lines)


def _estimated(benefit: BenefitSeen) -> bool:
    return any(line.is_estimate for line in benefit.lines)


def _reached(benefit: BenefitSeen) -> bool:
    return _measured(benefit) and all(line.progress is not None and line.progress >= 1 for line in benefit.lines)


FIGURES: tuple[Figure, ...] = (
    Figure("projects", "count", lambda cut: len(cut.projects)),
    Figure("running", "count", lambda cut: sum(project.state in RUNNING for project in cut.projects)),
    Figure("committed", "money", lambda cut: sum(project.committed_ore for project in cut.projects)),
    Figure("paid", "money", lambda cut: sum(project.paid_ore for project in cut.projects)),
    Figure("benefits", "count", lambda cut: len(cut.standing)),
    Figure("planned", "count", lambda cut: sum(map(_planned, cut.standing))),
    Figure("forecast", "count", lambda cut: sum(map(_forecast, cut.standing))),
    Figure("measured", "count", lambda cut: sum(map(_measured, cut.standing))),
    Figure("estimated", "count", lambda cut: sum(map(_estimated, cut.standing))),
    Figure("reached", "count", lambda cut: sum(map(_reached, cut.standing))),
    Figure("lacking", "count", lambda cut: sum(bool(benefit.missing) for benefit in cut.standing)),
)
"""One entry makes a figure: a column of every table, of the spreadsheet and of the interface."""


def figures_of(cut: Slice) -> dict[str, int]:
    """Every figure of a cut, by its key."""
    return {figure.key: figure.of(cut) for figure in FIGURES}


def cut_of(
    found: Portfolio, *, goal: str | None = None, county_id: UUID | None = None, call_id: UUID | None = None,
    category: str | None = None, unit_id: UUID | None = None, step: str | None = None,
) -> Slice:  # fmt: skip
    """The projects and benefits of one goal, county, call, type, office and step, each where it is asked for.

    A project belongs to the goals and types of its benefits, so that a project may be counted under several of them, and
    once in the whole.
    """
    benefits = tuple(
        benefit
        for benefit in found.benefits
        if (goal is None or goal in benefit.goals) and (category is None or benefit.category == category)
    )
    towards = {benefit.case_id for benefit in benefits}
    narrowed = {"county_id": county_id, "call_id": call_id, "unit_id": unit_id, "state": step}
    asked = {name: value for name, value in narrowed.items() if value is not None}
    projects = tuple(
        project
        for project in found.projects
        if ((goal is None and category is None) or project.id in towards)
        and all(getattr(project, name) == value for name, value in asked.items())
    )
    within = {project.id for project in projects}
    return Slice(projects, tuple(benefit for benefit in benefits if benefit.case_id in within))


def narrowed_to(found: Portfolio, cut: Cut) -> Slice:
    """The projects and benefits of what a reader asked to see."""
    return cut_of(found, **cut.narrowed)


def within(found: Portfolio, cut: Cut) -> Portfolio:
    """The portfolio with nothing in it but what a reader asked to see."""
    part = narrowed_to(found, cut)
    return msgspec.structs.replace(found, projects=part.projects, benefits=part.benefits)


def in_price_year(found: Portfolio, to: int, factors: Factors) -> Portfolio:
    """The same with every line in kroner of one year; those that the price index lacks a year for are not in kroner."""
    return msgspec.structs.replace(
        found,
        benefits=tuple(
            msgspec.structs.replace(each, lines=tuple(_in_price_year(line, to, factors) for line in each.lines))
            for each in found.benefits
        ),
    )


def _in_price_year(line: Line, to: int, factors: Factors) -> Line:
    if line.unit_value_ore is None or line.price_year is None:
        return line
    ratio = factors.ratio(line.price_year, to)
    if ratio is None:
        return msgspec.structs.replace(line, unit_value_ore=None, price_year=None)
    return msgspec.structs.replace(line, unit_value_ore=line.unit_value_ore * ratio, price_year=to)


def by_goal(found: Portfolio, county_id: UUID | None = None) -> list[tuple[str, Slice]]:
    """A cut for each overall goal, and one under "" for the projects whose benefits lead to none."""
    whole = cut_of(found, county_id=county_id)
    led = {benefit.case_id for benefit in whole.benefits if benefit.goals}
    stray = tuple(project for project in whole.projects if project.id not in led)
    loose = tuple(benefit for benefit in whole.benefits if not benefit.goals)
    cuts = [(goal, cut_of(found, goal=goal, county_id=county_id)) for goal in GOALS]
    return [*cuts, ("", Slice(stray, loose))] if stray or loose else cuts


def by_county(found: Portfolio, goal: str | None = None) -> list[tuple[UUID | None, Slice]]:
    """A cut for each county that has projects, and one under None for those of no county; they make up the whole."""
    whole = cut_of(found, goal=goal)
    order = [*found.counties, None]
    projects: dict[UUID | None, list[ProjectSeen]] = {}
    benefits: dict[UUID | None, list[BenefitSeen]] = {}
    county_of = {project.id: project.county_id for project in whole.projects}
    for project in whole.projects:
        projects.setdefault(project.county_id, []).append(project)
    for benefit in whole.benefits:
        benefits.setdefault(county_of[benefit.case_id], []).append(benefit)
    return [
        (county_id, Slice(tuple(projects[county_id]), tuple(benefits.get(county_id, ()))))
        for county_id in sorted(projects, key=order.index)
    ]


def by_project(cut: Slice) -> list[tuple[ProjectSeen, Slice]]:
    """A cut for each project; they make up the whole."""
    benefits: dict[UUID, list[BenefitSeen]] = {project.id: [] for project in cut.projects}
    for benefit in cut.benefits:
        benefits[benefit.case_id].append(benefit)
    return [(project, Slice((project,), tuple(benefits[project.id]))) for project in cut.projects]


def by_step(cut: Slice, states: Iterable[str]) -> list[tuple[str, int]]:
    """How many projects stand in each step, in the order of a project's life."""
    return [(state, sum(project.state == state for project in cut.projects)) for state in states]
