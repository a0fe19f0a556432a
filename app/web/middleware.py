"""What stands around every page and every call of a program: the connection, the person, the language."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.core.database import Database
from app.identity.actor import Actor
from app.identity.queries import actor_of_session
from app.texts.i18n import pick_language, texts_for

NOBODY = Actor(person_id=None, name="")
SESSION_COOKIE = "session"
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OPEN_PATHS = ("/static/", "/isalive", "/isready", "/metrics")


def cookies_of(scope: Scope) -> dict[str, str]:
    """The request's cookies."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            return {key: morsel.value for key, morsel in SimpleCookie(value.decode("latin-1")).items()}
    return {}


def surroundings(app: ASGIApp) -> ASGIApp:
    """Give each request one connection to read with, the person behind its session and the texts of its language."""

    async def surrounded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(OPEN_PATHS):
            await app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        database: Database = scope["litestar_app"].state.database
        cookies = cookies_of(scope)
        async with database.reading() as uow:
            token = cookies.get(SESSION_COOKIE)
            actor = (await actor_of_session(uow, token) if token else None) or NOBODY
            accepted = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"accept-language"), "")
            own = actor.language if actor.person_id else None
            language = pick_language(cookies.get("language"), own, accepted)
            scope["user"], scope["auth"] = actor, token
            state: dict[str, Any] = scope["state"]
            state |= {"uow": uow, "texts": texts_for(language), "cookies": cookies}
            await app(scope, receive, send_guarded)

    return surrounded
