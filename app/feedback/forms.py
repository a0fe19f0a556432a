"""What is typed when feedback is answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import OptionalText, Text
from workflows.feedback import Answer


class AnswerFeedback(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to one or more pieces of feedback: a change with who and when, one that is made already, or a reason."""

    item_ids: Annotated[tuple[UUID, ...], Meta(max_length=200)] = ()
    answer: Answer
    text: OptionalText = ""
    responsible_id: UUID | None = None
    due_on: date | None = None
    change_id: UUID | None = None
    why: OptionalText = ""


class NoteFeedback(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said aloud."""

    words: Text


class CompleteChange(msgspec.Struct, frozen=True, kw_only=True):
    """What has been done."""

    done_text: Text
