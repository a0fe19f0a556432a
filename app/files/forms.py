"""What comes in about a file."""

from __future__ import annotations

import msgspec


class RemoveFile(msgspec.Struct, frozen=True, kw_only=True):
    """Take a file away; the version it was seen in."""

    version: int | None = None
