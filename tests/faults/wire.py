"""A wire between the web and PostgreSQL that can hold back the news of commits."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self


class Wire:
    """Passes everything on between 127.0.0.1 and PostgreSQL's socket, until it is told to hold the answers to commits.

    Then the database has committed, and nobody on this side of it knows: `committed` counts, and the connection is mute.
    """

    def __init__(self, socket: str):
        self._socket = socket
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._hold = False
        self.committed = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for each in self._connections:
            each.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    @property
    def url(self) -> str:
        """The database's address by way of the wire."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def hold_commits(self) -> None:
        """From now on the answers to commits are not passed on."""
        self._hold = True
        self.committed = 0

    def let_go(self) -> None:
        """Pass everything on again; what was held back is lost."""
        self._hold = False

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        with suppress(OSError, asyncio.CancelledError):
            back, forth = await asyncio.open_unix_connection(self._socket)
            commits = asyncio.Event()
            both = {
                asyncio.create_task(self._to_server(reader, forth, commits)),
                asyncio.create_task(self._to_client(back, writer, commits)),
            }
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in both:
                    each.cancel()
                await asyncio.gather(*both, return_exceptions=True)
                forth.close()
        writer.close()

    async def _to_server(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, commits: asyncio.Event
    ) -> None:
        while chunk := await reader.read(65536):
            if self._hold and b"COMMIT;\0" in chunk:
                commits.set()
            writer.write(chunk)
            await writer.drain()

    async def _to_client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, commits: asyncio.Event
    ) -> None:
        while chunk := await reader.read(65536):
            if commits.is_set() and b"COMMIT\0" in chunk:
                self.committed += 1
                while await reader.read(65536):
                    pass  # until either side is killed
                return
            writer.write(chunk)
            await writer.drain()
