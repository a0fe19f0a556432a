"""What is typed when offices look for partners and join forces."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import OptionalText, Text


class SeekPartners(msgspec.Struct, frozen=True, kw_only=True):
    """What others may read about the draft while its office looks for partners."""

    version: int | None = None
    summary: Annotated[str, Meta(min_length=1, max_length=800)]


class ProposeJoining(msgspec.Struct, frozen=True, kw_only=True):
    """To which draft, whose goes on, and what one says to the other office."""

    version: int | None = None
    to_case_id: UUID
    keep: Literal["ours", "theirs"]
    message: Text


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one answers the other office, on the version one has read."""

    version: int | None = None
    answer: OptionalText = ""
