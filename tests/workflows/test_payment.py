"""A payment: never before its milestone, never by one hand, never left planned for ever."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from tests.workflows.walk import assert_sound
from workflows.authority import CHECKS, Authority
from workflows.engine import Act, decide, options
from workflows.payment import PAYMENT, PaymentFacts, PaymentState
from workflows.roles import Role

ANYBODY = frozenset(Role)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 1, 1)
KARI = uuid4()
FACTS = PaymentFacts(
    payment_id=uuid4(),
    milestone="M4",
    milestone_approved=True,
    amount_ore=100,
    award_ore=100,
    paid_ore=0,
    reference="A-1",
    checks=frozenset(CHECKS),
    today=TODAY,
    authorities=(Authority(person_id=KARI, limit_ore=100, valid_from=NOW - timedelta(days=1), cost_centre="0100"),),
    cost_centre="0100",
)
S = PaymentState


def act(why: str = "Fordi") -> Act:
    return Act(now=datetime(2026, 1, 1, tzinfo=UTC), roles=ANYBODY, person_id=KARI, why=why)


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


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, []),
        ({"person_id": uuid4()}, ["payment.authority_missing"]),
        ({"limit_ore": 99}, ["payment.over_limit"]),
        ({"limit_ore": None}, []),
        ({"cost_centre": ""}, []),
        ({"cost_centre": "0200"}, ["payment.other_cost_centre"]),
        ({"valid_to": NOW}, ["payment.authority_missing"]),
        ({"valid_from": NOW + timedelta(seconds=1)}, ["payment.authority_missing"]),
    ],
)
def test_who_approves_holds_authority_over_the_sum_the_cost_centre_and_the_day(
    changes: dict[str, object], missing: list[str]
) -> None:
    facts = replace(authorities=(msgspec.structs.replace(FACTS.authorities[0], **changes),))
    verdict = decide(PAYMENT, "approve", S.CERTIFIED, facts, act())
    assert [reason.code for reason in verdict.unmet] == missing


def test_each_check_that_is_not_ticked_is_named() -> None:
    unmet = decide(PAYMENT, "approve", S.CERTIFIED, replace(checks=frozenset({"cover"})), act()).unmet
    assert [reason.parameters["check_key"] for reason in unmet] == [
        "decision.check.authority",
        "decision.check.prudence",
    ]


@pytest.mark.parametrize(
    ("name", "state"), [("reduce", S.WITHHELD), ("recover", S.CLAIMED), ("recover_part", S.CLAIMED)]
)
@pytest.mark.parametrize(("days", "replied"), itertools.product((-1, 0, 14), (False, True)))
def test_nothing_is_taken_before_the_office_has_answered_or_its_time_is_over(
    name: str, state: PaymentState, days: int, replied: bool
) -> None:
    facts = replace(reply_by=TODAY + timedelta(days=days), replied=replied)
    assert allowed(name, state, facts) == (replied or days < 0)
    assert not allowed(name, state, replace(reply_by=None)), "never without notice"


@pytest.mark.parametrize("name", ["withhold", "cancel"])
def test_what_the_accounting_system_was_given_to_pay_is_not_held_or_cancelled(name: str) -> None:
    assert not allowed(name, S.APPROVED, replace(is_sent=True, milestone_waived=True))
    assert allowed(name, S.APPROVED, replace(milestone_waived=True))


@pytest.mark.parametrize(
    ("sent", "why", "may"), [(True, "Ukjent konto", True), (True, " ", False), (False, "Feil", False)]
)
def test_only_what_was_sent_is_refused_and_always_for_a_reason(sent: bool, why: str, may: bool) -> None:
    assert allowed("register_refused", S.APPROVED, replace(is_sent=sent), why) == may
    assert decide(PAYMENT, "register_refused", S.APPROVED, FACTS, act()).target == S.RELEASED, "every hand has it anew"
    offered = {each.move for each in options(PAYMENT, S.APPROVED, replace(is_sent=sent), act())}
    assert ("register_refused" in offered) == sent


@pytest.mark.parametrize(("refused", "correction"), itertools.product((False, True), ("", " ", "Ny konto")))
def test_what_was_refused_is_not_certified_before_its_correction_is_written(refused: bool, correction: str) -> None:
    facts = replace(is_refused=refused, correction=correction)
    unmet = [reason.code for reason in decide(PAYMENT, "certify", S.RELEASED, facts, act()).unmet]
    assert unmet == ([] if not refused or correction.strip() else ["payment.no_correction"])
