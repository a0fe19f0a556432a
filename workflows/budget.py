"""What a project is to cost, line by line: of which kind, in which year, and who bears it (R4, R5, R24)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.budget_rules import BudgetRules
from workflows.engine import Reason
from workflows.money import WHOLE, basis_points_of, divided
from workflows.roles import Role

COST_KINDS = ("competence", "time", "travel", "sharing", "equipment")
"""The kinds of costs; which of them a call pays for it says itself."""

MOST_LINES = 50
WRITERS = (Role.COORDINATOR, Role.LEADER, Role.CORE_TEAM)
PLACE = "application.budget"


class Bearer(StrEnum):
    """Who bears a cost: the scheme that is applied to, the office by its own effort, or others."""

    SCHEME = "scheme"
    OFFICE = "office"
    OTHERS = "others"


class BudgetLine(msgspec.Struct, frozen=True, kw_only=True):
    """One cost; its year is that in which it falls, where the project spans several."""

    id: UUID
    cost_kind: str
    description: str
    amount_ore: int
    bearer: str
    year: int | None = None


def borne(lines: Sequence[BudgetLine]) -> dict[Bearer, int]:
    """What each bears of it all, in øre."""
    return {bearer: sum(line.amount_ore for line in lines if line.bearer == bearer) for bearer in Bearer}


def applied_ore(lines: Sequence[BudgetLine]) -> int | None:
    """The amount applied for: what the scheme is to bear; None while there are no lines at all."""
    return borne(lines)[Bearer.SCHEME] if lines else None


def paid_kinds(named: Collection[str]) -> tuple[str, ...]:
    """The kinds of costs that a call pays for: those it names, or all of them where it names none."""
    return tuple(kind for kind in COST_KINDS if kind in named) if named else COST_KINDS


def _reason(code: str, **parameters: str | int) -> Reason:
    return Reason(code=code, parameters=parameters, place=PLACE, who=WRITERS)


def against_paying(cost_kind: str, bearer: str, named: Collection[str]) -> Iterator[Reason]:
    """What keeps the scheme from bearing a cost of that kind; whatever the office or others bear is theirs to choose."""
    if bearer == Bearer.SCHEME and cost_kind not in paid_kinds(named):
        keys = " ".join(f"calls.cost.{kind}" for kind in paid_kinds(named))
        yield _reason("application.cost_not_paid_for", kind_key=f"calls.cost.{cost_kind}", cost_keys=keys)


def lacking(rules: BudgetRules, lines: Sequence[BudgetLine]) -> Iterator[Reason]:
    """What a budget lacks that is asked for: any line at all, and the year of each where years are asked for."""
    if not rules.asked:
        return
    if not lines:
        yield _reason("application.budget_missing")
    if rules.by_year:
        for line in lines:
            if line.year is None:
                yield _reason("application.budget_line_without_year", name=line.description, id=str(line.id))


def not_paid_for(rules: BudgetRules, lines: Sequence[BudgetLine], named: Collection[str]) -> Iterator[Reason]:
    """Every line that the scheme is to bear and the call does not pay for."""
    if not rules.asked:
        return
    for line in lines:
        for _ in against_paying(line.cost_kind, line.bearer, named):
            yield _reason(
                "application.line_not_paid_for", name=line.description, kind_key=f"calls.cost.{line.cost_kind}",
                amount_ore=line.amount_ore, id=str(line.id),
            )  # fmt: skip


def above_most(rules: BudgetRules, asked_ore: int) -> Iterator[Reason]:
    """That more is applied for than the call gives one application at most; without lines too."""
    if rules.most_ore and asked_ore > rules.most_ore:
        place = PLACE if rules.asked else "application.plan"
        parameters: dict[str, str | int] = {"asked_ore": asked_ore, "most_ore": rules.most_ore}
        yield Reason(code="application.amount_above_most", parameters=parameters, place=place, who=WRITERS)


def own_share(lines: Sequence[BudgetLine]) -> int:
    """The share of the costs that the office and others bear, in basis points."""
    sums = borne(lines)
    whole = sum(sums.values())
    return basis_points_of(whole - sums[Bearer.SCHEME], whole)


def own_share_too_small(rules: BudgetRules, lines: Sequence[BudgetLine]) -> Iterator[Reason]:
    """That the office and others bear less of the costs than the call asks for; a share is compared to the øre."""
    sums = borne(lines)
    whole = sum(sums.values())
    theirs, needed = whole - sums[Bearer.SCHEME], rules.own_share_basis_points
    if rules.asked and whole and theirs * WHOLE < needed * whole:
        least_ore = -(-needed * whole // WHOLE)
        yield _reason("application.own_share_too_small", borne_ore=theirs, least_ore=least_ore, whole_ore=whole)


class KindBudget(msgspec.Struct, frozen=True, kw_only=True):
    """The budget of one kind of cost: what was applied for, what of it is awarded, and what others bear."""

    cost_kind: str
    applied_ore: int
    awarded_ore: int
    office_ore: int
    others_ore: int


def per_kind(
    lines: Sequence[BudgetLine], awarded_ore: int, granted: Mapping[str, int] | None = None
) -> tuple[KindBudget, ...]:
    """A budget by its kinds of costs, in their order; an award is spread as what was applied for, to the øre.

    Or as `granted`: the budget by its kinds that the last granted change made of it. What is awarded where nothing was
    applied for belongs to no kind.
    """
    there = {line.cost_kind for line in lines} | {kind for kind, ore in (granted or {}).items() if ore}
    kinds = [kind for kind in COST_KINDS if kind in there]
    sums = [borne([line for line in lines if line.cost_kind == kind]) for kind in kinds]
    applied = [each[Bearer.SCHEME] for each in sums]
    weights = applied if granted is None else [granted.get(kind, 0) for kind in kinds]
    awarded = divided(awarded_ore, weights) if any(weights) else [0] * len(kinds)
    return tuple(
        KindBudget(
            cost_kind=kind, applied_ore=asked, awarded_ore=given, office_ore=each[Bearer.OFFICE],
            others_ore=each[Bearer.OTHERS],
        )
        for kind, asked, given, each in zip(kinds, applied, awarded, sums, strict=True)
    )  # fmt: skip


def content(lines: Sequence[BudgetLine]) -> list[tuple[str, str, int, int]]:
    """What somebody stands behind in a budget: who bears how much, of what kind and when, in whichever words (G7)."""
    return sorted((line.bearer, line.cost_kind, line.year or 0, line.amount_ore) for line in lines)
