"""Who else has a draft open, and in which field they write: told to those alone who may write in it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from sqlalchemy import select

from app.applications.models import Application
from app.cases.queries import load_case
from app.web.presence import Presence
from app.web.visit import visit_of
from workflows.returning import WRITTEN_IN
from workflows.roles import Permission

KEY = re.compile(r"[a-z0-9_.-]{1,100}")
"""A field as the page names it; what it is called there, the page knows itself."""


@post(
    "/applications/{application_id:uuid}/here",
    permission=Permission.APPLICATION_WRITE, include_in_schema=False, status_code=200,
)  # fmt: skip
async def here(request: Request[Any, Any, Any], application_id: UUID) -> Response[bytes]:
    """Say that one has the draft open, and be told who else has; it is no visit, and keeps no session going.

    With `left` one says that one goes. NotFound or NotAllowed where one may not write, nothing where nobody can any more.
    """
    visit = visit_of(request)
    await load_case(visit.uow, visit.actor, application_id, Permission.APPLICATION_WRITE)
    state = await visit.uow.session.scalar(select(Application.state).where(Application.id == application_id))
    if state not in WRITTEN_IN or visit.actor.person_id is None:
        return Response(b"", status_code=204)
    await visit.uow.session.rollback()  # no connection is held while Valkey is asked
    form = await request.form()
    presence: Presence = request.app.state.presence
    if form.get("left"):
        await presence.leave(application_id, visit.actor.person_id)
        return Response(b"[]", media_type="application/json")
    typed = str(form.get("field", ""))
    key = typed if KEY.fullmatch(typed) else ""
    others = await presence.here(application_id, visit.actor.person_id, visit.actor.name, key, visit.uow.now)
    return Response(msgspec.json.encode(others), media_type="application/json")
