"""Bringing a database to the version of this code."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "migrations"
LOCK = 72_419_001
"""The key of the lock that keeps two processes from migrating at once."""


class CannotMigrate(Exception):
    """The database cannot be brought to this version; the message says what to do."""


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings, on a connection that is open already."""
    found = Config()
    found.set_main_option("script_location", str(SCRIPTS))
    found.attributes["connection"] = connection
    return found


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise CannotMigrate(
            "The database is of a newer version than this code. Start the newer version of Drivkraft, or put back a "
            f"backup that this one wrote. ({error})"
        ) from error


async def migrate(url: str) -> None:
    """Bring the database to the newest version; all of it or nothing."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def newest() -> str | None:
    """The version of this code."""
    return ScriptDirectory.from_config(configuration()).get_current_head()
