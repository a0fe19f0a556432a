"""The application with its yardsticks beside it: the same page rendered from memory, and as many bytes, under /bench."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from litestar import Litestar
from litestar.types import Receive, Scope, Send
from sqlalchemy import event

from app.main import create_app
from app.web import pages
from app.web.templates import render

STATEMENTS: ContextVar[list[int] | None] = ContextVar("statements", default=None)
RECORDED: dict[str, tuple[str, dict[str, Any], str, str | None]] = {}
"""What a page was rendered from, by its path, as the real handler had it."""
HEADERS = [(b"content-type", b"text/html; charset=utf-8")]


def _record(template: str, context: dict[str, Any], *, language: str, block: str | None = None) -> str:
    """Render as the application does, and remember of what."""
    html = render(template, context, language=language, block=block)
    RECORDED[context["path"]] = (template, context, language, block)
    return html


async def _answer(send: Send, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def create() -> Litestar:
    """The application, with /bench/rendered/... and /bench/bytes/... before it and a count of statements on every answer."""
    application = create_app()
    real = application.asgi_handler
    sent: dict[str, bytes] = {}
    pages.render = _record  # type: ignore[assignment]

    def count(*_: Any) -> None:
        counted = STATEMENTS.get()
        if counted is not None:
            counted[0] += 1

    event.listen(application.state.database.engine.sync_engine, "before_cursor_execute", count)

    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.startswith("/bench/rendered"):
            template, context, language, block = RECORDED[path.removeprefix("/bench/rendered")]
            return await _answer(send, render(template, context, language=language, block=block).encode())
        if path.startswith("/bench/bytes"):
            own = path.removeprefix("/bench/bytes")
            if own not in sent:
                template, context, language, block = RECORDED[own]
                sent[own] = render(template, context, language=language, block=block).encode()
            return await _answer(send, sent[own])
        counted = [0]
        STATEMENTS.set(counted)

        async def counting(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-statements", str(counted[0]).encode())]}
            await send(message)

        return await real(scope, receive, counting)

    application.asgi_handler = handler  # type: ignore[assignment]
    return application
