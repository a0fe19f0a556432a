"""What each diamond asks for: four, four and three lines, each of them a rule that a gate holds."""

from __future__ import annotations

import pytest

from tests.workflows.test_project import ACT, COMPLETE, broken
from workflows.checklist import CHECKLISTS, checked
from workflows.project import PROJECT, STEPS
from workflows.project_facts import ProjectFacts


def test_the_seeds_lists_have_four_four_and_three_lines_over_the_six_steps() -> None:
    assert [len(each.lines) for each in CHECKLISTS] == [4, 4, 3]
    assert tuple(step for each in CHECKLISTS for step in each.steps) == STEPS


def test_every_line_is_held_by_a_gate_that_leaves_a_step_of_its_diamond() -> None:
    for each in CHECKLISTS:
        held = {rule for move in PROJECT.moves if set(move.sources) & set(each.steps) for rule in move.requires}
        assert all(set(line.rules) <= held for line in each.lines), each.diamond


def test_in_a_complete_project_every_line_is_done() -> None:
    assert {line.status for each in CHECKLISTS for line in checked(each, COMPLETE, ACT)} == {"done"}


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("success", broken(success_statements=0)),
        ("challenges", broken(texts=frozenset({"anchoring_plan"}))),
        ("analysis", broken(unvalidated_findings=1)),
        ("statement", broken(statement_confirmed=False)),
        ("explore", broken(gatherings_attended=frozenset({1}))),
        ("concepts", broken(chosen=())),
        ("anchor", broken(texts=frozenset({"challenge_picture"}))),
        ("benefits", broken(plan_approved=False)),
        ("implement", broken(pilots=0)),
        ("share", broken(shared_experiences=0)),
    ],
)
def test_what_is_missing_stands_on_its_own_line_with_who_and_where(key: str, facts: ProjectFacts) -> None:
    lines = [line for each in CHECKLISTS for line in checked(each, facts, ACT)]
    assert [line.key for line in lines if line.status == "missing"] == [key]
    missing = next(line.missing for line in lines if line.key == key)
    assert all(reason.place and reason.who for reason in missing)


def test_only_what_may_be_waived_is_not_missed_when_it_is() -> None:
    facts = broken(gatherings_attended=frozenset(), plan_approved=False)
    status = {line.key: line.status for line in checked(CHECKLISTS[1], facts, ACT, {"gatherings_attended",
                                                                                     "benefit_plan_approved"})}  # fmt: skip
    assert (status["explore"], status["benefits"]) == ("waived", "missing")
