"""What is typed about the resource group, its methods and its assignments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import Hours, Line, OptionalLine, OptionalText, Text
from workflows.facilitation import Competence

HalfHours = Annotated[int, Meta(ge=0, le=1_200)]
"""More than anybody works in a half-year cannot be given."""
SupportHours = Annotated[Decimal, Meta(ge=0, le=24)]


class RegisterFacilitator(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place in the register."""

    person_id: UUID
    capacity_hours: HalfHours
    methods: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    field: OptionalLine = ""
    is_mentor: bool = False
    valid_from: date | None = None


class WriteFacilitator(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of somebody beside their methods and hours."""

    languages: tuple[str, ...]
    field: OptionalLine = ""
    is_mentor: bool = False
    version: int | None = None


class SetMethod(msgspec.Struct, frozen=True, kw_only=True):
    """How far somebody has come with a method; no level takes it away."""

    method: Line
    level: Competence | None = None
    last_used_on: date | None = None


class HalfYear(msgspec.Struct, frozen=True, kw_only=True):
    """A half-year, by its first day."""

    half: date


class HalfYearHours(HalfYear, frozen=True, kw_only=True):
    """What somebody has to give in a half-year."""

    hours: HalfHours
    why: OptionalText = ""


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """Days on which somebody is away, both counted."""

    first_on: date
    last_on: date


class OneLeave(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of leave."""

    leave_id: UUID


class LeaveRegister(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's last day in the resource group, and why."""

    last_on: date
    why: Text


class MethodWords(msgspec.Struct, frozen=True, kw_only=True):
    """The name of a method in the three languages."""

    nb: Line
    nn: Line
    en: Line


class OneMethod(msgspec.Struct, frozen=True, kw_only=True):
    """One method."""

    method: Line


class WriteMethod(MethodWords, frozen=True, kw_only=True):
    """Other names for a method."""

    method: Line


class Responsible(OneMethod, frozen=True, kw_only=True):
    """Who answers for a method; nobody where it is left empty."""

    person_id: UUID | None = None


class Assign(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to assign to a project, for how many hours, and why where that is more than they have."""

    case_id: UUID
    person_id: UUID
    hours: Hours
    starts_on: date | None = None
    override_why: OptionalText = ""


class AcceptProposal(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask for which project: "case:person:hours" for each."""

    pairs: tuple[str, ...]


class PlanHours(msgspec.Struct, frozen=True, kw_only=True):
    """Other hours for an assignment."""

    hours: Hours
    why: Text
    override_why: OptionalText = ""
    version: int | None = None


class Waive(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement that need not hold for an assignment, and why."""

    requirement: Line
    why: Text


class LogSupport(msgspec.Struct, frozen=True, kw_only=True):
    """Support given: when, for how long, what about."""

    held_on: date
    hours: SupportHours
    about: Text


class OneContact(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log."""

    contact_id: UUID
