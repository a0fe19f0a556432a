"""Nobody does both halves of an act that takes two."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.workflows.carrying_out import INDICATOR, WHOLE
from tests.workflows.every_lifecycle import EVERY_RULE, acting
from tests.workflows.samples import (
    DECISION_FACTS,
    person,
)
from workflows.benefit import BENEFIT, BENEFIT_PLAN, IndicatorSeen
from workflows.change_request import CHANGE_REQUEST
from workflows.decision import DECISION
from workflows.engine import Lifecycle, decide
from workflows.measurement import MEASUREMENT
from workflows.milestone import MILESTONE
from workflows.payment import PAYMENT
from workflows.report import REPORT


class FourEyes(msgspec.Struct, frozen=True):
    """A lifecycle in which one must not do both halves: which moves are remembered where, and which are then barred."""

    lifecycle: Lifecycle
    facts: Any
    remembered: dict[str, str]
    barred: frozenset[str]
    turns: str = ""
    """A fact that may turn from one move to the next without any of them."""


def four_eyes(lifecycle: Lifecycle, facts: Any, remembered: dict[str, str], *barred: str, turns: str = "") -> FourEyes:
    return FourEyes(lifecycle, facts, remembered, frozenset(barred), turns)


DECIDED_LATER = replace(
    DECISION_FACTS, application_state="waitlisted", recommended_by=None, declared_impartial={person("Kari"), person("Ola")},
    authorities=tuple(replace(DECISION_FACTS.authorities[0], person_id=person(name)) for name in ("Kari", "Ola")),
)  # fmt: skip

HALVES = (
    four_eyes(DECISION, DECIDED_LATER, {"recommend": "recommended_by"}, "decide", "release"),
    four_eyes(BENEFIT_PLAN, replace(WHOLE["benefit_plan"], submitted_by=None), {"submit": "submitted_by"}, "approve"),
    four_eyes(
        MEASUREMENT, replace(WHOLE["measurement"], reported_by=None), {"report": "reported_by"}, "confirm", "return"
    ),
    four_eyes(MILESTONE, replace(WHOLE["milestone"], reported_by=None), {"report": "reported_by"}, "approve", "return"),
    four_eyes(REPORT, replace(WHOLE["report"], submitted_by=None), {"submit": "submitted_by"}, "approve", "return"),
    four_eyes(
        PAYMENT, WHOLE["payment"], {"certify": "certified_by", "approve": "approved_by",
         "withhold": "noticed_by", "give_notice": "noticed_by"},
        "approve", "register_paid", "register_refused", "give_notice", "reduce", "recover", "recover_part", "drop_claim",
        turns="is_sent",
    ),
)  # fmt: skip


def walked(halves: FourEyes, *people: str) -> set[str]:
    """Every move that these people can get to make between them, each holding every role there is."""
    cycle = halves.lifecycle
    first = (str(cycle.initial), halves.facts)
    seen, waiting, made = [first], deque([first]), set()
    while waiting:
        state, facts = waiting.popleft()
        turned = replace(facts, **{halves.turns: not getattr(facts, halves.turns)}) if halves.turns else facts
        if (state, turned) not in seen:
            seen.append((state, turned))
            waiting.append((state, turned))
        for name in people:
            for each in cycle.moves:
                verdict = decide(cycle, each.name, state, facts, acting(name))
                if not verdict.allowed:
                    continue
                made.add(each.name)
                field = halves.remembered.get(each.name)
                after = (verdict.target, replace(facts, **{field: person(name)}) if field else facts)
                if after not in seen:
                    seen.append(after)
                    waiting.append(after)
    return made


@pytest.mark.parametrize("halves", HALVES, ids=lambda halves: halves.lifecycle.subject)
def test_nobody_does_both_halves_of_a_four_eyes_act_alone(halves: FourEyes) -> None:
    every = {each.name for each in halves.lifecycle.moves}
    assert walked(halves, "Kari") == every - halves.barred
    assert walked(halves, "Kari", "Ola") == every


AT_PROGRESS = {"realise": "1", "realise_partly": "0.5", "not_realise": "0"}


def at_progress(name: str) -> IndicatorSeen:
    """An indicator measured where a benefit has come as far as the move says."""
    way = Decimal(AT_PROGRESS.get(name, "1"))
    return replace(INDICATOR, baseline=Decimal(40), target=Decimal(60), measured=40 + 20 * way)


FATES = ("realise", "realise_partly", "not_realise", "sustain")


@pytest.mark.parametrize(
    ("lifecycle", "name", "changes"),
    [
        *((CHANGE_REQUEST, name, {"proposed_by": person("Kari")}) for name in ("accept", "refuse")),
        *((MEASUREMENT, name, {field: person("Kari")})
          for name in ("confirm", "return") for field in ("reported_by", "owner_id", "measurer_id")),
        *((BENEFIT, name, {field: person("Kari")}) for name in FATES for field in ("owner_id", "measurer_id")),
        *((MILESTONE, name, {"reported_by": person("Kari")}) for name in ("approve", "return")),
        *((REPORT, name, {"submitted_by": person("Kari")}) for name in ("approve", "return")),
        (PAYMENT, "approve", {"certified_by": person("Kari")}),
        (PAYMENT, "register_paid", {"approved_by": person("Kari")}),
        (PAYMENT, "register_refused", {"approved_by": person("Kari")}),
        *((PAYMENT, name, {"noticed_by": person("Kari")}) for name in ("reduce", "recover", "recover_part")),
        (DECISION, "decide", {"recommended_by": person("Kari")}),
        (BENEFIT_PLAN, "approve", {"submitted_by": person("Kari")}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else getattr(value, "subject", value),
)  # fmt: skip
def test_a_hand_in_the_first_half_is_all_that_stands_in_the_way(
    lifecycle: Lifecycle, name: str, changes: dict[str, Any]
) -> None:
    facts = {**WHOLE, DECISION.subject: DECISION_FACTS}[lifecycle.subject]
    if lifecycle is BENEFIT:
        facts = replace(facts, indicators=(at_progress(name),))
    if name == "register_refused":
        facts = replace(facts, is_sent=True)
    for state in lifecycle.move(name).sources:
        assert decide(lifecycle, name, state, facts, acting("Kari")).allowed
        verdict = decide(lifecycle, name, state, replace(facts, **changes), acting("Kari"))
        assert len(verdict.unmet) == 1 and not verdict.waivable
        assert not decide(lifecycle, name, state, replace(facts, **changes), acting("Kari"), EVERY_RULE).allowed


@pytest.mark.parametrize(
    ("lifecycle", "name", "remembered"),
    [
        (CHANGE_REQUEST, "accept", "proposed_by"),
        (MEASUREMENT, "confirm", "reported_by"),
        (MILESTONE, "approve", "reported_by"),
        (BENEFIT_PLAN, "approve", "submitted_by"),
        (PAYMENT, "register_paid", "approved_by"),
    ],
    ids=lambda value: getattr(value, "subject", value),
)
def test_two_whom_nobody_knows_are_not_taken_for_the_same(lifecycle: Lifecycle, name: str, remembered: str) -> None:
    facts = replace(WHOLE[lifecycle.subject], **{remembered: None})
    for state in lifecycle.move(name).sources:
        assert decide(lifecycle, name, state, facts, replace(acting("Kari"), person_id=None)).allowed
