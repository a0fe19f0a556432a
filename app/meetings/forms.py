"""What is typed about a clarification meeting."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import OptionalLine, OptionalText, Text

Minutes = Annotated[str, Meta(max_length=20_000)]
Length = Annotated[int, Meta(ge=15, le=480)]
Question = Annotated[str, Meta(min_length=1, max_length=1000)]


class ProposeTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Up to three times at once, and how long the meeting will last."""

    first_at: datetime
    second_at: datetime | None = None
    third_at: datetime | None = None
    length_minutes: Length = 60


class OneTime(msgspec.Struct, frozen=True, kw_only=True):
    """One of the proposed times."""

    time_id: UUID


class AnswerTime(OneTime, frozen=True, kw_only=True):
    """How a proposed time suits."""

    fit: Literal["yes", "if_needed", "no"]


class PlanMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """The time that is fixed, one of those proposed or another, and where the meeting is."""

    held_at: datetime
    length_minutes: Length = 60
    place: OptionalLine = ""


class CallOff(msgspec.Struct, frozen=True, kw_only=True):
    """Why the meeting will not be held then."""

    why: Text


class AddItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the meeting is to clear up."""

    question: Question


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the agenda."""

    item_id: UUID


class WriteItem(Item, frozen=True, kw_only=True):
    """An item in other words."""

    question: Question


class MoveItem(Item, frozen=True, kw_only=True):
    """Which way an item goes on the agenda."""

    direction: Literal["up", "down"]


class AnswerItem(Item, frozen=True, kw_only=True):
    """What the office answered in the meeting."""

    answer: OptionalText = ""


class RecordMinutes(msgspec.Struct, frozen=True, kw_only=True):
    """When the meeting was held, who took part, and what was said."""

    held_at: datetime
    participants: OptionalText = ""
    minutes: Minutes = ""


class ConfirmMinutes(msgspec.Struct, frozen=True, kw_only=True):
    """That the minutes, as they read at that moment, are right."""

    written_at: datetime | None = None


class ObjectToMinutes(ConfirmMinutes, frozen=True, kw_only=True):
    """What in the minutes, as they read at that moment, is not right."""

    text: Text
