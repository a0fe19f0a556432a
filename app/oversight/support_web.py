"""The page of the support that facilitators give, by half-year and entry by entry."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get

from app.core.clock import day_in_oslo
from app.core.errors import NotAllowed
from app.facilitation.web import half_namer
from app.oversight.support import halves_around, hours_of_everybody, support_log
from app.web.visit import Visit
from workflows.roles import Permission


def _after(text: str) -> tuple[date, UUID] | None:
    day, _, entry = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(entry)
    except ValueError:
        return None


def _person(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@get("/oversight/support", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def support_page(visit: Visit, person: str = "", half: str = "", after: str = "") -> Response[Any]:
    """Hours planned and used of each facilitator by half-year, and the log of support; six statements."""
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed
    shown, namer = halves_around(day_in_oslo(visit.uow.now)), half_namer(visit)
    people = await hours_of_everybody(visit.uow)
    person_id = next((each.person_id for each in people if each.person_id == _person(person)), None)
    chosen = next((each for each in shown if each.isoformat() == half), None)
    turned = _after(after)
    log = await support_log(visit.uow, visit.actor, person_id=person_id, half=chosen, after=turned)
    asked = {"person": str(person_id or ""), "half": chosen.isoformat() if chosen else ""}

    def address(**more: str) -> str:
        query = urlencode({name: value for name, value in (asked | more).items() if value})
        return f"/oversight/support?{query}" if query else "/oversight/support"

    return visit.render(
        "oversight/support.html",
        tab="support",
        people=people,
        halves=[(each.isoformat(), namer(each)) for each in shown],
        person=asked["person"],
        half=asked["half"],
        rows=log.rows,
        address=address,
        first=address() if turned else "",
        next=address(after=f"{log.after[0].isoformat()}_{log.after[1]}") if log.after else "",
    )


SUPPORT_ROUTES = [support_page]
