"""Counts and durations of requests, by route, which each process tells of itself; and the outbox's figures."""

from __future__ import annotations

import time
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from app.core.ids import new_id
from app.outbox.queries import Figures

REQUESTS = Counter("drivkraft_requests", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram("drivkraft_request_seconds", "Seconds from a request to its answer", ("method", "route"))
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""Those that are told apart: a sender may make up any number of others, and each would be kept for good."""
UNCOUNTED = ("/static/", "/isalive", "/isready", "/metrics")


def measured(app: ASGIApp) -> ASGIApp:
    """Count and time each request, and give it an id that stands in its log lines and in its answer."""

    async def measure(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(UNCOUNTED):
            await app(scope, receive, send)
            return
        request_id = str(new_id())
        state: dict[str, Any] = scope["state"]
        state["request_id"] = request_id
        began = time.perf_counter()
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await app(scope, receive, send_noting)
            finally:
                route = str(scope.get("path_template") or "unknown")
                method = scope["method"] if scope["method"] in METHODS else "other"
                REQUESTS.labels(method, route, status).inc()
                SECONDS.labels(method, route).observe(time.perf_counter() - began)

    return measure


def outbox_figures(found: Figures) -> bytes:
    """The outbox's figures as text; every process tells the same ones, for they are the database's."""
    registry = CollectorRegistry()
    for name, meaning, value in (
        ("waiting", "Jobs that are not done and have not given up", found.waiting),
        ("oldest_seconds", "Seconds that the job which has waited the longest is overdue", found.oldest_seconds),
        ("failing", "Jobs that have failed and will be tried again", found.failing),
        ("dead", "Jobs that gave up and wait for an administrator", found.dead),
        ("done_last_hour", "Jobs done during the last hour", found.done_last_hour),
    ):
        Gauge(f"drivkraft_outbox_{name}", meaning, registry=registry).set(value)
    return generate_latest(registry)
