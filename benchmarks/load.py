"""Loads a page and its two yardsticks in turn, and puts the measurements into a table."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec

from benchmarks.scheme import ROOT

NODE = ROOT / ".venv" / "bin" / "node"
PATIENCE = 180
"""For how many seconds one answer is waited for, on a machine that is busy with other things."""
VARIANTS = ("", "/bench/rendered", "/bench/bytes")


class Load(msgspec.Struct, frozen=True):
    """How a measurement is taken: rounds of so many seconds, over so many connections."""

    rounds: int
    seconds: int
    connections: int

    def __str__(self) -> str:
        return f"one web process, {self.connections} connections, median of {self.rounds} rounds of {self.seconds} s, in turn"


class Page(msgspec.Struct, frozen=True):
    """A page with whoever looks at it."""

    name: str
    path: str
    session: str


class Measured(msgspec.Struct, frozen=True):
    """Requests a second of a page and its two yardsticks, each the median of the rounds, and what it asked the database.

    `few` and `many` are its statements before the scheme was filled and after; `cpu_ms` is the web process's own.
    """

    page: str
    requests: float
    rendered: float
    bytes: float
    spread: float
    cpu_ms: float
    kilobytes: float
    few: int
    many: int


def asked(module: str, doc: str | None, **sizes: int) -> tuple[Load, argparse.Namespace]:
    """What the command line asks for: how to load, and how much there is to be of everything; `sizes` are the usual ones."""
    reading = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}", description=doc)
    for name, usual in {"rounds": 3, "seconds": 3, "connections": 8, **sizes}.items():
        reading.add_argument(f"--{name}", type=int, default=usual)
    found = reading.parse_args()
    return Load(found.rounds, found.seconds, found.connections), found


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and its children have used."""
    total = 0.0
    for each in [pid, *children(pid)]:
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cannon(load: Load, *options: str) -> dict[str, Any]:
    """What autocannon tells of a load; raises where one request is not answered well."""
    command = [str(NODE), str(ROOT / "node_modules" / "autocannon" / "autocannon.js"), "--json",
               "-c", str(load.connections), "-d", str(load.seconds), "-t", str(PATIENCE), *options]  # fmt: skip
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    if found["non2xx"] or found["errors"]:
        raise SystemExit(f"{options[-1]}: {found['non2xx']} refused, {found['errors']} failed")
    return found


def requests_a_second(port: int, path: str, session: str, load: Load) -> float:
    """How often a path is answered."""
    found = cannon(load, "-H", f"cookie=session={session}", f"http://127.0.0.1:{port}{path}")
    return float(found["requests"]["average"])


def statements(port: int, page: Page) -> tuple[int, int]:
    """How many statements a page asks the database, and its length in bytes."""
    answer = httpx.get(f"http://127.0.0.1:{port}{page.path}", cookies={"session": page.session}, timeout=PATIENCE)
    if answer.status_code != 200:
        raise SystemExit(f"{page.path}: {answer.status_code}")
    return int(answer.headers["x-statements"]), len(answer.content)


def counted(port: int, pages: Iterable[Page]) -> dict[str, int]:
    """The statements of each page, by its name."""
    return {page.name: statements(port, page)[0] for page in pages}


def measured(page: Page, port: int, pid: int, load: Load, few: int) -> Measured:
    """A page and its yardsticks, loaded in turn."""
    many, length = statements(port, page)
    found: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    if not requests_a_second(port, page.path, page.session, msgspec.structs.replace(load, seconds=1)):
        load = msgspec.structs.replace(load, seconds=load.seconds * 10)  # on a machine that is busy with other things
    used = served = 0.0
    for _ in range(load.rounds):
        for variant in VARIANTS:
            before = cpu_seconds(pid)
            rate = requests_a_second(port, variant + page.path, page.session, load)
            found[variant].append(rate)
            if not variant:
                used, served = used + cpu_seconds(pid) - before, served + rate * load.seconds
    real = found[""]
    if not all(real):
        raise SystemExit(f"{page.name} answered nothing in {load.seconds} s")
    return Measured(
        page=page.name, requests=statistics.median(real), rendered=statistics.median(found["/bench/rendered"]),
        bytes=statistics.median(found["/bench/bytes"]), spread=(max(real) - min(real)) / statistics.median(real),
        cpu_ms=used / served * 1000, kilobytes=length / 1000, few=few, many=many,
    )  # fmt: skip


def all_measured(pages: Sequence[Page], port: int, pid: int, load: Load, few: Mapping[str, int]) -> list[Measured]:
    """Every page with its yardsticks; `few` are its statements, by its name, before there was much."""
    return [measured(page, port, pid, load, few[page.name]) for page in pages]


def tell(found: Sequence[Measured], size: str, load: Load) -> int:
    """Print the measurements as Markdown; 1 where a page's statements grow with the rows."""
    print(f"{size}; {load}.\n")
    print(
        "| page | kB | requests/s | of *rendered* | of *bytes* | spread | CPU ms | statements, few rows | many rows |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for each in found:
        print(
            f"| {each.page} | {each.kilobytes:.0f} | {each.requests:.0f} | {each.requests / each.rendered:.2f} | "
            f"{each.requests / each.bytes:.2f} | {each.spread:.0%} | {each.cpu_ms:.1f} | {each.few} | {each.many} |"
        )
    return int(any(each.many > each.few for each in found))
