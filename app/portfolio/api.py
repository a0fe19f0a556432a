"""The portfolio for programs to read."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar import get

from app.benefits.figures import end_of
from app.core.errors import Invalid
from app.portfolio import over_time_api, rows_api
from app.portfolio.cut import read_cut
from app.portfolio.figures import FIGURES
from app.portfolio.overview import Counted, laid_out
from app.portfolio.queries import counties, titles, waivers
from app.portfolio.told_lines import Told
from app.portfolio.waiting import require_written
from app.web.visit import Visit
from workflows.engine import Reason
from workflows.roles import Permission
from workflows.rollup import LeftOut, Sum


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A cut with its figures by key (sums in øre), and kroner a year for each price year (in øre)."""

    key: str
    name: str = ""
    figures: dict[str, int]
    gains: list[Sum]
    harms: list[Sum]
    net: list[Sum]
    left_out: list[LeftOut]
    """What of the net sums could not be told in kroner of the year asked for, and why."""


class PortfolioOut(msgspec.Struct, frozen=True, kw_only=True):
    """The portfolio as it stood at the end of a day; goals may share projects, counties and projects never do."""

    as_of: date
    total: Part
    goals: list[Part]
    counties: list[Part]
    projects: list[Part]
    adjustments: list[Told]
    """What overlap and optimism take away a year, beside the sums and in none of them."""
    adjustments_unsplit: int
    """So many more reach into the cut from elsewhere, and nobody knows for how much."""
    net_after_adjustments: list[Sum]
    waivers: dict[str, int]


def _part(key: object, name: str, found: Counted) -> Part:
    return Part(
        key=str(key or ""), name=name, figures={figure.key: found.counts[figure.key] for figure in FIGURES},
        gains=list(found.gains), harms=list(found.harms), net=list(found.net), left_out=list(found.left_out),
    )  # fmt: skip


@get("/portfolio", permission=Permission.PORTFOLIO_SEE, tags=["portfolio"], operation_id="portfolio_read")
async def read_portfolio(
    visit: Visit, as_of: str = "", goal: str = "", county: str = "", price_year: str = ""
) -> PortfolioOut:
    """What the scheme gives, in one cut: a day (as_of, YYYY-MM-DD), an overall goal, a county (its id).

    With a price_year everything is in kroner of it, as far as the price index reaches; without, each price year by itself.
    While the sums are being written anew after an upgrade it is answered 503: some of the projects would be missing.
    """
    cut, state = read_cut(visit, as_of, goal, county, price_year=price_year)
    if state.field_errors:
        codes = {"as_of": "portfolio.no_date", "goal": "portfolio.no_goal", "county": "portfolio.no_county",
                 "price_year": "portfolio.index_year"}  # fmt: skip
        raise Invalid({name: Reason(code=codes[name]) for name in state.field_errors})
    await require_written(visit.uow)
    found = await laid_out(visit.uow, visit.actor, cut, "goal", "county", "project")
    names = await counties(visit.uow)
    of_projects = await titles(visit.uow, list(found.projects))
    return PortfolioOut(
        as_of=found.as_of,
        total=_part("", "", found.whole),
        goals=[_part(goal, "", part) for goal, part in found.goals],
        counties=[_part(each, names.get(each, "") if each else "", found.counties[each])
                  for each in (*names, None) if each in found.counties],
        projects=[_part(each, title, found.projects[each]) for each, title in of_projects.items()],
        adjustments=list(found.lines),
        adjustments_unsplit=found.unsplit,
        net_after_adjustments=list(found.after_lines),
        waivers={
            f"{each.subject}.{each.requirement}": each.count
            for each in await waivers(visit.uow, visit.actor, end_of(found.as_of))
        },
    )  # fmt: skip


ROUTES = [read_portfolio, *over_time_api.ROUTES, *rows_api.ROUTES]
