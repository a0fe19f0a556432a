"""The application with its yardsticks beside it: the same page rendered from memory, and as many bytes, under /bench."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from litestar import Litestar, get
from litestar.enums import MediaType
from litestar.types import Receive, Scope, Send
from sqlalchemy import event

from app.main import create_app
from app.web import pages
from app.web.templates import render

STATEMENTS: ContextVar[list[int] | None] = ContextVar("statements", default=None)
RECORDED: dict[str, tuple[str, dict[str, Any], str, str | None]] = {}
"""What a page was rendered from, by its path, as the real handler had it."""
SENT: dict[str, bytes] = {}
"""The pages as bytes, by their paths."""


def _record(template: str, context: dict[str, Any], *, language: str, block: str | None = None) -> str:
    """Render as the application does, and remember of what."""
    html = render(template, context, language=language, block=block)
    RECORDED[context["path"]] = (template, context, language, block)
    return html


@get("/bench/rendered/{path:path}", public=True, include_in_schema=False, media_type=MediaType.HTML)
async def rendered(path: str) -> str:
    """The page's template, filled with the very values that the page was last rendered from."""
    template, context, language, block = RECORDED[path]
    return render(template, context, language=language, block=block)


@get("/bench/bytes/{path:path}", public=True, include_in_schema=False, media_type=MediaType.HTML)
async def as_many_bytes(path: str) -> bytes:
    """An answer of the page's length."""
    if path not in SENT:
        template, context, language, block = RECORDED[path]
        SENT[path] = render(template, context, language=language, block=block).encode()
    return SENT[path]


def create() -> Litestar:
    """The application, with /bench/rendered/... and /bench/bytes/... in it and a count of statements on every answer."""
    application = create_app()
    application.register(rendered)
    application.register(as_many_bytes)
    real = application.asgi_handler
    pages.render = _record

    def count(*_: Any) -> None:
        counted = STATEMENTS.get()
        if counted is not None:
            counted[0] += 1

    event.listen(application.state.database.engine.sync_engine, "before_cursor_execute", count)

    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        counted = [0]
        STATEMENTS.set(counted)

        async def counting(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-statements", str(counted[0]).encode())]}
            await send(message)

        return await real(scope, receive, counting)

    application.asgi_handler = handler
    return application
