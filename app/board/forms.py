"""What is typed on the board."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import OptionalLine, OptionalText, Ore

Outcome = Literal["awarded", "provisionally_awarded", "waitlisted", "rejected"]
Place = Annotated[int, Meta(ge=1, le=100_000)]
Check = Literal["authority", "cover", "prudence"]
Hours = Annotated[int, Meta(ge=0, le=10_000)]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Another place for an application: one up, one down, or a place."""

    version: int | None = None
    up: UUID | None = None
    down: UUID | None = None
    case_id: UUID | None = None
    place: Place | None = None


class Weigh(msgspec.Struct, frozen=True, kw_only=True):
    """What an application would be given; nothing chosen is not decided yet."""

    version: int | None = None
    outcome: Outcome | None = None
    amount_ore: Ore | None = None
    hours: Hours | None = None


class RecommendChosen(msgspec.Struct, frozen=True, kw_only=True):
    """The recommendations that are signed at once, and that one is impartial in each of the cases."""

    decision_ids: Annotated[tuple[UUID, ...], Meta(max_length=1_000)] = ()
    impartial: bool = False


class DecideChosen(RecommendChosen, frozen=True, kw_only=True):
    """What is decided at once as recommended, with the checks behind each."""

    checks: tuple[Check, ...] = ()


class SaveScenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario with its name and reason, and what it begins with."""

    name: OptionalLine = ""
    why: OptionalText = ""
    begins: Literal["as_it_is", "line"] = "as_it_is"
    copy_of: UUID | None = None


class WeighScenario(Weigh, frozen=True, kw_only=True):
    """What an application would be given in a scenario."""

    case_id: UUID


class Versioned(msgspec.Struct, frozen=True, kw_only=True):
    """The version that something was decided on."""

    version: int | None = None


class EditText(msgspec.Struct, frozen=True, kw_only=True):
    """A recommendation in words."""

    version: int | None = None
    text: Annotated[str, Meta(max_length=20_000)] = ""
