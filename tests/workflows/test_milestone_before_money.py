"""No money moves before its milestone, and none beyond the award."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import WHOLE
from tests.workflows.every_lifecycle import EVERY_RULE, acting
from tests.workflows.walk import codes
from workflows.engine import decide
from workflows.milestone import MILESTONE, MilestoneState
from workflows.payment import PAYMENT, PaymentState

MONEY_MOVES_ON = frozenset(PaymentState) - {PaymentState.PLANNED, PaymentState.CANCELLED}


def together() -> Iterator[tuple[str, str, str]]:
    """Every milestone state, payment state and reason for keeping it that the two lifecycles can come to side by side."""
    first = (str(MILESTONE.initial), str(PAYMENT.initial), "")
    seen, waiting = {first}, deque([first])
    while waiting:
        milestone, payment, kept_why = waiting.popleft()
        yield milestone, payment, kept_why
        facts = replace(
            WHOLE["payment"], milestone_approved=milestone == MilestoneState.APPROVED,
            milestone_waived=milestone == MilestoneState.WAIVED, kept_why=kept_why,
        )  # fmt: skip
        following = [
            (verdict.target, payment, kept_why)
            for each in MILESTONE.moves
            if (verdict := decide(MILESTONE, each.name, milestone, WHOLE["milestone"], acting("Kari"))).allowed
        ] + [
            (milestone, verdict.target, "Fordi" if each.name == "release_waived" else kept_why)
            for each in PAYMENT.moves
            if (verdict := decide(PAYMENT, each.name, payment, facts, acting("Kari"))).allowed
        ]
        for after in following:
            if after not in seen:
                seen.add(after)
                waiting.append(after)


def test_no_money_moves_before_its_milestone_is_approved_or_waived_and_the_payment_kept() -> None:
    moved = {(milestone, kept_why) for milestone, payment, kept_why in together() if payment in MONEY_MOVES_ON}
    assert moved == {(MilestoneState.APPROVED, ""), (MilestoneState.WAIVED, "Fordi")}
    paid = {(milestone, kept_why) for milestone, payment, kept_why in together() if payment == PaymentState.PAID}
    assert paid == moved


PAYING = (
    ("certify", PaymentState.RELEASED),
    ("approve", PaymentState.CERTIFIED),
    ("register_paid", PaymentState.APPROVED),
)
SUMS = st.integers(0, 10**9)


@given(SUMS, SUMS, SUMS)
@example(100, 100, 0)
@example(101, 100, 0)
@example(1, 100, 100)
@example(1, 100, 150)
def test_no_step_of_a_payment_takes_more_than_is_left_of_the_award(amount: int, award: int, paid: int) -> None:
    facts = replace(WHOLE["payment"], amount_ore=amount, award_ore=award, paid_ore=paid)
    for name, state in PAYING:
        unmet = decide(PAYMENT, name, state, facts, acting("Kari"), EVERY_RULE).unmet
        assert codes(unmet) == (["payment.beyond_award"] if amount + paid > award else [])
        assert all(reason.parameters["left_ore"] == max(award - paid, 0) for reason in unmet)


def test_what_is_paid_has_the_reference_of_the_accounts() -> None:
    unreferenced = replace(WHOLE["payment"], reference="")
    unmet = {name: codes(decide(PAYMENT, name, state, unreferenced, acting("Kari")).unmet) for name, state in PAYING}
    assert unmet == {"certify": [], "approve": [], "register_paid": ["payment.no_reference"]}


def test_what_is_paid_is_claimed_back_only_for_a_reason() -> None:
    for why in ("", " ", "Fordi"):
        verdict = decide(PAYMENT, "recover", PaymentState.CLAIMED, WHOLE["payment"], acting("Kari", why))
        assert verdict.allowed == bool(why.strip())
