"""Workbooks that spreadsheets open: a sum is a number, a day a day, and a text never a formula; written row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any, NamedTuple

import xlsxwriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would take for a formula at the beginning of a cell; also in full width."""
FORMATS = {"whole": "0", "number": "#,##0.######", "kroner": "#,##0.00", "day": "yyyy-mm-dd"}
LONGEST_NAME = 31
"""So many letters a spreadsheet lets the name of a sheet have."""


class Heading(NamedTuple):
    """What stands over a column, how wide it is, and as what its numbers are written."""

    words: str
    width: int
    kind: str


class Workbook:
    """Sheets of rows under a heading that is kept in sight; memory stays the same for any number of them."""

    def __init__(self, file: IO[bytes], title: str, sheet: str, headings: Sequence[Heading]):
        self._book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._book.set_properties({"title": title})
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        # what looks like a formula stays a text although somebody edits the cell
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._formats = {kind: self._book.add_format({"num_format": said}) for kind, said in FORMATS.items()}
        self.begin(sheet, headings)

    def begin(self, sheet: str, headings: Sequence[Heading]) -> None:
        """Begin a sheet; nothing more is written to the one before it."""
        if hasattr(self, "_sheet"):
            self._end()
        self._headings = headings
        self._sheet = self._book.add_worksheet(sheet[:LONGEST_NAME])
        self._sheet.freeze_panes(1, 0)
        for at, heading in enumerate(headings):
            self._sheet.set_column(at, at, heading.width)
            self._sheet.write_string(0, at, heading.words, self._bold)
        self._at = 1

    def tell(self, sheet: str, lines: Iterable[tuple[str, str]]) -> None:
        """Add a sheet that says how the other is to be read: a term and its words on each line."""
        second = self._book.add_worksheet(sheet[:LONGEST_NAME])
        second.set_column(0, 0, 28)
        second.set_column(1, 1, 90)
        for at, (term, words) in enumerate(lines):
            second.write_string(at, 0, term, self._bold)
            second.write_string(at, 1, words, self._wrapped)

    def write(self, values: Iterable[Any]) -> None:
        """Write one row; what is None or empty is an empty cell."""
        for at, (heading, value) in enumerate(zip(self._headings, values, strict=True)):
            if value is None or value == "":
                continue
            if isinstance(value, date):
                self._sheet.write_datetime(self._at, at, value, self._formats["day"])
            elif isinstance(value, Decimal | int):
                self._sheet.write_number(self._at, at, value, self._formats.get(heading.kind))
            else:
                text = str(value)
                self._sheet.write_string(self._at, at, text, self._quoted if text.startswith(DANGEROUS) else None)
        self._at += 1

    def _end(self) -> None:
        self._sheet.autofilter(0, 0, max(1, self._at - 1), len(self._headings) - 1)

    def close(self) -> None:
        """End the file; nothing may be written after it."""
        self._end()
        self._book.close()
