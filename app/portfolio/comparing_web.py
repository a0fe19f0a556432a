"""What changed between two days and why, as a page."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response, get

from app.portfolio.adjustments import recorded, within
from app.portfolio.comparing import Comparison, compare
from app.portfolio.curves import question_of
from app.portfolio.looked_up import MOST
from app.portfolio.questions_web import Asking, asking
from app.portfolio.report import quarter_before
from app.portfolio.told_lines import turned
from app.web.visit import Visit
from workflows.comparison import COUNTS, Step, less, together
from workflows.portfolio import Question
from workflows.roles import Permission
from workflows.rollup import in_price_year


def since_of(asked: Asking, typed: str) -> date:
    """The earlier day; where none can be read the end of the quarter before, and why is said beside the field."""
    state, t = asked.shown["state"], asked.visit.t
    state.typed["since"] = [typed]
    usual = quarter_before(asked.day)
    try:
        found = date.fromisoformat(typed) if typed.strip() else usual
    except ValueError:
        state.field_errors["since"] = t("portfolio.no_date")
        return usual
    if found >= asked.day:
        state.field_errors["since"] = t("portfolio.changed.not_before")
        return usual
    return found


def lines_of(found: Comparison) -> list[tuple[str, int, Step]]:
    """What is told together: time, the index, what is kept back, and the steps that are not told one by one."""
    parts = found.explained
    lines = [("passed", 1, parts.passed), ("index", 1, parts.index)]
    if parts.kept_back:
        lines.append(("kept_back", len(parts.kept_back), together(parts.kept_back, "kept_back", found.until)))
    if parts.others:
        lines.append(("others", len(parts.others), together(parts.others, "others", found.until)))
    return lines


@get("/portfolio/changed", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def changed_page(visit: Visit, since: str = "") -> Response[Any]:
    """What changed since a day, by default since the end of the quarter before, and what was done that made it so."""
    asked = await asking(visit, Question.CHANGED)
    earlier = since_of(asked, since)
    asked.errors = bool(asked.shown["state"].field_errors)
    found = await compare(visit.uow, visit.actor, question_of(asked.cut), earlier, MOST)
    index = found.index
    lines = await recorded(visit.uow)
    adjusted = [(day, within(lines, asked.cut, day)) for day in (earlier, asked.day)]
    counts = {name: (found.then.counts.get(name, 0), found.now.counts.get(name, 0)) for name in COUNTS}
    return asked.render(
        (), found=found, since=earlier, difference=less(found.now.amounts, found.then.amounts), counts=counts,
        lines=lines_of(found), turned=turned(lines, asked.cut, earlier, asked.day, found.price_year, index),
        adjusted=[
            (day, in_price_year((line.own for line in each.shown), found.price_year, index) if found.price_year else ())
            for day, each in adjusted
        ],
        unsplit=adjusted[1][1].unsplit, hides_whole=found.keeps_back or len(found.explained.kept_back) == 1,
    )  # fmt: skip


ROUTES = [changed_page]
