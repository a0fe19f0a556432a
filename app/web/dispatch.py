"""Pages' forms and programs' calls, led to the same commands."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from app.cases.queries import holders_of
from app.commands import Command
from app.core.database import Database
from app.core.errors import (
    Busy,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    NotYet,
    Overlap,
    Stale,
    Unconfirmed,
    invalid,
)
from app.core.inputs import bare
from app.identity.service import forget_form, note_made, take_form
from app.reviews.phases import hidden_from
from app.web.errors import status_of
from app.web.forms import FormState, names_of, read_input
from app.web.inside import ask_inside
from app.web.kept import is_anothers, keep, page_to_sign_in
from app.web.visit import Visit, path_of, visit_of
from workflows.engine import Reason

PERSONAL_DATA_WHY = "personal_data_why"
"""The field of any form about a project, and of any call, that says why what may say who somebody is stands there."""

MOST_WHY = 4000

KEPT_HEADERS = (b"content-type", b"content-language", b"vary")


def local_path(candidate: str | None, fallback: str = "/") -> str:
    """An address within the application, or the fallback: nobody is sent elsewhere by a doctored form."""
    if not candidate:
        return fallback
    parts = urlsplit(candidate)
    if parts.scheme or parts.netloc or not candidate.startswith("/") or candidate.startswith(("//", "/\\")):
        return fallback
    return candidate


def _referring_path(request: Request[Any, Any, Any]) -> str:
    parts = urlsplit(request.headers.get("referer", ""))
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))


async def page_again(request: Request[Any, Any, Any], path: str, state: FormState, status: int) -> Response[bytes]:
    """The page the form stood on, with what was typed and every sentence beside its field."""
    inner = await ask_inside(request, "GET", path, form=state)
    return Response(inner.body, media_type=MediaType.HTML, status_code=status if inner.status == 200 else inner.status)


def form_state(
    visit: Visit, command: Command, raw: dict[str, list[str]], error: DomainError, row_id: UUID | None
) -> FormState:
    """A refusal as the page shows it: beside the fields, as the list of what is missing, or as one sentence."""
    texts = {name: values for name, values in raw.items() if not name.startswith("_")}
    if isinstance(error, Invalid):
        fields = {name: visit.t(reason.code, **reason.parameters) for name, reason in error.fields.items()}
        if isinstance(error, Unconfirmed) or PERSONAL_DATA_WHY in error.fields or raw.get(PERSONAL_DATA_WHY):
            texts[PERSONAL_DATA_WHY] = raw.get(PERSONAL_DATA_WHY, [""])
        return FormState(command.verb, texts, fields, row_id=row_id, confirms=PERSONAL_DATA_WHY in texts)
    if isinstance(error, NotYet):
        return FormState(
            command.verb, texts, missing=visit.missing(error.reasons, error.case_id, error.people), row_id=row_id
        )
    if isinstance(error, Overlap):
        texts.pop("seen", None)  # all that is shown again is seen as it is now
        places = {place.field: place for place in error.places}
        message = visit.t("forms.overlap", count=len(places))
        return FormState(command.verb, texts, message=message, row_id=row_id, overlaps=places)
    if isinstance(error, Stale):
        return FormState(command.verb, texts, message=visit.t("error.stale"), row_id=row_id, stale=True)
    if isinstance(error, NotAllowed) and error.reason is not None:
        message = visit.t(error.reason.code, **error.reason.parameters)
        return FormState(command.verb, texts, message=message, row_id=row_id)
    sentence = "error.busy" if isinstance(error, Busy) else f"error.{status_of(error)}.text"
    return FormState(command.verb, texts, message=visit.t(sentence), row_id=row_id)


def mark_of(person_id: UUID | None, command: Command, subject_id: UUID | None, data: msgspec.Struct, once: str) -> str:
    """What makes a thing the same when it is sent again: who, what, on which row, with which words, under which mark."""
    said = msgspec.json.encode((person_id, command.subject, command.verb, subject_id, once, data), enc_hook=bare)
    return hashlib.sha256(said).hexdigest()


def why_of(command: Command, said: Any) -> str:
    """The reason given for what may say who somebody is; "" for a command that is not looked through.

    Raises Invalid for what is no text, or a longer one than any reason.
    """
    if not command.looks_for_personal_data:
        return ""
    if not isinstance(said, str):
        raise invalid(PERSONAL_DATA_WHY, "form.wrong_form")
    if len(said) > MOST_WHY:
        raise invalid(PERSONAL_DATA_WHY, "form.too_long", most=MOST_WHY)
    return said


class Taken(msgspec.Struct, frozen=True):
    """What a form that was taken before has made."""

    id: UUID | None


async def run_command(
    request: Request[Any, Any, Any],
    command: Command,
    subject_id: UUID | None,
    data: msgspec.Struct,
    once: str = "",
    personal_data_why: str = "",
) -> Any:
    """Run a command in one transaction of its own; the answer is given after the commit.

    With `once`, a mark of the sender's own, the same thing sent again is answered as before and not done again.
    """
    await request.scope["state"]["uow"].session.rollback()
    database: Database = request.app.state.database
    async with database.unit_of_work() as uow:
        uow.personal_data_why = personal_data_why
        mark = mark_of(request.user.person_id, command, subject_id, data, once) if once else ""
        try:
            if mark and (before := await take_form(uow, mark)) is not None:
                return Taken(before.made)
            result = await command(uow, request.user, subject_id, data)
            if mark and uow.said_after is None:
                await note_made(uow, mark, getattr(result, "id", None))
            elif mark:
                await forget_form(uow, mark)  # sent again it is to be told again
            return result
        except NotYet as error:
            error.people = (
                {} if error.case_id in await hidden_from(uow, request.user) else await holders_of(uow, error.case_id)
            )
            raise


async def answer_form(request: Request[Any, Any, Any], command: Command, subject_id: UUID | None) -> Response[Any]:
    """Take a page's form: do what it asks and go on, or show the page again with everything that is wrong."""
    form = await request.form()
    raw = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    if request.user.person_id is None:
        if (kept := keep(request, raw)) is None:
            raise NotSignedIn
        return page_to_sign_in(request, kept)
    if is_anothers(request, raw):
        return visit_of(request).render("errors/another.html", status=409)
    # where the form stood: a page that was refused lies at the form's own address, which is no page
    origin = local_path(raw.get("_page", [""])[-1], _referring_path(request))
    after = local_path(raw.get("_next", [""])[-1], origin)
    try:
        data = read_input(command.input, raw, typed=True)
        said = why_of(command, raw.get(PERSONAL_DATA_WHY, [""])[-1])
        result = await run_command(request, command, subject_id, data, raw.get("_once", [""])[-1], said)
    except (NotFound, NotSignedIn):
        raise
    except DomainError as error:
        state = form_state(visit_of(request), command, raw, error, subject_id)
        return await page_again(request, origin, state, status_of(error))
    made = getattr(result, "id", None)
    answer = Redirect(after.replace("{id}", str(made)), status_code=303)
    answer.set_cookie("done", f"{command.subject}.{command.verb}", max_age=30, httponly=True, samesite="lax", path="/")
    return answer


def page_route(command: Command) -> HTTPRouteHandler:
    """The address that a page's form is sent to."""
    name = f"{command.verb}_{command.subject}_from_page"
    if command.on_collection:

        async def take_new(request: Request[Any, Any, Any]) -> Response[Any]:
            return await answer_form(request, command, None)

        take_new.__name__ = name
        path = f"/{path_of(command.subject)}/{command.verb}"
        return post(path, permission=command.permission, include_in_schema=False, name=name, signs_in=True)(take_new)

    async def take(request: Request[Any, Any, Any], subject_id: UUID) -> Response[Any]:
        return await answer_form(request, command, subject_id)

    take.__name__ = name
    path = f"/{path_of(command.subject)}/{{subject_id:uuid}}/{command.verb}"
    return post(path, permission=command.permission, include_in_schema=False, name=name, signs_in=True)(take)


class Done(msgspec.Struct, omit_defaults=True):
    """What a command answers a program: the row it made or changed."""

    id: UUID | None = None
    state: str | None = None
    version: int | None = None


def api_route(command: Command) -> HTTPRouteHandler:
    """The address under /api/v1 that does the same for programs."""
    summary = f"{command.verb.replace('_', ' ')}: {command.subject.replace('_', ' ')}"
    more: dict[str, Any] = {"summary": summary, "description": command.run.__doc__ or summary, "tags": [command.subject],
            "operation_id": f"{command.subject}_{command.verb}", "permission": command.permission,
            "status_code": 200}  # fmt: skip

    def done(result: Any) -> Done:
        return Done(getattr(result, "id", None), getattr(result, "state", None), getattr(result, "version", None))

    def once_of(request: Request[Any, Any, Any]) -> str:
        return str(request.headers.get("idempotency-key", ""))

    async def body_of(request: Request[Any, Any, Any]) -> tuple[msgspec.Struct, str]:
        try:
            raw = msgspec.json.decode(await request.body() or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise invalid("body", "form.wrong_form") from None
        if not isinstance(raw, dict):
            raise invalid("body", "form.wrong_form")
        why = why_of(command, raw.pop(PERSONAL_DATA_WHY, "")) if command.looks_for_personal_data else ""
        known, prefixes = names_of(command.input)
        # a misspelt field is said, not dropped
        unknown = sorted(name for name in raw.keys() - known if not name.startswith(prefixes))
        faults = {name: Reason(code="form.unknown_field") for name in unknown}
        try:
            data = read_input(command.input, raw, typed=False)
        except Invalid as error:
            raise Invalid({**error.fields, **faults}) from None
        if faults:
            raise Invalid(faults)
        return data, why

    if command.on_collection:

        async def call_new(request: Request[Any, Any, Any]) -> Done:
            data, why = await body_of(request)
            return done(await run_command(request, command, None, data, once_of(request), why))

        return post(f"/{path_of(command.subject)}/{command.verb}", **more)(call_new)

    async def call(request: Request[Any, Any, Any], subject_id: UUID) -> Done:
        data, why = await body_of(request)
        return done(await run_command(request, command, subject_id, data, once_of(request), why))

    return post(f"/{path_of(command.subject)}/{{subject_id:uuid}}/{command.verb}", **more)(call)
