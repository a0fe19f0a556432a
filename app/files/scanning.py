"""Asking ClamAV whether a file carries a virus (clamd, over TCP or a socket of the machine)."""

from __future__ import annotations

import asyncio
from typing import IO, Any
from urllib.parse import urlsplit

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket, ClamdUnixSocket

SECONDS = 50
PORT = 3310


class ScannerAway(Exception):
    """The scanner does not answer, or cannot say; the file waits, and it is asked again later."""


async def found_in(url: str, file: IO[bytes]) -> str:
    """What the scanner calls the virus that it finds in a file; "" where it finds none. Raises ScannerAway."""
    return await asyncio.to_thread(_ask, url, file)


def _ask(url: str, file: IO[bytes]) -> str:
    file.seek(0)
    try:
        answers = _scanner(url).instream(file)
    except BufferTooLongError as error:
        raise ScannerAway(f"the scanner takes no file so large, see its StreamMaxLength: {error}") from error
    except (ClamdError, OSError, UnicodeError, ValueError, AttributeError, TypeError) as error:
        # what clamd says when it is stopping is not always an answer
        raise ScannerAway(f"{type(error).__name__}: {error}") from error
    status, found = answers.get("stream", ("", None))
    if status == "OK":
        return ""
    if status == "FOUND":
        return found or "unnamed"
    raise ScannerAway(f"the scanner answered {status!r}: {found}")


def _scanner(url: str) -> Any:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return ClamdUnixSocket(parts.path, timeout=SECONDS)
    return ClamdNetworkSocket(parts.hostname or "127.0.0.1", parts.port or PORT, timeout=SECONDS)
