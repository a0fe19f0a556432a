"""What is typed when an evaluation report is written."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Words = Annotated[str, Meta(max_length=20_000)]
QuoteKey = Annotated[str, Meta(max_length=120)]


class WriteEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The evaluator's own words under each heading, the quotes, and the version that was seen (0 where none was)."""

    organised: Words = ""
    experienced: Words = ""
    onward: Words = ""
    quotes: Annotated[tuple[QuoteKey, ...], Meta(max_length=500)] = ()
    seen: int = 0
