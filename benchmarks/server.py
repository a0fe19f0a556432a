"""The application with its yardsticks beside it, under /bench: a page from memory, as many bytes, a row written at once."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Litestar, Request, get, post
from litestar.enums import MediaType
from litestar.types import Receive, Scope, Send
from sqlalchemy import event

from app.calendars import web as calendars
from app.calendars.ical import Entry, calendar_of, event_of
from app.main import create_app
from app.web import pages
from app.web.templates import render

STATEMENTS: ContextVar[list[int] | None] = ContextVar("statements", default=None)
RECORDED: dict[str, tuple[str, dict[str, Any], str, str | None]] = {}
"""What a page was rendered from, by its path, as the real handler had it."""
FEEDS: dict[str, tuple[str, tuple[Entry, ...]]] = {}
"""What a calendar was written out from, by its path."""
ASKED: ContextVar[str] = ContextVar("asked", default="")
SENT: dict[str, bytes] = {}
"""The pages as bytes, by their paths."""


def _record(template: str, context: dict[str, Any], *, language: str, block: str | None = None) -> str:
    """Render as the application does, and remember of what."""
    html = render(template, context, language=language, block=block)
    RECORDED[context["path"]] = (template, context, language, block)
    return html


def _record_feed(name: str, entries: Any) -> bytes:
    """Write a calendar out as the application does, and remember of what, under the address that asked for it."""
    written_out = tuple(entries)
    FEEDS[ASKED.get()] = (name, written_out)
    return calendar_of(name, written_out)


def _whole(path: str, request: Request[Any, Any, Any]) -> str:
    """The page's address with what it asks for."""
    return path + (f"?{request.url.query}" if request.url.query else "")


@get("/bench/rendered/{path:path}", public=True, include_in_schema=False, media_type=MediaType.HTML)
async def rendered(path: str, request: Request[Any, Any, Any]) -> str:
    """The page's template, filled with the very values that the page was last rendered from."""
    if path in FEEDS:
        return calendar_of(*FEEDS[path], write=event_of.__wrapped__).decode()  # each entry written out anew
    template, context, language, block = RECORDED[_whole(path, request)]
    return render(template, context, language=language, block=block)


@get("/bench/bytes/{path:path}", public=True, include_in_schema=False, media_type=MediaType.HTML)
async def as_many_bytes(path: str, request: Request[Any, Any, Any]) -> bytes:
    """An answer of the page's length."""
    path = _whole(path, request)
    if path in FEEDS:
        SENT.setdefault(path, calendar_of(*FEEDS[path]))
    if path not in SENT:
        template, context, language, block = RECORDED[path]
        SENT[path] = render(template, context, language=language, block=block).encode()
    return SENT[path]


WRITTEN = """
update applications set answers = answers || $2::jsonb, field_marks = field_marks || $3::jsonb, unrecorded = $4::jsonb,
  version = version + 1 where id = $1
"""


@post("/bench/written/{application_id:uuid}", public=True, include_in_schema=False, status_code=200)
async def written(request: Request[Any, Any, Any], application_id: UUID) -> dict[str, Any]:
    """What saving a field writes, by the driver alone: one row, in one transaction."""
    typed = {name: str(said) for name, said in (await request.form()).items() if name != "seen"}
    whom = str(request.user.person_id)
    marks = {name: [1, whom, "2026-01-01T00:00:00Z"] for name in typed}
    gathered = {
        whom: {"name": "Skriver", "since": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:00:00Z", "changes": typed}
    }
    values = [msgspec.json.encode(each).decode() for each in (typed, marks, gathered)]
    async with request.app.state.drivers_own.acquire() as connection, connection.transaction():
        await connection.execute(WRITTEN, application_id, *values)
    return {"version": 0, "seen": {}}


async def _connect(application: Litestar) -> None:
    settings = application.state.settings
    application.state.drivers_own = await asyncpg.create_pool(
        settings.database_url, max_size=settings.database_pool_size
    )


def create() -> Litestar:
    """The application, with /bench/rendered/... and /bench/bytes/... in it and a count of statements on every answer."""
    application = create_app()
    application.register(rendered)
    application.register(as_many_bytes)
    application.register(written)
    application.on_startup.append(_connect)
    real = application.asgi_handler
    pages.render = _record
    calendars.calendar_of = _record_feed  # type: ignore[assignment]

    def count(*_: Any) -> None:
        counted = STATEMENTS.get()
        if counted is not None:
            counted[0] += 1

    event.listen(application.state.database.engine.sync_engine, "before_cursor_execute", count)

    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        counted = [0]
        STATEMENTS.set(counted)
        ASKED.set(scope.get("path", ""))

        async def counting(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-statements", str(counted[0]).encode())]}
            await send(message)

        return await real(scope, receive, counting)

    application.asgi_handler = handler
    return application
