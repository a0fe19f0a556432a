"""A request that the application makes to itself, as the same browser would make it."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from litestar import Request
from litestar.types import Message


class Inner(NamedTuple):
    """What the application answered itself."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


async def ask_inside(
    request: Request[Any, Any, Any], method: str, path: str, *, body: bytes = b"",
    headers: dict[bytes, bytes] | None = None, **state: Any,
) -> Inner:  # fmt: skip
    """Ask for a page, or send a form, within a request; `headers` stand instead of those that came with it."""
    parts = urlsplit(path)
    scope: dict[str, Any] = dict(request.scope)
    other = {b"content-type", b"content-length", *(headers or {})}
    kept = [(name, value) for name, value in scope["headers"] if name not in other]
    scope |= {
        "method": method, "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "headers": [*kept, *(headers or {}).items()], "path_params": {},
        "state": {"request_id": scope["state"].get("request_id", ""), **state},
    }  # fmt: skip
    for key in [key for key in scope if key.startswith("_ls_") or key in ("route_handler", "path_template")]:
        del scope[key]
    answers: list[Message] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    await request.app.asgi_handler(scope, receive, send)  # type: ignore[arg-type]
    start = next(each for each in answers if each["type"] == "http.response.start")
    whole = b"".join(each.get("body", b"") for each in answers if each["type"] == "http.response.body")
    return Inner(start["status"], list(start["headers"]), whole)
