"""The administrator's pages of people and units."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import Parameter

from app.core.errors import NotAllowed, NotFound
from app.core.paging import page_of
from app.identity import queries
from app.identity.forms import UNIT_ROLES
from app.identity.models import Person
from app.web.places import place
from app.web.visit import Visit
from workflows.roles import SCHEME_ROLES, Permission


def _administrator(visit: Visit) -> None:
    if not visit.actor.may(Permission.PEOPLE_ADMINISTER):
        raise NotAllowed


place("people.roles", "/operation/people", Permission.PEOPLE_ADMINISTER)


@get("/operation/people", permission=Permission.PEOPLE_ADMINISTER, include_in_schema=False)
async def people_page(
    visit: Visit, words: Annotated[str, Parameter(query="q", max_length=100)] = "", after: UUID | None = None
) -> Response[Any]:
    """Every account, searched by name or address."""
    _administrator(visit)
    page = page_of(await queries.people(visit.uow, words=words.strip(), after=after))
    return visit.render("administration/people.html", people=page.rows, next=page.after, words=words, first=after)


@get("/operation/people/{person_id:uuid}", permission=Permission.PEOPLE_ADMINISTER, include_in_schema=False)
async def person_page(visit: Visit, person_id: UUID) -> Response[Any]:
    """One account with what it holds and has held."""
    _administrator(visit)
    person = await visit.uow.session.get(Person, person_id)
    if person is None:
        raise NotFound
    return visit.render(
        "administration/person.html",
        person=person,
        memberships=await queries.memberships_of(visit.uow, person_id),
        scheme_roles=await queries.scheme_roles_of(visit.uow, person_id),
        units=await queries.units(visit.uow),
        unit_roles=UNIT_ROLES,
        roles=sorted(SCHEME_ROLES),
        now=visit.uow.now,
    )


@get("/operation/units", permission=Permission.PEOPLE_ADMINISTER, include_in_schema=False)
async def units_page(visit: Visit) -> Response[Any]:
    """Every unit."""
    _administrator(visit)
    return visit.render(
        "administration/units.html",
        units=await queries.units(visit.uow),
        counties=await queries.units(visit.uow, "county"),
    )


ROUTES = [people_page, person_page, units_page]
