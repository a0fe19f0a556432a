"""The rooms of the house, in the order in which they may use each other."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from app.commands import Command

ROOMS = (
    "identity", "outbox", "notices", "files", "network", "calls", "applications", "joining", "reviews", "discussions",
    "assignments", "meetings", "decisions", "reconsiderations", "letters", "facilitation", "board", "projects",
    "clarifications", "gatherings", "activities", "benefits", "milestones", "payments", "reports", "surveys", "obligations",
    "competence", "knowledge", "stories", "feedback", "evaluation", "conference", "calendars", "portfolio", "oversight",
    "audit", "help", "home",
)  # fmt: skip


def part(room: str, name: str) -> Any:
    """A room's file of that name, or None where it has none."""
    module = f"app.{room}.{name}"
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name in (module, f"app.{room}"):
            return None
        raise


def commands() -> list[Command]:
    """Every verb of every room."""
    return [command for room in ROOMS if (found := part(room, "commands")) for command in found.COMMANDS]


def pages() -> list[Any]:
    """Every room's own addresses."""
    return [handler for room in ROOMS if (found := part(room, "web")) for handler in found.ROUTES]


def programs() -> list[Any]:
    """Every room's addresses for programs, below /api/v1."""
    return [handler for room in ROOMS if (found := part(room, "api")) for handler in found.ROUTES]


def uploads(name: str) -> list[Any]:
    """Every room's addresses that take files, which may be larger than other bodies: of its pages ("web") or "api"."""
    return [handler for room in ROOMS if (found := part(room, name)) for handler in getattr(found, "UPLOADS", ())]


def jobs(settings: Any) -> dict[str, Any]:
    """What handles each kind of job: every room's JOBS, and those a room makes with the settings (jobs_with)."""
    handlers: dict[str, Any] = {}
    for room in ROOMS:
        if found := part(room, "jobs"):
            handlers |= getattr(found, "JOBS", {})
            handlers |= found.jobs_with(settings) if hasattr(found, "jobs_with") else {}
    return handlers


def timed() -> list[Any]:
    """What every room does by the clock."""
    return [line for room in ROOMS if (found := part(room, "jobs")) for line in getattr(found, "TIMED", ())]
