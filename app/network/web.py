"""The page where any employee finds others with the same challenge."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import Parameter

from app.core.errors import NotFound
from app.network import queries
from app.network.similar import LONGEST, shown_challenge, similar_shown
from app.reviews.phases import hidden_from
from app.web.visit import Visit
from workflows.roles import Permission

MOST_FOUND = 20


def identifier(text: str | None) -> UUID | None:
    """An identifier out of a filter; nothing where all were asked for, or for what is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@get("/network", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def network_page(
    visit: Visit,
    words: Annotated[str, Parameter(query="q", max_length=100)] = "",
    county: str | None = None,
    after: UUID | None = None,
) -> Response[Any]:
    """Who works with the same challenge, where, how far they have come, and whom to ask."""
    page = await queries.neighbours(visit.uow, words=words, county_id=identifier(county), after=after)
    return visit.render(
        "network/network.html", projects=page.rows, next=page.after, first=after, words=words, county=county or "",
        counties=await queries.counties(visit.uow), calls=await queries.shown_calls(visit.uow, visit.texts.language),
    )  # fmt: skip


@get("/network/similar", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def similar_page(
    visit: Visit, words: Annotated[str, Parameter(query="q", max_length=LONGEST)] = ""
) -> Response[Any]:
    """The challenges that are shown to everybody and most like a text."""
    hidden = await hidden_from(visit.uow, visit.actor)
    found = await similar_shown(visit.uow, words.strip(), leave_out=hidden, most=MOST_FOUND)
    return visit.render("network/search.html", words=words, found=found)


@get("/network/challenges/{case_id:uuid}", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def challenge_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """One challenge as its office shows it; NotFound for one that is not shown, or whose office is hidden from one."""
    found = await shown_challenge(visit.uow, case_id)
    if found is None or case_id in await hidden_from(visit.uow, visit.actor):
        raise NotFound
    return visit.render("network/challenge.html", found=found)


ROUTES = [network_page, similar_page, challenge_page]
