"""A list of payments for the accounting system: what may stand in it, its lines as they are sent, and its fingerprint."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256

import msgspec

from workflows.engine import Act, Reason
from workflows.payment import (
    PaymentFacts,
    PaymentState,
    its_milestone_is_approved,
    not_sent_to_be_paid,
    registered_by_another_than_approved,
    within_the_award,
)

COLUMNS = (
    "list", "line", "key", "project", "recipient_number", "recipient", "milestone", "amount", "currency", "cost_centre",
    "certified_by", "approved_by", "approved_on",
)  # fmt: skip
"""The columns of the file, by which the accounting system finds them: they never change their names."""
CURRENCY = "NOK"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a cell."""


class ListLine(msgspec.Struct, frozen=True, kw_only=True):
    """One payment as a list gives it to the accounting system; `key` is the same whenever the list is read (G25)."""

    number: int
    key: str
    project: str
    recipient_number: str
    recipient: str
    milestone: str
    amount_ore: int
    cost_centre: str
    certified_by: str
    approved_by: str
    approved_on: date


def key_of(list_number: int, line: int) -> str:
    """What the accounting system knows a payment by; one that was refused and is sent again has another key."""
    return f"D{list_number:05d}-{line:03d}"


def keeps_from_list(facts: PaymentFacts, state: str, act: Act) -> Iterator[Reason]:
    """Why a payment cannot be sent to be paid now, nothing where it can: what registering it as paid asks for (G18, G25)."""
    if state != PaymentState.APPROVED:
        yield Reason(code="payment.wrong_state", parameters={"state": state, "move": "send"}, place="project.payment")
    for each in (
        not_sent_to_be_paid, its_milestone_is_approved, within_the_award, registered_by_another_than_approved,
    ):  # fmt: skip
        yield from each.check(facts, act)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(DANGEROUS) else text


def as_csv(list_number: int, lines: Sequence[ListLine]) -> str:
    """The list as comma-separated values (RFC 4180): kroner with a decimal point, days as ISO writes them."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for line in lines:
        kroner, ore = divmod(line.amount_ore, 100)
        writer.writerow(
            (list_number, line.number, line.key, _safe(line.project), _safe(line.recipient_number), _safe(line.recipient),
             _safe(line.milestone), f"{kroner}.{ore:02d}", CURRENCY, _safe(line.cost_centre), _safe(line.certified_by),
             _safe(line.approved_by), line.approved_on.isoformat())
        )  # fmt: skip
    return written.getvalue()


def fingerprint(content: str) -> str:
    """The SHA-256 of the file as it is given out: whoever has the file can take it too."""
    return sha256(content.encode()).hexdigest()
