"""A payment: never before its milestone, never by one hand, never left planned for ever."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from tests.workflows.walk import assert_sound
from workflows.engine import Act, decide, options
from workflows.payment import PAYMENT, PaymentFacts, PaymentState
from workflows.roles import Role

ANYBODY = frozenset(Role)
FACTS = PaymentFacts(
    payment_id=uuid4(),
    milestone="M4",
    milestone_approved=True,
    amount_ore=100,
    award_ore=100,
    paid_ore=0,
    reference="A-1",
)
S = PaymentState


def act(why: str = "Fordi") -> Act:
    return Act(now=datetime(2026, 1, 1, tzinfo=UTC), roles=ANYBODY, person_id=uuid4(), why=why)


def replace(**changes: object) -> PaymentFacts:
    return msgspec.structs.replace(FACTS, **changes)


def allowed(name: str, state: str, facts: PaymentFacts, why: str = "Fordi") -> bool:
    return decide(PAYMENT, name, state, facts, act(why)).allowed


def test_every_state_is_reached_and_has_a_way_out() -> None:
    assert_sound(PAYMENT)


@pytest.mark.parametrize(("approved", "waived", "kept"), itertools.product((False, True), (False, True), ("", "Gjort")))
def test_nothing_is_paid_before_its_milestone_unless_somebody_kept_it_for_a_reason(
    approved: bool, waived: bool, kept: str
) -> None:
    facts = replace(milestone_approved=approved, milestone_waived=waived, kept_why=kept)
    may = approved or (waived and bool(kept))
    for name, state in (("certify", S.RELEASED), ("approve", S.CERTIFIED), ("register_paid", S.APPROVED)):
        assert allowed(name, state, facts) == may, name


@pytest.mark.parametrize(("waived", "stopped"), itertools.product((False, True), repeat=2))
def test_a_planned_payment_always_has_somewhere_to_go(waived: bool, stopped: bool) -> None:
    facts = replace(milestone_approved=False, milestone_waived=waived, project_stopped=stopped)
    assert allowed("cancel", S.PLANNED, facts) == (waived or stopped)
    assert allowed("release_waived", S.PLANNED, facts) == waived
    assert not allowed("cancel", S.PLANNED, facts, why=" ")
    assert not allowed("release_waived", S.PLANNED, facts, why=" ")
    offered = {each.move for each in options(PAYMENT, S.PLANNED, facts, act())}
    assert ("cancel" in offered, "release_waived" in offered) == (waived or stopped, waived)


@pytest.mark.parametrize("state", [S.PAID, S.RECOVERED, S.CANCELLED])
def test_what_is_paid_is_never_cancelled(state: str) -> None:
    assert not allowed("cancel", state, replace(project_stopped=True))
