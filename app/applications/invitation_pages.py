"""Taking one's place in a team: the page that asks whether one takes part, and the link of an invitation."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect
from sqlalchemy import select

from app.applications.facts import team_of
from app.applications.models import Application
from app.applications.service import inviting
from app.cases.queries import load_case
from app.core.database import Database
from app.core.errors import DomainError, Invalid, NotFound, NotSignedIn, TooMany
from app.core.inputs import Line
from app.identity.models import Unit
from app.identity.queries import actor_of_person
from app.identity.service import start_session
from app.web.dispatch import page_again
from app.web.errors import status_of
from app.web.forms import FormState, read_input
from app.web.session import signed_in
from app.web.visit import Visit, visit_of
from workflows.returning import WRITTEN_IN
from workflows.roles import Permission, permissions_of
from workflows.team import content_to_confirm


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account for whoever was invited; the address is the one that the mail went to."""

    name: Line
    password: Annotated[str, msgspec.Meta(min_length=12, max_length=200)]
    language: Literal["nb", "nn", "en"] = "nb"


@get(
    "/applications/{application_id:uuid}/taking-part",
    permission=Permission.APPLICATION_TAKE_PART, include_in_schema=False,
)  # fmt: skip
async def taking_part_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """What one is asked to do in a team, for whoever is in it; nothing of what the application says."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.APPLICATION_TAKE_PART)
    found = (
        await visit.uow.session.execute(
            select(Application.state, Unit.name, team_of(application_id))
            .join(Unit, Unit.id == Application.unit_id)
            .where(Application.id == application_id)
        )
    ).one()
    own = next((each for each in found[2] if each["person_id"] == str(visit.actor.person_id)), None)
    if own is None:
        raise NotFound
    return visit.render(
        "applications/taking_part.html", case=case, unit=found[1], own=own, is_open=found[0] in WRITTEN_IN,
        asked=content_to_confirm(own["role"], own["weekly_hours"]),
        may_read=Permission.APPLICATION_SEE in permissions_of(roles),
    )  # fmt: skip


async def _count(request: Request[Any, Any, Any], token: str) -> None:
    """Let nobody try many links from one machine, or one link many times."""
    machine = request.client.host if request.client else ""
    await request.app.state.sign_in_limit.count(f"invitation {inviting.hash_of(token)}", machine)


def _gone(visit: Visit, status: int = 404) -> Response[Any]:
    return visit.render("applications/invitation_gone.html", status=status)


@get("/invitations/{token:str}", public=True, include_in_schema=False)
async def invitation_page(visit: Visit, token: str) -> Response[Any]:
    """What a link invites to, and the ways to take it; a clear page for a link that does not open."""
    try:
        invited = await inviting.invited_by(visit.uow, token)
    except NotFound:
        return _gone(visit)
    return visit.render("applications/invitation.html", invited=invited, token=token)


@post("/invitations/{token:str}/accept", public=True, include_in_schema=False)
async def accept(request: Request[Any, Any, Any], token: str) -> Response[Any]:
    """Take the place in the team as who is signed in."""
    visit = visit_of(request)
    try:
        await _count(request, token)
        if visit.actor.person_id is None:
            raise NotSignedIn
        await visit.uow.session.rollback()
        database: Database = request.app.state.database
        async with database.unit_of_work() as uow:
            row = await inviting.accept_invitation(uow, visit.actor, token)
    except NotSignedIn:
        return Redirect(f"/sign-in?next=/invitations/{token}", status_code=303)
    except NotFound:
        return _gone(visit)
    except DomainError as error:
        return await _again(request, token, "accept", error, {})
    return Redirect(f"/applications/{row.id}/taking-part", status_code=303)


@post("/invitations/{token:str}/account", public=True, include_in_schema=False)
async def make_account(request: Request[Any, Any, Any], token: str) -> Response[Any]:
    """Make an account for the address that was invited, and take the place in the team with it."""
    visit = visit_of(request)
    form = await request.form()
    raw = {name: [str(form[name])] for name in form}
    try:
        await _count(request, token)
        data = read_input(NewAccount, raw, typed=True)
        await visit.uow.session.rollback()
        database: Database = request.app.state.database
        async with database.unit_of_work() as uow:
            person = await inviting.join_as_new(
                uow, token, name=data.name, password=data.password, language=data.language
            )
            row = await inviting.accept_invitation(uow, await actor_of_person(uow, person.id), token)
            session = await start_session(uow, person.id)
    except NotFound:
        return _gone(visit)
    except DomainError as error:
        return await _again(request, token, "account", error, {"name": raw.get("name", [""])})
    return signed_in(request, session, f"/applications/{row.id}/taking-part")


async def _again(
    request: Request[Any, Any, Any], token: str, verb: str, error: DomainError, typed: dict[str, list[str]]
) -> Response[Any]:
    visit = visit_of(request)
    fields, message = {}, ""
    if isinstance(error, Invalid):
        fields = {name: visit.t(reason.code, **reason.parameters) for name, reason in error.fields.items()}
        message = fields.pop("token", "")
    elif isinstance(error, TooMany):
        message = visit.t("sign_in.too_many", minutes=max(1, error.wait_seconds // 60))
    state = FormState(verb, typed, fields, message=message)
    return await page_again(request, f"/invitations/{token}", state, status_of(error))


ROUTES = [taking_part_page, invitation_page, accept, make_account]
