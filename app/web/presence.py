"""Who has the same page open now, kept in Valkey for less than a minute and nowhere else."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

LASTS = 40
"""Seconds after which whoever has not said that they are here is away."""
WAITS = 0.5
"""Seconds that a page waits for Valkey before it shows nobody."""


class Here(msgspec.Struct, frozen=True):
    """Somebody who is here: their name, and the field that they write in, if any."""

    name: str
    key: str


class _Entry(msgspec.Struct, frozen=True):
    at: float
    name: str
    key: str


class Presence:
    """Says who is where, over all web processes; while Valkey is away nobody is seen, and nothing else is missing."""

    def __init__(self, redis_url: str):
        self._valkey = Redis.from_url(redis_url, socket_timeout=WAITS, socket_connect_timeout=WAITS)

    async def here(self, about: UUID, person_id: UUID, name: str, key: str, now: datetime) -> list[Here]:
        """Say that somebody is here, and answer who else is, by name."""
        own = msgspec.json.encode(_Entry(now.timestamp(), name, key))
        place = f"here:{about}"
        try:
            async with self._valkey.pipeline(transaction=False) as sent:
                sent.hset(place, str(person_id), own.decode())
                sent.expire(place, LASTS)
                sent.hgetall(place)
                found: dict[bytes, bytes] = (await sent.execute())[-1]
        except (RedisError, OSError, TimeoutError) as error:
            log.info("presence without the broker", error=str(error))
            return []
        others = [
            msgspec.json.decode(entry, type=_Entry) for who, entry in found.items() if who.decode() != str(person_id)
        ]
        since = now.timestamp() - LASTS
        return sorted((Here(each.name, each.key) for each in others if each.at >= since), key=lambda each: each.name)

    async def leave(self, about: UUID, person_id: UUID) -> None:
        """Say that somebody is here no longer."""
        try:
            await cast("Awaitable[Any]", self._valkey.hdel(f"here:{about}", str(person_id)))
        except (RedisError, OSError, TimeoutError) as error:
            log.info("presence without the broker", error=str(error))

    async def close(self) -> None:
        """Let go of Valkey."""
        await self._valkey.aclose()
