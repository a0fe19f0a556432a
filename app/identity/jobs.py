"""What identity does by the clock."""

from __future__ import annotations

from typing import Any

from app.identity.service import forget_ended_sessions


async def forget_sessions(unit_of_work: Any) -> None:
    """Remove the sessions whose time is over."""
    async with unit_of_work() as uow:
        await forget_ended_sessions(uow)


TIMED = [("forget_ended_sessions", {"minute": 20}, forget_sessions)]
