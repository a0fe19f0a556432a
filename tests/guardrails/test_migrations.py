"""Migrations: up, down and up again, in step with the models, named so that they sort by age."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from app.core.migrate import SCRIPTS, CannotMigrate, configuration, migrate
from app.tables import metadata
from tests.conftest import WORKER, address, for_sqlalchemy, in_server
from tests.servers import Servers

NAME = re.compile(r"^\d{4}_\d{2}_\d{2}_\d{4}_[a-z0-9]+(_[a-z0-9]+)*\.py$")
GENERATED = """
SELECT table_name, column_name, generation_expression FROM information_schema.columns WHERE is_generated = 'ALWAYS'
ORDER BY 1, 2
"""
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"


@pytest.fixture
async def empty(servers: Servers) -> AsyncIterator[str]:
    """The address of an empty database."""
    name = f"migrated_{WORKER}"
    await in_server(servers, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    yield for_sqlalchemy(address(servers.postgres, name))
    await in_server(servers, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def engine(empty: str) -> AsyncIterator[AsyncEngine]:
    """Connections to it."""
    found = create_async_engine(empty, poolclass=NullPool)
    yield found
    await found.dispose()


def differences(connection: Connection) -> list[Any]:
    """What the models have that the database has not, and the other way round."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_a_migrated_database_is_what_the_models_say(empty: str, engine: AsyncEngine) -> None:
    await migrate(empty)
    async with engine.begin() as connection:
        assert await connection.run_sync(differences) == []
        migrated = list(await connection.scalars(text(TRIGGERS)))
        sequences = list(await connection.scalars(text("SELECT sequencename FROM pg_sequences ORDER BY 1")))
        generated = list(await connection.execute(text(GENERATED)))
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
        await connection.run_sync(metadata.create_all)
        assert migrated == list(await connection.scalars(text(TRIGGERS)))
        assert generated == list(await connection.execute(text(GENERATED)))
        assert sequences == list(await connection.scalars(text("SELECT sequencename FROM pg_sequences ORDER BY 1")))


async def test_up_down_and_up_again(empty: str, engine: AsyncEngine) -> None:
    await migrate(empty)
    async with engine.begin() as connection:
        await connection.run_sync(lambda on: command.downgrade(configuration(on), "base"))
        left = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        assert list(await connection.scalars(text(left))) == ["alembic_version"]
    await migrate(empty)
    await migrate(empty)


async def test_a_database_of_a_newer_version_is_left_alone_and_said(empty: str, engine: AsyncEngine) -> None:
    await migrate(empty)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    with pytest.raises(CannotMigrate, match="newer version than this code"):
        await migrate(empty)


def test_there_is_one_newest_version_and_every_file_is_named_after_its_moment() -> None:
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1
    for file in (SCRIPTS / "versions").glob("*.py"):
        assert NAME.match(file.name), file.name
        assert "lock_timeout" in file.read_text()
