"""The list of awards as open data: for those who see the portfolio, and for anybody where it is published."""

from __future__ import annotations

import asyncio
import hashlib

from litestar import Response, get
from sqlalchemy import ColumnElement

from app.cases.queries import visible_to
from app.core.errors import NotAllowed, NotFound
from app.portfolio.open_awards import awards, encoded, package_of
from app.web.documents import is_known
from app.web.visit import Visit
from workflows.roles import Permission

PUBLISHED_AT = "/open/awards.json"
MEDIA_TYPE = "application/json"


async def _content(visit: Visit, seen: ColumnElement[bool] | None, address: str = "") -> bytes:
    """The package; NotFound where nothing has been awarded yet, for the standard knows no empty one."""
    found = await awards(visit.uow, seen)
    if not found:
        raise NotFound
    now = visit.uow.now
    return await asyncio.to_thread(lambda: encoded(package_of(found, now, address=address)))


@get("/portfolio/awards.json", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def awards_file(visit: Visit) -> Response[bytes]:
    """The awards that one may see, to be looked through before they are published."""
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    content = await _content(visit, visible_to(visit.actor, visit.uow.now))
    headers = {
        "Content-Disposition": 'attachment; filename="drivkraft-360giving.json"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@get(PUBLISHED_AT, public=True, include_in_schema=False)
async def published_awards(visit: Visit) -> Response[bytes]:
    """Every award, to anybody; NotFound unless the scheme has chosen to publish them (DRIVKRAFT_OPEN_AWARDS)."""
    settings = visit.request.app.state.settings
    if not settings.open_awards:
        raise NotFound
    content = await _content(visit, None, settings.base_url.rstrip("/") + PUBLISHED_AT)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
    if is_known(tag, visit.request.headers.get("if-none-match", "")):
        return Response(b"", status_code=304, headers=headers, media_type=MEDIA_TYPE)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


ROUTES = [awards_file, published_awards]
