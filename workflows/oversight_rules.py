"""When the resource group is told that a project needs help: the days that a call's rules give."""

from __future__ import annotations

import msgspec


class OversightRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long something may last before it is a sign that a project needs help (S29)."""

    settling_days: int = 14
    """Days from its award in which a project is still finding its people: nobody is missed before."""
    contact_days: int = 30
    """Days since a facilitator's last support."""
    nearing_days: int = 14
    """Days before the planned end of a step in which it counts that its gate is shut."""
    paused_days: int = 60
    """Days for which a project may rest."""


OVERSIGHT_LIMITS = {name: (least, 365) for name, least in
                    (("settling_days", 0), ("contact_days", 1), ("nearing_days", 0), ("paused_days", 1))}  # fmt: skip
"""The least and the most that each may be."""
