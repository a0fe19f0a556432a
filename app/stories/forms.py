"""What is typed about good stories."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import Line, OptionalText, Text

ThemeKey = Annotated[str, Meta(max_length=60)]


class SendStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story, what it tells of, and whether anybody is named in it; `about` is the id of a benefit or a deviance."""

    title: Line
    text: Text
    about: UUID
    names_people: bool = False
    consent: OptionalText = ""


class RewriteStory(SendStory, frozen=True, kw_only=True):
    """The same, after it was returned."""

    version: int | None = None


class PublishStory(msgspec.Struct, frozen=True, kw_only=True):
    """The themes that it is coded with."""

    themes: Annotated[tuple[ThemeKey, ...], Meta(max_length=40)] = ()
    version: int | None = None


class AddTheme(msgspec.Struct, frozen=True, kw_only=True):
    """One more theme of the coding list, in three languages."""

    nb: Line
    nn: Line
    en: Line
