"""The main navigation: the places of each kind of user, in the order of a scheme's life."""

from __future__ import annotations

import msgspec

from app.identity.actor import Actor
from workflows.roles import Permission


class Entry(msgspec.Struct, frozen=True):
    """One place in the main navigation."""

    key: str
    address: str
    current: bool = False


PLACES: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("office", "/office", (Permission.OFFICE_SEE,)),
    ("resource_group", "/resource-group", (Permission.RESOURCE_GROUP_SEE,)),
    ("decision", "/decisions", (Permission.DECISION_SEE,)),
    ("portfolio", "/portfolio", (Permission.PORTFOLIO_SEE,)),
    ("network", "/network", (Permission.NETWORK_SEE,)),
    ("operation", "/operation", (Permission.PEOPLE_ADMINISTER, Permission.JOBS_ADMINISTER, Permission.AUDIT_SEE)),
)


def navigation(actor: Actor, path: str) -> tuple[Entry, ...]:
    """The places that the person may go to, with the one the path lies in marked."""
    return tuple(
        Entry(key, address, path == address or path.startswith(address + "/"))
        for key, address, permissions in PLACES
        if any(actor.may(permission) for permission in permissions)
    )
