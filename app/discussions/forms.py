"""What is typed about threads."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.core.inputs import Line, Text
from workflows.discussion import Audience


class OpenThread(msgspec.Struct, frozen=True, kw_only=True):
    """A new thread: for whom, about what, and the first thing said; about a criterion where scores lie apart."""

    audience: Audience
    title: Line
    text: Text
    criterion_id: UUID | None = None


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """Something said in a thread."""

    text: Text


class EditPost(Say, frozen=True, kw_only=True):
    """A post of one's own in other words; `typed_on` is the version that was on the page."""

    post_id: UUID
    typed_on: int | None = None


class Narrow(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a thread is from now on."""

    version: int | None = None
    audience: Audience
