"""What is given is given as the call gives it: in a way that it allows, and money never as hours alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.workflows.samples import DECISION_FACTS, act
from tests.workflows.walk import codes
from workflows.decision import DECISION, Outcome
from workflows.engine import decide
from workflows.funding import INSTRUMENTS, FundingRules, against, proposed
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES, check

GRANT_ALONE = FundingRules(office="grant", allowed=("grant", "hours_only"))


@pytest.mark.parametrize(
    ("rules", "instrument", "amount_ore", "found"),
    [
        (FundingRules(), "grant", 1, []),
        (GRANT_ALONE, "grant", 1, []),
        (GRANT_ALONE, "charge_authority", 1, ["instrument_not_allowed"]),
        (FundingRules(), "hours_only", 1, ["money_with_hours_only"]),
        (FundingRules(), "hours_only", 0, []),
    ],
)
def test_what_keeps_a_sum_from_being_given_that_way(
    rules: FundingRules, instrument: str, amount_ore: int, found: list[str]
) -> None:
    assert list(against(rules, instrument, amount_ore)) == found


def test_a_decision_begins_as_the_call_gives_and_hours_alone_where_there_is_no_money() -> None:
    assert proposed(GRANT_ALONE, 5) == "grant" and proposed(FundingRules(), None) == "budget_allocation"
    assert proposed(GRANT_ALONE, 0) == "hours_only"
    assert proposed(FundingRules(office="grant", allowed=("grant",)), 0) == "grant"


def test_the_decision_is_refused_and_a_call_that_proposes_what_it_does_not_allow_too() -> None:
    rules = replace(DEFAULT_RULES, funding=GRANT_ALONE)
    facts = replace(DECISION_FACTS, rules=rules, outcome=Outcome.AWARDED, instrument="charge_authority")
    by = act(Role.DECISION_MAKER, why="Fordi")
    assert "decision.instrument_not_allowed" in codes(decide(DECISION, "decide", "recommended", facts, by).unmet)
    given = replace(facts, instrument="grant")
    assert "decision.instrument_not_allowed" not in codes(decide(DECISION, "decide", "recommended", given, by).unmet)
    rejected = replace(facts, outcome=Outcome.REJECTED)
    assert "decision.instrument_not_allowed" not in codes(decide(DECISION, "decide", "recommended", rejected, by).unmet)
    wrong = replace(DEFAULT_RULES, funding=FundingRules(office="grant", allowed=INSTRUMENTS[:1]))
    assert [(each.code, each.parameters["field"]) for each in check(wrong)] == [
        ("rules.instrument_not_allowed", "funding.office")
    ]
