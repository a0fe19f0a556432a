"""What each diamond asks for, in four, four and three lines, and the close: each done, waived, not begun or missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Literal

import msgspec

from workflows import project_gates as gates
from workflows.engine import Act, Reason, Requirement
from workflows.project import ProjectState
from workflows.project_facts import ProjectFacts

S = ProjectState


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a checklist: its key, and the rules of the gates that say when it is done."""

    key: str
    rules: tuple[Requirement, ...]
    begun: Callable[[ProjectFacts], Iterable[Reason]] | None = None
    """What is not there yet, where the rules let a project through that has done nothing of it."""


def _change_written(facts: ProjectFacts) -> Iterator[Reason]:
    """A change of practice is written: no gate asks for one, but without any nothing is developed or changed (S17)."""
    if not facts.changes:
        yield Reason(code="project.no_change_written", place="project.changes", who=gates.TEAM)


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """What one diamond asks for, or the close, and the steps it is done in."""

    diamond: int
    steps: tuple[ProjectState, ...]
    lines: tuple[Line, ...]


CHECKLISTS = (
    Checklist(diamond=1, steps=(S.DIAGNOSE_OPEN, S.DIAGNOSE_CLOSE), lines=(
        Line(key="success", rules=(gates.success_named_and_ranked,)),
        Line(key="challenges", rules=(gates.insight_from_all_parties, gates.challenge_picture_written)),
        Line(key="analysis", rules=(gates.findings_validated,)),
        Line(key="statement", rules=(gates.statement_reconfirmed,)),
    )),
    Checklist(diamond=2, steps=(S.PLATFORM_OPEN, S.PLATFORM_CLOSE), lines=(
        Line(key="explore", rules=(gates.gatherings_attended,)),
        Line(key="concepts", rules=(gates.concepts_chosen, gates.concepts_checked_against_deviances)),
        Line(key="anchor", rules=(gates.concepts_placed_in_the_system, gates.anchoring_planned)),
        Line(key="benefits", rules=(gates.benefit_map_reaches_a_goal, gates.benefit_plan_approved)),
    )),
    Checklist(diamond=3, steps=(S.IMPLEMENT_OPEN, S.IMPLEMENT_CLOSE), lines=(
        Line(key="implement", rules=(gates.pilots_tried,)),
        Line(key="develop", rules=(
            gates.changes_gone_live, gates.due_measurements_reported, gates.due_milestones_approved,
        ), begun=_change_written),
        Line(key="share", rules=(gates.experiences_shared, gates.learning_written)),
    )),
)  # fmt: skip
"""The seed's lists, four, four and three lines, apart from the two steps of each diamond (S15, S16, S17)."""


CLOSING = Checklist(diamond=4, steps=(S.CLOSING,), lines=(
    Line(key="report", rules=(gates.report_and_accounts_approved,)),
    Line(key="milestones", rules=(gates.every_milestone_settled, gates.payments_of_waived_milestones_answered)),
    Line(key="money", rules=(gates.unspent_money_returned,)),
    Line(key="hand_over", rules=(gates.every_benefit_handed_over,)),
))  # fmt: skip
"""What the close asks for after the diamonds: the whole of its gate (DESIGN 2.2)."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """How one line stands, with all that is missing for it."""

    key: str
    status: Literal["done", "waived", "not_begun", "missing"]
    missing: tuple[Reason, ...] = ()


def checked(
    checklist: Checklist, facts: ProjectFacts, act: Act, waived: Collection[str] = frozenset()
) -> tuple[Checked, ...]:
    """How each line of a checklist stands; what is waived for the project is not missed."""
    found = []
    for line in checklist.lines:
        unmet = {rule: tuple(rule.check(facts, act)) for rule in line.rules}
        open_ones = [rule for rule, reasons in unmet.items() if reasons]
        in_force = [rule for rule in open_ones if rule.waivable_by and rule.name in waived]
        missing = tuple(reason for rule in open_ones if rule not in in_force for reason in unmet[rule])
        absent = tuple(line.begun(facts)) if line.begun else ()
        if missing:
            found.append(Checked(key=line.key, status="missing", missing=(*missing, *absent)))
        elif absent:
            found.append(Checked(key=line.key, status="not_begun", missing=absent))
        else:
            found.append(Checked(key=line.key, status="waived" if in_force else "done"))
    return tuple(found)
