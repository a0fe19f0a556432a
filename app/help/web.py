"""The pages that tell how the scheme works."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from app.core.errors import NotFound
from app.help.drawing import lifecycle_of, sheet_of
from app.web.visit import Visit
from workflows.lifecycles import ALL
from workflows.roles import GRANTS, Permission


@get("/help", permission=Permission.SELF, include_in_schema=False)
async def help_page(visit: Visit) -> Response[Any]:
    """How the scheme works: every lifecycle, in the order of a case's life."""
    return visit.render("help/help.html", subjects=[each.subject for each in ALL])


@get("/help/{subject:str}", permission=Permission.SELF, include_in_schema=False)
async def lifecycle_page(visit: Visit, subject: str) -> Response[Any]:
    """One lifecycle, drawn and as a table: who takes each step, and what must hold for it."""
    try:
        lifecycle = lifecycle_of(subject)
    except LookupError:
        raise NotFound from None
    return visit.render(
        "help/lifecycle.html",
        lifecycle=lifecycle,
        sheet=sheet_of(subject),
        who={move.name: visit.who(GRANTS[move.permission]) or visit.t("help.by_itself") for move in lifecycle.moves},
    )


ROUTES = [help_page, lifecycle_page]
