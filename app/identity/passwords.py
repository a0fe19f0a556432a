"""Passwords, kept as Argon2 fingerprints."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_HASHER = PasswordHasher()


@cache
def _nobody() -> str:
    return _HASHER.hash("a password that nobody has")


async def hash_password(password: str) -> str:
    """The fingerprint to keep; computed beside the event loop, since it is slow on purpose."""
    return await asyncio.to_thread(_HASHER.hash, password)


def _matches(fingerprint: str, password: str) -> bool:
    try:
        return _HASHER.verify(fingerprint, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


async def matches(fingerprint: str | None, password: str) -> bool:
    """Whether the password is the right one; takes as long for an account that does not exist."""
    right = await asyncio.to_thread(lambda: _matches(fingerprint or _nobody(), password))
    return right and fingerprint is not None
