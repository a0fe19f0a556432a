"""What is typed about competence."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from app.core.inputs import Line, Rest

PREFIX = "level-"
"""What the names of the fields of an assessment begin with, before the id of the goal."""


class AddGoal(msgspec.Struct, frozen=True, kw_only=True):
    """Something to become better at."""

    text: Line


class Assess(msgspec.Struct, frozen=True, kw_only=True):
    """A level for each goal, under "level-" and its id."""

    levels: Annotated[dict[str, Any], Rest(PREFIX)] = {}
