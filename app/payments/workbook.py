"""A list of payments as a workbook that spreadsheets open: sums are numbers, days are days, and a text is never a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from workflows.payment_list import CURRENCY, ListLine

WIDTHS = (8, 8, 14, 16, 12, 34, 10, 16, 8, 12, 26, 26, 14)


def workbook(list_number: int, lines: Sequence[ListLine], headings: Sequence[str], about: Sequence[tuple[str, str]],
             sheets: tuple[str, str]) -> bytes:  # fmt: skip
    """The lines under their headings, and a second sheet that says what the list is."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        head = book.add_format({"bold": True})
        kroner, day = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(sheets[0])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(lines), len(headings) - 1)
        for place, (heading, width) in enumerate(zip(headings, WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, heading, head)
        for place, line in enumerate(lines, start=1):
            sheet.write_number(place, 0, list_number)
            sheet.write_number(place, 1, line.number)
            for column, text in enumerate(
                (line.key, line.project, line.recipient_number, line.recipient, line.milestone), start=2
            ):
                sheet.write_string(place, column, text)
            sheet.write_number(place, 7, line.amount_ore / 100, kroner)
            for column, text in enumerate((CURRENCY, line.cost_centre, line.certified_by, line.approved_by), start=8):
                sheet.write_string(place, column, text)
            sheet.write_datetime(place, 12, line.approved_on, day)
        second = book.add_worksheet(sheets[1])
        second.set_column(0, 1, 40)
        for place, (name, value) in enumerate(about):
            second.write_string(place, 0, name, head)
            second.write_string(place, 1, value)
    return written.getvalue()
