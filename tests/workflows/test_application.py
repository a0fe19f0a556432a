"""An application is sent when it is whole and in time, and decided only as the decision says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.samples import ANSWERS, APPLICATION_FACTS, DEADLINE, NOW, OPENS, TEAM, act, person
from tests.workflows.walk import assert_sound, codes, reachable, taken
from workflows.application import (
    APPLICATION,
    AWARDS,
    BEFORE_DECISION,
    MOVE_OF_OUTCOME,
    ApplicationFacts,
    ApplicationState,
    PositiveDeviance,
    advice,
)
from workflows.calendar import from_oslo
from workflows.decision import Outcome
from workflows.engine import Act, decide
from workflows.judging import JUDGEMENTS
from workflows.roles import Role
from workflows.rules import ScreeningRules
from workflows.team import content_to_endorse
from workflows.telling import applicant_state

S = ApplicationState
COORDINATOR = act(Role.COORDINATOR)
DECIDER = act(Role.DECISION_MAKER, why="Because")
LEADER, KEEPER, MEMBER = TEAM
(BENEFIT,) = APPLICATION_FACTS.benefits


def unmet(name: str, state: S, facts: ApplicationFacts, who: Act = COORDINATOR) -> list[str]:
    """What is missing for a move."""
    return codes(decide(APPLICATION, name, state, facts, who).unmet)


def with_answers(**answers: Any) -> ApplicationFacts:
    """The whole application with some answers changed, endorsed as it is then."""
    changed = {**ANSWERS, **answers}
    return replace(APPLICATION_FACTS, answers=changed, endorsed_content=content_to_endorse(changed, TEAM))


def with_team(*team: Any) -> ApplicationFacts:
    """The whole application with another team, endorsed as it is then."""
    return replace(APPLICATION_FACTS, team=team, endorsed_content=content_to_endorse(ANSWERS, team))


UNASKED = replace(APPLICATION_FACTS.rules, team=replace(APPLICATION_FACTS.rules.team, members_confirm=False))
"""Rules of a call whose teams are not asked."""


def test_the_lifecycle_is_sound() -> None:
    assert_sound(APPLICATION)


def test_a_whole_application_can_be_sent_by_those_who_answer_for_it() -> None:
    for role, may in (
        (Role.COORDINATOR, True),
        (Role.LEADER, True),
        (Role.CORE_TEAM, False),
        (Role.CASE_HANDLER, False),
    ):
        assert decide(APPLICATION, "submit", S.DRAFT, APPLICATION_FACTS, act(role)).allowed is may


def test_an_empty_application_is_told_everything_at_once() -> None:
    empty = replace(
        APPLICATION_FACTS, answers={}, deviances=(), team=(), benefits=(), endorsed_content=None, unit_eligible=False
    )
    found = unmet("submit", S.DRAFT, empty)
    assert found.count("form.question_unanswered") == 16
    assert set(found) == {
        "form.question_unanswered", "application.deviance_missing", "application.team_too_small",
        "application.team_role_missing", "application.benefits_too_few", "application.not_endorsed",
        "application.unit_not_eligible",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (with_answers(problem_statement=" "), ["form.question_unanswered"]),
        (with_answers(basis=[]), ["form.question_unanswered"]),
        (with_answers(basis=["insight"]), ["form.question_unanswered"]),
        (with_answers(risk="high"), ["form.question_unanswered"]),
        (with_answers(has_partners=True), ["form.question_unanswered"]),
        (with_answers(amount_ore=None), ["form.question_unanswered"]),
        (with_answers(amount_ore=0, hours=0), []),
        (with_answers(hours=-1), ["application.answer_invalid"]),
        (with_answers(background="x" * 4001), ["application.answer_invalid"]),
        (with_answers(shoe_size=43), ["application.answer_unknown"]),
        (replace(APPLICATION_FACTS, deviances=()), ["application.deviance_missing"]),
        (
            replace(
                APPLICATION_FACTS, deviances=(PositiveDeviance(rank=1, text="a"), PositiveDeviance(rank=1, text="b"))
            ),
            ["application.deviance_rank_twice"],
        ),
        (with_team(LEADER, KEEPER), ["application.team_too_small", "application.team_role_missing"]),
        (with_team(LEADER, MEMBER, replace(MEMBER, id=person("m4"))), ["application.team_role_missing"]),
        (with_team(LEADER, KEEPER, MEMBER, replace(MEMBER, name="")), ["application.member_without_name"]),
        (
            with_team(LEADER, KEEPER, MEMBER, replace(MEMBER, role=None, answered_for=":4")),
            ["application.member_without_role"],
        ),
        (
            with_team(LEADER, KEEPER, replace(MEMBER, weekly_hours=0, answered_for="core_team:0")),
            ["application.member_without_hours"],
        ),
        (with_team(LEADER, KEEPER, replace(MEMBER, answer="")), ["application.member_not_confirmed"]),
        (with_team(LEADER, KEEPER, replace(MEMBER, answer="no")), ["application.member_declined"]),
        (with_team(LEADER, KEEPER, replace(MEMBER, weekly_hours=6)), ["application.member_confirmed_other"]),
        (with_team(LEADER, KEEPER, replace(MEMBER, role=Role.PARTNER), MEMBER), ["application.member_confirmed_other"]),
        (replace(with_team(LEADER, KEEPER, replace(MEMBER, answer="")), rules=UNASKED), []),
        (replace(APPLICATION_FACTS, benefits=()), ["application.benefits_too_few"]),
        (
            replace(APPLICATION_FACTS, benefits=(replace(BENEFIT, beneficiary="", goal="profit"),)),
            ["application.benefit_without_beneficiary", "application.benefit_without_goal"],
        ),
        (replace(APPLICATION_FACTS, endorsed_content=None), ["application.not_endorsed"]),
        (replace(APPLICATION_FACTS, answers={**ANSWERS, "amount_ore": 1}), ["application.endorsement_outdated"]),
        (replace(APPLICATION_FACTS, answers={**ANSWERS, "background": "Rettet."}), []),
        (
            replace(APPLICATION_FACTS, team=(*TEAM, replace(MEMBER, id=person("m4")))),
            ["application.endorsement_outdated"],
        ),
        (replace(APPLICATION_FACTS, unit_eligible=False), ["application.unit_not_eligible"]),
        (replace(APPLICATION_FACTS, call_state="draft"), ["application.call_not_published"]),
    ],
)
def test_what_is_missing_is_named(facts: ApplicationFacts, expected: list[str]) -> None:
    assert unmet("submit", S.DRAFT, facts) == expected


@pytest.mark.parametrize(
    ("deadline", "last", "first_late"),
    [
        (datetime(2026, 3, 2, 23, 59), datetime(2026, 3, 2, 23, 59, 59), datetime(2026, 3, 3, 0, 0, 0)),
        (datetime(2026, 3, 29, 12, 0), datetime(2026, 3, 29, 12, 0, 59), datetime(2026, 3, 29, 12, 1, 0)),
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 2, 30, 59), datetime(2026, 10, 25, 2, 31, 0)),
    ],
)
def test_it_is_late_to_the_second(deadline: datetime, last: datetime, first_late: datetime) -> None:
    facts = replace(APPLICATION_FACTS, deadline=from_oslo(deadline))
    assert unmet("submit", S.DRAFT, facts, replace(COORDINATOR, now=from_oslo(last))) == []
    late = replace(COORDINATOR, now=from_oslo(first_late))
    assert unmet("submit", S.DRAFT, facts, late) == ["application.too_late"]
    given = replace(facts, extended_until=from_oslo(first_late) + timedelta(days=1))
    assert unmet("submit", S.DRAFT, given, late) == [], "more time was given to this office"
    assert unmet("submit", S.DRAFT, given, replace(COORDINATOR, now=late.now + timedelta(days=1, minutes=2))) == [
        "application.too_late"
    ]


def test_it_is_too_early_before_the_opening() -> None:
    early = replace(COORDINATOR, now=OPENS - timedelta(seconds=1))
    assert unmet("submit", S.DRAFT, APPLICATION_FACTS, early) == ["application.too_early"]


def test_a_returned_application_has_its_own_time() -> None:
    facts = replace(APPLICATION_FACTS, completion_until=DEADLINE + timedelta(days=14))
    after = replace(COORDINATOR, now=DEADLINE + timedelta(days=3))
    assert unmet("resubmit", S.RETURNED, facts, after) == []
    late = replace(COORDINATOR, now=DEADLINE + timedelta(days=15))
    assert unmet("resubmit", S.RETURNED, facts, late) == ["application.completion_too_late"]


@given(st.sets(st.sampled_from(sorted(ANSWERS)), max_size=8))
def test_each_missing_answer_is_one_reason_and_mending_it_opens(lacking: set[str]) -> None:
    facts = with_answers(**dict.fromkeys(lacking))
    named = [
        str(reason.parameters["question"])
        for reason in decide(APPLICATION, "submit", S.DRAFT, facts, COORDINATOR).unmet
        if reason.code == "form.question_unanswered"
    ]
    expected = lacking - ({"basis_experience"} if "basis" in lacking else set())
    assert sorted(named) == sorted(expected)


@pytest.mark.parametrize(("outcome", "name"), MOVE_OF_OUTCOME.items())
def test_an_outcome_follows_only_from_the_decision_that_says_so(outcome: Outcome, name: str) -> None:
    for decided in (None, *Outcome):
        facts = replace(APPLICATION_FACTS, decided_outcome=decided)
        assert decide(APPLICATION, name, S.RECOMMENDED, facts, DECIDER).allowed is (decided == outcome)
    assert str(APPLICATION.move(name).target) == outcome


def test_reviews_and_a_signed_recommendation_come_first() -> None:
    handler = act(Role.CASE_HANDLER)
    few = replace(APPLICATION_FACTS, reviews_submitted=1)
    assert unmet("hold_meeting", S.IN_REVIEW, few, handler) == ["review.too_few"]
    assert unmet("recommend", S.CLARIFICATION_MEETING, few, handler) == [
        "review.too_few",
        "application.not_recommended",
    ]
    ready = replace(APPLICATION_FACTS, reviews_submitted=2, recommended=True)
    assert unmet("recommend", S.CLARIFICATION_MEETING, ready, handler) == []
    assert unmet("send_back", S.RECOMMENDED, ready, DECIDER) == ["application.still_recommended"]


def test_an_award_is_accepted_after_its_letter_and_lapses_after_its_days() -> None:
    leader = act(Role.LEADER)
    assert unmet("accept", S.AWARDED, APPLICATION_FACTS, leader) == ["application.letter_not_released"]
    told = replace(APPLICATION_FACTS, letter_released_at=NOW)
    assert unmet("accept", S.AWARDED, told, leader) == []
    assert not decide(APPLICATION, "accept", S.AWARDED, told, COORDINATOR).permitted
    assert unmet("lapse", S.AWARDED, APPLICATION_FACTS, DECIDER) == ["application.letter_not_released"]
    assert unmet("lapse", S.AWARDED, told, replace(DECIDER, now=NOW + timedelta(days=20))) == [
        "application.acceptance_not_overdue"
    ]
    assert unmet("lapse", S.AWARDED, told, replace(DECIDER, now=NOW + timedelta(days=21))) == []


def test_what_comes_back_is_not_dismissed_before_its_time_has_run_out() -> None:
    handler = act(Role.CASE_HANDLER, why="Fristen er ute")
    until = NOW + timedelta(days=3)
    waiting = replace(APPLICATION_FACTS, is_returned=True, completion_until=until)
    assert unmet("dismiss", S.RETURNED, waiting, handler) == ["application.completion_awaited"]
    assert unmet("dismiss", S.RETURNED, waiting, replace(handler, now=until + timedelta(minutes=1))) == []
    sent_again = replace(waiting, is_returned=False)
    assert unmet("dismiss", S.SCREENING, sent_again, handler) == [], "what was sent again may be dismissed at once"


def test_an_application_is_passed_on_once_a_person_has_judged_it() -> None:
    handler = act(Role.CASE_HANDLER)
    judged = APPLICATION_FACTS.judged
    assert unmet("find_complete", S.SCREENING, APPLICATION_FACTS, handler) == []
    bare = replace(APPLICATION_FACTS, judged=())
    assert unmet("find_complete", S.SCREENING, bare, handler) == ["application.not_judged"] * len(JUDGEMENTS)
    assert unmet("submit", S.DRAFT, bare) == [], "nobody judges a draft"
    old = replace(APPLICATION_FACTS, judged=(replace(judged[0], still_counts=False), *judged[1:]))
    assert unmet("find_complete", S.SCREENING, old, handler) == ["application.judged_before"]
    against = replace(APPLICATION_FACTS, judged=(replace(judged[0], holds=False), *judged[1:]))
    verdict = decide(APPLICATION, "find_complete", S.SCREENING, against, handler)
    assert (codes(verdict.unmet), verdict.waivable) == (["application.judged_against"], ("judged_to_hold",))
    rules = replace(against.rules, screening=ScreeningRules(judged=JUDGEMENTS[1:]))
    assert unmet("find_complete", S.SCREENING, replace(against, rules=rules), handler) == [], "the call does not ask it"


def test_withdrawal_and_dismissal_come_before_the_decision() -> None:
    assert APPLICATION.move("withdraw").sources == frozenset(BEFORE_DECISION)
    assert not APPLICATION.move("dismiss").sources & {S.IN_REVIEW, S.RECOMMENDED, *AWARDS}
    assert unmet("dismiss", S.SCREENING, APPLICATION_FACTS, act(Role.CASE_HANDLER)) == ["step.why_missing"]


def test_nothing_is_accepted_that_was_not_awarded() -> None:
    assert APPLICATION.move("accept").sources == AWARDS
    without = [state for state in S if state not in AWARDS]
    assert all(
        not decide(APPLICATION, "accept", state, APPLICATION_FACTS, act(Role.LEADER)).allowed for state in without
    )
    for final in APPLICATION.final:
        assert reachable(APPLICATION, final) == {final}


def test_the_rules_allow_every_move_to_somebody() -> None:
    def facts(state: str, name: str) -> ApplicationFacts:
        outcome = next((each for each, its_move in MOVE_OF_OUTCOME.items() if its_move == name), None)
        return replace(
            APPLICATION_FACTS, decided_outcome=outcome, reviews_submitted=2, recommended=name == "recommend",
            letter_released_at=NOW - timedelta(days=25), request_granted=name in ("decide_anew", "treat_anew"),
        )  # fmt: skip

    everybody = Act(now=NOW, roles=frozenset(Role), person_id=person("Kari"), why="Because")
    moves = taken(APPLICATION, facts, lambda name: everybody)
    assert {(state, name) for state, name, _ in moves} == {
        (str(state), each.name) for each in APPLICATION.moves for state in each.sources
    }


def test_the_office_learns_an_outcome_with_its_letter() -> None:
    for state in S:
        told = applicant_state(state, letter_released=False)
        assert told not in {"screening", "recommended", "awarded", "rejected", "waitlisted", "dismissed"}
    assert applicant_state(S.REJECTED, letter_released=True) == "rejected"
    assert applicant_state(S.RECOMMENDED, letter_released=True) == "in_review"
    assert applicant_state(S.DRAFT, letter_released=False) == "draft"


def test_a_statement_without_a_question_mark_gets_advice_and_holds_nothing_up() -> None:
    facts = with_answers(problem_statement="Vi vil møte unge tidligere.")
    assert codes(advice(facts)) == ["application.statement_no_question"]
    assert unmet("submit", S.DRAFT, facts) == []
    assert advice(APPLICATION_FACTS) == ()
