"""Whether a web process keeps its size under load: pages and saved fields together, with its memory sampled meanwhile."""

from __future__ import annotations

import asyncio
import json
import math
import re
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sqlalchemy import text

from benchmarks import autosave, pages, seed
from benchmarks.load import Load, Page, asked, cannon, children
from benchmarks.scheme import AS_IT_IS, scheme

EVERY = 2.0
"""Seconds between two samples."""
WARM_UP = 1 / 3
"""So much of the time fills what is kept on purpose: statements, templates, texts."""
FLAT = 8.0
"""MiB in 100,000 requests: a process that surely grows by more than this fails."""
LINES = 12


class Sample(msgspec.Struct, frozen=True):
    """What a web process held at a moment."""

    seconds: float
    requests: int
    mebibytes: float


def sampled(port: int, pid: int, began: float) -> Sample:
    """The process's resident memory now, and how many requests it has answered."""
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in children(pid))
    told = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    answered = sum(float(each) for each in re.findall(r"^drivkraft_requests_total\{.*\} (\S+)$", told, re.MULTILINE))
    return Sample(time.monotonic() - began, int(answered), pages * resource.getpagesize() / 2**20)


def samples_while(loads: Sequence[Future[Any]], port: int, pid: int) -> list[Sample]:
    """Samples until the loads have ended; raises what they raise."""
    began, found = time.monotonic(), []
    while not all(each.done() for each in loads):
        time.sleep(EVERY)
        found.append(sampled(port, pid, began))
    for each in loads:
        each.result()
    return found


def archive(port: int, shown: Sequence[Page], file: Path) -> Path:
    """The pages, one after the other, as autocannon takes them (HAR)."""
    entries = [
        {"request": {"method": "GET", "url": f"http://127.0.0.1:{port}{page.path}",
                     "headers": [{"name": "cookie", "value": f"session={page.session}"}]}}
        for page in shown
    ]  # fmt: skip
    file.write_text(json.dumps({"log": {"version": "1.2", "creator": {"name": "", "version": ""}, "entries": entries}}))
    return file


def slope(samples: Sequence[Sample]) -> tuple[float, float]:
    """How the memory grows with the requests, in MiB for 100,000 of them, by least squares; and its standard error."""
    x, y = [each.requests / 100_000 for each in samples], [each.mebibytes for each in samples]
    fitted = statistics.linear_regression(x, y)
    left = sum((b - fitted.intercept - fitted.slope * a) ** 2 for a, b in zip(x, y, strict=True))
    middle = statistics.fmean(x)
    spread = sum((a - middle) ** 2 for a in x)
    return fitted.slope, math.sqrt(left / (len(x) - 2) / spread)


async def measure(load: Load, applications: int) -> list[Sample]:
    """Load every page in turn, while others save fields; the samples."""
    async with scheme() as demo:
        shown = await pages.pages_of(demo)
        async with demo.filling() as connection:
            applied = (
                await connection.execute(text("select id from applications where state = 'in_review'"))
            ).scalar_one()
            await autosave.fill(connection, 50)
            await seed.copies(connection, applied, applications, "m")
        drafts = await autosave.drafts_of(demo.database, 2)
        with demo.serving(AS_IT_IS) as (port, pid), ThreadPoolExecutor() as threads:
            har = archive(port, shown, demo.folder / "pages.har")
            reading = threads.submit(cannon, load, "--har", str(har), f"http://127.0.0.1:{port}")
            writing = threads.submit(autosave.write, port, drafts, load.seconds)
            return samples_while([reading, writing], port, pid)


def tell(samples: Sequence[Sample], load: Load) -> int:
    """Print the samples and the slope as Markdown; 1 where the process surely grows."""
    print(
        f"One web process under {load.connections} connections that read pages and 2 that save fields, {load.seconds} s.\n"
    )
    print("| after s | requests | memory MiB |\n|---|---|---|")
    for each in samples[:: max(1, len(samples) // LINES)]:
        print(f"| {each.seconds:.0f} | {each.requests} | {each.mebibytes:.1f} |")
    measured = samples[int(len(samples) * WARM_UP) :]
    grows, error = slope(measured)
    print(f"\nAfter the first third: {grows:+.1f} ± {2 * error:.1f} MiB in 100,000 requests "
          f"(least squares, {len(measured)} samples).")  # fmt: skip
    return int(grows - 2 * error > FLAT)


def main() -> int:
    """Measure and print; 1 where the process surely grows."""
    load, size = asked("memory", __doc__, applications=1000, seconds=180, rounds=1)
    return tell(asyncio.run(measure(load, size.applications)), load)


if __name__ == "__main__":
    sys.exit(main())
