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
from collections.abc import Callable, Mapping
from types import FrameType

import msgspec

from app.core.migrate import migrate
from app.embedded import CannotStart, Postgres, Valkey, die_with_parent, writable
from app.settings import Settings

READY_SECONDS = 60
STOPPING_SECONDS = 30
RESTARTS_A_MINUTE = 5


class Stop(Exception):
    """Somebody asked for everything to stop."""


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    raise Stop


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
        with urllib.request.urlopen(f"http://{host}:{settings.port}/isready", timeout=2) as answer:
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


def up(settings: Settings) -> None:
    """Run until Ctrl-C or SIGTERM; CannotStart, CannotMigrate or SettingsError say what to do otherwise."""
    from app.demo import play_unless_played

    signal.signal(signal.SIGINT, _on_signal)
    signal.signal(signal.SIGTERM, _on_signal)
    stops: list[Callable[[], None]] = []
    try:
        refuse_taken_port(settings)
        writable(settings.var)
        if settings.database_url is None:
            postgres = Postgres(settings.var / "postgres")
            stops.append(postgres.stop)
            settings = msgspec.structs.replace(settings, database_url=postgres.url)
        if settings.redis_url is None:
            valkey = Valkey(settings.var / "valkey")
            stops.append(valkey.stop)
            settings = msgspec.structs.replace(settings, redis_url=valkey.url)
        asyncio.run(migrate(settings.sqlalchemy_url))
        people = asyncio.run(play_unless_played(settings)) if settings.demo else []
        environment = {
            "DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or "",
            "DRIVKRAFT_SECRET": settings.csrf_secret, "DRIVKRAFT_VAR": str(settings.var),
        }  # fmt: skip
        children: list[Child] = []
        for name in ("worker", "web"):
            child = Child(name, environment)
            children.append(child)
            stops.append(child.stop)
        _wait_until_ready(settings, children)
        _greet(settings, people)
        while True:
            time.sleep(0.5)
            for child in children:
                child.revive()
    except Stop:
        print("Stopping …", flush=True)
    finally:
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for stop in reversed(stops):
            stop()
