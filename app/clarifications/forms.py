"""What is typed about expectations."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from app.core.inputs import Line, OptionalLine, OptionalText, Text

HoursPerWeek = Annotated[int, msgspec.Meta(ge=0, le=60)]
ROLES = (
    "leader", "coordinator", "core_team", "facilitator", "county_representative", "partner", "citizens_voice",
)  # fmt: skip


class AddClarification(msgspec.Struct, frozen=True, kw_only=True):
    """A clarification for one more person."""

    case_id: UUID
    gate: Literal["start", "renewal"] = "start"
    role: Literal[
        "leader", "coordinator", "core_team", "facilitator", "county_representative", "partner", "citizens_voice"
    ]
    person_id: UUID | None = None
    outside_name: OptionalLine = ""


class WriteClarification(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected and committed to, and what comes out of it."""

    expects: OptionalText
    commits: OptionalText
    hours_per_week: HoursPerWeek
    responsibility: OptionalText
    decision_rights: OptionalText = ""
    learning: OptionalText
    new_ways: OptionalText = ""
    benefits_short: OptionalText
    benefits_long: OptionalText
    version: int | None = None


class ReplaceHolder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the role now."""

    person_id: UUID | None = None
    outside_name: OptionalLine = ""
    why: Line


class Agree(msgspec.Struct, frozen=True, kw_only=True):
    """That one agrees to the text with this fingerprint."""

    text_hash: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class RecordAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How, when and with whom somebody without an account agreed."""

    text_hash: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
    how: Text
