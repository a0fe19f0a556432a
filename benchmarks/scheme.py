"""A scheme of its own for a benchmark: fresh servers, the demo played in them, filled up, and the web process beside."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.database import Database
from app.core.migrate import migrate
from app.demo.cast import World
from app.demo.play import play
from app.effects import EFFECTS
from app.embedded import Postgres, Valkey
from app.identity import service as identity

ROOT = Path(__file__).resolve().parent.parent
WITH_YARDSTICKS = "benchmarks.server:create"
AS_IT_IS = "app.main:create_app"


@dataclass(frozen=True)
class Scheme:
    """The demo in servers that are thrown away afterwards."""

    database: Database
    world: World
    postgres_url: str
    redis_url: str
    folder: Path

    async def session_of(self, who: str) -> str:
        """One of the demo's people, signed in: the secret of their session."""
        async with self.database.unit_of_work() as uow:
            return await identity.start_session(uow, self.world.people[who].id)

    @asynccontextmanager
    async def filling(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that what guards history lets pass, with everything counted for the planner after it."""
        began = time.monotonic()
        async with self.database.engine.begin() as connection:
            await connection.execute(text("set local session_replication_role = replica"))
            yield connection
        async with self.database.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("vacuum analyze"))
        print(f"filled in {time.monotonic() - began:.0f} s", file=sys.stderr)

    @contextmanager
    def serving(self, factory: str = WITH_YARDSTICKS) -> Iterator[tuple[int, int]]:
        """The application in one web process; its port and process number."""
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {
            **os.environ, "DATABASE_URL": self.postgres_url, "REDIS_URL": self.redis_url,
            "DRIVKRAFT_VAR": str(self.folder / "var"), "DRIVKRAFT_DEMO": "1", "DRIVKRAFT_SECRET": "0123456789abcdef" * 2,
            "LOG_LEVEL": "WARNING", "PORT": str(port),
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--workers", "1", "--port", str(port),
             "--log-level", "warning", factory],
            cwd=ROOT, env=environment,
        )  # fmt: skip
        try:
            _wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 180  # on a machine that is busy with other things
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        while process.poll() is None and time.monotonic() < until:
            try:
                if client.get("/isready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise SystemExit("the server did not start")


@asynccontextmanager
async def scheme() -> AsyncIterator[Scheme]:
    """The demo, played from an empty database."""
    with tempfile.TemporaryDirectory(prefix="drivkraft-bench-") as name:
        os.chmod(name, 0o755)
        folder = Path(name)
        postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
        url = postgres.url.replace("postgresql://", "postgresql+asyncpg://", 1)
        await migrate(url)
        database = Database(url, effects=EFFECTS)
        try:
            yield Scheme(database, await play(database), postgres.url, valkey.url, folder)
        finally:
            await database.close()
            valkey.stop()
            postgres.stop()
