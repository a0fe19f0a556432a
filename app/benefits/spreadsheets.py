"""Rows out of a spreadsheet, a part at a time, and the spreadsheet to fill in; nothing is held whole in memory."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from app.core.errors import invalid
from app.files.content import FIELD
from workflows.measurement_cells import Broken, Cell, Formula, Row, Share, separator_of
from workflows.measurement_list import MOST_COLUMNS

CHUNK = 64 * 1024
MOST_BLANK = 2000
"""After so many empty rows nothing more is looked for: a sheet may be formatted a million rows down."""
MOST_MERGED = 20_000
MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
LONGEST_MARK = 80
WIDTHS = {
    "benefit": 38,
    "indicator": 34,
    "evidence": 44,
    "deviation": 34,
    "evidence_link": 34,
    "counterfactual_basis": 34,
}
BROKEN = (
    KeyError,
    ValueError,
    TypeError,
    zipfile.BadZipFile,
    OSError,
    InvalidFileException,
    AttributeError,
    IndexError,
)


def rows_of(file: IO[bytes], kind: str) -> Iterator[Row]:
    """The rows of a file of that kind ("csv" or "xlsx"), of its first sheet; Invalid where it cannot be read."""
    file.seek(0)
    return _csv_rows(file) if kind == "csv" else _xlsx_rows(file)


def _encoding_of(file: IO[bytes]) -> str:
    head = file.read(4)
    file.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8-sig"


def _csv_rows(file: IO[bytes]) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding=_encoding_of(file), errors="replace", newline="")
    try:
        separator = separator_of(text.readline())
        text.seek(0)
        reader = csv.reader(text, delimiter=separator)
        for cells in reader:
            if reader.line_num == 1 and len(cells) == 1 and cells[0].lower().startswith("sep="):
                continue
            yield Row(number=reader.line_num, cells=tuple(cells[:MOST_COLUMNS]))
    except csv.Error:
        raise invalid(FIELD, "import.unreadable") from None
    finally:
        text.detach()


def _xlsx_rows(file: IO[bytes]) -> Iterator[Row]:
    blank = 0
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
                row = Row(number=number, cells=tuple(_cell(each) for each in cells))
                blank = 0 if any(each is not None and each != "" for each in row.cells) else blank + 1
                if blank > MOST_BLANK:
                    return
                yield row
        finally:
            book.close()
    except BROKEN:
        raise invalid(FIELD, "import.unreadable") from None


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Formula()
    if cell.data_type == "e":
        return Broken(str(value))
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return Share(number) if "%" in (cell.number_format or "") else number
    if isinstance(value, datetime | date):
        return value
    return str(value)


def merged_in(file: IO[bytes]) -> set[tuple[int, int]]:
    """The cells of the first sheet, by row from 1 and place from 0, that are part of several made into one."""
    found: set[tuple[int, int]] = set()
    try:
        book = load_workbook(file, read_only=True, keep_links=False)
        sheet_of: Any = book.worksheets[0]
        path: str = sheet_of._worksheet_path
        book.close()
        file.seek(0)
        with zipfile.ZipFile(file) as archive, archive.open(path.lstrip("/")) as sheet:
            rest = b""
            while chunk := sheet.read(CHUNK):
                rest += chunk
                for mark in MERGED.finditer(rest):
                    _add(found, mark.group(1).decode())
                    if len(found) > MOST_MERGED:
                        return found
                last = max((mark.end() for mark in MERGED.finditer(rest)), default=0)
                rest = rest[max(last, len(rest) - LONGEST_MARK) :]
    except BROKEN:
        raise invalid(FIELD, "import.unreadable") from None
    return found


def _add(found: set[tuple[int, int]], area: str) -> None:
    first_column, first_row, last_column, last_row = range_boundaries(area)
    for row in range(first_row or 1, min(last_row or 1, (first_row or 1) + MOST_MERGED) + 1):
        for column in range(first_column or 1, min(last_column or 1, MOST_COLUMNS) + 1):
            found.add((row, column - 1))


def template(
    title: str, headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], explained: Sequence[tuple[str, str]],
    explanation: str,
) -> bytes:  # fmt: skip
    """A spreadsheet to fill in: one sheet with headings (key and words) and rows, one that explains the columns."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for place, (key, _) in enumerate(headings):
        letter = chr(65 + place)
        sheet.column_dimensions[letter].width = WIDTHS.get(key, 16)
    sheet.append([_written(sheet, words, bold=True) for _, words in headings])
    for row in rows:
        sheet.append([_written(sheet, value) for value in row])
    said: Any = book.create_sheet(explanation[:31])
    said.column_dimensions["A"].width, said.column_dimensions["B"].width = 30, 100
    for name, words in explained:
        said.append([_written(said, name, bold=True), _written(said, words)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _written(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A cell as it is meant: a text is never a formula, a day is a day."""
    cell: Any = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    if isinstance(value, date):
        cell.number_format = "dd.mm.yyyy"
    if bold:
        cell.font = Font(bold=True)
    return cell
