"""The page that a link opens for somebody without an account: one clarification, to read and to answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from app.clarifications import links
from app.core.database import Database
from app.core.errors import DomainError, Invalid, NotFound, NotYet, Stale, TooMany
from app.core.inputs import OptionalText
from app.web.dispatch import page_again
from app.web.errors import status_of
from app.web.forms import FormState, read_input
from app.web.visit import Visit, visit_of
from workflows.clarification_template import GIVEN


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an outsider answers."""

    text_hash: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
    answer: Literal["agree", "change"]
    expects: OptionalText
    commits: OptionalText
    hours_per_week: Annotated[int, msgspec.Meta(ge=0, le=60)]
    change: OptionalText = ""


@get("/clarify/{token:str}", public=True, include_in_schema=False)
async def link_page(request: Request[Any, Any, Any], visit: Visit, token: str) -> Response[Any]:
    """The one clarification that a link opens; a clear page for a link that does not."""
    try:
        asked = await links.asked_by(visit.uow, token)
    except NotFound:
        return visit.render("clarifications/link_gone.html", status=404)
    if "language" not in request.cookies and asked.language != visit.texts.language:
        # the link brings its language, as choosing it on the page would
        answer = Redirect(f"/clarify/{token}", status_code=303)
        answer.set_cookie(
            "language", asked.language, max_age=60 * 60 * 24 * 365, samesite="lax", path="/", httponly=True
        )
        return answer
    return visit.render("clarifications/link.html", asked=asked, token=token, given=GIVEN)


@post("/clarify/{token:str}", public=True, include_in_schema=False)
async def answer_link(request: Request[Any, Any, Any], token: str) -> Response[Any]:
    """Take the answer; what was typed is shown again where it cannot be taken."""
    visit = visit_of(request)
    form = await request.form()
    raw = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    try:
        machine = request.client.host if request.client else ""
        await request.app.state.sign_in_limit.count(f"clarify {links.secret_hash(token)}", machine)
        data = read_input(Answer, raw, typed=True)
        await visit.uow.session.rollback()
        database: Database = request.app.state.database
        async with database.unit_of_work() as uow:
            await links.answer_link(
                uow, token, text_hash=data.text_hash, answer=data.answer, expects=data.expects, commits=data.commits,
                hours_per_week=data.hours_per_week, change=data.change,
            )  # fmt: skip
    except NotFound:
        return visit.render("clarifications/link_gone.html", status=404)
    except DomainError as error:
        return await _again(request, token, error, raw)
    return visit.render("clarifications/link_answered.html", answer=data.answer)


async def _again(
    request: Request[Any, Any, Any], token: str, error: DomainError, raw: dict[str, list[str]]
) -> Response[Any]:
    visit = visit_of(request)
    fields: dict[str, str] = {}
    missing: tuple[Any, ...] = ()
    message = ""
    typed = {name: values for name, values in raw.items() if not name.startswith("_") and name != "text_hash"}
    if isinstance(error, Invalid):
        fields = {name: visit.t(reason.code, **reason.parameters) for name, reason in error.fields.items()}
    elif isinstance(error, NotYet):
        missing = tuple(
            msgspec.structs.replace(each, link="", who="") for each in visit.missing(error.reasons, error.case_id)
        )
    elif isinstance(error, Stale):
        message = visit.t("clarifications.link_stale")
    elif isinstance(error, TooMany):
        message = visit.t("sign_in.too_many", minutes=max(1, error.wait_seconds // 60))
    else:
        message = visit.t(f"error.{status_of(error)}.text")
    state = FormState("answer", typed, fields, missing=missing, message=message)
    return await page_again(request, f"/clarify/{token}", state, status_of(error))


LINK_ROUTES = [link_page, answer_link]
