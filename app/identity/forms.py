"""What is typed about units, people and what they hold."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import Email, Line, OptionalLine, Ore
from workflows.roles import Role

UnitRole = Literal["leader", "coordinator", "employee", "county_representative"]
UNIT_ROLES = get_args(UnitRole)


class AddPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A new account."""

    name: Line
    email: Email
    title: OptionalLine = ""
    language: Literal["nb", "nn", "en"] = "nb"
    password: Annotated[str, msgspec.Meta(min_length=12, max_length=200)] | None = None


class AddUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A new unit."""

    number: Annotated[str, msgspec.Meta(pattern=r"^\d{4}$", max_length=4)]
    name: Line
    kind: Literal["directorate", "county", "office"]
    county_id: UUID | None = None
    language: Literal["nb", "nn"] = "nb"
    mailbox: Email | None = None
    valid_from: date


class GiveMembership(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is in a unit, from a day on."""

    unit_id: UUID
    role: UnitRole
    valid_from: date
    valid_to: date | None = None


class GiveSchemeRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role in the scheme, with its reason and dates."""

    role: Role
    why: Line
    valid_from: date
    valid_to: date | None = None
    limit_ore: Ore | None = None
    cost_centre: Annotated[str, Meta(max_length=20)] = ""


class EndHolding(msgspec.Struct, frozen=True, kw_only=True):
    """The membership or role that ends now, and why."""

    holding_id: UUID
    why: Line
