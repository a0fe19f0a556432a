"""Where each missing thing is mended: place names of the rules, turned into addresses."""

from __future__ import annotations

from collections.abc import Container, Mapping
from uuid import UUID

from workflows.roles import Permission

PLACES: dict[str, str] = {}
SEEN_BY: dict[str, Permission] = {}
"""What one must be permitted to come to a place, where not everybody in the case may."""


def place(name: str, address: str, permission: Permission | None = None) -> None:
    """Say where a place is; {case} stands for the case, other names for parameters of the reason."""
    PLACES[name] = address
    if permission is not None:
        SEEN_BY[name] = permission


def is_open_to(name: str, permissions: Container[Permission]) -> bool:
    """Whether somebody with those permissions may come to the place."""
    return name not in SEEN_BY or SEEN_BY[name] in permissions


def link_to(name: str, case_id: UUID | None, parameters: Mapping[str, object]) -> str:
    """The address of a place, or "" for one without a page."""
    pattern = PLACES.get(name, "")
    return pattern.format_map({**parameters, "case": case_id}) if pattern else ""
