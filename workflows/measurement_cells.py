"""The cells of a spreadsheet of measurements: which column holds what, and what a cell says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from workflows.engine import Reason
from workflows.typed import Unreadable, as_typed, day_from, figure_from, is_same_unit, whole_from

MOST_NUMBER = Decimal(1_000_000_000)
MOST_OBSERVATIONS = 1_000_000


class Column(StrEnum):
    """What a column holds."""

    BENEFIT = "benefit"
    INDICATOR = "indicator"
    UNIT = "unit"
    DUE_ON = "due_on"
    VALUE = "value"
    MEASURED_ON = "measured_on"
    OBSERVATIONS = "observations"
    GRADE = "grade"
    EVIDENCE = "evidence"
    EVIDENCE_LINK = "evidence_link"
    COUNTERFACTUAL = "counterfactual"
    COUNTERFACTUAL_BASIS = "counterfactual_basis"
    DEVIATION = "deviation"


C = Column
HEADINGS: Mapping[Column, tuple[str, ...]] = {
    C.BENEFIT: ("gevinst", "benefit"),
    C.INDICATOR: ("indikator", "indicator"),
    C.UNIT: ("enhet", "eining", "unit", "måleenhet", "måleeining"),
    C.DUE_ON: ("frist", "due", "due date", "due on"),
    C.VALUE: ("verdi", "value", "målt verdi", "measured value"),
    C.MEASURED_ON: ("målt", "målt dato", "måledato", "dato", "measured", "measured on", "date"),
    C.OBSERVATIONS: ("antall", "talet på", "antall målt", "n", "observations", "tal på observasjonar",
                     "antall observasjoner"),
    C.GRADE: ("grad", "sikkerhet", "tryggleik", "grade", "confidence"),
    C.EVIDENCE: ("dokumentasjon", "evidence", "hva viser det", "kva viser det"),
    C.EVIDENCE_LINK: ("lenke", "lenkje", "link", "lenke til dokumentasjon", "lenkje til dokumentasjon",
                      "link to evidence"),
    C.COUNTERFACTUAL: ("uten tiltaket", "utan tiltaket", "without the measure", "counterfactual"),
    C.COUNTERFACTUAL_BASIS: ("grunnlag for uten tiltaket", "grunnlag for utan tiltaket", "basis of counterfactual",
                             "basis for without the measure"),
    C.DEVIATION: ("avvik", "deviation"),
}  # fmt: skip
"""How the columns may be headed, the words of the template among them."""
NEEDED = (C.INDICATOR, C.VALUE, C.MEASURED_ON, C.GRADE)
COLUMN_OF = {word: column for column, words in HEADINGS.items() for word in words}


class Formula(msgspec.Struct, frozen=True):
    """A cell that reckons: what it shows is not stored with it for sure, and changes with other cells."""


class Share(msgspec.Struct, frozen=True):
    """A number in a cell that is shown as percent: 0.12 is shown as 12 %."""

    value: Decimal


class Broken(msgspec.Struct, frozen=True):
    """A cell that shows a fault, such as #DIV/0!."""

    shown: str


Cell = str | Decimal | date | datetime | bool | Formula | Share | Broken | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it stands in the file: its number there, counted from 1, and its cells."""

    number: int
    cells: tuple[Cell, ...]


Wrong = Callable[[Column | None, Reason], None]
"""How a fault is told of: the column and the reason."""


def letter_of(place: int) -> str:
    """What spreadsheets call a column, counted from 0: A, B ... Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def bare(text: str) -> str:
    """A name as it is compared: without capitals and with single spaces."""
    return " ".join(text.replace("\ufeff", "").replace("\u00a0", " ").split()).casefold()


def text_of(cell: Cell) -> str:
    """What a cell says, as a text."""
    if cell is None or isinstance(cell, Formula):
        return ""
    if isinstance(cell, Decimal):
        return as_typed(cell)
    if isinstance(cell, Share):
        return f"{as_typed(cell.value * 100)} %"
    if isinstance(cell, Broken):
        return cell.shown
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).replace("\r\n", "\n").strip()


def headings_of(row: Row) -> dict[Column, int]:
    """Which column stands where, by the words that head them; nothing where a row is none of headings."""
    found: dict[Column, int] = {}
    for place, cell in enumerate(row.cells):
        column = COLUMN_OF.get(bare(text_of(cell)).rstrip(":*? ")) if isinstance(cell, str) else None
        if column is not None and column not in found:
            found[column] = place
    return found if len(found) >= 3 else {}


def fault(code: str, **parameters: str | int) -> Reason:
    """A reason of that code."""
    return Reason(code=code, parameters=parameters)


class Cells:
    """The cells of one row, by their columns; what cannot be read is told of where it stands."""

    def __init__(self, cells: Mapping[Column, Cell], wrong: Wrong, unreadable: set[Column | None]):
        self._cells = cells
        self.wrong = wrong
        self.unreadable = unreadable

    def text(self, column: Column) -> str:
        """What the cell says."""
        return text_of(self._cells.get(column))

    def figure(self, column: Column, unit: str | None, *, needed: bool = False) -> Decimal | None:
        """The number in the cell, in the unit where one is typed; None for none."""
        cell = self._cells.get(column)
        if self._is_empty(column, needed=needed):
            return None
        try:
            value = self._figure(column, cell, unit)
        except Unreadable as error:
            self.wrong(column, error.reason)
            return None
        if value is not None and abs(value) > MOST_NUMBER:
            self.wrong(column, fault("form.too_large", most=int(MOST_NUMBER)))
            return None
        return value

    def _figure(self, column: Column, cell: Cell, unit: str | None) -> Decimal | None:
        typed = ""
        if isinstance(cell, Decimal):
            return cell
        if isinstance(cell, Share):
            value, typed = cell.value * 100, "%"
        elif isinstance(cell, str):
            figure = figure_from(cell)
            value, typed = figure.value, figure.unit
        else:
            raise Unreadable("form.not_a_number")
        if unit is not None and typed and not is_same_unit(typed, unit):
            self.wrong(column, fault("form.other_unit", typed=typed, unit=unit))
            return None
        return value

    def day(self, column: Column, *, needed: bool = False) -> date | None:
        """The day in the cell; None for none."""
        cell = self._cells.get(column)
        if self._is_empty(column, needed=needed):
            return None
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        try:
            if not isinstance(cell, str):
                raise Unreadable("form.not_a_date")
            return day_from(cell)
        except Unreadable as error:
            self.wrong(column, error.reason)
            return None

    def whole(self, column: Column) -> int | None:
        """The whole number in the cell; None for none."""
        cell = self._cells.get(column)
        if self._is_empty(column, needed=False):
            return None
        try:
            found = whole_from(cell if isinstance(cell, str) else as_typed(cell) if isinstance(cell, Decimal) else "")
        except Unreadable as error:
            self.wrong(column, error.reason)
            return None
        if not 0 <= found <= MOST_OBSERVATIONS:
            self.wrong(column, fault("form.negative") if found < 0 else fault("form.too_large", most=MOST_OBSERVATIONS))
            return None
        return found

    def _is_empty(self, column: Column, *, needed: bool) -> bool:
        if column in self.unreadable:
            return True
        if self.text(column):
            return False
        if needed:
            self.wrong(column, fault("form.empty"))
        return True


def is_link(text: str) -> bool:
    """Whether a text is an address that a browser opens."""
    return text.startswith(("http://", "https://")) and not any(each.isspace() for each in text) and len(text) <= 500


def separator_of(line: str) -> str:
    """What sets the cells of a line apart: what stands in it oftenest of semicolon, tab and comma."""
    counts = [(line.count(each), each) for each in (";", "\t", ",")]
    return max(counts, key=lambda each: each[0])[1]
