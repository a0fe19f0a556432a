"""What is typed when a project shares what it has learnt."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import Line, Text


class ShareExperience(msgspec.Struct, frozen=True, kw_only=True):
    """A presentation for the conference; good stories are sent in by themselves (app/stories)."""

    kind: Literal["conference"] = "conference"
    title: Line
    text: Text
    gathering_id: UUID | None = None
    slides_link: Annotated[
        str, Meta(max_length=500, pattern=r"^(https?://\S+)?$", extra={"fault": "form.not_a_link"})
    ] = ""


class AddLearningPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What worked, for whom, under which conditions."""

    text: Text
    for_whom: Line
    conditions: Text
