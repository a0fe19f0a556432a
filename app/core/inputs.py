"""Kinds of input that many forms share, with the limits that keep absurd values out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple

from msgspec import Meta


class Rest(NamedTuple):
    """Marks the field of an input that takes every name with a prefix: what those are is known to the service alone."""

    prefix: str


class TypedFields(dict[str, list[str]]):
    """The fields of a page's form under such names, as they were typed; a program sends values instead."""


Line = Annotated[str, Meta(min_length=1, max_length=200)]
OptionalLine = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
OptionalText = Annotated[str, Meta(max_length=4000)]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Ore = Annotated[int, Meta(ge=0, le=100_000_000_000)]  # a milliard kroner
Hours = Annotated[int, Meta(ge=0, le=100_000)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Measure = Annotated[Decimal, Meta(ge=-1_000_000_000, le=1_000_000_000)]
Share = Annotated[Decimal, Meta(ge=0, le=1)]
