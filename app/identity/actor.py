"""Whoever acts: a signed-in person with what they hold now, or the system itself."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

import msgspec

from workflows.roles import GRANTS, Membership, Permission, Role


class Actor(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A person with their roles in the scheme and memberships in units, as of the request."""

    person_id: UUID | None
    name: str
    language: str = "nb"
    scheme_roles: frozenset[Role] = frozenset()
    memberships: tuple[Membership, ...] = ()
    unread: int = 0
    is_reviewer: bool = False
    """Whether they have ever been given an application to review."""

    @property
    def is_system(self) -> bool:
        """Whether this is the clock or a job, and no person."""
        return Role.SYSTEM in self.scheme_roles

    @cached_property
    def standing_roles(self) -> frozenset[Role]:
        """The roles held towards no case in particular."""
        held = set(self.scheme_roles)
        if self.person_id is not None:
            held.add(Role.EMPLOYEE)
        held |= {Role(each.role) for each in self.memberships if each.role in (Role.LEADER, Role.COORDINATOR)}
        return frozenset(held)

    def may(self, permission: Permission) -> bool:
        """Whether a standing role grants the permission; what hangs on a case is asked of the case."""
        return not GRANTS[permission].isdisjoint(self.standing_roles)

    @cached_property
    def unit_ids(self) -> tuple[UUID, ...]:
        """Every unit the person works in."""
        return tuple({each.unit_id for each in self.memberships})

    @cached_property
    def office_unit_ids(self) -> tuple[UUID, ...]:
        """The units whose cases the person leads or coordinates."""
        return tuple({each.unit_id for each in self.memberships if each.role in (Role.LEADER, Role.COORDINATOR)})

    @cached_property
    def county_unit_ids(self) -> tuple[UUID, ...]:
        """The counties the person represents."""
        return tuple({each.unit_id for each in self.memberships if each.role == Role.COUNTY_REPRESENTATIVE})


SYSTEM = Actor(person_id=None, name="Drivkraft", scheme_roles=frozenset({Role.SYSTEM}))
