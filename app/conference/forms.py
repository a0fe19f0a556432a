"""What is typed about the programme of a conference."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import Line, OptionalLine, OptionalText

Minutes = Annotated[int, Meta(ge=1, le=480)]


class AddItem(msgspec.Struct, frozen=True, kw_only=True):
    """A panel, a break or a presentation that is no project's."""

    kind: Literal["presentation", "panel", "break"]
    title: Line
    starts_at: datetime
    lasts_minutes: Minutes
    speakers: OptionalLine = ""
    text: OptionalText = ""


class PlacePresentation(msgspec.Struct, frozen=True, kw_only=True):
    """When a project presents what it has shared."""

    experience_id: UUID
    starts_at: datetime
    lasts_minutes: Minutes = 15
    speakers: OptionalLine = ""


class RemoveItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the programme."""

    item_id: UUID
