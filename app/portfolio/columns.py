"""The columns of what the portfolio hands out, declared once: every kind of file is written from the same list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import msgspec

from app.benefits.figures import FigureRow
from app.portfolio.figures import by_project, cut_of
from app.portfolio.queries import BenefitSeen, Portfolio, ProjectSeen
from workflows.rollup import Line

Kind = Literal["text", "code", "codes", "whole", "number", "kroner", "day", "yes_no"]
"""What a column holds; codes are keys that stand for words, one of them or several."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator of one benefit; without one where the benefit has none yet, or the project no benefit."""

    project: ProjectSeen
    county: str
    benefit: BenefitSeen | None = None
    figures: FigureRow | None = None
    line: Line | None = None


@dataclass(frozen=True)
class Column:
    """One column: its key (its heading stands under `portfolio.column.<key>`), what it holds and how it is read."""

    key: str
    kind: Kind
    of: Callable[[Any], Any]
    words: str = ""
    """Where the words of a code stand: `<words>.<code>`."""
    explained: bool = False
    """What it means stands under `portfolio.definition.<key>`."""


def _of_benefit(read: Callable[[BenefitSeen], Any]) -> Callable[[Row], Any]:
    return lambda row: None if row.benefit is None else read(row.benefit)


def _of_figures(read: Callable[[FigureRow], Any]) -> Callable[[Row], Any]:
    return lambda row: None if row.figures is None else read(row.figures)


def _of_line(read: Callable[[Line], Any]) -> Callable[[Row], Any]:
    return lambda row: None if row.line is None else read(row.line)


def _unless_few(read: Callable[[FigureRow, Line], Any]) -> Callable[[Row], Any]:
    """A value that is kept back where it rests on so few that they might be known (DOMAIN 3.6)."""

    def shown(row: Row) -> Any:
        return None if row.figures is None or row.line is None or row.line.is_hidden else read(row.figures, row.line)

    return shown


COLUMNS: tuple[Column, ...] = (
    Column("reference", "text", lambda row: row.project.reference),
    Column("project", "text", lambda row: row.project.title),
    Column("office", "text", lambda row: row.project.unit),
    Column("county", "text", lambda row: row.county),
    Column("step", "code", lambda row: row.project.state, words="state.project"),
    Column("committed", "kroner", lambda row: Decimal(row.project.committed_ore) / 100, explained=True),
    Column("paid", "kroner", lambda row: Decimal(row.project.paid_ore) / 100, explained=True),
    Column("goals", "codes", _of_benefit(lambda benefit: benefit.goals), words="benefits.goal", explained=True),
    Column("benefit", "text", _of_benefit(lambda benefit: benefit.title)),
    Column("sign", "whole", _of_figures(lambda figures: figures.sign), explained=True),
    Column("indicator", "text", _of_figures(lambda figures: figures.indicator_name)),
    Column("unit", "text", _of_figures(lambda figures: figures.unit)),
    Column("baseline", "number", _of_figures(lambda figures: figures.baseline), explained=True),
    Column("target", "number", _of_figures(lambda figures: figures.target), explained=True),
    Column("target_due", "day", _of_figures(lambda figures: figures.target_due_on)),
    Column("forecast", "number", _of_figures(lambda figures: figures.forecast), explained=True),
    Column("measured", "number", _unless_few(lambda figures, _: figures.measured), explained=True),
    Column("measured_on", "day", _of_figures(lambda figures: figures.measured_on)),
    Column("grade", "text", _of_figures(lambda figures: figures.confidence), explained=True),
    Column("observations", "whole", _unless_few(lambda figures, _: figures.observations), explained=True),
    Column("few", "yes_no", _of_line(lambda line: line.is_hidden), explained=True),
    Column("share", "number", _of_figures(lambda figures: figures.share), explained=True),
    Column("planned_year", "number", _of_line(lambda line: line.planned), explained=True),
    Column("measured_year", "number", _unless_few(lambda _, line: line.effect), explained=True),
    Column("price_year", "whole", _of_figures(lambda figures: figures.price_year), explained=True),
    Column("lacks", "codes", _of_benefit(lambda benefit: benefit.missing), words="portfolio.lacks", explained=True),
    Column("dropped", "yes_no", _of_benefit(lambda benefit: benefit.is_dropped), explained=True),
    Column("invented", "yes_no", _of_benefit(lambda benefit: benefit.is_invented), explained=True),
    Column("project_id", "text", lambda row: str(row.project.id)),
    Column("benefit_id", "text", _of_benefit(lambda benefit: str(benefit.id))),
    Column("indicator_id", "text", _of_figures(lambda figures: str(figures.indicator_id))),
)
"""One entry makes a column of every file."""


def rows_of(found: Portfolio) -> Iterator[Row]:
    """A row for each indicator of each benefit; one for a project or benefit that has none yet."""
    for project, part in by_project(cut_of(found)):
        county = found.counties.get(project.county_id, "") if project.county_id else ""
        if not part.benefits:
            yield Row(project=project, county=county)
        for benefit in part.benefits:
            if not benefit.rows:
                yield Row(project=project, county=county, benefit=benefit)
            for figures, line in zip(benefit.rows, benefit.lines, strict=True):
                yield Row(project=project, county=county, benefit=benefit, figures=figures, line=line)
