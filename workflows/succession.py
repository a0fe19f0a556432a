"""Who takes over what was handed to a position, when whoever held it has moved."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

POSITIONS = ("leader", "coordinator")
"""What one can be in a unit that another is after one; a colleague among others holds no position."""


class Holding(msgspec.Struct, frozen=True):
    """That somebody works in the unit now, and as what; those who began first stand first."""

    person_id: UUID
    role: str


def successor(left: UUID, position: str, there: Sequence[Holding]) -> UUID | None:
    """Who holds the position in the unit now; where it is vacant, or was none, the unit's leader; None where nobody leads."""
    for wanted in dict.fromkeys((position if position in POSITIONS else "leader", "leader")):
        for each in there:
            if each.role == wanted and each.person_id != left:
                return each.person_id
    return None


def has_moved(person_id: UUID, there: Sequence[Holding]) -> bool:
    """Whether somebody works in the unit no longer."""
    return all(each.person_id != person_id for each in there)
