"""Identifiers that sort by the time they were made."""

from __future__ import annotations

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new identifier; later ones sort after earlier ones, so pages can be turned by key."""
    return uuid7()


def new_secret() -> str:
    """A secret for a cookie or a link: 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)
