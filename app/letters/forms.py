"""What is typed about letters."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import Text
from workflows.letter import LONGEST_BODY, LONGEST_SUBJECT, LetterKind

Language = Literal["nb", "nn", "en"]
MOST_AT_ONCE = 200


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """One text of a call: the kind of letter, the language form, and the number of the version it was typed on."""

    kind: LetterKind
    language: Language
    number: int | None = None


class WriteText(Which, frozen=True, kw_only=True):
    """A text in the call's own words."""

    subject: Annotated[str, Meta(max_length=LONGEST_SUBJECT)] = ""
    body: Annotated[str, Meta(max_length=LONGEST_BODY)] = ""


class ReleaseChosen(msgspec.Struct, frozen=True, kw_only=True):
    """The letters that are sent in one act: those that are ticked, or all that the page showed."""

    letters: Annotated[tuple[UUID, ...], Meta(max_length=MOST_AT_ONCE)] = ()
    shown: Annotated[tuple[UUID, ...], Meta(max_length=MOST_AT_ONCE)] = ()
    every: bool = False
    together: bool = False


class Correct(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong in a letter that has been sent, and its reasons as they should read."""

    correction: Text
    reasons: Text
