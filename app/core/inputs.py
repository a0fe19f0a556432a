"""Kinds of input that many forms share, with the limits that keep absurd values out."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, NamedTuple

from msgspec import Meta


class Rest(NamedTuple):
    """Marks the field of an input that takes every name with a prefix: what those are is known to the service alone."""

    prefix: str


class Typing(Enum):
    """Marks a number that people may type in more ways than its bare figure."""

    WITH_UNIT = "with_unit"
    """With its unit behind it: "340 saker"."""
    OF_WHOLE = "of_whole"
    """As a share of the whole: "0,6" or "60 %"."""


class Measured(Decimal):
    """A number that was typed with a unit behind it, which the service holds against the one that is meant."""

    unit: str

    def __new__(cls, value: Decimal, unit: str) -> Measured:
        """The number with its unit."""
        made = super().__new__(cls, value)
        made.unit = unit
        return made


def bare(value: Any) -> Any:
    """The bare number of one that was typed with its unit, for what writes values down; TypeError for anything else."""
    if isinstance(value, Measured):
        return Decimal(value)
    raise TypeError(f"nothing to write down: {type(value)}")


class TypedFields(dict[str, list[str]]):
    """The fields of a page's form under such names, as they were typed; a program sends values instead."""


Line = Annotated[str, Meta(min_length=1, max_length=200)]
OptionalLine = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
OptionalText = Annotated[str, Meta(max_length=4000)]
Email = Annotated[
    str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", extra={"fault": "form.not_an_email"})
]
Ore = Annotated[int, Meta(ge=0, le=100_000_000_000)]  # a milliard kroner
Hours = Annotated[int, Meta(ge=0, le=100_000)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Measure = Annotated[Decimal, Meta(ge=-1_000_000_000, le=1_000_000_000), Typing.WITH_UNIT]
Share = Annotated[Decimal, Meta(ge=0, le=1), Typing.OF_WHOLE]
