"""The ledger of an award: whatever is booked, every øre stands in one place and all of them are the award."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.ledger import (
    ACCOUNT_OF_STATE,
    OF_PAYMENTS,
    PLACES,
    PROMISED,
    WAYS,
    Account,
    BookingKind,
    Posting,
    Unbalanced,
    balances,
    checked,
    countered,
    divided_anew,
    left_to_pay,
    paid_net,
    promised,
    standing,
)
from workflows.payment import PaymentState

POSTINGS = st.builds(
    Posting, kind=st.sampled_from(BookingKind), from_account=st.sampled_from(Account),
    to_account=st.sampled_from(Account), amount_ore=st.integers(-5, 500),
)  # fmt: skip


def posting(kind: BookingKind, amount_ore: int, source: int = 0, target: int = 0) -> Posting:
    """A posting that goes one of the ways of its kind."""
    sources, targets = WAYS[kind]
    return Posting(kind=kind, from_account=sources[source], to_account=targets[target], amount_ore=amount_ore)


def booked(*tried: Posting) -> list[Posting]:
    """Those of the postings that the ledger takes, one after the other."""
    taken: list[Posting] = []
    for each in tried:
        try:
            taken.append(checked(balances(taken), each))
        except Unbalanced:
            continue
    return taken


@given(
    st.lists(st.one_of(POSTINGS, st.builds(posting, st.sampled_from(BookingKind), st.integers(1, 300))), max_size=40)
)
def test_whatever_is_tried_the_accounts_balance_and_nothing_is_paid_that_was_not_promised(tried: list[Posting]) -> None:
    held = balances(booked(*tried))
    assert sum(held.values()) == 0
    assert standing(held) == promised(held)
    assert all(held[account] >= 0 for account in PLACES)
    assert all(held[account] <= 0 for account in PROMISED)
    assert 0 <= paid_net(held) <= promised(held)
    assert 0 <= left_to_pay(held) <= promised(held)


@given(st.lists(st.builds(posting, st.sampled_from(BookingKind), st.integers(1, 300)), min_size=1, max_size=20))
def test_the_counter_entry_undoes_its_booking_and_nothing_else(tried: list[Posting]) -> None:
    entries = booked(posting(BookingKind.COMMITTED, 10_000), *tried)
    assert balances([*entries, countered(entries[-1])]) == balances(entries[:-1])


@pytest.mark.parametrize("kind", [kind for kind in BookingKind if kind != BookingKind.CORRECTED])
def test_each_kind_goes_its_own_ways_only(kind: BookingKind) -> None:
    plenty = {account: -10_000 if account in PROMISED else 10_000 for account in Account}
    sources, targets = WAYS[kind]
    for source in Account:
        for target in Account:
            tried = Posting(kind=kind, from_account=source, to_account=target, amount_ore=1)
            if source in sources and target in targets:
                assert checked(plenty, tried) == tried
            else:
                with pytest.raises(Unbalanced):
                    checked(plenty, tried)


def test_money_reaches_paid_only_through_every_hand() -> None:
    """Without corrections, the only way into paid is from approved, into that from certified, into that from released."""
    own = {kind: ways for kind, ways in WAYS.items() if kind != BookingKind.CORRECTED}
    into = {
        target: {source for sources, targets in own.values() if target in targets for source in sources}
        for target in (Account.PAID, Account.APPROVED, Account.CERTIFIED)
    }
    assert into == {
        Account.PAID: {Account.APPROVED},
        Account.APPROVED: {Account.CERTIFIED},
        Account.CERTIFIED: {Account.RELEASED},
    }


def test_nothing_and_less_than_nothing_is_never_booked() -> None:
    for amount_ore in (0, -1):
        with pytest.raises(Unbalanced):
            checked(balances([]), posting(BookingKind.COMMITTED, amount_ore))


def test_every_state_of_a_payment_has_its_account() -> None:
    assert set(ACCOUNT_OF_STATE) >= set(PaymentState)
    assert {account for state, account in ACCOUNT_OF_STATE.items() if state != "cancelled"} <= set(OF_PAYMENTS)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=8))
def test_dividing_anew_takes_out_before_it_puts_in(pairs: list[tuple[int, int]]) -> None:
    before, after = [old for old, _ in pairs], [new for _, new in pairs]
    undivided = max(0, sum(after) - sum(before))
    for place, change in divided_anew(before, after):
        undivided -= change
        before[place] += change
        assert undivided >= 0
    assert before == after
