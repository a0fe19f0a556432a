"""What the logs say, and what they never do."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import logging
import structlog
from app.core.logging import set_up

set_up("INFO")

def break_down(typed):
    raise RuntimeError("it broke")

try:
    break_down("hemmelig-" + "ord")
except RuntimeError:
    structlog.get_logger().exception("a fault")
    logging.getLogger("library").exception("a library's fault")
"""


def test_a_fault_is_told_with_its_place_and_without_what_was_typed() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["message"] for line in lines] == ["a fault", "a library's fault"]
    for line in lines:
        assert line["exception"][0]["exc_type"] == "RuntimeError"
        assert "break_down" in str(line["exception"][0]["frames"])
    assert "hemmelig-ord" not in told.stdout + told.stderr
