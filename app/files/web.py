"""The addresses of files for people: sending one with a form, and keeping a copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.response import Redirect

from app.commands import Command
from app.core.errors import DomainError, NotFound, NotSignedIn
from app.files import service
from app.files.uploading import give_out, take_in
from app.web.dispatch import form_state, local_path, page_again
from app.web.errors import status_of
from app.web.places import place
from app.web.visit import Visit, visit_of
from workflows.roles import Permission

place("application.attachments", "/applications/{case}#attachments")

ADD = Command("application", "add_file", Permission.APPLICATION_WRITE, service.add)
"""What the form does, for the page that shows it again; the file itself comes as a stream and not as a field."""


@post(
    "/applications/{application_id:uuid}/add_file", permission=Permission.APPLICATION_WRITE, include_in_schema=False,
    name="add_file_from_page",
)  # fmt: skip
async def add_file(request: Request[Any, Any, Any], application_id: UUID) -> Response[Any]:
    """Take a page's file: go back to the attachments, or show the page again with what is wrong with it."""
    return await answer_file(request, ADD, application_id)


async def answer_file(request: Request[Any, Any, Any], command: Command, row_id: UUID) -> Response[Any]:
    """Take the file that a form on the page of an application, a milestone or a report brings, and answer with that page."""
    page = f"/{command.subject}s/{row_id}"
    try:
        await take_in(request, row_id, command.subject)
    except (NotFound, NotSignedIn):
        raise
    except DomainError as error:
        form = await request.form()
        raw = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
        state = form_state(visit_of(request), command, raw, error, row_id)
        return await page_again(request, local_path(raw.get("_page", [""])[-1], page), state, status_of(error))
    form = await request.form()
    part = "own" if form.get("key") else "attachments"
    answer = Redirect(f"{page}#{part}", status_code=303)
    answer.set_cookie("done", f"{command.subject}.add_file", max_age=30, httponly=True, samesite="lax", path="/")
    return answer


@get("/files/{file_id:uuid}", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def file_address(visit: Visit, file_id: UUID) -> Response[Any]:
    """The file itself, to keep."""
    return await give_out(visit, file_id)


ROUTES = [file_address]
UPLOADS = [add_file]
