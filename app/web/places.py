"""Where each missing thing is mended: place names of the rules, turned into addresses."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

PLACES: dict[str, str] = {}


def place(name: str, address: str) -> None:
    """Say where a place is; {case} stands for the case, other names for parameters of the reason."""
    PLACES[name] = address


def link_to(name: str, case_id: UUID | None, parameters: Mapping[str, object]) -> str:
    """The address of a place, or "" for one without a page."""
    pattern = PLACES.get(name, "")
    return pattern.format_map({**parameters, "case": case_id}) if pattern else ""
