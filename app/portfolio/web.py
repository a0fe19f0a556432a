"""The portfolio as a page."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get

from app.portfolio import files_web
from app.portfolio.cut import Cut, asked_of, bar
from app.portfolio.figures import FIGURES, Slice, by_county, by_goal, by_project, by_step, cut_of, figures_of, within
from app.portfolio.files import FORMATS
from app.portfolio.price_index import price_index_page
from app.portfolio.queries import Portfolio, portfolio
from app.portfolio.questions_web import QUESTION_ROUTES, may_see
from app.web.visit import Visit
from workflows.project import ProjectState
from workflows.roles import Permission

MOST = 50
"""How many benefits a list on the page shows; the file has them all."""


def _named(visit: Visit, found: Portfolio, rows: list[tuple[Any, Slice]], kind: str, cut: Cut) -> list[dict[str, Any]]:
    """Rows of a table: the words, where they lead, and the figures."""
    named = []
    for key, part in rows:
        words = found.counties.get(key, visit.t("portfolio.no_county_set")) if kind == "county_id" else (
            visit.t(f"benefits.goal.{key}") if key else visit.t("portfolio.towards_none")
        )  # fmt: skip
        narrower = msgspec.structs.replace(cut, **{kind: key}) if key else None
        link = narrower.at("/portfolio") if narrower else ""
        named.append({"words": words, "link": link, "figures": figures_of(part), "kroner": part.net})
    return named


@get("/portfolio", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def portfolio_page(visit: Visit) -> Response[Any]:
    """What we get for it: planned, forecast, measured; where; and what is missing."""
    may_see(visit)
    cut, state, there = await asked_of(visit)
    found = within(await portfolio(visit.uow, visit.actor, cut.as_of), cut)
    whole = cut_of(found)
    lacking = [benefit for benefit in whole.standing if benefit.missing]
    measurable = [benefit for benefit in whole.benefits if benefit.lines]
    return visit.render(
        "portfolio/portfolio.html",
        status=422 if state.field_errors else 200,
        **bar(cut, state, there),
        figures=FIGURES,
        totals=figures_of(whole),
        whole=whole,
        steps=by_step(whole, list(ProjectState)),
        goals=_named(visit, found, by_goal(found), "goal", cut) if cut.goal is None else [],
        counties=_named(visit, found, by_county(found), "county_id", cut) if cut.county_id is None else [],
        projects=[(project, figures_of(part)) for project, part in by_project(whole)][:MOST] if cut.query else [],
        project_of={project.id: project for project in whole.projects},
        lacking=lacking[:MOST],
        lacking_more=max(0, len(lacking) - MOST),
        benefits=measurable[:MOST],
        benefits_more=max(0, len(measurable) - MOST),
        waivers=found.waivers,
        files=[(ending, each.name) for ending, each in FORMATS.items()],
        day=found.as_of,
        has_invented=any(benefit.is_invented for benefit in whole.benefits),
    )


ROUTES = [portfolio_page, price_index_page, *files_web.ROUTES, *QUESTION_ROUTES]
