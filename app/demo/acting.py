"""Playing: somebody does something at a moment, through the same services as everybody."""

from __future__ import annotations

from copy import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from app.core.database import Database
from app.demo.cast import World
from app.identity.actor import SYSTEM

STEP = timedelta(minutes=20)


class Acting:
    """The people of the demo at work: each verb in a transaction of its own, at a moment that moves on with it."""

    def __init__(self, database: Database, world: World, at: datetime):
        self.database = database
        self.world = world
        self.at = at

    def apart(self) -> Self:
        """The same people from this moment on, under a clock of their own: what happens side by side with the rest."""
        return copy(self)

    def on(self, day: date, hour: int = 8) -> None:
        """Go on at a later day; never back, for events stand in the order in which things happened."""
        self.at = max(self.at, datetime(day.year, day.month, day.day, hour, tzinfo=UTC))

    async def __call__(self, who: str, verb: Any, *ids: Any, **fields: Any) -> Any:
        """Do one thing as one person."""
        self.at += STEP
        async with self.database.unit_of_work(now=self.at) as uow:
            actor = SYSTEM if who == "system" else await self.world.actor(uow, who)
            return await verb(uow, actor, *ids, **fields)

    def person(self, key: str) -> UUID:
        """The id of one of the people."""
        return self.world.people[key].id

    async def rows(self, statement: Any) -> list[Any]:
        """What a statement finds."""
        async with self.database.reading() as uow:
            return list(await uow.session.scalars(statement))
