"""Calls led through the services to where a test needs them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.calls import service
from app.core.database import Database
from app.demo.cast import World
from workflows.rules import LANGUAGES

OPENS = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
BEFORE = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
DURING = datetime(2026, 9, 10, 9, 0, tzinfo=UTC)

TEXTS = {
    "purpose": "Nye måter å arbeide på.", "target_group": "Kontor", "attainment": "Læring", "award": "Kriterier",
    "follow_up": "Milepæler", "evaluation": "Etterpå",
}  # fmt: skip


class Acting:
    """Runs service verbs as people of the world, each in a transaction of its own."""

    def __init__(self, database: Database, world: World):
        self.database = database
        self.world = world

    async def __call__(self, who: str, verb: Any, *ids: Any, at: datetime | None = None, **fields: Any) -> Any:
        """Do one thing as one person, at a moment or at the clock's."""
        async with self.database.unit_of_work(now=at) as uow:
            return await verb(uow, await self.world.actor(uow, who), *ids, **fields)


async def write_call(
    act: Acting, *, opens_at: datetime = OPENS, deadline: datetime = DEADLINE, at: datetime = BEFORE
) -> UUID:
    """A call with everything written, not yet published."""
    call = await act("case_handler", service.create, title="Innovasjon 2026", at=at)
    for language in LANGUAGES:
        await act("case_handler", service.write_text, call.id, language=language, title=f"Innovasjon {language}", at=at,
                  **TEXTS)  # fmt: skip
    await act("case_handler", service.write_dates, call.id, opens_at=opens_at, deadline=deadline, at=at)
    await act("case_handler", service.write_frame, call.id, frame_ore=100_000_000, facilitation_hours=200,
              cost_kinds=("competence", "travel"), at=at)  # fmt: skip
    return UUID(str(call.id))


async def publish_call(act: Acting, *, deadline: datetime = DEADLINE, at: datetime = BEFORE) -> UUID:
    """A call that every office has been told of."""
    call_id = await write_call(act, deadline=deadline, at=at)
    await act("case_handler", service.publish, call_id, at=at)
    return call_id
