"""How the clarifications of many projects stand, role by role: what is missing, and what is older than the phase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.clarification import Needed
from workflows.clarification_template import TEMPLATE_GATES
from workflows.roles import Role
from workflows.rules import ClarificationRules


class Standing(StrEnum):
    """How a role of a project stands; the first ones are the worst."""

    MISSING = "missing"
    LEFT = "left"
    OLD = "old"
    WAITING = "waiting"
    AGREED = "agreed"
    NOT_ASKED = "not_asked"


RED = frozenset({Standing.MISSING, Standing.LEFT, Standing.OLD})

DIAMOND_OF = {
    "diagnose_open": 1, "diagnose_close": 1, "platform_open": 2, "platform_close": 2, "implement_open": 3,
    "implement_close": 3,
}  # fmt: skip
"""The diamond that each step of a project lies in; before them stands the start, behind them the closing."""

RENEWED_IN = {1: "close_diamond_1", 2: "close_diamond_2", 3: "close_diamond_3"}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A clarification as the matrix sees it: how it stands, and when the last of those who must agree did."""

    needed: Needed
    agreed_at: datetime | None


class Cell(msgspec.Struct, frozen=True):
    """One role of one project: how it stands, and the clarification that this is about."""

    standing: Standing
    clarification_id: UUID | None = None


def _one(each: Seen, renewed: bool, since: datetime | None) -> Standing:
    if not each.needed.in_role:
        return Standing.LEFT
    if not each.needed.stands:
        return Standing.WAITING
    late = renewed and since is not None and (each.agreed_at is None or each.agreed_at < since)
    return Standing.OLD if late else Standing.AGREED


def cell_of(
    role: Role, found: Sequence[Seen], rules: ClarificationRules, step: str, diamond_began: datetime | None
) -> Cell:
    """How a role stands: red where it is missing, or older than the present diamond and due.

    Of several who hold the role the one who stands worst counts, each by the newest of their clarifications.
    """
    gate = RENEWED_IN.get(DIAMOND_OF.get(step, 0), "")
    renewed = bool(gate) and role in rules.at(gate)
    asked = role in rules.at_start or renewed
    newest: dict[str, Seen] = {}
    for each in sorted(found, key=lambda seen: TEMPLATE_GATES.index(seen.needed.gate)):
        if each.needed.role == role:
            newest[each.needed.holder_key] = each
    present = [each for each in newest.values() if each.needed.in_role]
    weighed = [
        Cell(_one(each, renewed, diamond_began), each.needed.clarification_id) for each in present or newest.values()
    ]
    if not weighed:
        return Cell(Standing.MISSING if asked else Standing.NOT_ASKED)
    return min(weighed, key=lambda cell: list(Standing).index(cell.standing))
