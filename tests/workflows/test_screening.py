"""What the machine checks of an application that was sent: one at a time, each with what it found and in every language."""

from __future__ import annotations

from datetime import date, timedelta
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.texts.i18n import LANGUAGES, LOCALES, Texts, read_catalogue
from tests.workflows.samples import ANSWERS, APPLICATION_FACTS, DEADLINE, NOW, person
from workflows.application import ApplicationFacts
from workflows.budget import BudgetLine, applied_ore
from workflows.budget_rules import BudgetRules
from workflows.file import FileState
from workflows.judging import JUDGEMENTS
from workflows.places import PLACES
from workflows.screening import (
    MACHINE_CHECKS,
    Finding,
    OtherApplication,
    Outcome,
    ScreeningFacts,
    SentFile,
    Unanswered,
    machine_checks,
)
from workflows.team import content_to_endorse

HOLDS, JUDGE, FAILS = Outcome.HOLDS, Outcome.JUDGE, Outcome.FAILS
TODAY = date(2026, 2, 3)
SENT = ScreeningFacts(
    application=APPLICATION_FACTS, first_sent_at=NOW, last_sent_at=NOW, today=TODAY, frame_ore=500_000_000,
    frame_hours=800, files=(SentFile(name="plan.pdf", state=FileState.CLEAN),),
)  # fmt: skip
OTHER = OtherApplication(id=person("other"), reference="2026-0002", unit="Nav Klepp-Time", percent=80)
OWED = Unanswered(
    case_id=person("project"), reference="2024-0001", kind="milestone", what="M8", due_on=date(2026, 2, 2)
)


def with_application(**changes: Any) -> ScreeningFacts:
    return replace(SENT, application=replace(APPLICATION_FACTS, **changes))


def answering(**answers: Any) -> ApplicationFacts:
    changed = {**ANSWERS, **answers}
    endorsed = content_to_endorse(changed, APPLICATION_FACTS.team)
    return replace(APPLICATION_FACTS, answers=changed, endorsed_content=endorsed)


def troubled(facts: ScreeningFacts) -> dict[str, tuple[Outcome, list[str]]]:
    """The checks that do not hold, with the codes of what they found."""
    return {
        each.name: (each.outcome, [reason.code for reason in each.reasons])
        for each in machine_checks(facts)
        if each.outcome is not HOLDS
    }


LINE = BudgetLine(id=person("line"), cost_kind="travel", description="Reiser", amount_ore=100_00, bearer="scheme")


def budgeted(*lines: BudgetLine, **rules: Any) -> ScreeningFacts:
    """An application to a call that asks for a budget and pays for travel."""
    answers = {**ANSWERS, "amount_ore": applied_ore(lines) or 0}
    facts = replace(
        APPLICATION_FACTS, answers=answers, budget=lines, cost_kinds=("travel",),
        rules=replace(APPLICATION_FACTS.rules, budget=BudgetRules(asked=True, **rules)),
        endorsed_content=content_to_endorse(answers, APPLICATION_FACTS.team, (), lines),
    )  # fmt: skip
    return replace(SENT, application=facts, cost_kinds=("travel",))


TEAM = APPLICATION_FACTS.team
CASES: dict[str, tuple[ScreeningFacts, str, Outcome, list[str]]] = {
    "late": (
        replace(SENT, first_sent_at=DEADLINE + timedelta(minutes=1), last_sent_at=DEADLINE + timedelta(minutes=1)),
        "sent_in_time", FAILS, ["application.too_late"],
    ),
    "completed late": (
        replace(with_application(completion_until=NOW), last_sent_at=NOW + timedelta(days=1)),
        "completed_in_time", JUDGE, ["application.completion_too_late"],
    ),
    "no office": (with_application(unit_eligible=False), "unit_may_apply", FAILS, ["application.unit_not_eligible"]),
    "unanswered": (
        replace(SENT, application=answering(plan="")), "answers_complete", FAILS, ["form.question_unanswered"]
    ),
    "nothing works": (with_application(deviances=()), "answers_complete", FAILS, ["application.deviance_missing"]),
    "no answer": (
        with_application(team=(*TEAM[:2], replace(TEAM[2], answer=""))), "team_filled_and_confirmed", FAILS,
        ["application.member_not_confirmed"],
    ),
    "not endorsed": (
        with_application(endorsed_content=None), "endorsed_by_leader", FAILS, ["application.not_endorsed"]
    ),
    "too much": (replace(SENT, frame_ore=1), "within_the_frame", FAILS, ["screening.above_frame"]),
    "too long": (replace(SENT, frame_hours=1), "within_the_frame", FAILS, ["screening.above_hours"]),
    "costs": (
        replace(SENT, application=answering(spent_on="Reiser"), cost_kinds=("travel", "time")), "costs_allowed", JUDGE,
        ["screening.cost_kinds"],
    ),
    "costs untold": (
        replace(SENT, cost_kinds=("travel",)), "costs_allowed", JUDGE,
        ["screening.spending_untold", "screening.cost_kinds"],
    ),
    "not paid for": (
        budgeted(LINE, replace(LINE, cost_kind="equipment")), "costs_allowed", FAILS, ["application.line_not_paid_for"]
    ),
    "no budget": (budgeted(), "budget_filled", FAILS, ["application.budget_missing"]),
    "above the most": (
        budgeted(LINE, most_ore=99_00), "within_the_limits", FAILS, ["application.amount_above_most"]
    ),
    "too little of one's own": (
        budgeted(LINE, replace(LINE, bearer="office", amount_ore=9_99), own_share_basis_points=1_000),
        "within_the_limits", FAILS, ["application.own_share_too_small"],
    ),
    "infected": (
        replace(SENT, files=(SentFile(name="a", state=FileState.INFECTED), SentFile(name="b", state=FileState.UNSCANNED))),
        "attachments_sound", FAILS, ["screening.file_infected", "screening.file_unscanned"],
    ),
    "waits": (
        replace(SENT, files=(SentFile(name="a", state=FileState.UPLOADED),)), "attachments_sound", JUDGE,
        ["screening.file_waits"],
    ),
    "twice": (replace(SENT, earlier=(OTHER,)), "only_one_in_the_call", JUDGE, ["screening.another_in_call"]),
    "owes a report": (replace(SENT, unanswered=(OWED,)), "nothing_overdue", JUDGE, ["screening.overdue_milestone"]),
    "owes a measurement": (
        replace(SENT, unanswered=(replace(OWED, kind="measurement", due_on=TODAY - timedelta(days=31)),)),
        "nothing_overdue", JUDGE, ["screening.overdue_measurement"],
    ),
    "alike": (replace(SENT, alike=(OTHER,)), "like_no_other", JUDGE, ["screening.alike"]),
}  # fmt: skip


def test_nothing_is_found_where_all_is_well() -> None:
    assert troubled(SENT) == {}
    assert len({each.name for each in MACHINE_CHECKS}) == len(MACHINE_CHECKS) == 14


@pytest.mark.parametrize("name", CASES)
def test_each_trouble_is_found_by_its_check_and_by_no_other(name: str) -> None:
    facts, check, outcome, codes = CASES[name]
    found = troubled(facts)
    if check == "team_filled_and_confirmed":
        found.pop("endorsed_by_leader", None)
    assert found == {check: (outcome, codes)}


def test_every_check_has_a_trouble_here() -> None:
    assert {each.name for each in MACHINE_CHECKS} == {check for _, check, _, _ in CASES.values()}


@pytest.mark.parametrize(
    "facts",
    [
        replace(SENT, unanswered=(replace(OWED, due_on=TODAY),)),
        replace(SENT, unanswered=(replace(OWED, kind="measurement", due_on=TODAY - timedelta(days=30)),)),
        replace(SENT, alike=(replace(OTHER, percent=49),)),
        replace(SENT, application=answering(amount_ore=0), cost_kinds=("travel",)),
        budgeted(LINE, replace(LINE, cost_kind="equipment", bearer="office")),
        budgeted(LINE, replace(LINE, bearer="others"), most_ore=100_00, own_share_basis_points=5_000),
        replace(SENT, frame_ore=ANSWERS["amount_ore"], frame_hours=ANSWERS["hours"]),
        replace(SENT, first_sent_at=DEADLINE + timedelta(seconds=59), last_sent_at=DEADLINE + timedelta(seconds=59)),
    ],
)
def test_what_just_holds_holds(facts: ScreeningFacts) -> None:
    assert troubled(facts) == {}


def test_grace_and_a_longer_deadline_count() -> None:
    late = replace(SENT, first_sent_at=DEADLINE + timedelta(minutes=5), last_sent_at=DEADLINE + timedelta(minutes=5))
    rules = APPLICATION_FACTS.rules
    graced = replace(rules, deadlines=replace(rules.deadlines, grace_minutes=5))
    assert "sent_in_time" in troubled(late)
    assert troubled(replace(late, application=replace(APPLICATION_FACTS, rules=graced))) == {}
    longer = replace(APPLICATION_FACTS, extended_until=DEADLINE + timedelta(days=1))
    assert troubled(replace(late, application=longer)) == {}


@given(st.lists(st.sampled_from(sorted(CASES)), max_size=6, unique=True))
def test_the_worst_that_was_found_is_the_outcome(names: list[str]) -> None:
    for facts in (CASES[name][0] for name in names):
        for each in machine_checks(facts):
            assert (each.outcome is HOLDS) == (not each.reasons)


def broken() -> list[Finding]:
    return [each for facts, *_ in CASES.values() for each in machine_checks(facts)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_words_and_a_place(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = read_catalogue(LOCALES / language)
    texts = Texts(language, catalogue)
    monkeypatch.setattr("app.texts.i18n._strict", True)
    for key in JUDGEMENTS:
        assert {f"judgement.{key}", f"judgement.short.{key}"} <= catalogue.keys()
    for finding in broken():
        said = [texts.t(f"screening.check.{finding.name}"), texts.t(f"screening.outcome.{finding.outcome}")]
        said.append(texts.t(f"screening.told.{finding.name}", **finding.told))
        for reason in finding.reasons:
            said.append(texts.t(reason.code, **reason.parameters))
            names = {name for _, name, _, _ in Formatter().parse(catalogue[reason.code][-1]) if name}
            assert names <= set(reason.parameters)
            assert reason.place in PLACES and reason.who
        assert all("{" not in sentence and "_" not in sentence for sentence in said), said
