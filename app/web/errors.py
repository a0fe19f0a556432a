"""Errors to answers: which status, which page, which problem details."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import (
    BeingWritten,
    Busy,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    NotYet,
    Overlap,
    Stale,
    TooMany,
    Unavailable,
    Unconfirmed,
)
from app.web.visit import Visit, visit_of

log = structlog.get_logger()

STATUS: dict[type[DomainError], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    NotYet: 409,
    Stale: 409,
    Overlap: 409,
    Invalid: 422,
    Unconfirmed: 422,
    TooMany: 429,
    Unavailable: 503,
    Busy: 503,
    BeingWritten: 503,
}
SENTENCES: dict[type[DomainError], str] = {Busy: "error.busy", BeingWritten: "error.being_written"}
"""What is said of those that have no more to say for themselves than what they are."""
PAGES = frozenset({400, 401, 403, 404, 409, 413, 422, 429, 500, 503})


class Problem(msgspec.Struct, omit_defaults=True):
    """Problem details (RFC 9457), with the codes of the reasons."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    reasons: list[dict[str, Any]] = []
    fields: dict[str, dict[str, Any]] = {}
    waivable: list[str] = []


def status_of(error: DomainError) -> int:
    """The HTTP status that stands for the error."""
    return STATUS[type(error)]


def problem_of(visit: Visit, error: DomainError) -> Problem:
    """The error as problem details, its sentences in the caller's language."""
    status = status_of(error)
    problem = Problem(
        type=f"/problems/{type(error).__name__}",
        title=visit.t(f"error.{status}.title"),
        status=status,
        instance=visit.request.url.path,
    )
    if type(error) in SENTENCES:
        problem.detail = visit.t(SENTENCES[type(error)])
    if isinstance(error, NotYet):
        views = visit.missing(error.reasons, error.case_id, error.people)
        problem.reasons = [
            {"code": reason.code, "sentence": view.sentence, "link": view.link, "who": [str(role) for role in reason.who],
             "people": [name for role in reason.who for name in error.people.get(role, ())],
             "parameters": dict(reason.parameters)}
            for reason, view in zip(error.reasons, views, strict=True)
        ]  # fmt: skip
        problem.waivable = list(error.waivable)
    if isinstance(error, NotAllowed) and error.reason is not None:
        sentence = visit.t(error.reason.code, **error.reason.parameters)
        problem.detail = sentence
        problem.reasons = [{"code": error.reason.code, "sentence": sentence, "who": list(map(str, error.reason.who))}]
    if isinstance(error, Overlap):
        problem.fields = {
            place.field: {"code": "form.overlap", "sentence": visit.t("form.overlap", by=place.by), "theirs": place.theirs,
                          "mine": place.mine, "by": place.by, "at": place.at, "seen": place.seen}
            for place in error.places
        }  # fmt: skip
    if isinstance(error, Invalid):
        problem.fields = {
            name: {"code": reason.code, "sentence": visit.t(reason.code, **reason.parameters)}
            for name, reason in error.fields.items()
        }
    return problem


def _answer(request: Request[Any, Any, Any], status: int, error: DomainError | None = None) -> Response[Any]:
    if "uow" not in request.scope["state"]:
        return Response(str(status).encode(), status_code=status, media_type=MediaType.TEXT)
    visit = visit_of(request)
    wait = error.wait_seconds if isinstance(error, TooMany | Unavailable) else 0
    headers = {"Retry-After": str(wait)} if wait else {}
    if request.url.path.startswith("/api/"):
        if error is not None:
            problem = problem_of(visit, error)
        else:
            problem = Problem(type="about:blank", title=visit.t(f"error.{status if status in PAGES else 400}.title"),
                              status=status, instance=request.url.path)  # fmt: skip
        return Response(msgspec.json.encode(problem), status_code=status, headers=headers,
                        media_type="application/problem+json")  # fmt: skip
    if isinstance(error, NotSignedIn) and request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return Redirect(f"/sign-in?next={quote(request.url.path + query, safe='/')}", status_code=303)
    page = status if status in PAGES else 400
    missing = visit.missing(error.reasons, error.case_id, error.people) if isinstance(error, NotYet) else ()
    answer = visit.render(
        f"errors/{page}.html", status=status, missing=missing, request_id=request.scope["state"].get("request_id", ""),
        words="error.being_written" if isinstance(error, BeingWritten) else f"error.{page}",
        back=_came_from(request) if page == 413 else "", most=request.app.state.settings.files_most_mib,
    )  # fmt: skip
    answer.headers.update(headers)
    return answer


def _came_from(request: Request[Any, Any, Any]) -> str:
    """The page that the form stood on, where the browser says so: what was sent was too much to be read."""
    path = urlsplit(request.headers.get("referer", "")).path
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else ""


def on_domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[Any]:
    """A refusal in words: nothing was changed."""
    return _answer(request, status_of(error), error)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refuses: unknown addresses, wrong methods, missing tokens."""
    return _answer(request, 404 if error.status_code == 405 else error.status_code)


def on_database_gone(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The database does not answer: say so, and that nothing is lost."""
    log.warning("database unavailable", error=str(error))
    if request.url.path.startswith("/api/"):
        problem = Problem(type="about:blank", title="Service Unavailable", status=503, instance=request.url.path)
        return Response(msgspec.json.encode(problem), status_code=503, headers={"Retry-After": "5"},
                        media_type="application/problem+json")  # fmt: skip
    return Response(_plain_page(503), status_code=503, media_type=MediaType.HTML, headers={"Retry-After": "5"})


def on_database_error(request: Request[Any, Any, Any], error: DBAPIError) -> Response[Any]:
    """The database went away in the middle of a statement, or refuses one, which is a fault of ours."""
    return (on_database_gone if error.connection_invalidated else on_any_error)(request, error)


def on_any_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: logged whole, shown as a sentence, nothing leaked."""
    log.exception("unexpected error", **_where(request), exc_info=error)
    try:
        return _answer(request, 500)
    except Exception:
        log.exception("the error page failed too")
        return Response(_plain_page(500), status_code=500, media_type=MediaType.HTML)


def _where(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Which route was asked for, with the ids in its address; never a secret that an address may carry."""
    ids = {name: str(value) for name, value in request.path_params.items() if isinstance(value, UUID)}
    return {"route": str(request.scope.get("path_template") or "unknown"), **ids}


def _plain_page(status: int) -> bytes:
    sentences = {
        500: "Noe gikk galt hos oss. Noko gjekk gale hos oss. Something went wrong on our side.",
        503: "Drivkraft svarer ikke akkurat nå. Prøv igjen om litt. Drivkraft svarar ikkje akkurat no. Prøv att om litt. "
        "Drivkraft does not answer right now. Please try again in a moment.",
    }
    return (
        f'<!doctype html><html lang="nb"><meta charset="utf-8"><title>{status}</title><main><h1>Drivkraft</h1>'
        f"<p>{sentences[status]}</p></main></html>"
    ).encode()


HANDLERS: dict[Any, Any] = {
    DomainError: on_domain_error,
    HTTPException: on_http_error,
    OperationalError: on_database_gone,
    InterfaceError: on_database_gone,
    DBAPIError: on_database_error,
    PoolTimeout: on_database_gone,
    ConnectionError: on_database_gone,
    Exception: on_any_error,
}
