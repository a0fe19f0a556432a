"""The drawings of the lifecycles say what the code says."""

from __future__ import annotations

from pathlib import Path

from app.moves import SUBJECTS
from workflows.drawing import page
from workflows.lifecycles import ALL

README = Path(__file__).resolve().parent.parent.parent / "workflows" / "README.md"


def test_the_drawings_are_fresh() -> None:
    assert README.read_text() == page(), "workflows/README.md is stale: run `make drawings`"


def test_every_lifecycle_in_use_is_drawn() -> None:
    assert {kind.lifecycle.subject for kind in SUBJECTS.values()} <= {lifecycle.subject for lifecycle in ALL}
