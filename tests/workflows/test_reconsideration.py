"""Trying an outcome again: in time or late, by others than the first time, and never around the ordinary decision (G30)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.samples import APPLICATION_FACTS, DECISION_FACTS, NOW, REQUEST_FACTS, act, person
from tests.workflows.walk import assert_sound, codes, taken
from workflows.application import APPLICATION, MOVE_OF_OUTCOME, ApplicationState
from workflows.calendar import day_in_oslo, working_days_between
from workflows.decision import DECISION, DECISIONS_BY_OTHERS, DecisionState, PersonTie
from workflows.engine import decide, options
from workflows.letter import LetterKind
from workflows.reconsideration import (
    ANSWERED,
    GRANTED,
    OPEN,
    RECONSIDERATION,
    TRIABLE,
    AskingFacts,
    ReconsiderationFacts,
    ReconsiderationState,
    against_asking,
    asked_until,
    due_on,
    last_day_to_remind_of,
    told_state,
)
from workflows.review import Conflict, ConflictKind
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES, AppealRules, Rules

S = ReconsiderationState
HANDLER = act(Role.CASE_HANDLER)
Regime = Literal["none", "reconsideration", "act"]


def under(regime: Regime) -> Rules:
    return replace(DEFAULT_RULES, appeal=AppealRules(regime=regime))


IN_TIME = REQUEST_FACTS
LATE = replace(REQUEST_FACTS, asked_at=REQUEST_FACTS.asked_until + timedelta(minutes=1))
APPEAL = replace(REQUEST_FACTS, rules=under("act"))


def unmet(name: str, state: S, facts: ReconsiderationFacts = IN_TIME, by: object = HANDLER) -> list[str]:
    return codes(decide(RECONSIDERATION, name, state, facts, by).unmet)  # type: ignore[arg-type]


def test_the_lifecycle_is_sound_and_every_line_of_it_can_be_taken() -> None:
    assert_sound(RECONSIDERATION)
    everybody = act(*Role, why="Fordi")
    found = set()
    for facts in (IN_TIME, LATE, APPEAL):
        found |= taken(RECONSIDERATION, lambda _, __, these=facts: these, lambda _: everybody)
    assert {(state, name) for state, name, _ in found} == {
        (str(state), each.name) for each in RECONSIDERATION.moves for state in each.sources
    }
    assert OPEN | ANSWERED | {S.WITHDRAWN} == set(S)


# --- until when ------------------------------------------------------------------------------------------------------


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 60))
def test_the_last_day_lies_so_many_working_days_after_the_letter_and_is_open_to_its_end(
    got_on: date, days: int
) -> None:
    until = asked_until(replace(DEFAULT_RULES, appeal=AppealRules(deadline_working_days=days)), got_on)
    assert until is not None
    assert working_days_between(got_on, day_in_oslo(until)) == days
    assert day_in_oslo(until + timedelta(minutes=1)) == day_in_oslo(until) + timedelta(days=1)


def test_easter_and_the_days_of_may_are_no_working_days() -> None:
    assert day_in_oslo(asked_until(DEFAULT_RULES, date(2026, 3, 27)) or NOW) == date(2026, 4, 22)
    assert day_in_oslo(asked_until(DEFAULT_RULES, date(2026, 4, 29)) or NOW) == date(2026, 5, 22)
    assert asked_until(under("none"), date(2026, 4, 29)) is None


def test_a_case_of_the_first_rules_keeps_its_calendar_days() -> None:
    first = replace(DEFAULT_RULES, version=1, appeal=AppealRules(deadline_days=21))
    assert day_in_oslo(asked_until(first, date(2026, 3, 27)) or NOW) == date(2026, 4, 17)


def test_the_scheme_answers_within_its_own_working_days() -> None:
    assert due_on(datetime(2026, 3, 27, 12, tzinfo=UTC), DEFAULT_RULES) == date(2026, 4, 29)


# --- asking ----------------------------------------------------------------------------------------------------------

ASKING = AskingFacts(
    rules=DEFAULT_RULES, application_state="rejected", letter_released_at=NOW, is_open=False, is_answered=False
)


@pytest.mark.parametrize("state", sorted(TRIABLE))
def test_an_outcome_that_has_been_told_can_be_tried_again(state: str) -> None:
    assert state in set(ApplicationState)
    assert not list(against_asking(replace(ASKING, application_state=state)))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(ASKING, rules=under("none")), "reconsideration.not_offered"),
        (replace(ASKING, letter_released_at=None), "reconsideration.no_outcome"),
        (replace(ASKING, is_open=True), "reconsideration.open_already"),
        (replace(ASKING, is_answered=True), "reconsideration.answered_already"),
        *(
            (replace(ASKING, application_state=str(state)), "reconsideration.no_outcome")
            for state in ApplicationState
            if state not in TRIABLE
        ),
    ],
)
def test_nothing_else_can(facts: AskingFacts, code: str) -> None:
    assert codes(against_asking(facts)) == [code]


# --- in time, and late ------------------------------------------------------------------------------------------------


def test_a_request_in_time_is_taken_up_and_never_dismissed() -> None:
    offered = {verdict.move for verdict in options(RECONSIDERATION, S.ASKED, IN_TIME, HANDLER)}
    assert offered == {"take_up", "withdraw"}
    assert unmet("take_up", S.ASKED) == []
    assert "reconsideration.not_late" in unmet("dismiss", S.ASKED)


def test_a_late_one_is_dismissed_with_reasons_or_taken_up_with_a_reason() -> None:
    offered = {verdict.move for verdict in options(RECONSIDERATION, S.ASKED, LATE, HANDLER)}
    assert offered == {"accept_late", "dismiss", "withdraw"}
    assert unmet("accept_late", S.ASKED, LATE) == ["step.why_missing"]
    assert unmet("accept_late", S.ASKED, LATE, act(Role.CASE_HANDLER, why="De var syke.")) == []
    assert unmet("dismiss", S.ASKED, replace(LATE, answer=" ")) == ["reconsideration.answer_missing"]
    assert unmet("dismiss", S.ASKED, LATE) == []


def test_the_last_minute_is_in_time() -> None:
    last = replace(IN_TIME, asked_at=IN_TIME.asked_until + timedelta(seconds=59))
    assert unmet("take_up", S.ASKED, last) == []


# --- by others --------------------------------------------------------------------------------------------------------

HANDLING = [each for each in RECONSIDERATION.moves if each.name != "withdraw"]
TOOK_PART = sorted(IN_TIME.first_round)


@pytest.mark.parametrize("one", HANDLING, ids=lambda each: each.name)
def test_nobody_of_the_first_round_makes_any_move(one: object) -> None:
    for who in ("Ola", "Birger", "Vegard"):
        by = act(*Role, who=who, why="Fordi")
        for facts in (IN_TIME, LATE, APPEAL):
            declared = replace(facts, declared_impartial=frozenset({person(who)}))
            for state in one.sources:  # type: ignore[attr-defined]
                assert "reconsideration.took_part" in unmet(one.name, state, declared, by)  # type: ignore[attr-defined]


@pytest.mark.parametrize("one", HANDLING, ids=lambda each: each.name)
def test_nobody_partial_makes_any_move(one: object) -> None:
    state = next(iter(one.sources))  # type: ignore[attr-defined]
    tie = PersonTie(person_id=person("Kari"), name="Kari", conflict=Conflict(kind=ConflictKind.SAME_UNIT))
    for facts, code in (
        (replace(IN_TIME, declared_impartial=frozenset()), "reconsideration.impartiality_undeclared"),
        (replace(IN_TIME, ties=(tie,)), "review.conflict"),
    ):
        assert code in unmet(one.name, state, facts)  # type: ignore[attr-defined]


PEOPLE = tuple(map(person, ("Kari", "Ola", "Birger", "Vegard", "Olav", "Marit")))


@given(first=st.frozensets(st.sampled_from(PEOPLE)), who=st.sampled_from(PEOPLE), state=st.sampled_from(S))
def test_for_every_pair_of_rounds_the_two_have_nobody_in_common(
    first: frozenset[object], who: object, state: S
) -> None:
    facts = replace(IN_TIME, first_round=first, declared_impartial=frozenset(PEOPLE))
    by = replace(act(*Role, why="Fordi"), person_id=who)
    for each in HANDLING:
        if decide(RECONSIDERATION, each.name, state, facts, by).allowed:
            assert who not in first
    decided = replace(
        DECISION_FACTS, application_state="reconsidered", first_round=first, declared_impartial=frozenset(PEOPLE),
    )  # fmt: skip
    for name in DECISIONS_BY_OTHERS:
        for at in DecisionState:
            if decide(DECISION, name, at, decided, by).allowed:
                assert who not in first
    dismissed = replace(APPLICATION_FACTS, first_round=first)
    if decide(APPLICATION, "dismiss", ApplicationState.SCREENING, dismissed, by).allowed:
        assert who not in first


# --- how it ends ------------------------------------------------------------------------------------------------------


def test_each_regime_ends_in_its_own_way() -> None:
    assert {each.move for each in options(RECONSIDERATION, S.CONSIDERING, IN_TIME, HANDLER)} == {
        "uphold", "change", "withdraw",
    }  # fmt: skip
    assert {each.move for each in options(RECONSIDERATION, S.CONSIDERING, APPEAL, HANDLER)} == {
        "send_on", "change", "withdraw",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["uphold", "change"])
def test_every_answer_has_reasons(name: str) -> None:
    assert "reconsideration.answer_missing" in unmet(name, S.CONSIDERING, replace(IN_TIME, answer="\n "))


def test_what_the_body_above_says_is_registered_whole() -> None:
    empty = replace(APPEAL, above_by="", above_on=None, above_reasons=" ")
    assert unmet("register_upheld", S.SENT_ON, empty) == [
        "reconsideration.above_missing", "reconsideration.above_day_missing", "reconsideration.above_reasons_missing",
    ]  # fmt: skip
    ahead = replace(APPEAL, above_on=NOW.date() + timedelta(days=1))
    assert unmet("register_changed", S.SENT_ON, ahead) == ["reconsideration.above_day_missing"]
    assert unmet("register_changed", S.SENT_ON, APPEAL) == []


def test_what_has_been_overtaken_is_not_changed() -> None:
    assert unmet("change", S.CONSIDERING, replace(IN_TIME, still_stands=False)) == ["reconsideration.overtaken"]


@given(
    granted=st.booleans(), outcome=st.sampled_from([*MOVE_OF_OUTCOME]), state=st.sampled_from(ApplicationState),
    name=st.sampled_from([each.name for each in APPLICATION.moves]),
)  # fmt: skip
def test_no_final_outcome_is_left_without_a_granted_request(
    granted: bool, outcome: object, state: ApplicationState, name: str
) -> None:
    facts = replace(
        APPLICATION_FACTS, request_granted=granted, decided_outcome=outcome, reviews_submitted=9,
        letter_released_at=NOW - timedelta(days=90),
    )  # fmt: skip
    verdict = decide(APPLICATION, name, state, facts, act(*Role, why="Fordi"))
    if state in (ApplicationState.REJECTED, ApplicationState.DISMISSED) and verdict.allowed:
        assert granted
        assert verdict.target in (ApplicationState.RECONSIDERED, ApplicationState.SCREENING)


@pytest.mark.parametrize("state", [ApplicationState.REJECTED, ApplicationState.DISMISSED])
def test_a_decision_is_not_prepared_on_a_final_outcome(state: ApplicationState) -> None:
    facts = replace(DECISION_FACTS, application_state=str(state))
    for name in DECISIONS_BY_OTHERS:
        for at in DecisionState:
            assert not decide(DECISION, name, at, facts, act(*Role, why="Fordi")).allowed


def test_while_a_request_is_open_an_award_is_neither_taken_nor_lost() -> None:
    told = replace(APPLICATION_FACTS, letter_released_at=NOW - timedelta(days=90), request_open=True)
    for name in ("accept", "decline", "lapse"):
        verdict = decide(APPLICATION, name, ApplicationState.AWARDED, told, act(*Role, why="Fordi"))
        assert codes(verdict.unmet) == ["application.request_open"]
    answered = replace(told, request_open=False, request_answered_at=NOW - timedelta(days=1))
    lapse = decide(APPLICATION, "lapse", ApplicationState.AWARDED, answered, act(*Role, why="Fordi"))
    assert codes(lapse.unmet) == ["application.acceptance_not_overdue"], "the days count anew from the answer"


def test_the_office_learns_the_answer_with_its_letter() -> None:
    for state in ANSWERED | {S.SENT_ON}:
        assert told_state(state, letter_released=True) == state
        assert told_state(state, letter_released=False) in (S.CONSIDERING, S.SENT_ON)
        assert told_state(state, letter_released=False) != state
    assert GRANTED < ANSWERED
    assert {str(each) for each in ANSWERED | {S.SENT_ON}} - {"dismissed"} <= set(map(str, LetterKind))


TOLD_AT = datetime(2027, 3, 8, 10, tzinfo=UTC)
TOLD = AskingFacts(
    rules=DEFAULT_RULES, application_state="rejected", letter_released_at=TOLD_AT, is_open=False, is_answered=False
)
LAST = date(2027, 4, 1)
"""Fifteen working days after the letter: Palm Sunday to Easter Monday has three days off in it."""


def test_an_office_is_reminded_some_working_days_before_its_last_day_to_disagree() -> None:
    days = [date(2027, 3, 8) + timedelta(days=each) for each in range(40)]
    reminded = [day for day in days if last_day_to_remind_of(TOLD, None, day)]
    assert {last_day_to_remind_of(TOLD, None, day) for day in reminded} == {LAST}
    assert reminded[0] == date(2027, 3, 24) and reminded[-1] == LAST, "Easter lies between"


@given(
    st.integers(1, 30), st.one_of(st.none(), st.integers(1, 40)), st.sampled_from(["none", "reconsideration", "act"]),
    st.lists(st.integers(0, 80), max_size=30), st.booleans(), st.sampled_from(sorted(ApplicationState)),
)  # fmt: skip
def test_nobody_is_reminded_twice_nor_too_late_nor_of_what_they_may_not(
    working: int, calendar: int | None, regime: Regime, after: list[int], is_open: bool, state: str
) -> None:
    appeal = AppealRules(regime=regime, deadline_working_days=working, deadline_days=calendar)
    facts = replace(TOLD, rules=replace(DEFAULT_RULES, appeal=appeal), is_open=is_open, application_state=state)
    reminded_of, times = None, 0
    for days in sorted(after):
        today = day_in_oslo(TOLD_AT) + timedelta(days=days)
        last = last_day_to_remind_of(facts, reminded_of, today)
        if last is not None:
            assert regime != "none" and not is_open and state in TRIABLE
            until = asked_until(facts.rules, day_in_oslo(TOLD_AT))
            assert until is not None and last == day_in_oslo(until) and day_in_oslo(TOLD_AT) < today <= last
            reminded_of, times = last, times + 1
    assert times <= 1
