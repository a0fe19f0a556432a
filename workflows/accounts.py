"""The accounts of a project against its budget, per kind of cost: what must be explained, and what must be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from workflows.budget import COST_KINDS, KindBudget
from workflows.money import WHOLE


class KindAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of cost: what of the award falls on it, and what of that was spent until now; None where nothing is told."""

    cost_kind: str
    budget_ore: int
    spent_ore: int | None

    @property
    def deviation_ore(self) -> int:
        """What was spent beyond the budget; below nought what is left of it."""
        return (self.spent_ore or 0) - self.budget_ore

    def is_beyond(self, basis_points: int, *, above_only: bool) -> bool:
        """Whether it lies further from its budget than a share of that, to the øre; or only above it."""
        if self.spent_ore is None:
            return False
        apart = self.deviation_ore if above_only else abs(self.deviation_ore)
        return apart * WHOLE > basis_points * self.budget_ore


def spent_key(cost_kind: str) -> str:
    """The key of the question of what was spent on a kind of cost."""
    return f"spent_{cost_kind}_ore"


def kinds_of(budget: Iterable[KindBudget]) -> tuple[str, ...]:
    """The kinds of costs that a budget has."""
    return tuple(each.cost_kind for each in budget)


def accounted(budget: Sequence[KindBudget], answers: Mapping[str, Any]) -> tuple[KindAccount, ...]:
    """The accounts that a report gives, beside the budget."""
    return tuple(
        KindAccount(
            cost_kind=each.cost_kind, budget_ore=each.awarded_ore, spent_ore=answers.get(spent_key(each.cost_kind))
        )
        for each in budget
    )  # fmt: skip


def spent_in_all(answers: Mapping[str, Any]) -> int:
    """What a report says was spent, in one figure or as the sum of its kinds of costs."""
    return (answers.get("spent_ore") or 0) + sum(answers.get(spent_key(kind)) or 0 for kind in COST_KINDS)


def shifted(budget: Mapping[str, int], from_kind: str, to_kind: str, ore: int) -> dict[str, int]:
    """A budget once a sum has gone from one kind of cost to another; ValueError where the one has not so much."""
    if ore <= 0 or from_kind == to_kind or budget.get(from_kind, 0) < ore:
        raise ValueError(f"{ore} cannot go from {from_kind} to {to_kind}")
    return {**budget, from_kind: budget[from_kind] - ore, to_kind: budget.get(to_kind, 0) + ore}
