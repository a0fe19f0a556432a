"""How good the forecasts are, as a page."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from app.portfolio.outcomes import outcomes
from app.portfolio.questions_web import asking
from app.web.visit import Visit
from workflows.accuracy import DIMENSIONS, MONTHS, accuracy_by, of_all
from workflows.leaf import FEWEST
from workflows.portfolio import Question
from workflows.roles import Permission


@get("/portfolio/accuracy", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def accuracy_page(visit: Visit) -> Response[Any]:
    """How good the forecasts are: what was measured 6, 12 and 24 months after the close, of what was forecast at the gate."""
    asked = await asking(visit, Question.ACCURACY)
    found = await outcomes(visit.uow, asked.case_ids, asked.day, asked.cut.category)
    return asked.render(
        (), all_of_them=of_all(found), kinds=[(name, accuracy_by(name, found)) for name in DIMENSIONS],
        months=MONTHS, fewest=FEWEST, unforeseen=sum(each.ratio is None for each in found), measured=len(found),
    )  # fmt: skip


ROUTES = [accuracy_page]
