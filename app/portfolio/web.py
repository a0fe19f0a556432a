"""The portfolio as a page."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get

from app.core.errors import NotAllowed
from app.portfolio import files_web
from app.portfolio.cut import Cut, read_cut
from app.portfolio.figures import FIGURES, Slice, by_county, by_goal, by_project, by_step, cut_of, figures_of
from app.portfolio.files import FORMATS
from app.portfolio.queries import Portfolio, portfolio
from app.web.forms import FormState
from app.web.visit import Visit
from workflows.project import ProjectState
from workflows.roles import Permission
from workflows.rules import GOALS

MOST = 50
"""How many benefits a list on the page shows; the file has them all."""


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
        files=[(ending, each.name) for ending, each in FORMATS.items()],
        day=found.as_of,
        goal_choices=[(each, visit.t(f"benefits.goal.{each}")) for each in GOALS],
        county_choices=[(str(county_id), name) for county_id, name in found.counties.items()],
        has_invented=any(benefit.is_invented for benefit in whole.benefits),
    )


ROUTES = [portfolio_page, *files_web.ROUTES]
