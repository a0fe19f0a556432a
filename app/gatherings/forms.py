"""What is typed about gatherings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import Line, OptionalLine, OptionalText, Text
from workflows.gathering import ContentKind, GatheringKind, Presence

Audience = Literal[
    "leader",
    "coordinator",
    "core_team",
    "county_representative",
    "facilitator",
    "partner",
    "citizens_voice",
    "employee",
]
WebAddress = Annotated[str, Meta(max_length=500, pattern=r"^(https?://\S+)?$", extra={"fault": "form.not_a_link"})]
Capacity = Annotated[int, Meta(ge=1, le=10_000)]
Key = Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9_]*$")]
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", extra={"fault": "form.not_a_clock"})]
Length = Annotated[int, Meta(ge=5, le=720)]
Pasted = Annotated[str, Meta(min_length=1, max_length=100_000)]


class BeginSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort and the first day of its series."""

    call_id: UUID
    name: Line
    first_on: date
    language: Literal["nb", "nn", "en"] = "nb"
    place: OptionalLine = ""
    project_ids: tuple[UUID, ...] = ()
    keys: tuple[str, ...] = ()


class AboutGathering(msgspec.Struct, frozen=True, kw_only=True):
    """What a gathering is, and for whom."""

    title: Line
    topic: OptionalText = ""
    place: OptionalLine = ""
    link: WebAddress = ""
    audience: tuple[Audience, ...] = ()
    capacity: Capacity | None = None
    artefact: OptionalLine = ""


class ArrangeGathering(AboutGathering, frozen=True, kw_only=True):
    """One more gathering of a cohort."""

    cohort_id: UUID
    key: Key = ""
    kind: GatheringKind
    starts_at: datetime
    ends_at: datetime


class Reschedule(msgspec.Struct, frozen=True, kw_only=True):
    """Another time, and why."""

    starts_at: datetime
    ends_at: datetime
    why: Text


class CallOff(msgspec.Struct, frozen=True, kw_only=True):
    """Why a gathering will not be held."""

    why: Text


class AddContent(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a gathering, and where its material lies."""

    kind: ContentKind
    title: Line
    text: OptionalText = ""
    link: WebAddress = ""


class RemoveContent(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a gathering."""

    content_id: UUID


class RegisterTeam(msgspec.Struct, frozen=True, kw_only=True):
    """The gathering that a project's team is signed up for."""

    gathering_id: UUID


class Register(RegisterTeam, frozen=True, kw_only=True):
    """Who takes part in which gathering for a project."""

    person_id: UUID


class NotePresence(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody came, and what was seen to be noted of them before."""

    person_id: UUID
    presence: Presence
    seen: Presence = Presence.UNKNOWN


class ReadList(msgspec.Struct, frozen=True, kw_only=True):
    """A list of who came, as it was copied from a spreadsheet."""

    text: Pasted


class ConfirmList(ReadList, frozen=True, kw_only=True):
    """The same list, and the fingerprint of how it was understood."""

    fingerprint: Annotated[str, Meta(max_length=64)]


class PlanWeekly(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting that comes back every week, from its first day to its last, at a time by the clock in Norway."""

    title: Line
    first_on: date
    last_on: date
    begins: Clock
    lasts_minutes: Length = 60
    place: OptionalLine = ""
    link: WebAddress = ""


class SkipWeek(CallOff, frozen=True, kw_only=True):
    """The day on which it is not held, and why."""

    day: date
