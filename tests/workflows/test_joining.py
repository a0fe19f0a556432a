"""When two drafts may become one, and what the leaders of both endorse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.workflows.samples import ANSWERS, APPLICATION_FACTS, DEADLINE, JOIN_PROPOSAL_FACTS, TEAM, act, person
from tests.workflows.walk import assert_sound, codes
from workflows.application import APPLICATION, ApplicationState
from workflows.engine import decide
from workflows.joining import JOIN_PROPOSAL, MOST_OPEN, JoinProposalFacts, JoinProposalState, Keep, against_proposing
from workflows.roles import Role
from workflows.team import Partner, content_to_endorse

S = JoinProposalState
FACTS = JOIN_PROPOSAL_FACTS
PARTNER = Partner(unit_id=person("Nav Klepp-Time"), name="Nav Klepp-Time")


def test_a_proposal_always_comes_to_an_end() -> None:
    assert_sound(JOIN_PROPOSAL)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FACTS, []),
        (replace(FACTS, ours="submitted"), ["join_proposal.no_draft"]),
        (replace(FACTS, theirs="withdrawn"), ["join_proposal.no_draft"]),
        (replace(FACTS, theirs="joined"), ["join_proposal.no_draft"]),
        (replace(FACTS, theirs="returned"), ["join_proposal.no_draft"]),
        (replace(FACTS, call_state="closed"), ["join_proposal.call_closed"]),
        (replace(FACTS, people=51), ["join_proposal.team_too_large"]),
    ],
)
def test_what_keeps_two_drafts_from_becoming_one(facts: JoinProposalFacts, expected: list[str]) -> None:
    assert codes(decide(JOIN_PROPOSAL, "accept", S.PROPOSED, facts, act(Role.LEADER)).unmet) == expected


@pytest.mark.parametrize("facts", [FACTS, replace(FACTS, ours="submitted"), replace(FACTS, call_state="closed")])
def test_a_proposal_lapses_exactly_when_it_can_no_longer_be_accepted(facts: JoinProposalFacts) -> None:
    accepted = decide(JOIN_PROPOSAL, "accept", S.PROPOSED, facts, act(Role.COORDINATOR))
    lapsed = decide(JOIN_PROPOSAL, "lapse", S.PROPOSED, facts, act(Role.SYSTEM))
    assert accepted.allowed != lapsed.allowed


def test_after_the_deadline_nothing_is_joined() -> None:
    late = act(Role.LEADER, now=DEADLINE + timedelta(minutes=1))
    assert codes(decide(JOIN_PROPOSAL, "accept", S.PROPOSED, FACTS, late).unmet) == ["join_proposal.call_closed"]


@pytest.mark.parametrize("role", [each for each in Role if each not in (Role.LEADER, Role.COORDINATOR)])
def test_leader_and_coordinator_alone_speak_for_their_office(role: Role) -> None:
    for move in ("accept", "decline", "withdraw"):
        assert not decide(JOIN_PROPOSAL, move, S.PROPOSED, FACTS, act(role)).permitted


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"own_state": "submitted"}, ["join_proposal.no_draft"]),
        ({"is_found": False}, ["join_proposal.not_looking"]),
        ({"is_found": False, "open_between": Keep.OURS}, ["join_proposal.not_looking"]),
        ({"same_call": False}, ["join_proposal.not_looking"]),
        ({"same_unit": True}, ["join_proposal.not_looking"]),
        ({"open_between": Keep.OURS}, ["join_proposal.proposed_already"]),
        ({"open_between": Keep.THEIRS}, ["join_proposal.proposed_by_them"]),
        ({"open_from_here": MOST_OPEN}, ["join_proposal.too_many_open"]),
    ],
)
def test_what_keeps_an_office_from_proposing(changed: dict[str, object], expected: list[str]) -> None:
    open_to = {
        "own_state": "draft", "is_found": True, "same_call": True, "same_unit": False, "open_between": "",
        "open_from_here": 0,
    }  # fmt: skip
    assert codes(against_proposing(**{**open_to, **changed})) == expected  # type: ignore[arg-type]


def test_with_a_partner_both_leaders_endorse_anew() -> None:
    alone = APPLICATION_FACTS
    together = replace(alone, partners=(PARTNER,))
    leader = act(Role.LEADER)

    def unmet(facts: object) -> list[str]:
        return codes(decide(APPLICATION, "submit", ApplicationState.DRAFT, facts, leader).unmet)

    assert unmet(alone) == []
    assert unmet(together) == ["application.endorsement_outdated", "application.partner_not_endorsed"]
    content = content_to_endorse(ANSWERS, TEAM, (PARTNER,))
    one = replace(together, endorsed_content=content)
    assert unmet(one) == ["application.partner_not_endorsed"]
    assert unmet(replace(one, partners=(replace(PARTNER, endorsed_content=content),))) == []
    changed = replace(one, partners=(replace(PARTNER, endorsed_content=content),), answers={**ANSWERS, "hours": 1})
    assert unmet(changed) == ["application.endorsement_outdated", "application.partner_not_endorsed"]


def test_an_application_is_joined_by_nobody_alone() -> None:
    for role in Role:
        assert decide(APPLICATION, "join", ApplicationState.DRAFT, APPLICATION_FACTS, act(role)).permitted is (
            role == Role.SYSTEM
        )
    apart = replace(APPLICATION_FACTS, is_joined=False)
    verdict = decide(APPLICATION, "join", ApplicationState.DRAFT, apart, act(Role.SYSTEM))
    assert codes(verdict.unmet) == ["application.not_joined"]
