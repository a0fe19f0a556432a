"""What is typed about facilitators and their assignments."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.core.inputs import Hours


class RegisterFacilitator(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place in the register."""

    person_id: UUID
    capacity_hours: Hours
    methods: tuple[str, ...]


class Assign(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to assign to a project, for how many hours."""

    case_id: UUID
    person_id: UUID
    hours: Hours
