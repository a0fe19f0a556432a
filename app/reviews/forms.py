"""What is typed about reviews and discussions."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import OptionalText, Text

Answer = Annotated[str, Meta(max_length=3000)]
ScoreValue = Annotated[int, Meta(ge=0, le=10)]


class Assign(msgspec.Struct, frozen=True, kw_only=True):
    """Who is given which application to assess."""

    case_id: UUID
    reviewer_id: UUID


class Declare(msgspec.Struct, frozen=True, kw_only=True):
    """That one is impartial, in words where something should be said about it."""

    version: int | None = None
    impartial: bool = False
    declaration: OptionalText = ""


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """A step that needs its reason."""

    version: int | None = None
    why: Text


class GiveScore(msgspec.Struct, frozen=True, kw_only=True):
    """A score for one criterion with its reason; either may come later.

    `typed_on` is the version of the score that was on the page, 0 where there was none; without it the last one wins.
    """

    criterion_id: UUID
    typed_on: int | None = None
    value: ScoreValue | None = None
    reason: Answer = ""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What one would say about the whole application; `typed_on` as for a score."""

    typed_on: int | None = None
    strengths: Answer = ""
    weaknesses: Answer = ""
    advice: Answer = ""
    questions: Answer = ""


class Discuss(msgspec.Struct, frozen=True, kw_only=True):
    """What the reviewers came to about one criterion."""

    criterion_id: UUID
    text: Text


class GiveOpinion(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one agrees with another's review, with the reason."""

    opinion: Literal["agree", "disagree"]
    why: Annotated[str, Meta(min_length=1, max_length=3000)]
