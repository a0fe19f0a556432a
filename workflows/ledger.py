"""The ledger of one award: every booking moves a sum from one account to another, so it always balances (G24)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Protocol

import msgspec


class Account(StrEnum):
    """Where the money of an award stands: what was promised on the one side, what came of it on the other."""

    PROVISIONAL = "provisional"
    FINAL = "final"
    UNDIVIDED = "undivided"
    PLANNED = "planned"
    RELEASED = "released"
    CERTIFIED = "certified"
    APPROVED = "approved"
    WITHHELD = "withheld"
    PAID = "paid"
    RECOVERED = "recovered"
    RETURNED = "returned"


PROMISED = (Account.PROVISIONAL, Account.FINAL)
"""What the award binds; these fall below nought by as much as the others hold."""
PLACES = tuple(account for account in Account if account not in PROMISED)
"""Where every øre of the award stands in exactly one."""
OF_PAYMENTS = tuple(account for account in PLACES if account != Account.UNDIVIDED)
"""The accounts in which a payment stands."""


class BookingKind(StrEnum):
    """What has happened to a sum."""

    COMMITTED_PROVISIONALLY = "committed_provisionally"
    COMMITTED = "committed"
    CONFIRMED = "confirmed"
    RAISED = "raised"
    LOWERED = "lowered"
    PLANNED = "planned"
    REPLANNED = "replanned"
    RELEASED = "released"
    CERTIFIED = "certified"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"
    RECOVERED = "recovered"
    RETURNED = "returned"
    CORRECTED = "corrected"


A = Account
_NOT_PAID = (A.PLANNED, A.RELEASED, A.CERTIFIED, A.APPROVED)

WAYS: dict[BookingKind, tuple[tuple[Account, ...], tuple[Account, ...]]] = {
    BookingKind.COMMITTED_PROVISIONALLY: ((A.PROVISIONAL,), (A.UNDIVIDED,)),
    BookingKind.COMMITTED: ((A.FINAL,), (A.UNDIVIDED,)),
    BookingKind.CONFIRMED: ((A.FINAL,), (A.PROVISIONAL,)),
    BookingKind.RAISED: (PROMISED, (A.UNDIVIDED,)),
    BookingKind.LOWERED: ((A.UNDIVIDED,), PROMISED),
    BookingKind.PLANNED: ((A.UNDIVIDED,), (A.PLANNED,)),
    BookingKind.REPLANNED: ((A.PLANNED,), (A.UNDIVIDED,)),
    BookingKind.RELEASED: ((A.PLANNED, A.WITHHELD), (A.RELEASED,)),
    BookingKind.CERTIFIED: ((A.RELEASED,), (A.CERTIFIED,)),
    BookingKind.APPROVED: ((A.CERTIFIED,), (A.APPROVED,)),
    BookingKind.PAID: ((A.APPROVED,), (A.PAID,)),
    BookingKind.REFUSED: ((A.APPROVED,), (A.RELEASED,)),
    BookingKind.WITHHELD: (_NOT_PAID, (A.WITHHELD,)),
    BookingKind.CANCELLED: ((*_NOT_PAID, A.WITHHELD), (A.UNDIVIDED,)),
    BookingKind.RECOVERED: ((A.PAID,), (A.RECOVERED,)),
    BookingKind.RETURNED: ((A.PAID,), (A.RETURNED,)),
    BookingKind.CORRECTED: (tuple(Account), tuple(Account)),
}
"""From which accounts to which each kind moves a sum; a correction goes the way of what it corrects, backwards."""


class Entry(Protocol):
    """What the arithmetic must know of a booking."""

    @property
    def from_account(self) -> str:
        """Where the sum came from."""

    @property
    def to_account(self) -> str:
        """Where it went."""

    @property
    def amount_ore(self) -> int:
        """How much; always more than nothing."""


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """A booking before it is stored: what happened, from where to where, and how much, in øre."""

    kind: BookingKind
    from_account: Account
    to_account: Account
    amount_ore: int


class Unbalanced(ValueError):
    """A booking that the ledger refuses; the words say why."""


Balances = Mapping[Account, int]


def balances(entries: Iterable[Entry]) -> dict[Account, int]:
    """What stands in each account, in øre; they always add up to nought."""
    found = dict.fromkeys(Account, 0)
    for entry in entries:
        found[Account(entry.from_account)] -= entry.amount_ore
        found[Account(entry.to_account)] += entry.amount_ore
    return found


def promised(held: Balances) -> int:
    """The award: what is promised, provisionally and finally, in øre."""
    return -sum(held[account] for account in PROMISED)


def standing(held: Balances) -> int:
    """What came of the award, wherever it stands, in øre: always as much as is promised."""
    return sum(held[account] for account in PLACES)


def paid_net(held: Balances) -> int:
    """What has been paid, less what was claimed back and what was given back, in øre."""
    return held[Account.PAID]


def left_to_pay(held: Balances) -> int:
    """What of the award can still be paid, in øre."""
    return standing(held) - sum(held[account] for account in (A.PAID, A.RECOVERED, A.RETURNED))


def promise_of(held: Balances) -> Account:
    """The account that the award is promised in: the provisional one until all of it is final."""
    return Account.PROVISIONAL if held[Account.PROVISIONAL] < 0 else Account.FINAL


def checked(held: Balances, posting: Posting) -> Posting:
    """The posting as it stands; Unbalanced where it moves nothing, goes a way its kind does not, or takes what is not there.

    Then no account ever holds less than nothing but the promised ones, and those never more than nothing.
    """
    sources, targets = WAYS[posting.kind]
    if posting.amount_ore <= 0:
        raise Unbalanced(f"{posting.kind} moves {posting.amount_ore}")
    if posting.from_account == posting.to_account:
        raise Unbalanced(f"{posting.kind} stays in {posting.to_account}")
    if posting.from_account not in sources or posting.to_account not in targets:
        raise Unbalanced(f"{posting.kind} does not go from {posting.from_account} to {posting.to_account}")
    if posting.from_account in PLACES and held[posting.from_account] < posting.amount_ore:
        raise Unbalanced(f"{posting.from_account} holds {held[posting.from_account]}, not {posting.amount_ore}")
    if posting.to_account in PROMISED and -held[posting.to_account] < posting.amount_ore:
        raise Unbalanced(f"{-held[posting.to_account]} is promised in {posting.to_account}, not {posting.amount_ore}")
    return posting


def countered(entry: Entry) -> Posting:
    """The counter-entry of a booking: the same sum, the other way."""
    return Posting(
        kind=BookingKind.CORRECTED, from_account=Account(entry.to_account), to_account=Account(entry.from_account),
        amount_ore=entry.amount_ore,
    )  # fmt: skip


KIND_OF_STATE = {
    "planned": BookingKind.PLANNED,
    "released": BookingKind.RELEASED,
    "certified": BookingKind.CERTIFIED,
    "approved": BookingKind.APPROVED,
    "paid": BookingKind.PAID,
    "withheld": BookingKind.WITHHELD,
    "cancelled": BookingKind.CANCELLED,
}
"""What is booked when a payment comes into a state with all of its sum."""

ACCOUNT_OF_STATE = {
    "planned": Account.PLANNED,
    "released": Account.RELEASED,
    "certified": Account.CERTIFIED,
    "approved": Account.APPROVED,
    "withheld": Account.WITHHELD,
    "paid": Account.PAID,
    "claimed": Account.PAID,
    "recovered": Account.PAID,
    "cancelled": Account.UNDIVIDED,
}
"""The account in which the sum of a payment stands; of one that is claimed back, what is left of it."""


def divided_anew(before: Iterable[int], after: Iterable[int]) -> Iterator[tuple[int, int]]:
    """How payments change when an award is divided anew: their positions with the differences, what falls first.

    Then what is taken out of the one is there before it is put into the other.
    """
    changes = [(place, new - old) for place, (old, new) in enumerate(zip(before, after, strict=True)) if new != old]
    yield from sorted(changes, key=lambda each: each[1] > 0)
