"""An application's budget as its pages show it: the lines, who bears how much, and what the call says of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from app.applications.facts import budget_fact
from app.texts import filters
from app.texts.i18n import Texts
from workflows.budget import COST_KINDS, Bearer, borne, own_share, paid_kinds
from workflows.budget_rules import BudgetRules


class BudgetShown(msgspec.Struct, frozen=True, kw_only=True):
    """A budget as a page shows it."""

    rules: BudgetRules
    lines: Sequence[Mapping[str, Any]]
    sums: Mapping[str, int]
    """What each bears, in øre."""
    whole_ore: int
    own_percent: str
    """The share that the office and others bear, in words of the language."""
    least_percent: str
    kinds: tuple[str, ...]
    paid: frozenset[str]
    """The kinds of costs that the call pays for."""
    weekly_hours: int
    """The hours a week that the people of the team are given, beside the money."""

    @property
    def has_years(self) -> bool:
        """Whether any line says its year, or all must."""
        return self.rules.by_year or any(line["year"] is not None for line in self.lines)


def percent(basis_points: int, language: str) -> str:
    """A share in per cent as the language writes it."""
    return filters.number(Decimal(basis_points) / 100, language)


def budget_shown(
    rules: BudgetRules, lines: Sequence[Mapping[str, Any]], team: Sequence[Mapping[str, Any]],
    cost_kinds: Collection[str], language: str,
) -> BudgetShown:  # fmt: skip
    """A budget with its sums."""
    known = budget_fact(lines)
    sums = borne(known)
    return BudgetShown(
        rules=rules, lines=lines, sums={str(bearer): ore for bearer, ore in sums.items()},
        whole_ore=sum(sums.values()),
        own_percent=percent(own_share(known), language),
        least_percent=percent(rules.own_share_basis_points, language), kinds=COST_KINDS,
        paid=frozenset(paid_kinds(cost_kinds)), weekly_hours=sum(each["weekly_hours"] or 0 for each in team),
    )  # fmt: skip


def words_of(texts: Texts, line: Mapping[str, Any]) -> dict[str, str]:
    """What a line says, field by field."""
    return {
        "description": line["description"], "cost_kind": texts.t(f"calls.cost.{line['cost_kind']}"),
        "bearer": texts.t(f"budget.bearer.{line['bearer']}"), "year": str(line["year"] or ""),
        "amount_ore": filters.amount(line["amount_ore"], texts.language),
    }  # fmt: skip


def for_budget(
    texts: Texts, rules: BudgetRules, lines: Sequence[Mapping[str, Any]], team: Sequence[Mapping[str, Any]],
    cost_kinds: Collection[str],
) -> dict[str, Any]:  # fmt: skip
    """What templates that show a budget are given; there is none where the call asks for none."""
    shown = budget_shown(rules, lines, team, cost_kinds, texts.language) if rules.asked else None
    return {"budget": shown, "budget_words": lambda line: words_of(texts, line)}


def figures_of(texts: Texts, shown: BudgetShown) -> dict[str, str]:
    """Every sum and every line in words, by the names under which the page shows them: what a saved field changes."""
    found = {f"budget.{bearer}": filters.money(shown.sums[bearer], texts.language) for bearer in Bearer}
    found |= {"budget.whole": filters.money(shown.whole_ore, texts.language), "budget.own_percent": shown.own_percent}
    for line in shown.lines:
        found |= {f"budget_line.{line['id']}.{name}": text for name, text in words_of(texts, line).items()}
    return found
