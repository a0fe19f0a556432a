"""The web application, put together."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from litestar import Litestar, Router
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.static_files import create_static_files_router

import app.tables  # noqa: F401
from app import rooms
from app.core.clock import Clock, utc_now
from app.core.database import Database
from app.effects import EFFECTS
from app.files.uploading import BESIDE_THE_FILE, MIB
from app.settings import Settings
from app.web import openapi, probes, session
from app.web.dispatch import api_route, page_route
from app.web.errors import HANDLERS
from app.web.guards import OPENAPI_PATH, may_come_in, refuse_undeclared
from app.web.metrics import measured
from app.web.middleware import surroundings
from app.web.pages import Pages
from app.web.presence import Presence
from app.web.rate_limit import SignInLimit
from app.web.visit import visit_of

STATIC = Path(__file__).parent / "static"


def settle_memory() -> None:
    """Leave out of collections what the application is put together of, and collect less often.

    A page makes thousands of objects that live as long as its answer; to look for rings among them at each seven
    hundredth cost a tenth of a page's processor time (docs/speed.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def create_app(settings: Settings | None = None, *, clock: Clock = utc_now) -> Litestar:
    """The application, with its settings from the environment where none are given."""
    settings = settings or Settings.read(os.environ)
    database = Database(
        settings.sqlalchemy_url, effects=EFFECTS, clock=clock, pool_size=settings.database_pool_size,
        lock_seconds=settings.database_lock_seconds, idle_seconds=settings.database_idle_seconds,
    )  # fmt: skip

    presence = Presence(settings.redis_url or "redis://127.0.0.1")

    @asynccontextmanager
    async def connected(app: Litestar) -> AsyncIterator[None]:
        settle_memory()
        yield
        await database.close()
        await presence.close()

    verbs = rooms.commands()
    api = Router("/api/v1", route_handlers=[*map(api_route, verbs), *rooms.programs()])
    largest = settings.files_most_mib * MIB + BESIDE_THE_FILE
    taking_files = [Router(path, route_handlers=rooms.uploads(name), request_max_body_size=largest)
                    for path, name in (("/", "web"), ("/api/v1", "api"))]  # fmt: skip
    handlers: list[Any] = [
        *probes.ROUTES, *session.ROUTES, *rooms.pages(), *map(page_route, verbs), api, *taking_files,
        *openapi.ROUTES,
        create_static_files_router("/static", directories=[STATIC], opt={"public": True}, include_in_schema=False),
    ]  # fmt: skip
    application = Litestar(
        route_handlers=handlers,
        dependencies={"visit": Provide(visit_of, sync_to_thread=False)},
        guards=[may_come_in],
        exception_handlers=HANDLERS,
        csrf_config=CSRFConfig(
            secret=settings.csrf_secret,
            cookie_name="csrf",
            cookie_httponly=True,
            cookie_secure=settings.is_https,
            exclude=["/isalive"],
        ),
        lifespan=[connected],
        openapi_config=OpenAPIConfig(
            title="Drivkraft", version="1", path=OPENAPI_PATH, render_plugins=[openapi.Described(path="/openapi.json")]
        ),
        debug=False,
        logging_config=None,
        request_max_body_size=2_000_000,
    )
    application.state.settings = settings
    application.state.form_secret = settings.csrf_secret.encode()
    application.state.database = database
    application.state.pages = Pages(settings)
    application.state.presence = presence
    application.state.sign_in_limit = SignInLimit(settings.redis_url or "redis://127.0.0.1")
    refuse_undeclared(application)
    # around unknown addresses too
    application.asgi_handler = measured(surroundings(application.asgi_handler))
    return application
