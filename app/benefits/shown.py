"""What every page of benefits asks: whether one may, and how choices are called."""

from __future__ import annotations

from collections.abc import Sequence

from app.web.visit import Visit
from workflows.roles import GRANTS, Permission, Role


def holds(roles: frozenset[Role], permission: Permission) -> bool:
    """Whether one of the roles grants the permission."""
    return not GRANTS[permission].isdisjoint(roles)


def words(visit: Visit, prefix: str, keys: Sequence[str]) -> list[tuple[str, str]]:
    """Choices with their words in the visitor's language."""
    return [(key, visit.t(f"benefits.{prefix}.{key}")) for key in keys]
