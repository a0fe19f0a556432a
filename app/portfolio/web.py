"""The portfolio as a page and as a spreadsheet's file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.benefits.figures import FigureRow
from app.core.clock import day_in_oslo
from app.core.errors import NotAllowed
from app.portfolio.figures import FIGURES, Slice, by_county, by_goal, by_project, by_step, cut_of, figures_of
from app.portfolio.queries import Portfolio, portfolio
from app.texts.filters import number
from app.web.forms import FormState
from app.web.visit import Visit
from workflows.project import ProjectState
from workflows.roles import Permission
from workflows.rollup import Line
from workflows.rules import GOALS

MOST = 50
"""How many benefits a list on the page shows; the file has them all."""


class Cut(msgspec.Struct, frozen=True):
    """What the reader asked to see: a day, a goal, a county; None where everything."""

    as_of: date | None = None
    goal: str | None = None
    county_id: UUID | None = None

    @property
    def query(self) -> str:
        """The same question as an address asks it."""
        asked = {"as_of": self.as_of, "goal": self.goal, "county": self.county_id}
        return "&".join(f"{name}={value}" for name, value in asked.items() if value)


def read_cut(visit: Visit, as_of: str, goal: str, county: str) -> tuple[Cut, FormState]:
    """The question, and beside each field why it cannot be answered; what cannot be read is left out of the question."""
    errors: dict[str, str] = {}
    day = county_id = None
    try:
        day = date.fromisoformat(as_of) if as_of.strip() else None
    except ValueError:
        errors["as_of"] = visit.t("portfolio.no_date")
    if day is not None and day > day_in_oslo(visit.uow.now):
        errors["as_of"], day = visit.t("portfolio.not_yet"), None
    try:
        county_id = UUID(county) if county.strip() else None
    except ValueError:
        errors["county"] = visit.t("portfolio.no_county")
    if goal and goal not in GOALS:
        errors["goal"] = visit.t("portfolio.no_goal")
    typed = {"as_of": [as_of], "goal": [goal], "county": [county]}
    return Cut(day, goal if goal in GOALS else None, county_id), FormState("portfolio", typed, errors)


async def _found(visit: Visit, cut: Cut, state: FormState) -> Portfolio:
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    found = await portfolio(visit.uow, visit.actor, cut.as_of)
    if cut.county_id is not None and cut.county_id not in found.counties:
        state.field_errors["county"] = visit.t("portfolio.no_county")
    return found


def _named(visit: Visit, found: Portfolio, rows: list[tuple[Any, Slice]], kind: str, cut: Cut) -> list[dict[str, Any]]:
    """Rows of a table: the words, where they lead, and the figures."""
    named = []
    for key, part in rows:
        words = found.counties.get(key, visit.t("portfolio.no_county_set")) if kind == "county_id" else (
            visit.t(f"benefits.goal.{key}") if key else visit.t("portfolio.towards_none")
        )  # fmt: skip
        narrower = msgspec.structs.replace(cut, **{kind: key}) if key else None
        link = f"/portfolio?{narrower.query}" if narrower else ""
        named.append({"words": words, "link": link, "figures": figures_of(part), "kroner": part.net})
    return named


@get("/portfolio", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def portfolio_page(visit: Visit, as_of: str = "", goal: str = "", county: str = "") -> Response[Any]:
    """What we get for it: planned, forecast, measured; where; and what is missing."""
    cut, state = read_cut(visit, as_of, goal, county)
    found = await _found(visit, cut, state)
    whole = cut_of(found, goal=cut.goal, county_id=cut.county_id)
    lacking = [benefit for benefit in whole.standing if benefit.missing]
    measurable = [benefit for benefit in whole.benefits if benefit.lines]
    return visit.render(
        "portfolio/portfolio.html",
        status=422 if state.field_errors else 200,
        cut=cut,
        state=state,
        figures=FIGURES,
        totals=figures_of(whole),
        whole=whole,
        steps=by_step(whole, list(ProjectState)),
        goals=_named(visit, found, by_goal(found, cut.county_id), "goal", cut) if cut.goal is None else [],
        counties=_named(visit, found, by_county(found, cut.goal), "county_id", cut) if cut.county_id is None else [],
        projects=[(project, figures_of(part)) for project, part in by_project(whole)][:MOST] if cut.query else [],
        project_of={project.id: project for project in whole.projects},
        lacking=lacking[:MOST],
        lacking_more=max(0, len(lacking) - MOST),
        benefits=measurable[:MOST],
        benefits_more=max(0, len(measurable) - MOST),
        waivers=found.waivers,
        day=found.as_of,
        goal_choices=[(each, visit.t(f"benefits.goal.{each}")) for each in GOALS],
        county_choices=[(str(county_id), name) for county_id, name in found.counties.items()],
        has_invented=any(benefit.is_invented for benefit in whole.benefits),
    )


DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a cell."""


def cell(value: Any, language: str) -> str:
    """A value as a spreadsheet of that language reads it; a text is never a formula."""
    if value is None:
        return ""
    if isinstance(value, Decimal | int):
        return number(value, language).replace("\u00a0", "") if language != "en" else f"{value:f}"
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


COLUMNS = (
    "reference", "project", "office", "county", "step", "committed", "paid", "goals", "benefit", "sign", "indicator",
    "unit", "baseline", "target", "target_due", "forecast", "measured", "measured_on", "grade", "observations",
    "share", "planned_year", "measured_year", "price_year", "lacks", "invented",
)  # fmt: skip


def _measures(visit: Visit, row: FigureRow, line: Line) -> list[Any]:
    """What the file says of one indicator; a value that rests on too few is not in it."""
    return [
        row.sign, row.indicator_name, row.unit, row.baseline, row.target, row.target_due_on, row.forecast,
        None if line.is_hidden else row.measured, row.measured_on, row.confidence,
        visit.t("portfolio.few") if line.is_hidden else row.observations, row.share, line.planned,
        None if line.is_hidden else line.effect, row.price_year,
    ]  # fmt: skip


def _rows(visit: Visit, found: Portfolio, whole: Slice) -> Iterator[list[Any]]:
    """A row for each indicator of each benefit; one for a project or benefit that has none yet."""
    for project, part in by_project(whole):
        county = found.counties.get(project.county_id, "") if project.county_id else ""
        head = [
            project.reference, project.title, project.unit, county, visit.t(f"state.project.{project.state}"),
            Decimal(project.committed_ore) / 100, Decimal(project.paid_ore) / 100,
        ]  # fmt: skip
        if not part.benefits:
            yield [*head, *[None] * (len(COLUMNS) - len(head))]
        for benefit in part.benefits:
            goals = ", ".join(visit.t(f"benefits.goal.{goal}") for goal in benefit.goals)
            lacks = ", ".join(visit.t(f"portfolio.lacks.{name}") for name in benefit.missing)
            invented = visit.t("portfolio.yes") if benefit.is_invented else ""
            measures = [_measures(visit, *pair) for pair in zip(benefit.rows, benefit.lines, strict=True)]
            for each in measures or [[None] * 15]:
                yield [*head, goals, benefit.title, *each, lacks, invented]


@get("/portfolio.csv", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def portfolio_file(visit: Visit, as_of: str = "", goal: str = "", county: str = "") -> Response[bytes]:
    """The same cut as a file that spreadsheets open: every indicator of every benefit."""
    cut, state = read_cut(visit, as_of, goal, county)
    found = await _found(visit, cut, state)
    whole = cut_of(found, goal=cut.goal, county_id=cut.county_id)
    language = visit.texts.language
    written = io.StringIO()
    writer = csv.writer(written, delimiter="," if language == "en" else ";")
    writer.writerow([visit.t(f"portfolio.column.{column}") for column in COLUMNS])
    for row in _rows(visit, found, whole):
        writer.writerow([cell(value, language) for value in row])
    return Response(
        written.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        status_code=422 if state.field_errors else 200,
        headers={"Content-Disposition": f'attachment; filename="drivkraft-{found.as_of}.csv"'},
    )


ROUTES = [portfolio_page, portfolio_file]
