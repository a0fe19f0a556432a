"""Requests to have an outcome tried again, for programs to read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get

from app.applications.models import Application
from app.cases.queries import load_case
from app.core.clock import day_in_oslo
from app.core.errors import NotFound
from app.reconsiderations import queries
from app.reconsiderations.facts import asking
from app.reviews.queries import holds, require_reading
from app.web.visit import Visit
from workflows.reconsideration import against_asking, asked_until, told_state
from workflows.roles import Permission


class RequestOut(msgspec.Struct, frozen=True, kw_only=True):
    """One request, as far as the reader has been told."""

    id: UUID
    state: str
    version: int
    letter_id: UUID
    asked_at: datetime
    asked_until: datetime
    parts: list[str]
    reasons: str
    answer: str | None
    answer_letter_id: UUID | None


class RequestsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The requests of an application, and what keeps another from being made now."""

    regime: str
    until: datetime | None
    missing: list[tuple[str, str]]
    requests: list[RequestOut]


@get("/reconsiderations", permission=Permission.RECONSIDERATION_HANDLE, tags=["reconsideration"],
     operation_id="reconsiderations_read")  # fmt: skip
async def read_requests(visit: Visit) -> list[queries.RequestRow]:
    """The requests that wait for an answer, the oldest first."""
    return await queries.requests(visit.uow, visit.actor, visit.texts.language, open_only=True)


@get("/applications/{application_id:uuid}/reconsiderations", permission=Permission.RECONSIDERATION_SEE,
     tags=["reconsideration"], operation_id="reconsiderations_of_application")  # fmt: skip
async def read_requests_of(visit: Visit, application_id: UUID) -> RequestsOut:
    """The requests of one application; an answer shows to the office with its letter."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.RECONSIDERATION_SEE)
    await require_reading(visit.uow, visit.actor, case, roles)
    application = await visit.uow.session.get(Application, application_id)
    if application is None:
        raise NotFound
    inside = holds(roles, Permission.RECONSIDERATION_HANDLE)
    found = await asking(visit.uow, application)
    released_at = found.facts.letter_released_at
    return RequestsOut(
        regime=found.facts.rules.appeal.regime,
        until=asked_until(found.facts.rules, day_in_oslo(released_at)) if released_at else None,
        missing=[(each.code, each.sentence) for each in visit.missing(list(against_asking(found.facts)), case.id)],
        requests=[_out(view, inside=inside) for view in await queries.requests_of(visit.uow, application_id)],
    )


def _out(view: queries.RequestView, *, inside: bool) -> RequestOut:
    row = view.row
    told = inside or view.answer_released_at is not None
    return RequestOut(
        id=row.id, state=row.state if inside else told_state(row.state, letter_released=row.told_at is not None),
        version=row.version if inside else 0, letter_id=row.letter_id, asked_at=row.asked_at,
        asked_until=row.asked_until, parts=row.parts, reasons=row.reasons, answer=row.answer if told else None,
        answer_letter_id=view.answer_letter_id if told else None,
    )  # fmt: skip


ROUTES = [read_requests, read_requests_of]
