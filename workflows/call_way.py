"""The way of a case under the rules of one call, from the application to the last measurement: a drawing's contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from workflows.rule_fields import altered, field_at
from workflows.rules import GATES, Rules

MOVE_OF_GATE: Mapping[str, str] = dict(
    zip(
        GATES,
        ("start", "define_challenge", "close_diamond_1", "choose_concepts", "close_diamond_2", "evaluate_pilots",
         "close_diamond_3", "close", "end"),
        strict=True,
    )
)  # fmt: skip
"""The step of a project that each gate guards."""

BEFORE_PROJECT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("application", ("team.minimum", "team.roles", "team.leader_endorses", "team.members_confirm", "budget.asked",
                     "budget.most_ore", "budget.own_share_basis_points", "benefits.minimum", "deadlines.grace_minutes")),
    ("screening", ("screening.judged", "deadlines.completion_days")),
    ("review", ("reviews.needed", "reviews.working_days", "reviews.spread_limit", "reviews.reason_minimum",
                "reviews.cooperation_months")),
    ("decision", ("appeal.regime", "appeal.deadline_working_days", "appeal.handling_working_days")),
    ("acceptance", ("deadlines.acceptance_days",)),
)  # fmt: skip
"""What leads to a project, and the rules that each part of it goes by."""

AT_GATE: Mapping[str, tuple[str, ...]] = {
    "start": ("clarifications.at_start", "clarifications.released", "gates.modules_at_start"),
    "close_diagnose_opening": ("gates.insight_parties", "gates.success_statements"),
    "close_diamond_1": ("gates.findings_minimum", "clarifications.at_close_diamond_1"),
    "close_platform_opening": ("gates.gatherings", "gates.ideas_minimum", "gates.concepts_minimum"),
    "close_diamond_2": ("clarifications.at_close_diamond_2", "gates.modules_at_close_diamond_2", "benefits.goals"),
    "close_implement_opening": ("gates.pilots_minimum",),
    "close_diamond_3": (
        "gates.shared_experiences_minimum",
        "gates.learning_points_minimum",
        "clarifications.at_close_diamond_3",
    ),
    "close": (),
    "end": ("benefits.follow_up_months",),
}
"""The rules that each gate of a project goes by, beside those of the milestones that hold it shut."""


class WayMilestone(msgspec.Struct, frozen=True):
    """A milestone on the way: which, and the share of the award that is released with it, in basis points."""

    key: str
    share_basis_points: int
    is_altered: bool


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the way: a part of the case handling, or the step of a project behind a gate."""

    key: str
    move: str = ""
    rules: tuple[str, ...]
    """Paths of the rules that it goes by."""
    milestones: tuple[WayMilestone, ...] = ()
    """Those that hold the gate shut until they are approved."""
    altered: frozenset[str] = frozenset()
    """Paths among `rules` in which the call leaves the scheme's own."""


def way(rules: Rules) -> Iterator[Stage]:
    """The stages of a case under these rules, in their order; milestones that hold no gate shut stand at the end."""
    changed = {field.path for field in altered(rules)}
    moved = {path.split(".")[1] for path in changed if path.startswith("milestones.")}

    def milestones(gate: str) -> tuple[WayMilestone, ...]:
        found = [rule for rule in rules.milestones if rule.blocks == gate]
        return tuple(WayMilestone(rule.key, rule.share_basis_points, rule.key in moved) for rule in found)

    for key, paths in BEFORE_PROJECT:
        yield Stage(key=key, rules=paths, altered=frozenset(changed.intersection(paths)))
    for gate in GATES:
        paths = AT_GATE[gate]
        move = MOVE_OF_GATE[gate]
        shut_by = milestones(gate)
        yield Stage(
            key=gate, move=move, rules=paths, milestones=shut_by, altered=frozenset(changed.intersection(paths))
        )
    if loose := milestones(""):
        yield Stage(key="loose", rules=(), milestones=loose)


for _paths in (*(paths for _, paths in BEFORE_PROJECT), *AT_GATE.values()):
    for _path in _paths:
        field_at(_path)  # a path that is misspelt stops the program here
