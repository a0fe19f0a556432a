"""A proxy in front of several webs, for machines that have none: round and round, leaving out those that do not answer."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from contextlib import suppress
from typing import Self


class Proxy:
    """Gives each request to the next web; one that does not take connections is passed over.

    A request that a web may have begun is only given to another when it can do no harm, as GET.
    """

    def __init__(self, *ports: int):
        self.backends = list(ports)
        self._turns = itertools.count()
        self._asked: Counter[int] = Counter()
        self._answered = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it answers."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def take_out(self, port: int) -> None:
        """Give a web no more requests, and wait until those that it has are answered, as a platform does first."""
        self.backends.remove(port)
        async with self._answered:
            await self._answered.wait_for(lambda: not self._asked[port])

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            size = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            head = head.replace(b"onnection: keep-alive", b"onnection: close")
            request = head + await reader.readexactly(size)
            first = next(self._turns)
            backends = tuple(self.backends)
            for turn in range(len(backends)):
                backend = backends[(first + turn) % len(backends)]
                self._asked[backend] += 1
                answer = await self._ask(backend, request)
                async with self._answered:
                    self._asked[backend] -= 1
                    self._answered.notify_all()
                if answer is None or (not answer and head.startswith(b"GET ")):
                    continue
                writer.write(answer)
                break
            await writer.drain()
        writer.close()

    async def _ask(self, port: int, request: bytes) -> bytes | None:
        """The whole answer, b"" where the line broke, None where no connection was taken."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return None
        try:
            writer.write(request)
            return await reader.read()
        except OSError:
            return b""
        finally:
            writer.close()
