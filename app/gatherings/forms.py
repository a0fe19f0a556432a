"""What is typed about gatherings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from app.core.inputs import Line, OptionalLine

GatheringKind = Literal["gathering", "module", "conference"]


class ArrangeGathering(msgspec.Struct, frozen=True, kw_only=True):
    """A gathering, module or conference of a call's projects."""

    call_id: UUID
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$")]
    kind: GatheringKind
    title: Line
    held_on: date
    place: OptionalLine = ""
    audience: tuple[str, ...] = ()


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes part in which gathering for a project."""

    gathering_id: UUID
    person_id: UUID


class Attended(msgspec.Struct, frozen=True, kw_only=True):
    """Who came to a gathering."""

    case_id: UUID
    person_ids: tuple[UUID, ...]
