"""What identity does by the clock."""

from __future__ import annotations

from typing import Any

from app.identity.service import forget_ended_sessions, forget_sent_forms


async def forget_sessions(unit_of_work: Any) -> None:
    """Remove the sessions whose time is over, and the marks of forms that nobody sends again."""
    async with unit_of_work() as uow:
        await forget_ended_sessions(uow)
        await forget_sent_forms(uow)


TIMED = [("forget_ended_sessions", {"minute": 20}, forget_sessions)]
