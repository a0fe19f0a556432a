"""Seeds a scheme at size, loads its pages side by side with the yardsticks, and prints the table that README quotes."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import select, text

from app.applications.models import Application
from app.core.database import Database
from app.core.migrate import migrate
from app.demo.play import play
from app.effects import EFFECTS
from app.embedded import Postgres, Valkey
from app.identity import service as identity
from app.projects.models import Project
from benchmarks import seed

ROOT = Path(__file__).resolve().parent.parent
VARIANTS = ("", "/bench/rendered", "/bench/bytes")


class Size(msgspec.Struct, frozen=True):
    """How much there is, and how long each measurement takes."""

    offices: int
    applications: int
    projects: int
    rounds: int
    seconds: int
    connections: int


class Page(msgspec.Struct, frozen=True):
    """A page with whoever looks at it."""

    name: str
    path: str
    session: str


class Measured(msgspec.Struct, frozen=True):
    """Requests a second of a page and its two yardsticks, each the median of the rounds, and what it asked the database."""

    page: str
    requests: float
    rendered: float
    bytes: float
    spread: float
    cpu_ms: float
    kilobytes: float
    few: int
    many: int


@contextmanager
def server(url: str, redis_url: str, folder: Path) -> Iterator[tuple[int, int]]:
    """The application with its yardsticks in one process; its port and process number."""
    from socket import socket

    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ, "DATABASE_URL": url, "REDIS_URL": redis_url, "DRIVKRAFT_VAR": str(folder), "DRIVKRAFT_DEMO": "1",
        "DRIVKRAFT_SECRET": "0123456789abcdef" * 2, "LOG_LEVEL": "WARNING", "PORT": str(port),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--workers", "1", "--port", str(port),
         "--log-level", "warning", "benchmarks.server:create"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/isready").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("the server did not start")
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and its children have used."""
    total = 0.0
    for each in [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]:
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def load(port: int, path: str, session: str, size: Size) -> float:
    """Requests a second, by autocannon; raises where one is not answered well."""
    node = ROOT / ".venv" / "bin" / "node"
    cannon = ROOT / "node_modules" / "autocannon" / "autocannon.js"
    command = [str(node), str(cannon), "--json", "-c", str(size.connections), "-d", str(size.seconds),
               "-H", f"cookie=session={session}", f"http://127.0.0.1:{port}{path}"]  # fmt: skip
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    if found["non2xx"] or found["errors"]:
        raise SystemExit(f"{path}: {found['non2xx']} refused, {found['errors']} failed")
    return float(found["requests"]["average"])


def statements(port: int, page: Page) -> tuple[int, int]:
    """How many statements a page asks the database, and its length in bytes."""
    answer = httpx.get(f"http://127.0.0.1:{port}{page.path}", cookies={"session": page.session}, timeout=60)
    if answer.status_code != 200:
        raise SystemExit(f"{page.path}: {answer.status_code}")
    return int(answer.headers["x-statements"]), len(answer.content)


async def pages_of(database: Database) -> list[Page]:
    """The pages measured, each with somebody who looks at it."""
    world = await play(database)
    sessions = {}
    async with database.unit_of_work() as uow:
        for who in ("case_handler", "management", "lillestrom.coordinator"):
            sessions[who] = await identity.start_session(uow, world.people[who].id)
        project: UUID | None = await uow.session.scalar(select(Project.id).where(Project.state == "implement_open"))
        application: UUID | None = await uow.session.scalar(
            select(Application.id).where(Application.state == "in_review")
        )
    return [
        Page("sign-in", "/sign-in", ""),
        Page("my office", "/office", sessions["lillestrom.coordinator"]),
        Page("application list", "/applications", sessions["case_handler"]),
        Page("an application", f"/applications/{application}", sessions["case_handler"]),
        Page("project page", f"/projects/{project}", sessions["case_handler"]),
        Page("portfolio", "/portfolio", sessions["management"]),
    ]


async def fill(database: Database, size: Size) -> None:
    """Bring the scheme up to its size."""
    async with database.engine.begin() as connection:
        await connection.execute(
            text("set local session_replication_role = replica")
        )  # what guards history lets it pass
        await seed.offices(connection, size.offices)
        applied = (await connection.execute(text("select id from applications where state = 'in_review'"))).scalar_one()
        carried = (await connection.execute(text("select id from projects order by id"))).scalars().all()
        for place, case_id in enumerate(carried):
            await seed.copies(connection, case_id, size.projects // len(carried), f"p{place}")
        await seed.copies(connection, applied, size.applications - size.projects, "a")
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("vacuum analyze"))


async def measure(size: Size) -> list[Measured]:
    """Everything, from an empty database to the table."""
    with tempfile.TemporaryDirectory(prefix="drivkraft-bench-") as name:
        folder = Path(name)
        os.chmod(name, 0o755)
        postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
        url = postgres.url.replace("postgresql://", "postgresql+asyncpg://", 1)
        await migrate(url)
        database = Database(url, effects=EFFECTS)
        try:
            pages = await pages_of(database)
            with server(postgres.url, valkey.url, folder / "var") as (port, _):
                few = {page.name: statements(port, page)[0] for page in pages}
            began = time.monotonic()
            await fill(database, size)
            print(f"seeded in {time.monotonic() - began:.0f} s", file=sys.stderr)
            with server(postgres.url, valkey.url, folder / "var") as (port, pid):
                return [_one(page, port, pid, size, few[page.name]) for page in pages]
        finally:
            await database.close()
            valkey.stop()
            postgres.stop()


def _one(page: Page, port: int, pid: int, size: Size, few: int) -> Measured:
    many, length = statements(port, page)
    found: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    load(port, page.path, page.session, msgspec.structs.replace(size, seconds=1))
    used = served = 0.0
    for _ in range(size.rounds):
        for variant in VARIANTS:
            before = cpu_seconds(pid)
            rate = load(port, variant + page.path, page.session, size)
            found[variant].append(rate)
            if not variant:
                used, served = used + cpu_seconds(pid) - before, served + rate * size.seconds
    real = found[""]
    return Measured(
        page=page.name, requests=statistics.median(real), rendered=statistics.median(found["/bench/rendered"]),
        bytes=statistics.median(found["/bench/bytes"]), spread=(max(real) - min(real)) / statistics.median(real),
        cpu_ms=used / served * 1000, kilobytes=length / 1000, few=few, many=many,
    )  # fmt: skip


def table(found: list[Measured], size: Size) -> str:
    """The measurements as Markdown."""
    lines = [
        f"{size.offices} offices, {size.applications} applications, {size.projects} of them projects; one web process, "
        f"{size.connections} connections, median of {size.rounds} rounds of {size.seconds} s, in turn.",
        "",
        "| page | kB | requests/s | of *rendered* | of *bytes* | spread | CPU ms | statements, few rows | many rows |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for each in found:
        lines.append(
            f"| {each.page} | {each.kilobytes:.0f} | {each.requests:.0f} | {each.requests / each.rendered:.2f} | "
            f"{each.requests / each.bytes:.2f} | {each.spread:.0%} | {each.cpu_ms:.1f} | {each.few} | {each.many} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure and print; 1 where a page's statements grow with the rows."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    for name, usual in (("offices", 300), ("applications", 10_000), ("projects", 500), ("rounds", 3), ("seconds", 4),
                        ("connections", 8)):  # fmt: skip
        asked.add_argument(f"--{name}", type=int, default=usual)
    size = Size(**vars(asked.parse_args()))
    found = asyncio.run(measure(size))
    print(table(found, size))
    return int(any(each.few != each.many for each in found))


if __name__ == "__main__":
    sys.exit(main())
