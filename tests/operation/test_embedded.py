"""Servers of our own: started again where they were left, and in words where they cannot be."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from app.embedded import READY, CannotStart, Postgres, Valkey


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter."""
    found = Path(tempfile.mkdtemp(prefix="drivkraft-"))
    found.chmod(0o755)
    yield found
    shutil.rmtree(found, ignore_errors=True)


def gone(pid: int | None) -> bool:
    """Whether a process has ended; waits for it."""
    assert pid is not None
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_database_cut_off_while_it_was_made_is_made_again_and_one_killed_keeps_its_data(folder: Path) -> None:
    half = folder / "postgres"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    postgres = Postgres(half)
    postgres.server.psql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')")
    assert postgres.pid is not None
    os.kill(postgres.pid, signal.SIGKILL)
    assert gone(postgres.pid)
    again = Postgres(half)
    assert "here" in again.server.psql("SELECT word FROM kept")
    again.stop()
    assert gone(again.pid) if again.pid else True


def test_a_database_that_lost_files_is_not_thrown_away(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / READY).touch()
    with pytest.raises(CannotStart, match="has lost files"):
        Postgres(folder / "postgres")
    assert (folder / "postgres" / READY).exists()


def test_a_database_of_another_postgres_is_left_alone(folder: Path) -> None:
    data = folder / "postgres"
    (data / "global").mkdir(parents=True)
    (data / "global" / "pg_control").touch()
    (data / READY).touch()
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="of PostgreSQL 15"):
        Postgres(data)


def test_a_folder_that_cannot_be_written_to_is_named(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(CannotStart, match="DRIVKRAFT_VAR"):
        Postgres(folder / "file" / "postgres")


def test_a_database_of_another_user_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = folder / "postgres"
    data.mkdir()
    if os.geteuid() == 0:
        os.chown(data, 12345, -1)
        with pytest.raises(CannotStart, match="belongs to another user"):
            Postgres(data)
    monkeypatch.setattr(os, "geteuid", lambda: data.stat().st_uid + 1)
    with pytest.raises(CannotStart, match="belongs to another user"):
        Postgres(data)


def test_valkey_answers_and_ends(folder: Path) -> None:
    valkey = Valkey(folder / "valkey")
    client = Redis.from_url(valkey.url)
    assert client.ping()
    client.close()
    valkey.stop()
    assert gone(valkey.pid)
