"""The page from which the resource group follows every running project, and the same as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get

from app.core.clock import day_in_oslo
from app.core.errors import NotAllowed
from app.oversight.queries import Narrowed, OverseenRow, Place, all_overseen, overseen
from app.oversight.support_web import SUPPORT_ROUTES
from app.portfolio.files import cell
from app.projects.signs import TONES, sign_link
from app.web.places import is_open_to, link_to
from app.web.visit import Visit
from workflows.engine import Reason
from workflows.oversight import OVERSEEN, Sign, gate_ahead
from workflows.roles import Permission, Role, permissions_of

FIRST_LINES = 3
"""How many of the things that a gate lacks the list says in words; the project's page says them all."""


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def read(call: str, county: str, step: str, facilitator: str, sign: str) -> Narrowed:
    """Which projects an address asks for; what names nothing asks for nothing."""
    return Narrowed(
        call_id=_id(call), county_id=_id(county), facilitator_id=_id(facilitator),
        step=step if step in set(OVERSEEN) else None, sign=sign if sign in set(Sign) else None,
    )  # fmt: skip


def _query(narrowed: Narrowed, **changed: str) -> str:
    """The address of the list narrowed so, with changes: an empty one takes something out."""
    asked = {name.removesuffix("_id"): str(value) for name, value in narrowed.asked.items()} | changed
    return urlencode({name: value for name, value in asked.items() if value})


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _open_to(visit: Visit) -> Collection[Permission]:
    """What somebody who follows projects may do in those they see, as far as links are concerned."""
    return permissions_of(visit.actor.scheme_roles | {Role.FACILITATOR})


@get("/oversight", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def oversight_page(
    visit: Visit, call: str = "", county: str = "", step: str = "", facilitator: str = "", sign: str = "", after: str = ""
) -> Response[Any]:  # fmt: skip
    """Every running project, those who need help first: its step, its gate, and the signs; one statement."""
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed
    narrowed, place_after = read(call, county, step, facilitator, sign), Place.read(after)
    page = await overseen(visit.uow, visit.actor, narrowed, after=place_after)
    permissions = _open_to(visit)

    def link(reason: Reason, case_id: UUID) -> str:
        shown = reason.place and is_open_to(reason.place, permissions)
        return link_to(reason.place, case_id, reason.parameters) if shown else ""

    def narrower(**changed: str) -> str:
        return _address("/oversight", _query(narrowed, **changed))

    return visit.render(
        "oversight/oversight.html",
        tab="projects",
        rows=page.rows,
        today=day_in_oslo(visit.uow.now),
        summary=page.summary,
        narrowed=narrowed,
        states=list(map(str, OVERSEEN)),
        signs=list(map(str, Sign)),
        gate_ahead=gate_ahead,
        link=link,
        sign_link=sign_link,
        tones=TONES,
        who=visit.who,
        narrower=narrower,
        first_lines=FIRST_LINES,
        file=_address("/oversight.csv", _query(narrowed)),
        first=narrower() if place_after else "",
        next=narrower(after=str(page.after)) if page.after else "",
    )


COLUMNS = (
    "reference", "project", "call", "office", "county", "step", "entered_on", "days_in_step", "planned_to", "days_over",
    "lacks_count", "lacks", "facilitators", "last_contact_on", "signs", "weight", "as_of",
)  # fmt: skip


def _line(visit: Visit, row: OverseenRow, today: date) -> list[Any]:
    lacks = row.lacking(today)
    over = (today - row.planned_to).days if row.planned_to and row.planned_to < today else None
    return [
        row.reference, row.title, row.call, row.unit, row.county, visit.t(f"state.project.{row.state}"), row.entered_on,
        (today - row.entered_on).days, row.planned_to, over, sum(each.count for each in lacks),
        " ".join(visit.t(each.reason.code, **each.reason.parameters) for each in lacks), ", ".join(row.facilitators),
        row.last_contact_on, ", ".join(visit.t(f"oversight.sign.{sign}") for sign, _ in row.shows(today)), row.weight,
        day_in_oslo(row.as_of),
    ]  # fmt: skip


@get("/oversight.csv", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def oversight_file(
    visit: Visit, call: str = "", county: str = "", step: str = "", facilitator: str = "", sign: str = ""
) -> Response[bytes]:  # fmt: skip
    """The same projects, all of them, as a file that spreadsheets open."""
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed
    found = await all_overseen(visit.uow, visit.actor, read(call, county, step, facilitator, sign))
    today, language = day_in_oslo(visit.uow.now), visit.texts.language
    written = io.StringIO()
    writer = csv.writer(written, delimiter="," if language == "en" else ";")
    writer.writerow([visit.t(f"oversight.column.{column}") for column in COLUMNS])
    for row in found:
        writer.writerow([cell(value, language) for value in _line(visit, row, today)])
    return Response(
        written.getvalue().encode("utf-8-sig"),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="drivkraft-{today}.csv"'},
    )


ROUTES = [oversight_page, oversight_file, *SUPPORT_ROUTES]
