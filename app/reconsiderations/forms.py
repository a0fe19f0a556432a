"""What is typed about trying an outcome again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import OptionalLine, OptionalText, Text

Part = Literal["assessment", "facts", "amount", "conditions", "procedure"]


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What the office is of another mind about, and why."""

    case_id: UUID
    parts: Annotated[tuple[Part, ...], Meta(max_length=5)] = ()
    reasons: Text


class DeclareImpartial(msgspec.Struct, frozen=True, kw_only=True):
    """That one is impartial in the case."""

    impartial: bool = False
    text: OptionalText = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The reasons of an answer, for the office to read, in its own language."""

    version: int | None = None
    answer: OptionalText = ""


class AnswerAbove(msgspec.Struct, frozen=True, kw_only=True):
    """What the body above has decided."""

    version: int | None = None
    above_by: OptionalLine = ""
    above_on: date | None = None
    above_reasons: OptionalText = ""
