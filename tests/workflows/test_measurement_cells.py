"""What a cell of a spreadsheet of measurements says, which column is which, and what a figure, a day and a count may be."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from workflows.measurement_cells import (
    Broken,
    Cell,
    Cells,
    Column,
    Formula,
    Row,
    Share,
    headings_of,
    is_link,
    separator_of,
    text_of,
)  # fmt: skip

D = Decimal


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), (Formula(), ""), (D("12.5"), "12,5"), (Share(D("0.125")), "12,5 %"), (Broken("#DIV/0!"), "#DIV/0!"),
        (date(2027, 5, 1), "2027-05-01"), (datetime(2027, 5, 1, 12), "2027-05-01"), (" en\r\nto ", "en\nto"),
    ],
)  # fmt: skip
def test_what_a_cell_says(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


def test_three_columns_that_are_known_are_headings_and_the_first_of_two_alike_stands() -> None:
    said = ("Merknad", "Indikator *", None, "VERDI:", "Målt", "Verdi")
    assert headings_of(Row(number=1, cells=said)) == {Column.INDICATOR: 1, Column.VALUE: 3, Column.MEASURED_ON: 4}
    assert headings_of(Row(number=1, cells=("Indikator", "Verdi", "Hva som helst", "Verdi"))) == {}


Told = list[tuple[Column | None, str]]


def read(column: Column, cell: Cell) -> tuple[Cells, Told]:
    faults: Told = []
    return Cells({column: cell}, lambda where, reason: faults.append((where, reason.code)), set()), faults


@pytest.mark.parametrize(
    ("cell", "unit", "value", "code"),
    [
        (D(340), "saker", 340, None), ("340", "saker", 340, None), ("340 saker", "saker", 340, None),
        ("340 timer", None, 340, None), ("340 timer", "saker", None, "form.other_unit"),
        (Share(D("0.12")), "%", 12, None), (Share(D("0.12")), None, 12, None),
        (Share(D("0.12")), "saker", None, "form.other_unit"), (D(1_000_000_000), "saker", 1_000_000_000, None),
        (D(-1_000_000_000), "saker", -1_000_000_000, None), (D("1000000000.1"), "saker", None, "form.too_large"),
        (D("-1000000000.1"), "saker", None, "form.too_large"), (date(2027, 1, 1), None, None, "form.not_a_number"),
        (None, None, None, None),
    ],
)  # fmt: skip
def test_a_figure_is_in_the_unit_of_its_indicator_or_says_none(
    cell: Cell, unit: str | None, value: int | None, code: str | None
) -> None:
    cells, faults = read(Column.VALUE, cell)
    assert cells.figure(Column.VALUE, unit) == value
    assert faults == ([(Column.VALUE, code)] if code else [])


@pytest.mark.parametrize("cell", [date(2027, 5, 1), datetime(2027, 5, 1, 23, 59), "1.5.2027"])
def test_a_day_is_a_day_whatever_the_clock_says(cell: Cell) -> None:
    cells, faults = read(Column.MEASURED_ON, cell)
    found = cells.day(Column.MEASURED_ON)
    assert (type(found), found, faults) == (date, date(2027, 5, 1), [])


@pytest.mark.parametrize(
    ("cell", "count", "code"),
    [
        ("41", 41, None), (D(41), 41, None), (D(0), 0, None), (D(1_000_000), 1_000_000, None), ("", None, None),
        (D(-1), None, "form.negative"), (D(1_000_001), None, "form.too_large"), (D("4.5"), None, "form.not_a_number"),
        (True, None, "form.not_a_number"), ("mange", None, "form.not_a_number"),
    ],
)  # fmt: skip
def test_how_many_were_asked_is_a_whole_number_up_to_a_million(cell: Cell, count: int | None, code: str | None) -> None:
    cells, faults = read(Column.OBSERVATIONS, cell)
    assert cells.whole(Column.OBSERVATIONS) == count
    assert faults == ([(Column.OBSERVATIONS, code)] if code else [])


def test_what_is_needed_and_not_there_is_asked_for_once() -> None:
    cells, faults = read(Column.VALUE, "")
    assert cells.figure(Column.VALUE, None, needed=True) is None
    assert cells.day(Column.MEASURED_ON, needed=True) is None
    assert faults == [(Column.VALUE, "form.empty"), (Column.MEASURED_ON, "form.empty")]


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("https://nav.no/uttrekk", True), ("http://nav.no", True), ("ftp://nav.no", False), ("nav.no", False),
        ("https://nav.no/et uttrekk", False), ("https://" + "x" * 492, True), ("https://" + "x" * 493, False),
    ],
)  # fmt: skip
def test_a_link_is_what_a_browser_opens(text: str, opens: bool) -> None:
    assert is_link(text) is opens


@pytest.mark.parametrize(
    ("line", "separator"), [("a;b;c,5", ";"), ("a\tb\tc;d", "\t"), ("a,b,c;d", ","), ("alene", ";"), ("a,5;b", ";")]
)
def test_cells_are_set_apart_by_what_stands_between_them_oftenest(line: str, separator: str) -> None:
    assert separator_of(line) == separator
