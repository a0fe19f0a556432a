"""A list holds what may be paid, in a file that says the same every time it is written."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import PAYMENT_FACTS
from tests.workflows.samples import act, person
from workflows.payment_list import COLUMNS, ListLine, as_csv, fingerprint, keeps_from_list, key_of
from workflows.roles import Role

BY = act(Role.CERTIFIER)
LINE = ListLine(
    number=1, key="D00001-001", project="2026/1-1", recipient_number="0231", recipient="Nav Lillestrøm", milestone="M0",
    amount_ore=1, cost_centre="0100", certified_by="Kari", approved_by="Ola", approved_on=date(2026, 11, 30),
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "changes", "code"),
    [
        ("approved", {}, None),
        ("certified", {}, "payment.wrong_state"),
        ("paid", {}, "payment.wrong_state"),
        ("approved", {"is_sent": True}, "payment.is_sent"),
        ("approved", {"approved_by": BY.person_id}, "payment.approved_by_yourself"),
        ("approved", {"amount_ore": 101}, "payment.beyond_award"),
        ("approved", {"milestone_approved": False, "kept_why": ""}, "payment.milestone_not_approved"),
    ],
)
def test_only_what_may_be_paid_is_sent_and_only_once(state: str, changes: dict[str, Any], code: str | None) -> None:
    facts = replace(PAYMENT_FACTS, approved_by=person("Ola"), reference="")
    found = [reason.code for reason in keeps_from_list(replace(facts, **changes), state, BY)]
    assert found == ([code] if code else [])


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
LINES = st.lists(
    st.builds(
        ListLine, number=st.integers(1, 999), key=st.from_regex(r"D\d{5}-\d{3}", fullmatch=True), project=TEXTS,
        recipient_number=TEXTS, recipient=TEXTS, milestone=TEXTS, amount_ore=st.integers(0, 10**13), cost_centre=TEXTS,
        certified_by=TEXTS, approved_by=TEXTS, approved_on=st.dates(date(2020, 1, 1), date(2090, 1, 1)),
    ),
    max_size=6,
)  # fmt: skip


@given(LINES, st.integers(1, 99_999))
def test_the_file_gives_every_line_back_to_the_ore_and_no_text_is_a_formula(lines: list[ListLine], number: int) -> None:
    content = as_csv(number, lines)
    head, *rows = csv.reader(io.StringIO(content))
    assert tuple(head) == COLUMNS and len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        told = dict(zip(head, row, strict=True))
        assert Decimal(told["amount"]) * 100 == line.amount_ore
        assert (told["key"], told["approved_on"]) == (line.key, line.approved_on.isoformat())
        assert told["recipient"].removeprefix("'") == line.recipient.removeprefix("'")
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    assert fingerprint(content) == fingerprint(as_csv(number, lines))


def test_a_fingerprint_changes_with_an_ore_and_keys_are_apart() -> None:
    assert fingerprint(as_csv(1, [LINE])) != fingerprint(as_csv(1, [replace(LINE, amount_ore=2)]))
    assert key_of(7, 12) == "D00007-012" and key_of(7, 1) != key_of(71, 1)
