"""What the platform asks: is the process alive, is it ready, how is it doing."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from litestar import Request, Response, get
from litestar.enums import MediaType
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from sqlalchemy import text

from app.core.database import Database
from app.outbox.queries import Figures, figures
from app.web.metrics import outbox_figures

log = structlog.get_logger()
PATIENCE_SECONDS = 2


@get("/isalive", public=True, include_in_schema=False, media_type=MediaType.TEXT)
async def is_alive() -> str:
    """The process answers."""
    return "alive"


async def _database_answers(database: Database) -> bool:
    async with database.reading() as uow:
        return bool(await uow.session.scalar(text("SELECT 1")))


async def _broker_answers(url: str | None) -> bool:
    if not url:
        return False
    async with Redis.from_url(url) as client:
        return bool(await client.ping())


@get("/isready", public=True, include_in_schema=False)
async def is_ready(request: Request[Any, Any, Any]) -> Response[dict[str, bool]]:
    """Whether requests can be answered: the database must, the broker should; pages work while it is away."""
    state = request.app.state

    async def answers(question: Any) -> bool:
        try:
            return bool(await asyncio.wait_for(question, PATIENCE_SECONDS))
        except Exception as error:  # whatever a driver raises when its server is away
            log.warning("a server does not answer", error=str(error))
            return False

    database, broker = await asyncio.gather(
        answers(_database_answers(state.database)), answers(_broker_answers(state.settings.redis_url))
    )
    return Response({"database": database, "broker": broker}, status_code=200 if database else 503)


async def _outbox(database: Database) -> Figures:
    async with database.reading() as uow:
        return await figures(uow)


@get("/metrics", public=True, include_in_schema=False)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The process's own figures and the outbox's, in Prometheus' text format; the outbox's are left out while the
    database is away."""
    own = generate_latest()
    try:
        own += outbox_figures(await asyncio.wait_for(_outbox(request.app.state.database), PATIENCE_SECONDS))
    except Exception as error:  # whatever a driver raises when its server is away
        log.warning("the outbox's figures are missing", error=str(error))
    return Response(own, headers={"Content-Type": CONTENT_TYPE_LATEST}, media_type=MediaType.TEXT)


ROUTES = [is_alive, is_ready, metrics]
