"""The portfolio for programs to read."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from litestar import get

from app.core.errors import Invalid
from app.portfolio import rows_api
from app.portfolio.cut import read_cut
from app.portfolio.figures import Slice, by_county, by_goal, by_project, cut_of, figures_of
from app.portfolio.queries import portfolio
from app.web.visit import Visit
from workflows.engine import Reason
from workflows.roles import Permission
from workflows.rollup import Sum


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A cut with its figures by key (sums in øre), and kroner a year for each price year (in øre)."""

    key: str
    name: str = ""
    figures: dict[str, int]
    gains: list[Sum]
    harms: list[Sum]
    net: list[Sum]


class PortfolioOut(msgspec.Struct, frozen=True, kw_only=True):
    """The portfolio as it stood at the end of a day; goals may share projects, counties and projects never do."""

    as_of: date
    total: Part
    goals: list[Part]
    counties: list[Part]
    projects: list[Part]
    waivers: dict[str, int]


def _part(key: object, name: str, cut: Slice) -> Part:
    return Part(
        key=str(key or ""), name=name, figures=figures_of(cut), gains=list(cut.gains), harms=list(cut.harms),
        net=list(cut.net),
    )  # fmt: skip


@get("/portfolio", permission=Permission.PORTFOLIO_SEE, tags=["portfolio"], operation_id="portfolio_read")
async def read_portfolio(visit: Visit, as_of: str = "", goal: str = "", county: str = "") -> PortfolioOut:
    """What the scheme gives, in one cut: a day (as_of, YYYY-MM-DD), an overall goal, a county (its id)."""
    cut, state = read_cut(visit, as_of, goal, county)
    if state.field_errors:
        codes = {"as_of": "portfolio.no_date", "goal": "portfolio.no_goal", "county": "portfolio.no_county"}
        raise Invalid({name: Reason(code=codes[name]) for name in state.field_errors})
    found = await portfolio(visit.uow, visit.actor, cut.as_of)
    whole = cut_of(found, goal=cut.goal, county_id=cut.county_id)
    return PortfolioOut(
        as_of=found.as_of,
        total=_part("", "", whole),
        goals=[_part(key, "", part) for key, part in by_goal(found, cut.county_id) if cut.goal in (None, key)],
        counties=[
            _part(key, found.counties.get(key or UUID(int=0), ""), part)
            for key, part in by_county(found, cut.goal)
            if cut.county_id in (None, key)
        ],
        projects=[_part(project.id, project.title, part) for project, part in by_project(whole)],
        waivers={f"{each.subject}.{each.requirement}": each.count for each in found.waivers},
    )


ROUTES = [read_portfolio, *rows_api.ROUTES]
