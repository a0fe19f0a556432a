"""How often somebody may try to sign in."""

from __future__ import annotations

import time

import structlog
from limits import RateLimitItemPerMinute, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from app.core.errors import TooMany

log = structlog.get_logger()

PER_ADDRESS = RateLimitItemPerMinute(8, 10)
PER_MACHINE = parse("100 per 10 minutes")


class SignInLimit:
    """Counts tries in Valkey, over all web processes; while Valkey is away each process counts for itself."""

    def __init__(self, redis_url: str):
        self._shared: Storage = RedisStorage(f"async+{redis_url}", implementation="redispy")
        self._own: Storage = MemoryStorage()

    async def _hit(self, storage: Storage, email: str, machine: str) -> None:
        limiter = MovingWindowRateLimiter(storage)
        for item, key in ((PER_ADDRESS, f"address:{email.strip().lower()}"), (PER_MACHINE, f"machine:{machine}")):
            if not await limiter.hit(item, "sign-in", key):
                window = await limiter.get_window_stats(item, "sign-in", key)
                raise TooMany(max(1, int(window.reset_time - time.time())))

    async def count(self, email: str, machine: str) -> None:
        """Count a try; TooMany when there have been too many of this address or from this machine."""
        try:
            await self._hit(self._shared, email, machine)
        except TooMany:
            raise
        except Exception as error:  # whatever the broker's client raises: signing in must not hang on it
            log.warning("counting sign-ins without the broker", error=str(error))
            await self._hit(self._own, email, machine)
