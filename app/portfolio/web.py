"""The portfolio as a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get

from app.benefits.figures import end_of
from app.cases.queries import reach_of, seen_by
from app.core.clock import day_in_oslo
from app.core.questions import ask_together
from app.portfolio import accuracy_web, comparing_web, curves_web, files_web, open_awards_web
from app.portfolio.adjustments import recorded, recorded_question
from app.portfolio.cut import Cut, asked_of, bar, choices_question, typed_in
from app.portfolio.figures import FIGURES
from app.portfolio.files import FORMATS
from app.portfolio.overview import Counted, laid_out, lists
from app.portfolio.price_index import price_index_page
from app.portfolio.queries import counties, waivers, waivers_question
from app.portfolio.questions_web import QUESTION_ROUTES, may_see
from app.portfolio.saved_views import views_page
from app.portfolio.tables import BESIDE
from app.web.visit import Visit
from workflows.adjustment import Kind
from workflows.roles import Permission
from workflows.rules import GOALS


def _row(words: str, link: str, part: Counted) -> dict[str, Any]:
    """A row of a table: the words, where they lead, and the figures."""
    return {"words": words, "link": link, "figures": part.counts}


def _goals(visit: Visit, rows: Iterable[tuple[str, Counted]], cut: Cut) -> list[dict[str, Any]]:
    none = visit.t("portfolio.towards_none")
    return [
        _row(visit.t(f"benefits.goal.{goal}") if goal else none, cut.at("/portfolio", goal=goal) if goal else "", part)
        for goal, part in rows
    ]


def _counties(
    visit: Visit, parts: Mapping[UUID | None, Counted], names: Mapping[UUID, str], cut: Cut
) -> list[dict[str, Any]]:
    """Those of no county last."""
    rows = [
        _row(name, cut.at("/portfolio", county_id=each), parts[each]) for each, name in names.items() if each in parts
    ]
    return [*rows, _row(visit.t("portfolio.no_county_set"), "", parts[None])] if None in parts else rows


async def _ask_at_once(visit: Visit) -> None:
    """What stands around the figures, by one statement."""
    uow, actor, (cut, _) = visit.uow, visit.actor, typed_in(visit)
    reach, moment = reach_of(actor), end_of(cut.as_of or day_in_oslo(uow.now))
    asked = {**seen_by(actor, uow.now), "language": visit.texts.language, "moment": moment}
    await ask_together(uow, asked, choices_question(reach), recorded_question(), waivers_question(reach))


@get("/portfolio", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def portfolio_page(visit: Visit) -> Response[Any]:
    """What we get for it: planned, forecast, measured; where; and what is missing."""
    may_see(visit)
    await _ask_at_once(visit)
    cut, state, there = await asked_of(visit)
    dimensions = [name for name, asked in (("goal", cut.goal), ("county", cut.county_id)) if asked is None]
    found = await laid_out(visit.uow, visit.actor, cut, *dimensions, only_counts=True)
    first = await lists(visit.uow, visit.actor, cut)
    counts = found.whole.counts
    return visit.render(
        "portfolio/portfolio.html",
        status=422 if state.field_errors else 200,
        **bar(visit.t, cut, state, there),
        figures=FIGURES,
        whole=found.whole,
        totals=counts,
        left_out=found.whole.left_out,
        lines=found.lines,
        unsplit=found.unsplit,
        after_lines=found.after_lines,
        steps=found.whole.steps.items(),
        goals=_goals(visit, found.goals, cut),
        counties=_counties(visit, found.counties, {each.id: each.name for each in there.counties}, cut),
        projects=first.projects,
        project_of=first.project_of,
        lacking=first.lacking,
        lacking_more=counts["lacking"] - len(first.lacking),
        benefits=first.benefits,
        benefits_more=counts["measurable"] - len(first.benefits),
        waivers=await waivers(visit.uow, visit.actor, end_of(found.as_of)),
        files=[(ending, each.name) for ending, each in FORMATS.items()],
        tables=[
            (table.key, [(ending, each.name) for ending, each in FORMATS.items() if each.holds_one]) for table in BESIDE
        ],
        day=found.as_of,
        has_invented=counts["invented"] > 0,
    )


@get("/portfolio/adjustments", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def adjustments_page(visit: Visit) -> Response[Any]:
    """What overlap and optimism take away from the portfolio's sums: every line that ever counted, and why."""
    may_see(visit)
    return visit.render(
        "portfolio/adjustments.html",
        lines=await recorded(visit.uow),
        may_adjust=visit.actor.may(Permission.PORTFOLIO_ADJUST),
        kinds=[str(kind) for kind in Kind],
        goal_names=GOALS,
        counties=[(str(each), name) for each, name in (await counties(visit.uow)).items()],
    )


ROUTES = [
    portfolio_page,
    adjustments_page,
    price_index_page,
    views_page,
    *files_web.ROUTES,
    *open_awards_web.ROUTES,
    *curves_web.ROUTES,
    *comparing_web.ROUTES,
    *accuracy_web.ROUTES,
    *QUESTION_ROUTES,
]
