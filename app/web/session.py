"""Signing in and out, stepping in as one of the demo people, and choosing language and theme."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from app.core.database import Database
from app.core.errors import DomainError, Invalid, NotFound, TooMany
from app.identity import queries, service
from app.web.dispatch import local_path, page_again
from app.web.errors import status_of
from app.web.forms import FormState, read_input
from app.web.kept import kept_in, page_to_sign_in, send_kept
from app.web.middleware import SESSION_COOKIE
from app.web.rate_limit import SignInLimit
from app.web.visit import Visit, visit_of


class Credentials(msgspec.Struct):
    """What is typed to sign in."""

    email: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


def signed_in(request: Request[Any, Any, Any], token: str, after: str) -> Response[Any]:
    """Go on to an address with a new session."""
    return with_session(request, Redirect(after, status_code=303), token)


def with_session(request: Request[Any, Any, Any], answer: Response[Any], token: str) -> Response[Any]:
    """The answer with the cookie of a new session."""
    answer.set_cookie(
        SESSION_COOKIE, token, httponly=True, samesite="lax", path="/", secure=request.app.state.settings.is_https,
        max_age=int(service.SESSION_LASTS.total_seconds()),
    )  # fmt: skip
    return answer


@get("/sign-in", public=True, include_in_schema=False)
async def sign_in_page(visit: Visit, next: str = "/") -> Response[Any]:
    """The page to sign in on."""
    settings = visit.request.app.state.settings
    return visit.render("identity/sign_in.html", next=local_path(next), demo=settings.demo)


@post("/sign-in", public=True, include_in_schema=False)
async def sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Sign in with address and password; limited per address and per machine."""
    form = await request.form()
    raw = {name: [str(form[name])] for name in form}
    after, kept = local_path(raw.get("next", ["/"])[-1]), kept_in(raw)
    limit: SignInLimit = request.app.state.sign_in_limit
    database: Database = request.app.state.database
    try:
        data = read_input(Credentials, raw, typed=True)
        machine = request.client.host if request.client else ""
        await limit.count(data.email, machine)
        await request.scope["state"]["uow"].session.rollback()
        async with database.unit_of_work() as uow:
            token = await service.sign_in(uow, email=data.email, password=data.password)
            actor = await queries.actor_of_session(uow, token)
    except DomainError as error:
        visit = visit_of(request)
        fields = {}
        if isinstance(error, Invalid):
            fields = {name: visit.t(reason.code, **reason.parameters) for name, reason in error.fields.items()}
        if isinstance(error, TooMany):
            fields = {"password": visit.t("sign_in.too_many", minutes=max(1, error.wait_seconds // 60))}
        state = FormState("sign_in", {"email": raw.get("email", [""])}, fields)
        if kept is not None:
            return page_to_sign_in(request, kept, state, status_of(error))
        return await page_again(request, f"/sign-in?next={after}", state, status_of(error))
    if kept is None or actor is None or actor.person_id is None:
        return signed_in(request, token, after)
    sent = await send_kept(
        request, kept, person_id=actor.person_id, session=token, token=raw.get("_csrf_token", [""])[-1]
    )
    return with_session(request, sent, token)


@post("/sign-out", public=True, include_in_schema=False)
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the session."""
    token = request.scope["auth"]
    if token:
        await request.scope["state"]["uow"].session.rollback()
        async with request.app.state.database.unit_of_work() as uow:
            await service.sign_out(uow, token)
    answer = Redirect("/sign-in", status_code=303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@get("/demo", public=True, include_in_schema=False)
async def demo_page(visit: Visit) -> Response[Any]:
    """The demo people, to step in as one of them; exists in demo mode alone."""
    if not visit.request.app.state.settings.demo:
        raise NotFound
    return visit.render("identity/demo.html", people=await queries.demo_people(visit.uow))


@post("/demo/{person_id:uuid}", public=True, include_in_schema=False)
async def step_in(request: Request[Any, Any, Any], person_id: UUID) -> Response[Any]:
    """Step in as one of the demo people; exists in demo mode alone."""
    if not request.app.state.settings.demo:
        raise NotFound
    await request.scope["state"]["uow"].session.rollback()
    async with request.app.state.database.unit_of_work() as uow:
        token = await service.step_in(uow, person_id)
    return signed_in(request, token, "/")


def _remember(name: str, allowed: tuple[str, ...]) -> Any:
    async def remember(request: Request[Any, Any, Any]) -> Response[Any]:
        form = await request.form()
        answer = Redirect(local_path(str(form.get("next", "/"))), status_code=303)
        chosen = str(form.get(name, ""))
        if chosen in allowed:
            answer.set_cookie(name, chosen, max_age=365 * 24 * 3600, samesite="lax", path="/", httponly=True)
        return answer

    remember.__name__ = f"choose_{name}"
    return post(f"/{name}", public=True, include_in_schema=False)(remember)


ROUTES = [
    sign_in_page, sign_in, sign_out, demo_page, step_in, _remember("language", ("nb", "nn", "en")),
    _remember("theme", ("light", "dark", "system")),
]  # fmt: skip
