"""What a call asks of the budget of an application, and how much of it the scheme bears at most (R3, R4, R5)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from workflows.money import MOST_ORE, WHOLE


class BudgetRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of an application's budget, and how much of it the call bears."""

    asked: bool = False
    """The application has a budget, line by line; the amount applied for is the sum of what the scheme is to bear."""
    by_year: bool = False
    """Each line says in which year it falls."""
    most_ore: int = 0
    """No application may ask for more than this; 0 where only the frame of the call limits it."""
    own_share_basis_points: int = 0
    """The share of the costs that the office and others bear at least."""


BUDGET_LIMITS: dict[str, tuple[int, int]] = {"most_ore": (0, MOST_ORE), "own_share_basis_points": (0, WHOLE)}
"""The least and the most that each number may be."""


def against_budget(rules: BudgetRules) -> Iterator[tuple[str, str]]:
    """The code and the rule of each fault: what is asked of lines needs lines to be asked for."""
    for name in ("by_year", "own_share_basis_points"):
        if getattr(rules, name) and not rules.asked:
            yield "rules.budget_not_asked", name
