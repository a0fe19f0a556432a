"""A list of payments as a workbook for those who look a list through before it is paid."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

from app.texts.workbook import Heading, Workbook
from workflows.payment_list import CURRENCY, ListLine

WIDTHS = (8, 8, 14, 16, 12, 34, 10, 16, 8, 12, 26, 26, 14)
AMOUNT = 7
"""The column of the sum."""


def workbook(list_number: int, lines: Sequence[ListLine], headings: Sequence[str], about: Sequence[tuple[str, str]],
             sheets: tuple[str, str]) -> bytes:  # fmt: skip
    """The lines under their headings, and a second sheet that says what the list is."""
    written = io.BytesIO()
    kinds = ["kroner" if at == AMOUNT else "whole" for at in range(len(WIDTHS))]
    book = Workbook(written, sheets[0], sheets[0], list(map(Heading, headings, WIDTHS, kinds)))
    book.tell(sheets[1], about)
    for line in lines:
        book.write(
            (
                list_number, line.number, line.key, line.project, line.recipient_number, line.recipient, line.milestone,
                Decimal(line.amount_ore) / 100, CURRENCY, line.cost_centre, line.certified_by, line.approved_by,
                line.approved_on,
            )
        )  # fmt: skip
    book.close()
    return written.getvalue()
