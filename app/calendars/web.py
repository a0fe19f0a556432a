"""Feeds for calendars, which bring no session, and the page where their addresses are made and taken back."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from app.benefits.models import Measurement
from app.calendars import measuring, queries, service
from app.calendars.ical import calendar_of
from app.core.clock import day_in_oslo
from app.core.database import Database
from app.core.errors import NotFound, NotSignedIn
from app.projects.queries import project_head
from app.texts.i18n import texts_for
from app.web.documents import is_known
from app.web.visit import Visit, visit_of
from workflows.roles import Permission

MEDIA_TYPE = "text/calendar"
TONES = {
    "planned": "info",
    "reported": "waiting",
    "returned": "warning",
    "confirmed": "success",
    "written_off": "stopped",
}
AHEAD = 20
"""How many entries the page lists."""


@get("/calendars/{token:str}", public=True, include_in_schema=False)
async def calendar_feed(visit: Visit, token: str) -> Response[bytes]:
    """A calendar for whoever has its address, as its owner may see it now; NotFound where the address was taken back."""
    feed = await queries.feed_behind(visit.uow, token.removesuffix(".ics"))
    texts = texts_for(feed.actor.language)
    entries = await queries.entries_of(visit.uow, feed, texts, visit.request.app.state.settings.base_url)
    body = calendar_of(texts.t("calendars.name" if feed.case_id is None else "calendars.name_of_project"), entries)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if is_known(tag, visit.request.headers.get("if-none-match", "")):
        return Response(b"", status_code=304, headers=headers, media_type=MEDIA_TYPE)
    headers["Content-Disposition"] = 'inline; filename="drivkraft.ics"'
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


@get("/calendar", permission=Permission.SELF, include_in_schema=False)
async def calendar_page(visit: Visit) -> Response[Any]:
    """What is next in one's own calendar, and the addresses that calendars subscribe to."""
    feed = queries.Feed(actor=visit.actor, case_id=None)
    entries = await queries.entries_of(visit.uow, feed, visit.texts, "")
    ahead = [each for each in entries if queries.moment_of(each) > visit.uow.now and not each.cancelled]
    return visit.render(
        "calendars/calendar.html",
        feeds=await queries.feeds_of(visit.uow, visit.actor),
        ahead=sorted(ahead, key=queries.moment_of)[:AHEAD],
        weekly=[each for each in entries if each.weekly_until and not each.cancelled],
    )


@get("/measurements", permission=Permission.SELF, include_in_schema=False)
async def measuring_page(
    visit: Visit, month: str = "", of: str = "", after: UUID | None = None, late_after: UUID | None = None
) -> Response[Any]:
    """What one is to measure, month by month; for those who follow projects all that is to be measured in them."""
    uow, actor, today = visit.uow, visit.actor, day_in_oslo(visit.uow.now)
    turned = measuring.Turned(late_after, after)
    follows = actor.may(Permission.RESOURCE_GROUP_SEE)
    of_all = follows and of != "mine"
    which = measuring.seen(uow, actor) if of_all else measuring.mine(actor)
    return visit.render(
        "calendars/measuring.html",
        found=await measuring.calendar_of(uow, which, measuring.month_from(month, today), today, turned),
        today=today,
        follows=follows,
        of_all=of_all,
        turned=turned,
        base="/measurements",
        query="&of=mine" if follows and not of_all else "",
        tones=TONES,
    )


@get("/projects/{case_id:uuid}/measurements", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def measuring_in_project_page(
    visit: Visit, case_id: UUID, month: str = "", after: UUID | None = None, late_after: UUID | None = None
) -> Response[Any]:
    """What is to be measured in a project, month by month, and by whom."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    today = day_in_oslo(visit.uow.now)
    turned = measuring.Turned(late_after, after)
    which = Measurement.case_id == case_id
    return visit.render(
        "calendars/measuring_in_project.html",
        project=project,
        tab="benefits",
        found=await measuring.calendar_of(visit.uow, which, measuring.month_from(month, today), today, turned),
        today=today,
        turned=turned,
        base=f"/projects/{case_id}/measurements",
        query="",
        tones=TONES,
    )


@post("/calendar-feeds/make", permission=Permission.SELF, include_in_schema=False, status_code=200)
async def make_feed(request: Request[Any, Any, Any]) -> Response[Any]:
    """Make an address and show it, this once: what is kept cannot be turned into it again."""
    if request.user.person_id is None:
        raise NotSignedIn
    form = await request.form()
    try:
        case_id = UUID(str(form["case_id"])) if form.get("case_id") else None
    except ValueError:
        raise NotFound from None
    await request.scope["state"]["uow"].session.rollback()
    database: Database = request.app.state.database
    async with database.unit_of_work() as uow:
        secret = await service.make_feed(uow, request.user, case_id=case_id)
    address = f"{request.app.state.settings.base_url.rstrip('/')}/calendars/{secret}.ics"
    back = f"/projects/{case_id}#calendar" if case_id else "/calendar"
    return visit_of(request).render(
        "calendars/made.html",
        address=address,
        subscribe="webcal://" + address.split("://", 1)[-1],
        case_id=case_id,
        back=back,
    )


ROUTES = [calendar_feed, calendar_page, make_feed, measuring_page, measuring_in_project_page]
