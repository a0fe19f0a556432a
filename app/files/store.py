"""Where files lie: a folder of the machine, or an S3-compatible store; streamed in and out, never whole in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import IO, Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

import structlog
from obstore import exceptions
from obstore.store import LocalStore, S3Store

from app.core.errors import NotFound, Unavailable
from app.core.ids import new_secret
from app.settings import Settings

log = structlog.get_logger()

PART_BYTES = 5 * 1024 * 1024  # the least that S3 takes as a part
READ_BYTES = 1024 * 1024
PARTS_AT_ONCE = 2
GONE = (exceptions.NotFoundError, FileNotFoundError)
FAULTS = (exceptions.BaseError, OSError)


def new_key(case_id: UUID) -> str:
    """A key for an object: nobody can guess it, and none is used twice."""
    return f"{case_id}/{new_secret()}"


class Store:
    """The objects by their keys; Unavailable where the store does not answer, NotFound for what is not in it."""

    def __init__(self, store: Any):
        self._store = store

    @classmethod
    def of(cls, settings: Settings, *, patience: int = 3) -> Store:
        """The store that the settings name: S3 under FILES_URL, or else a folder under `var`.

        What the address does not say of S3 comes from the usual AWS_ variables. `patience` is how often S3 is asked again.
        """
        if not settings.files_url:
            return cls(LocalStore(settings.var / "files", mkdir=True))
        parts = urlsplit(settings.files_url)
        asked = dict(parse_qsl(parts.query))
        config: dict[str, Any] = {name: asked[name] for name in ("endpoint", "region") if name in asked}
        if parts.username and parts.password:
            config |= {"access_key_id": unquote(parts.username), "secret_access_key": unquote(parts.password)}
        client: Any = {
            "timeout": "60s", "connect_timeout": "5s", "allow_http": asked.get("endpoint", "").startswith("http://"),
        }  # fmt: skip
        retries: Any = {"max_retries": patience, "retry_timeout": timedelta(seconds=20)}
        prefix = parts.path.strip("/") or None
        return cls(
            S3Store(parts.hostname or "", prefix=prefix, config=config, client_options=client, retry_config=retries)  # type: ignore[arg-type]
        )

    async def put(self, key: str, file: IO[bytes]) -> None:
        """Keep the whole of a file under a key: all of it is there afterwards, or nothing."""
        file.seek(0)
        try:
            await self._store.put_async(key, file, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)
        except FAULTS as error:
            raise self._away(error) from error

    async def read(self, key: str, size: int) -> AsyncIterator[bytes]:
        """An object's content a part at a time, each asked for when the one before has been taken."""
        for start in range(0, size, READ_BYTES):
            yield await self.part(key, start, min(size, start + READ_BYTES))

    async def part(self, key: str, start: int, end: int) -> bytes:
        """The bytes of an object from one place up to another."""
        try:
            return bytes(await self._store.get_range_async(key, start=start, end=end))
        except GONE:
            raise NotFound from None
        except FAULTS as error:
            raise self._away(error) from error

    async def erase(self, key: str) -> None:
        """Take an object away; harmless where it has gone already."""
        try:
            with suppress(*GONE):
                await self._store.delete_async(key)
        except FAULTS as error:
            raise self._away(error) from error

    async def objects(self) -> AsyncIterator[tuple[str, datetime]]:
        """Every object's key, and when it came."""
        try:
            async for batch in self._store.list(chunk_size=500):
                for each in batch:
                    yield each["path"], each["last_modified"]
        except FAULTS as error:
            raise self._away(error) from error

    @staticmethod
    def _away(error: Exception) -> Unavailable:
        log.warning("the store of files does not answer", error=f"{type(error).__name__}: {error}"[:500])
        return Unavailable("the store of files")
