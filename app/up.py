"""Everything on one machine: the servers, the migrations, the demo scheme, the web and the worker, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator, Mapping
from types import FrameType
from typing import Any, TypeVar

import msgspec

from app.core.migrate import migrate
from app.embedded import CannotStart, Postgres, Valkey, die_with_parent, writable
from app.settings import Settings

T = TypeVar("T")

READY_SECONDS = 300
STOPPING_SECONDS = 30
RESTARTS_A_MINUTE = 5
UNFINISHED = "demo-unfinished"
"""A file that lies in the folder of data while the demo scheme is being played."""


class Stop(KeyboardInterrupt):
    """Somebody asked for everything to stop; of this kind, since an event loop lets no other through."""


class Signals:
    """Ctrl-C and SIGTERM as `Stop`: at once, or, while something is being started or awaited, when that has ended."""

    def __init__(self) -> None:
        self.asked = False
        self._later = False
        self._cancel: Callable[[], object] | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._take)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        first, self.asked = not self.asked, True
        if first and self._cancel is not None:
            self._cancel()
        elif first and not self._later:
            raise Stop

    @contextlib.contextmanager
    def deferred(self) -> Iterator[None]:
        """While inside, a signal waits: what is begun here is known to those who stop it before Stop is raised."""
        self._later = True
        try:
            yield
        except CannotStart as error:
            if self.asked:  # Ctrl-C reaches what is being started too
                raise Stop from error
            raise
        finally:
            self._later = False
        if self.asked:
            raise Stop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end; a signal cancels it, so that it ends in good order, and then raises Stop."""

        async def watched() -> T:
            loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
            self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
            if self.asked:
                task.cancel()
            try:
                return await task
            finally:
                self._cancel = None

        with self.deferred():
            try:
                return asyncio.run(watched())
            except (asyncio.CancelledError, Exception) as error:
                if self.asked:
                    raise Stop from error
                raise


def refuse_taken_port(settings: Settings) -> None:
    """Raise CannotStart where something answers on the port already."""
    with socket.socket(socket.AF_INET6 if ":" in settings.bind_address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind_address, settings.port))
        except OSError as error:
            raise CannotStart(
                f"Port {settings.port} on {settings.bind_address} is taken or not ours to use ({error.strerror}). "
                f"Choose another: PORT={settings.port + 1} make up"
            ) from error


class Child:
    """One of our own processes, started again when it ends by itself."""

    def __init__(self, name: str, environment: Mapping[str, str]):
        self.name = name
        self.environment = environment
        self.starts: list[float] = []
        self.start()

    def start(self) -> None:
        """Start it; CannotStart when it has ended too often in too short a time."""
        now = time.monotonic()
        self.starts = [begun for begun in self.starts if now - begun < 60] + [now]
        if len(self.starts) > RESTARTS_A_MINUTE:
            raise CannotStart(f"drivkraft {self.name} ends again and again; the lines above say why.")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", self.name], env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent,
        )  # fmt: skip

    def revive(self) -> None:
        """Start it again if it has ended."""
        if self.process.poll() is not None:
            print(f"drivkraft {self.name} ended ({self.process.returncode}) and is started again.", flush=True)
            self.start()

    def stop(self) -> None:
        """Ask it to stop, and make it when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _ready(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.bind_address in ("0.0.0.0", "::") else settings.bind_address  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/isready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _wait_until_ready(settings: Settings, children: list[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _ready(settings):
        if time.monotonic() > deadline:
            raise CannotStart("The web did not become ready; the lines above say why.")
        for child in children:
            child.revive()
        time.sleep(0.1)


def _greet(settings: Settings, people: list[tuple[str, str, str]]) -> None:
    print(f"\nDrivkraft answers at {settings.base_url}")
    if people:
        print(f"\nStep in as one of the demo people at {settings.base_url}/demo:\n")
        for name, title, unit in people:
            print(f"  {name:<22} {title:<34} {unit}")
    print("\nCtrl-C stops everything.\n", flush=True)


def _play(settings: Settings, signals: Signals, postgres: Postgres | None) -> list[tuple[str, str, str]]:
    """Play the demo scheme; one that was cut off is played anew from an empty database, since nobody has used it yet."""
    from app.core.database import Database
    from app.demo import play_unless_played
    from app.demo.play import world_of
    from app.effects import EFFECTS

    async def is_played() -> bool:
        database = Database(settings.sqlalchemy_url, effects=EFFECTS, pool_size=2)
        try:
            return await world_of(database) is not None
        finally:
            await database.close()

    unfinished = settings.var / UNFINISHED
    if unfinished.exists():
        if postgres is None:
            raise CannotStart(
                "The demo scheme was cut off while it was played into the database of DATABASE_URL. Empty that "
                f"database, remove {unfinished}, and start again."
            )
        postgres.empty()
        signals.run(migrate(settings.sqlalchemy_url))
    if not signals.run(is_played()):
        unfinished.touch()
        print("Playing the demo scheme …", flush=True)
    people = signals.run(play_unless_played(settings))
    unfinished.unlink(missing_ok=True)
    return people


def _start(settings: Settings, signals: Signals, stops: list[Callable[[], None]]) -> tuple[Settings, list[Child]]:
    """Start what has no address of its own, then the web and the worker; `stops` learns how each is stopped."""
    refuse_taken_port(settings)
    writable(settings.var)
    postgres = None
    if settings.database_url is None:
        with signals.deferred():
            postgres = Postgres(settings.var / "postgres")
            stops.append(postgres.stop)
        settings = msgspec.structs.replace(settings, database_url=postgres.url)
    if settings.redis_url is None:
        with signals.deferred():
            valkey = Valkey(settings.var / "valkey")
            stops.append(valkey.stop)
        settings = msgspec.structs.replace(settings, redis_url=valkey.url)
    signals.run(migrate(settings.sqlalchemy_url))
    people = _play(settings, signals, postgres) if settings.demo else []
    environment = {
        "DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or "",
        "DRIVKRAFT_SECRET": settings.csrf_secret, "DRIVKRAFT_VAR": str(settings.var),
    }  # fmt: skip
    children: list[Child] = []
    for name in ("worker", "web"):
        with signals.deferred():
            child = Child(name, environment)
            stops.append(child.stop)
        children.append(child)
    _wait_until_ready(settings, children)
    _greet(settings, people)
    return settings, children


def up(settings: Settings) -> None:
    """Run until Ctrl-C or SIGTERM; CannotStart, CannotMigrate or SettingsError say what to do otherwise."""
    signals = Signals()
    stops: list[Callable[[], None]] = []
    try:
        settings, children = _start(settings, signals, stops)
        while True:
            time.sleep(0.5)
            for child in children:
                child.revive()
    except Stop:
        print("Stopping …", flush=True)
    except OSError as error:
        raise CannotStart(
            f"{error.filename or 'The database'} cannot be used ({error.strerror or error}). Mend that, or set "
            "DRIVKRAFT_VAR to another folder."
        ) from error
    finally:
        signals.asked = True
        for stop in reversed(stops):
            stop()
