"""Everything on one machine, as processes: it comes up, keeps its data, and goes down whole."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.embedded import READY, Postgres
from app.up import UNFINISHED

NUMBERS = itertools.count(1)
ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """A port that nobody answers on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def until(condition: Callable[[], Any], running: Running, seconds: float = 60) -> None:
    """Wait for a condition to hold while the process runs."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert running.process.poll() is None, running.said()
        assert time.monotonic() < deadline, running.said()
        time.sleep(0.01)


class Running:
    """`drivkraft up` in a folder of its own."""

    def __init__(self, var: Path, port: int, **environment: str):
        clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.port = port
        self.folder = var.parent
        self.output = (var.parent / f"output-{next(NUMBERS)}").open("a+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "up"],
            cwd=ROOT, env={**clean, "PORT": str(port), "DRIVKRAFT_VAR": str(var), "WEB_CONCURRENCY": "1", **environment},
            stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def said(self) -> str:
        """What it has printed."""
        if self.output.closed:
            return self.closed
        self.output.seek(0)
        return self.output.read()

    def answer(self, path: str) -> int:
        """The status of a page, 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except OSError:
            return 0

    def until_it_answers(self, seconds: float = 60) -> float:
        """Wait until it greets; answers the seconds that it took."""
        began = time.monotonic()
        while "Ctrl-C stops everything." not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - began < seconds, self.said()
            time.sleep(0.05)
        return time.monotonic() - began

    def killed(self) -> None:
        """Kill it with all of its group, as a power cut does; a database that stands by itself stays."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.closed = self.said()
        self.output.close()

    def family(self) -> list[psutil.Process]:
        """The process with everything that it has started, PostgreSQL among it."""
        mine: list[psutil.Process] = []
        if self.process.poll() is None:
            own = psutil.Process(self.process.pid)
            mine = [own, *own.children(recursive=True)]
        servers = [
            each
            for each in psutil.process_iter(["cmdline"])
            if str(self.folder) in " ".join(each.info["cmdline"] or []) and each.pid != os.getpid()
        ]
        return [*mine, *servers]

    def ended(self) -> int:
        """Wait for it to end by itself."""
        found = self.process.wait(60)
        self.closed = self.said()
        self.output.close()
        return found

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        ended = self.process.wait(60)
        self.closed = self.said()
        self.output.close()
        return ended


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder of data that PostgreSQL's own user may enter."""
    above = Path(tempfile.mkdtemp(prefix="drivkraft-"))
    above.chmod(0o755)
    yield above / "var"
    shutil.rmtree(above, ignore_errors=True)


def test_it_comes_up_revives_what_is_killed_keeps_its_data_and_goes_down_whole(var: Path) -> None:
    first = Running(var, free_port(), DRIVKRAFT_DEMO="0")
    first.until_it_answers()
    assert (first.answer("/isalive"), first.answer("/isready"), first.answer("/sign-in")) == (200, 200, 200)
    family = first.family()
    assert first.stop(signal.SIGTERM) == 0, first.said()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    secret = (var / "secret").read_text()
    second = Running(var, free_port(), DRIVKRAFT_DEMO="0")
    second.until_it_answers()
    assert (var / "secret").read_text() == secret
    web = next(child for child in psutil.Process(second.process.pid).children() if "web" in child.cmdline())
    for child in [*web.children(recursive=True), web]:
        child.kill()
    until(lambda: "is started again" in second.said() and second.answer("/isready") == 200, second)
    family = second.family()
    assert second.stop(signal.SIGINT) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


MOMENTS = {
    "the database's folder is being made": lambda var: (var / "postgres" / "base").exists(),
    "the database is starting": lambda var: (var / "postgres" / "postmaster.pid").exists(),
    "the tables are being made": lambda var: (var / "postgres" / READY).exists(),
    "the broker is there": lambda var: (var / "valkey" / "valkey.sock").exists(),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_then_interrupted_in_the_middle_of_its_first_start(var: Path, moment: str) -> None:
    first = Running(var, free_port(), DRIVKRAFT_DEMO="0")
    until(lambda: MOMENTS[moment](var), first)
    first.killed()
    second = Running(var, free_port(), DRIVKRAFT_DEMO="0")
    until(lambda: psutil.Process(second.process.pid).children(), second)
    family = second.family()
    os.killpg(second.process.pid, signal.SIGINT)  # Ctrl-C reaches the whole group
    assert second.ended() == 0, second.said()
    assert "Traceback" not in second.said()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [each for each in [*alive, *second.family()] if each.is_running()] == []


def test_a_demo_that_was_cut_off_is_played_anew_and_can_be_cut_off_again(var: Path) -> None:
    first = Running(var, free_port(), DRIVKRAFT_DEMO="1")
    until(lambda: "Playing the demo scheme" in first.said(), first)
    postgres = Postgres(var / "postgres")
    until(lambda: postgres.server.psql("SELECT count(*) FROM events").split()[2] != "0", first)
    first.killed()
    postgres.stop()
    second = Running(var, free_port(), DRIVKRAFT_DEMO="1")
    until(lambda: "Playing the demo scheme" in second.said(), second)
    family = second.family()
    os.killpg(second.process.pid, signal.SIGINT)
    assert second.ended() == 0
    assert "Traceback" not in second.said()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert (var / UNFINISHED).exists()


def test_a_database_of_a_newer_version_is_left_alone_and_stopped(var: Path) -> None:
    var.mkdir()
    postgres = Postgres(var / "postgres")
    postgres.server.psql("CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('9999')")
    postgres.stop()
    running = Running(var, free_port(), DRIVKRAFT_DEMO="0")
    assert running.ended() == 1
    assert "newer version" in running.said()
    assert "Traceback" not in running.said()
    assert running.family() == []


def test_a_database_that_does_not_answer_is_said_in_a_sentence(var: Path) -> None:
    running = Running(var, free_port(), DRIVKRAFT_DEMO="0", DATABASE_URL="postgresql://x:hemmelig@127.0.0.1:1/x")
    assert running.ended() == 1
    assert "The database" in running.said()
    assert "Traceback" not in running.said() and "hemmelig" not in running.said()


def test_a_taken_port_is_said_in_a_sentence(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = Running(var, port, DRIVKRAFT_DEMO="0")
        assert running.ended() == 1
        assert f"Port {port} on 127.0.0.1 is taken" in running.said()
        assert "Traceback" not in running.said()


def test_faults_of_the_settings_are_said_together_and_without_a_traceback(var: Path) -> None:
    running = Running(var, free_port(), LOG_LEVEL="loud", WEB_CONCURRENCY="none")
    assert running.ended() == 1
    assert "LOG_LEVEL" in running.said() and "WEB_CONCURRENCY" in running.said()
    assert "Traceback" not in running.said()
