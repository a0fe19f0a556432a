"""Measurements in a spreadsheet: what rows mean, and everything that is wrong with them by row and column."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.measurement_cells import Broken, Cell, Column, Formula, Row, Share, letter_of
from workflows.measurement_list import MOST_ROWS, Fault, Known, Open, Reading, Said

TODAY = date(2027, 6, 1)
HEADINGS = ("Gevinst", "Indikator", "Enhet", "Frist", "Verdi", "Målt", "Grad", "Dokumentasjon")
QUEUE = Known(
    indicator_id=UUID(int=1), benefit_id=UUID(int=11), benefit="Kortere kø", name="Saker i kø", key="queue", unit="saker",
    live_on=date(2027, 1, 1), needs_change_live=True, open=(Open(id=UUID(int=21), due_on=date(2027, 5, 1)),),
)  # fmt: skip
HAPPY = Known(
    indicator_id=UUID(int=2), benefit_id=UUID(int=12), benefit="Tryggere brukere", name="Trygghet", key="safe", unit="%",
)  # fmt: skip
GOOD: tuple[Cell, ...] = ("Kortere kø", "Saker i kø", "saker", None, Decimal(340), "1.5.2027", "B", "Uttrekk fra Gosys")


def read(
    *rows: tuple[Cell, ...], headings: tuple[Cell, ...] = HEADINGS, merged: tuple[tuple[int, int], ...] = (),
    known: tuple[Known, ...] = (QUEUE, HAPPY),
) -> list[Said | Fault]:  # fmt: skip
    lines = [Row(number=number, cells=cells) for number, cells in enumerate((headings, *rows), start=1)]
    return list(Reading(known, TODAY, merged=merged).read(lines))


def with_cell(place: int, cell: Cell) -> tuple[Cell, ...]:
    return (*GOOD[:place], cell, *GOOD[place + 1 :])


def told(found: list[Said | Fault]) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.reason.code) for each in found if isinstance(each, Fault)]


def faults_of(cells: tuple[Cell, ...], **more: Any) -> list[tuple[str, str]]:
    """Everything that is wrong with one row, by column."""
    return [(column, code) for _, column, code in told(read(cells, **more))]


def one(cells: tuple[Cell, ...], **more: Any) -> Said:
    (said,) = read(cells, **more)
    assert isinstance(said, Said), said
    return said


def test_a_row_reports_what_is_due_and_another_adds_one() -> None:
    first, second = read(GOOD, ("", "trygghet", "", "", "12,5 %", date(2027, 4, 1), "c", "Undersøkelse"))
    assert isinstance(first, Said)
    assert isinstance(second, Said)
    assert (first.measurement_id, first.due_on, first.value) == (UUID(int=21), date(2027, 5, 1), Decimal(340))
    assert (second.measurement_id, second.due_on, second.value) == (None, date(2027, 4, 1), Decimal("12.5"))
    assert second.confidence == "C"


@pytest.mark.parametrize(
    ("place", "cell", "column", "code"),
    [
        (0, "Lengre kø", "A", "import.unknown_benefit"), (1, "Søvn", "B", "import.unknown_indicator"),
        (1, "", "B", "form.empty"), (2, "timer", "C", "form.other_unit"), (3, "i vår", "D", "form.not_a_date"),
        (4, "mange", "E", "form.not_a_number"), (4, "12.500", "E", "form.two_ways"), (4, "", "E", "form.empty"),
        (4, "340 timer", "E", "form.other_unit"), (4, Share(Decimal("0.12")), "E", "form.other_unit"),
        (4, Formula(), "E", "import.formula"), (4, Broken("#DIV/0!"), "E", "import.broken"),
        (4, True, "E", "form.not_a_number"), (4, Decimal("1e30"), "E", "form.too_large"),
        (5, "31.2.2027", "F", "form.not_a_date"), (5, Decimal(45000), "F", "form.not_a_date"),
        (5, date(2027, 6, 2), "F", "benefits.future_date"), (5, date(2026, 12, 31), "F", "benefits.before_live"),
        (6, "E", "G", "import.no_grade"), (6, "", "G", "form.empty"), (7, "", "H", "benefits.evidence_missing"),
        (7, "x" * 4001, "H", "form.too_long"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_row_and_column(place: int, cell: Cell, column: str, code: str) -> None:
    assert told(read(GOOD, with_cell(place, cell)))[-1:] == [(3, column, code)] or told(
        read(with_cell(place, cell))
    ) == [(2, column, code)]


@pytest.mark.parametrize(
    ("place", "cell", "expected"),
    [
        (0, Formula(), ("A", "import.formula")), (1, Formula(), ("B", "import.formula")), (4, "", ("E", "form.empty")),
        (5, "", ("F", "form.empty")), (6, Formula(), ("G", "import.formula")), (7, Formula(), ("H", "import.formula")),
        (2, Broken("timer"), ("C", "import.broken")), (6, "Antatt", ("G", "import.no_grade")),
        (6, "Bra", ("G", "import.no_grade")), (6, "C2", ("G", "import.no_grade")),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_told_once_and_makes_nothing_else_wrong(
    place: int, cell: Cell, expected: tuple[str, str]
) -> None:
    assert faults_of(with_cell(place, cell)) == [expected]


@pytest.mark.parametrize(
    ("typed", "grade"), [("b", "B"), ("Grad B", "B"), ("grade c", "C"), ("D – anslag", "D"), ("A: sammenlikning", "A")]
)
def test_a_grade_is_its_letter_with_or_without_what_explains_it(typed: str, grade: str) -> None:
    assert one(with_cell(6, typed)).confidence == grade


def test_a_value_may_be_of_today_and_of_the_day_the_change_went_live_and_explained_to_the_last_letter() -> None:
    for day in (TODAY, date(2027, 1, 1)):
        assert one(with_cell(5, day)).measured_on == day
    assert len(one(with_cell(7, "x" * 4000)).evidence) == 4000


def test_a_row_of_nothing_but_a_formula_says_something() -> None:
    assert ("E", "import.formula") in faults_of((None, None, None, None, Formula()))


def test_a_row_without_a_value_leaves_its_day_to_another() -> None:
    found = read(with_cell(4, ""), GOOD)
    assert told(found) == [(2, "E", "form.empty")]
    assert isinstance(found[1], Said)


# --- what is asked for beside the value ---

WIDE = (*HEADINGS, "Lenke", "Uten tiltaket", "Grunnlag for uten tiltaket", "Avvik")
PLANNED = msgspec.structs.replace(
    QUEUE, baseline=Decimal(400), targets=((date(2027, 4, 1), Decimal(300)), (date(2027, 6, 1), Decimal(200))),
    tolerance_basis_points=1000,
)  # fmt: skip


def test_a_link_shows_the_value_as_well_as_words_do() -> None:
    bare = GOOD[:7]
    assert one((*bare, None, "https://nav.no/uttrekk"), headings=WIDE).evidence_link == "https://nav.no/uttrekk"
    assert faults_of((*bare, None, "uttrekk.xlsx"), headings=WIDE) == [("I", "import.no_link")]
    assert faults_of((*bare, None, Formula()), headings=WIDE) == [("I", "import.formula")]
    assert faults_of((*bare, None, None), headings=WIDE) == [("H", "benefits.evidence_missing")]
    (missing,) = read(bare, headings=HEADINGS[:7])
    assert isinstance(missing, Fault)
    assert (missing.column, missing.heading) == ("", Column.EVIDENCE), "where there is no such column"


def test_what_would_have_been_without_the_project_comes_with_its_grounds() -> None:
    assert faults_of((*GOOD, None, 380), headings=WIDE) == [("J", "form.not_a_number")]
    assert faults_of((*GOOD, None, Decimal(380)), headings=WIDE) == [("K", "benefits.basis_missing")]
    said = one((*GOOD, None, "380 saker", "Nabokontoret"), headings=WIDE)
    assert (said.counterfactual, said.counterfactual_basis) == (380, "Nabokontoret")


def test_a_value_farther_from_what_is_promised_by_its_day_than_tolerated_is_explained() -> None:
    assert faults_of(GOOD, headings=WIDE, known=(PLANNED,)) == [("L", "benefits.deviation_missing")]
    (fault,) = read(GOOD, headings=WIDE, known=(PLANNED,))
    assert isinstance(fault, Fault)
    assert fault.reason.parameters == {"target": "300", "due_on": "2027-04-01", "percent": "10"}
    explained = one((*GOOD, None, None, None, "Sykefravær"), headings=WIDE, known=(PLANNED,))
    assert explained.deviation == "Sykefravær"
    assert faults_of((*GOOD, None, None, None, Formula()), headings=WIDE, known=(PLANNED,)) == [("L", "import.formula")]
    assert one(with_cell(4, Decimal(310)), known=(PLANNED,)).value == 310, "a tenth of the way from 400 to 300"
    early = (*GOOD[:5], "31.3.2027", *GOOD[6:])
    assert one(early, known=(PLANNED,)).value == 340, "nothing is promised yet"


# --- which measurement a row reports ---

TWO = msgspec.structs.replace(
    QUEUE, open=(Open(id=UUID(int=21), due_on=date(2027, 5, 1)), Open(id=UUID(int=22), due_on=date(2027, 5, 31)))
)


def on(measured_on: str, due_on: str | None = None) -> tuple[Cell, ...]:
    return (*GOOD[:3], due_on, GOOD[4], measured_on, *GOOD[6:])


def reported(*rows: tuple[Cell, ...]) -> list[tuple[int | None, date]]:
    found = read(*rows, known=(TWO,))
    return [(each.measurement_id.int if each.measurement_id else None, each.due_on)
            for each in found if isinstance(each, Said)]  # fmt: skip


def test_a_row_reports_the_one_due_on_its_day_or_else_the_first_that_no_other_row_reports() -> None:
    assert reported(on("3.4.2027", "31.5.2027")) == [(22, date(2027, 5, 31))]
    assert reported(on("3.5.2027"), on("4.5.2027"), on("5.5.2027")) == [
        (21, date(2027, 5, 1)), (22, date(2027, 5, 31)), (None, date(2027, 5, 5)),
    ]  # fmt: skip
    assert reported(on("3.5.2027", "7.5.2027")) == [(None, date(2027, 5, 7))], "one that is due on no such day is added"


def test_a_value_reports_what_is_due_within_a_month_and_no_later() -> None:
    assert reported(on("31.3.2027")) == [(21, date(2027, 5, 1))], "31 days before its day"
    assert reported(on("30.3.2027")) == [(None, date(2027, 3, 30))]


def test_what_is_counted_is_what_was_read_without_a_fault() -> None:
    reading = Reading((QUEUE, HAPPY), TODAY)
    much = (*GOOD[:4], "mye", "4.5.2027", *GOOD[6:])
    rows = (HEADINGS, GOOD, (None,) * 8, with_cell(5, "2.5.2027"), much, on("3.5.2027", "i vår"))
    found = list(reading.read([Row(number=number, cells=cells) for number, cells in enumerate(rows, start=1)]))
    assert [each.row for each in found] == [2, 4, 5, 6]
    assert [isinstance(each, Said) for each in found] == [True, True, False, False]
    assert (reading.rows, dict(reading.counts)) == (4, {QUEUE.indicator_id: 2})


@pytest.mark.parametrize(("above", "codes"), [(19, []), (20, ["import.no_headings"])])
def test_the_headings_stand_within_twenty_rows_that_say_anything(above: int, codes: list[str]) -> None:
    titles: list[tuple[Cell, ...]] = [("Målinger våren 2027",), ()] * above
    rows = [Row(number=number, cells=cells) for number, cells in enumerate([*titles, HEADINGS, GOOD], start=1)]
    found = list(Reading((QUEUE,), TODAY).read(rows))
    assert [code for _, _, code in told(found)] == codes
    assert bool(codes) != any(isinstance(each, Said) for each in found)


def test_every_fault_of_a_row_is_said_at_once() -> None:
    found = read(("Kortere kø", "Saker i kø", "timer", "snart", "mye", "i går", "Z", ""))
    assert {(column, code) for _, column, code in told(found)} == {
        ("C", "form.other_unit"), ("D", "form.not_a_date"), ("E", "form.not_a_number"), ("F", "form.not_a_date"),
        ("G", "import.no_grade"), ("H", "benefits.evidence_missing"),
    }  # fmt: skip


def test_the_faults_of_a_row_are_told_from_left_to_right() -> None:
    found = read(("Kortere kø", "Saker i kø", "timer", "snart", "mye", "i framtida", "Z", ""), with_cell(5, "2.6.2027"))
    assert [column for _, column, _ in told(found)] == ["C", "D", "E", "F", "G", "H", "F"]
    late = read((*GOOD[:5], "2.6.2027", "Z", ""))
    assert [column for _, column, _ in told(late)] == ["F", "G", "H"], "what is asked of a day last is not told last"


def test_the_same_day_twice_and_one_that_is_there_already_are_told_apart() -> None:
    measured = msgspec.structs.replace(QUEUE, measured_on=frozenset([date(2027, 4, 1)]))
    found = read(GOOD, with_cell(5, "2027-05-01"), with_cell(5, "1. april 2027"), known=(measured,))
    assert told(found) == [(3, "F", "import.twice"), (4, "F", "import.there_already")]


@pytest.mark.parametrize("place", range(len(GOOD)))
def test_a_row_with_a_fault_takes_nothing_from_the_next_that_says_the_same(place: int) -> None:
    """Whatever is wrong with the first row, the second, whole, is a measurement; only the true fault is told."""
    faulty = with_cell(place, "=" if place != 7 else "")
    *faults, said = read(faulty, GOOD)
    assert {row for row, _, _ in told(faults)} <= {2}
    assert isinstance(said, Said)


def test_a_row_with_a_fault_leaves_the_day_that_is_due_to_the_next() -> None:
    first = with_cell(3, "1.5.2027")
    found = read((*first[:6], "Z", *first[7:]), (*first[:5], "2.5.2027", *first[6:]))
    assert told(found) == [(2, "G", "import.no_grade")]


def test_a_day_that_is_due_is_reported_once() -> None:
    found = read(with_cell(3, "1.5.2027"), (*with_cell(3, "1.5.2027")[:5], "2.5.2027", *GOOD[6:]))
    assert told(found) == [(3, "D", "import.due_twice")]


def test_what_is_due_much_later_is_left_for_its_day() -> None:
    (said,) = read(with_cell(5, "1.2.2027"))
    assert isinstance(said, Said)
    assert said.measurement_id is None


def test_merged_cells_are_said_where_they_stand() -> None:
    assert told(read(GOOD, merged=((2, 4),))) == [(2, "E", "import.merged")]
    assert told(read(with_cell(2, "timer"), merged=((2, 2),))) == [(2, "C", "import.merged")], "it says nothing else"


def test_a_late_baseline_lowers_the_grade_and_a_change_that_is_not_live_has_no_result() -> None:
    late, waiting = msgspec.structs.replace(QUEUE, late_baseline=True), msgspec.structs.replace(QUEUE, live_on=None)
    assert told(read(GOOD, known=(late,))) == [(2, "G", "measurement.grade_too_high")]
    assert told(read(with_cell(6, "E"), known=(late,))) == [(2, "G", "import.no_grade")]
    assert one(with_cell(6, "C"), known=(late,)).confidence == "C"
    assert told(read(GOOD, known=(waiting,))) == [(2, "B", "measurement.change_not_live")]
    assert told(read(GOOD, known=(msgspec.structs.replace(QUEUE, is_over=True),))) == [(2, "B", "import.is_over")]


def test_an_indicator_that_two_benefits_have_needs_the_benefit() -> None:
    other = msgspec.structs.replace(
        QUEUE, indicator_id=UUID(int=3), benefit_id=UUID(int=13), benefit="Mindre stress", open=()
    )
    found = read(with_cell(0, ""), with_cell(0, "Mindre stress"), known=(QUEUE, other))
    assert told(found) == [(2, "A", "import.ambiguous")]
    assert told(read(with_cell(0, Formula()), known=(QUEUE, other))) == [(2, "A", "import.formula")], (
        "that is all to mend"
    )
    without = read(GOOD[1:], headings=HEADINGS[1:], known=(QUEUE, other))
    assert told(without) == [(2, "A", "import.ambiguous")], "where no column names the benefit: at the indicator"
    same = msgspec.structs.replace(other, benefit=QUEUE.benefit)
    assert told(read(GOOD, known=(QUEUE, same))) == [(2, "B", "import.ambiguous")]
    assert isinstance(found[1], Said)


@pytest.mark.parametrize(
    ("headings", "row", "code"),
    [
        (("Hei", "på", "deg"), GOOD, "import.no_headings"),
        (
            ("Gevinst", "Indikator", "Enhet", "Frist", "Verdi", "Målt", "Merknad", "Dokumentasjon"),
            GOOD,
            "import.no_column",
        ),
        (HEADINGS, (None,) * 8, "import.no_rows"),
    ],
)
def test_a_file_without_its_columns_says_so(headings: tuple[Cell, ...], row: tuple[Cell, ...], code: str) -> None:
    assert [(number, code) for number, _, code in told(read(row, headings=headings))] == [(1, code)]


def test_headings_are_known_in_three_languages_below_a_title() -> None:
    english = ("Benefit", "Indicator", "Unit", "Due", "Value", "Measured", "Grade", "Evidence")
    nynorsk = ("Gevinst", "Indikator", "Eining", "Frist", "Verdi", "Målt", "Grad", "Dokumentasjon")
    for headings in (english, nynorsk):
        lines = [Row(number=1, cells=("Målinger våren 2027",)), Row(number=2, cells=()), Row(number=3, cells=headings)]
        (said,) = Reading((QUEUE,), TODAY).read([*lines, Row(number=4, cells=GOOD)])
        assert isinstance(said, Said)
        assert said.row == 4


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_name_them(place: int, letter: str) -> None:
    assert letter_of(place) == letter


CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.decimals(allow_nan=False, allow_infinity=False), st.dates(), st.datetimes(),
    st.booleans(), st.just(Formula()), st.just(Broken("#N/A")),
    st.sampled_from(["Kortere kø", "Saker i kø", "saker", "1.5.2027", "B", "340"]),
)  # fmt: skip


@given(st.lists(st.lists(CELLS, max_size=9), max_size=6))
def test_whatever_stands_in_a_row_it_is_one_measurement_or_has_its_faults(rows: list[list[Cell]]) -> None:
    found = read(*map(tuple, rows))
    said = [each.row for each in found if isinstance(each, Said)]
    faulty = {each.row for each in found if isinstance(each, Fault)}
    assert len(said) == len(set(said))
    assert faulty.isdisjoint(said)


EVIDENCE = "Uttrekk fra Gosys " * 10


def many(count: int) -> Iterator[Row]:
    yield Row(number=1, cells=HEADINGS)
    for number in range(count):
        day = TODAY - timedelta(days=number % 150)
        unit = "timer" if number >= 150 else "saker"
        yield Row(number=number + 2, cells=(
            "Kortere kø", "Saker i kø", unit, None, Decimal(number), datetime(day.year, day.month, day.day), "B", EVIDENCE
        ))  # fmt: skip


def peak_of(count: int) -> int:
    tracemalloc.start()
    reading = Reading((QUEUE,), TODAY)
    for _ in reading.read(many(count)):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reading.rows == count
    return peak


def test_a_long_file_takes_no_more_memory_than_a_short_one() -> None:
    peak_of(200)
    assert peak_of(4000) < peak_of(800) * 1.5


def test_one_row_too_many_is_said() -> None:
    rows = (Row(number=number + 2, cells=GOOD) for number in range(MOST_ROWS + 5))
    *_, last = Reading((QUEUE,), TODAY).read([Row(number=1, cells=HEADINGS), *rows])
    assert isinstance(last, Fault)
    assert (last.row, last.reason.code) == (MOST_ROWS + 2, "import.too_many_rows")
