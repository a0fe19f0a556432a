"""Whether we get what we planned as a page: the curves, year by year, and the parts of a figure down to its benefit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get

from app.core.errors import NotFound
from app.portfolio.adjustments import Lines, recorded, within
from app.portfolio.county_tiles import tiles_of
from app.portfolio.curves import (
    Named,
    OfMeasurement,
    Parted,
    benefit_named,
    benefits_named,
    by_measurement,
    parted,
    projects_named,
    question_of,
)  # fmt: skip
from app.portfolio.cut import Cut
from app.portfolio.looked_up import MOST
from app.portfolio.over_time import factors
from app.portfolio.queries import counties
from app.portfolio.questions_web import asking
from app.portfolio.time_chart import MARKS, draw_so_far, draw_years, gross, net
from app.portfolio.told_lines import told_each
from app.web.visit import Visit
from workflows.curves import Curve, curve_of, kept_back_of
from workflows.over_time import Amounts
from workflows.portfolio import Question
from workflows.roles import Permission

ADDRESS = "/portfolio/curves"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what is shown: what it is called, where it is opened, and what it has come to by now."""

    named: Named
    link: str
    total: Amounts
    keeps_back: bool
    missing: int
    running: int


def opened(cut: Cut, **more: Any) -> str:
    """The address of the page in a cut, narrowed further."""
    query = urlencode({**cut.asked, **{name: str(value) for name, value in more.items()}})
    return f"{ADDRESS}?{query}" if query else ADDRESS


def kroner_of(found: Parted) -> dict[str, int]:
    """The price year that the parts are opened in: that of the whole, so that a part is the figure one came from."""
    return {} if found.whole.price_year is None else {"price_year": found.whole.price_year}


def parts_of(found: Parted, names: dict[str, Named], links: dict[str, str], *, above_projects: bool) -> list[Part]:
    """The parts in the order of their names; what rests on too few is kept back above the project (DOMAIN 3.6)."""
    curves: dict[str, Curve] = {
        key: curve_of(part, above_projects=above_projects) for key, part in found.parts.items() if key in names
    }
    kept = kept_back_of(curves)
    return [
        Part(
            named=names[key], link=links.get(key, ""), total=curves[key].by_now.net, keeps_back=key in kept,
            missing=curves[key].by_now.there.missing, running=curves[key].by_now.there.running,
        )
        for key in names if key in curves
    ]  # fmt: skip


def largest_first(parts: list[Part]) -> list[Part]:
    """The parts that promise most first."""
    return sorted(parts, key=lambda each: (-abs(each.total.planned), -abs(each.total.likely), each.named.name))


def together(parts: list[Part]) -> Amounts:
    """What parts come to."""
    total = Amounts()
    for each in parts:
        total = total + each.total
    return total


def left_over(whole: Amounts, measured: list[OfMeasurement]) -> bool:
    """Whether the measurements do not come to what was measured of the benefit, to the øre."""
    return any(
        abs(sum((getattr(each.amounts, name) for each in measured), Decimal(0)) - getattr(whole, name)) >= 1
        for name in ("realised", "estimated")
    )


@get(ADDRESS, permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def curves_page(visit: Visit, project: UUID | None = None, benefit: UUID | None = None) -> Response[Any]:
    """Planned, forecast and realised over time; each figure opens into the parts it is made of.

    The whole is made of counties, a county or another cut of projects, a project of benefits. NotFound for a project or a
    benefit that one may not see.
    """
    asked = await asking(visit, Question.CURVES)
    cut, uow, actor = asked.cut, visit.uow, visit.actor
    of_benefit = await benefit_named(uow, actor, benefit) if benefit else None
    case_id = of_benefit.case_id if of_benefit else project
    of_project = (await projects_named(uow, actor, [str(case_id)])).get(str(case_id)) if case_id else None
    if (benefit and not of_benefit) or (case_id and not of_project):
        raise NotFound
    question = question_of(cut, case_id=case_id, benefit_id=benefit)
    links: dict[str, str] = {}
    if of_project and case_id:
        by = "benefit"
        found = await parted(uow, actor, question, by)
        names = await benefits_named(uow, case_id, of_project.language)
        links = {} if benefit else {key: opened(cut, benefit=key, **kroner_of(found)) for key in names}
    elif cut.county_id or cut.unit_id or cut.call_id:
        by = "project"
        found = await parted(uow, actor, question, by)
        names = await projects_named(uow, actor, found.parts)
        links = {key: opened(cut, project=key, **kroner_of(found)) for key in names}
    else:
        by = "county"
        found = await parted(uow, actor, question, by)
        names = {str(each): Named(name) for each, name in (await counties(uow)).items()}
        links = {key: opened(cut, county=key, **kroner_of(found)) for key in names}
        names[""] = Named(visit.t("portfolio.no_county_set"))
    measured = await by_measurement(uow, case_id, benefit, found.whole, cut.as_of) if benefit and case_id else []
    above_projects = of_project is None
    beside = within(await recorded(uow), cut, asked.day) if above_projects else Lines()
    index = await factors(uow, asked.day)
    curve = curve_of(found.whole, above_projects=above_projects)
    parts = largest_first(parts_of(found, names, links, above_projects=above_projects))
    return asked.render(
        (), curve=curve, rolled=found.whole, parts=parts[:MOST], others=together(parts[MOST:]),
        measured_of=measured, left_over=left_over(curve.by_now.net, measured),
        tiles=tiles_of(parts)[0] if by == "county" else [],
        others_count=max(0, len(parts) - MOST), others_kept=any(each.keeps_back for each in parts),
        by=by, of_project=of_project, of_benefit=of_benefit, case_id=case_id,
        project_link=opened(cut, project=case_id) if case_id else "", marks=MARKS,
        drawings=[("net", draw_so_far(curve, net, asked.day), draw_years(curve, net)),
                  ("gross", draw_so_far(curve, gross, asked.day), draw_years(curve, gross))],
        units=list(curve.units.items()), adjustments=told_each(beside, found.whole.price_year, index),
        unsplit=beside.unsplit,
    )  # fmt: skip


ROUTES = [curves_page]
