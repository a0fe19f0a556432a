"""What each diamond asks for: four, four and three lines, each of them a rule that a gate holds."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.workflows.test_project import ACT, BENEFIT, COMPLETE, TODAY, broken
from workflows.checklist import CHECKLISTS, CLOSING, checked
from workflows.engine import decide
from workflows.project import PROJECT, STEPS
from workflows.project_facts import ChangeSeen, ProjectFacts


def test_the_seeds_lists_have_four_four_and_three_lines_over_the_six_steps() -> None:
    assert [len(each.lines) for each in CHECKLISTS] == [4, 4, 3]
    assert tuple(step for each in CHECKLISTS for step in each.steps) == STEPS


def test_every_line_is_held_by_a_gate_that_leaves_a_step_of_its_diamond() -> None:
    for each in CHECKLISTS:
        held = {rule for move in PROJECT.moves if set(move.sources) & set(each.steps) for rule in move.requires}
        assert all(set(line.rules) <= held for line in each.lines), each.diamond


def test_the_list_of_the_close_is_its_gate() -> None:
    held = [rule for line in CLOSING.lines for rule in line.rules]
    assert held == [rule for rule in PROJECT.move("close").requires if rule.name != "milestones_of_the_gate_approved"]


def test_a_change_that_is_still_to_go_live_is_not_missed() -> None:
    ahead = broken(changes=(ChangeSeen(title="Ny samtale", planned_live_on=TODAY + timedelta(days=1), is_live=False),))
    assert {line.status for line in checked(CHECKLISTS[2], ahead, ACT)} == {"done"}


def test_in_a_complete_project_every_line_is_done() -> None:
    assert {line.status for each in (*CHECKLISTS, CLOSING) for line in checked(each, COMPLETE, ACT)} == {"done"}


def test_to_develop_and_change_is_not_said_to_be_done_where_no_change_is_written() -> None:
    develop = next(line for line in checked(CHECKLISTS[2], broken(changes=()), ACT) if line.key == "develop")
    assert develop.status == "not_begun"
    assert [reason.code for reason in develop.missing] == ["project.no_change_written"]
    assert all(reason.place and reason.who for reason in develop.missing)
    assert decide(PROJECT, "close_diamond_3", "implement_close", broken(changes=()), ACT).allowed, (
        "no gate asks for one"
    )
    late = broken(
        changes=(), milestones=(msgspec.structs.replace(COMPLETE.milestones[0], due_on=TODAY, settled=False),)
    )
    develop = next(line for line in checked(CHECKLISTS[2], late, ACT) if line.key == "develop")
    assert (develop.status, len(develop.missing)) == ("missing", 2)


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
        ("develop", broken(changes=(ChangeSeen(title="Ny samtale", planned_live_on=TODAY, is_live=False),))),
        ("share", broken(shared_experiences=0)),
        ("report", broken(accounts_approved=False)),
        ("milestones", broken(unanswered_payments=("M4",))),
        ("money", broken(unreturned_ore=1)),
        ("hand_over", broken(benefits=(msgspec.structs.replace(BENEFIT, handed_over=False),))),
    ],
)
def test_what_is_missing_stands_on_its_own_line_with_who_and_where(key: str, facts: ProjectFacts) -> None:
    lines = [line for each in (*CHECKLISTS, CLOSING) for line in checked(each, facts, ACT)]
    assert [line.key for line in lines if line.status == "missing"] == [key]
    missing = next(line.missing for line in lines if line.key == key)
    assert all(reason.place and reason.who for reason in missing)


def test_only_what_may_be_waived_is_not_missed_when_it_is() -> None:
    facts = broken(gatherings_attended=frozenset(), plan_approved=False)
    status = {line.key: line.status for line in checked(CHECKLISTS[1], facts, ACT, {"gatherings_attended",
                                                                                     "benefit_plan_approved"})}  # fmt: skip
    assert (status["explore"], status["benefits"]) == ("waived", "missing")
