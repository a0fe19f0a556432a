"""Measurements in a spreadsheet: what each row says, which indicator it measures, and everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from workflows.engine import Reason
from workflows.measurement import LATE_BASELINE_GRADES, Promised, percent_of, promised_by
from workflows.measurement_cells import (
    NEEDED,
    Broken,
    Cells,
    Column,
    Formula,
    Row,
    bare,
    fault,
    headings_of,
    is_link,
    letter_of,
    text_of,
)
from workflows.typed import as_typed, is_same_unit

C = Column
MOST_ROWS = 50_000
MOST_COLUMNS = 60
HEADING_WITHIN = 20
"""The headings stand within so many rows: above them there may be a title."""
MOST_TEXT = 4000
GRADES = ("A", "B", "C", "D")
EARLY = timedelta(days=31)
"""So long before its day a measurement may be made and be the one that was due."""


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement that is to be reported."""

    id: UUID
    due_on: date


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator that a row may mean, with what is known of it."""

    indicator_id: UUID
    benefit_id: UUID
    benefit: str
    name: str
    key: str
    unit: str
    is_over: bool = False
    """Whether its benefit is given up, or followed to its end."""
    live_on: date | None = None
    needs_change_live: bool = False
    late_baseline: bool = False
    targets: tuple[tuple[date, Decimal], ...] = ()
    """Of the plan in force."""
    baseline: Decimal | None = None
    tolerance_basis_points: int = 0
    open: tuple[Open, ...] = ()
    """By their days."""
    measured_on: frozenset[date] = frozenset()
    """The days that are reported or confirmed already."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a cell, or with a row or the file as a whole where no column is named."""

    row: int
    column: str = ""
    """As spreadsheets name it: "A", "AB"."""
    heading: Column | None = None
    reason: Reason


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A row that says one measurement, as it would be written."""

    row: int
    known: Known
    measurement_id: UUID | None
    """The measurement that is reported with it; None where one is added."""
    due_on: date
    value: Decimal
    measured_on: date
    observations: int | None
    confidence: str
    evidence: str
    evidence_link: str
    counterfactual: Decimal | None
    counterfactual_basis: str
    deviation: str


class Reading:
    """Reads the rows of one file, each once: every row becomes one measurement or its faults.

    What is kept between the rows is small: the days seen of each indicator, whatever the length of the file.
    """

    def __init__(self, known: Iterable[Known], today: date, *, merged: Iterable[tuple[int, int]] = ()):
        self.today = today
        self.known = list(known)
        self.merged = set(merged)
        """Cells, by row and place, that are part of several made into one."""
        self.columns: dict[Column, int] = {}
        self.rows = 0
        """The rows that say anything, below the headings."""
        self.counts: Counter[UUID] = Counter()
        self._by_name: dict[str, list[Known]] = {}
        self._by_both: dict[tuple[str, str], list[Known]] = {}
        self._benefits: set[str] = set()
        for each in self.known:
            for name in {bare(each.name), bare(each.key)}:
                self._by_name.setdefault(name, []).append(each)
                self._by_both.setdefault((bare(each.benefit), name), []).append(each)
            self._benefits.add(bare(each.benefit))
        self._seen: dict[tuple[UUID, int], int] = {}
        self._reported: dict[UUID, int] = {}

    def read(self, rows: Iterable[Row]) -> Iterator[Said | Fault]:
        """What each row says, or everything that is wrong with it, in the order of the file."""
        above = 0
        for row in rows:
            if all(text_of(cell) == "" and not isinstance(cell, Formula) for cell in row.cells):
                continue
            if not self.columns:
                above += 1
                self.columns = headings_of(row)
                if self.columns:
                    missing = [column for column in NEEDED if column not in self.columns]
                    for column in missing:
                        yield Fault(row=row.number, heading=column, reason=fault("import.no_column"))
                    if missing:
                        return
                elif above >= HEADING_WITHIN:
                    break
                continue
            self.rows += 1
            if self.rows > MOST_ROWS:
                yield Fault(row=row.number, reason=fault("import.too_many_rows", most=MOST_ROWS))
                return
            yield from self._row(row)
        if not self.columns:
            yield Fault(row=1, reason=fault("import.no_headings"))
        elif not self.rows:
            yield Fault(row=1, reason=fault("import.no_rows"))

    def _row(self, row: Row) -> Iterator[Said | Fault]:
        faults: list[Fault] = []

        def wrong(column: Column | None, reason: Reason) -> None:
            place = self.columns.get(column) if column is not None else None
            faults.append(
                Fault(row=row.number, column="" if place is None else letter_of(place), heading=column, reason=reason)
            )

        cells = {column: row.cells[place] if place < len(row.cells) else None for column, place in self.columns.items()}
        for column, place in self.columns.items():
            cell = cells[column]
            if (row.number, place) in self.merged:
                wrong(column, fault("import.merged"))
            if isinstance(cell, Formula):
                wrong(column, fault("import.formula"))
            elif isinstance(cell, Broken):
                wrong(column, fault("import.broken", shown=cell.shown))
        unreadable = {fault.heading for fault in faults}
        cells = {column: cell for column, cell in cells.items() if column not in unreadable}
        reader = Cells(cells, wrong, unreadable)
        known = self._meant(reader)
        said = self._said(row.number, reader, known)
        if said is not None and not faults:
            self._take(said)
            yield said
        yield from sorted(faults, key=lambda fault: self.columns.get(fault.heading, 0) if fault.heading else 0)

    def _take(self, said: Said) -> None:
        """A row that is whole takes its day and the measurement it reports: one with faults takes neither from the next."""
        self.counts[said.known.indicator_id] += 1
        self._seen[said.known.indicator_id, said.measured_on.toordinal()] = said.row
        if said.measurement_id is not None:
            self._reported[said.measurement_id] = said.row

    def _meant(self, cells: Cells) -> Known | None:
        """The indicator that a row measures: its name or key, with the benefit's where several share it."""
        name, benefit = bare(cells.text(C.INDICATOR)), bare(cells.text(C.BENEFIT))
        if C.INDICATOR in cells.unreadable or C.BENEFIT in cells.unreadable:
            return None
        if not name:
            cells.wrong(C.INDICATOR, fault("form.empty"))
            return None
        if benefit and benefit not in self._benefits:
            cells.wrong(C.BENEFIT, fault("import.unknown_benefit", benefit=cells.text(C.BENEFIT)))
            return None
        found = self._by_both.get((benefit, name), []) if benefit else self._by_name.get(name, [])
        if not found:
            cells.wrong(C.INDICATOR, fault("import.unknown_indicator", indicator=cells.text(C.INDICATOR)))
            return None
        if len(found) > 1:
            column = C.INDICATOR if benefit or C.BENEFIT not in self.columns else C.BENEFIT
            cells.wrong(column, fault("import.ambiguous", indicator=cells.text(C.INDICATOR), count=len(found)))
            return None
        (known,) = found
        if known.is_over:
            cells.wrong(C.INDICATOR, fault("import.is_over", benefit=known.benefit))
            return None
        return known

    def _said(self, number: int, cells: Cells, known: Known | None) -> Said | None:
        unit = cells.text(C.UNIT)
        if known is not None and unit and not is_same_unit(unit, known.unit):
            cells.wrong(C.UNIT, fault("form.other_unit", typed=unit, unit=known.unit))
        counted_in = known.unit if known is not None else None
        value = cells.figure(C.VALUE, counted_in, needed=True)
        counterfactual = cells.figure(C.COUNTERFACTUAL, counted_in)
        measured_on = cells.day(C.MEASURED_ON, needed=True)
        due_on = cells.day(C.DUE_ON)
        observations = cells.whole(C.OBSERVATIONS)
        grade = _grade_in(cells.text(C.GRADE))
        if C.GRADE not in cells.unreadable and grade not in GRADES:
            cells.wrong(C.GRADE, fault("import.no_grade" if grade else "form.empty"))
        texts = {
            column: cells.text(column) for column in (C.EVIDENCE, C.EVIDENCE_LINK, C.COUNTERFACTUAL_BASIS, C.DEVIATION)
        }
        for column, text in texts.items():
            if len(text) > MOST_TEXT:
                cells.wrong(column, fault("form.too_long", most=MOST_TEXT, typed=len(text)))
        if (
            not texts[C.EVIDENCE]
            and not texts[C.EVIDENCE_LINK]
            and not {C.EVIDENCE, C.EVIDENCE_LINK} & cells.unreadable
        ):
            cells.wrong(C.EVIDENCE, fault("benefits.evidence_missing"))
        if texts[C.EVIDENCE_LINK] and not is_link(texts[C.EVIDENCE_LINK]):
            cells.wrong(C.EVIDENCE_LINK, fault("import.no_link"))
        if counterfactual is not None and not texts[C.COUNTERFACTUAL_BASIS]:
            cells.wrong(C.COUNTERFACTUAL_BASIS, fault("benefits.basis_missing"))
        if known is not None and measured_on is not None:
            self._check_day(cells, known, measured_on)
        if known is not None and known.late_baseline and grade in GRADES and grade not in LATE_BASELINE_GRADES:
            cells.wrong(C.GRADE, fault("measurement.grade_too_high", benefit=known.benefit))
        if known is None or value is None or measured_on is None:
            return None
        if not texts[C.DEVIATION] and C.DEVIATION not in cells.unreadable:
            self._check_plan(cells, known, value, measured_on)
        meant = self._open(cells, known, due_on, measured_on)
        return Said(
            row=number, known=known, measurement_id=meant.id if meant else None,
            due_on=meant.due_on if meant else due_on or measured_on, value=value, measured_on=measured_on,
            observations=observations, confidence=grade, evidence=texts[C.EVIDENCE], evidence_link=texts[C.EVIDENCE_LINK],
            counterfactual=counterfactual, counterfactual_basis=texts[C.COUNTERFACTUAL_BASIS], deviation=texts[C.DEVIATION],
        )  # fmt: skip

    def _check_day(self, cells: Cells, known: Known, measured_on: date) -> None:
        if measured_on > self.today:
            cells.wrong(C.MEASURED_ON, fault("benefits.future_date"))
        elif known.needs_change_live and known.live_on is None:
            cells.wrong(C.INDICATOR, fault("measurement.change_not_live", benefit=known.benefit))
        elif known.live_on is not None and measured_on < known.live_on:
            cells.wrong(C.MEASURED_ON, fault("benefits.before_live", live_on=known.live_on.isoformat()))
        if measured_on in known.measured_on:
            cells.wrong(C.MEASURED_ON, fault("import.there_already", measured_on=measured_on.isoformat()))
        before = self._seen.get((known.indicator_id, measured_on.toordinal()))
        if before is not None:
            cells.wrong(C.MEASURED_ON, fault("import.twice", row=before))

    def _check_plan(self, cells: Cells, known: Known, value: Decimal, measured_on: date) -> None:
        found = promised_by(measured_on, known.targets)
        if found is None:
            return
        promised = Promised(due_on=found[0], value=found[1], baseline=known.baseline,
                            tolerance_basis_points=known.tolerance_basis_points)  # fmt: skip
        if promised.is_beyond(value):
            said = {"target": as_typed(promised.value), "due_on": promised.due_on.isoformat(),
                    "percent": percent_of(promised.tolerance_basis_points)}  # fmt: skip
            cells.wrong(C.DEVIATION, fault("benefits.deviation_missing", **said))

    def _open(self, cells: Cells, known: Known, due_on: date | None, measured_on: date) -> Open | None:
        """The measurement that a row reports: the one due on its day, or else the first that is due by then; None adds one.

        One that is due much later than the day measured is left for its own day.
        """
        if due_on is None:
            last = measured_on + EARLY
            return next((each for each in known.open if each.id not in self._reported and each.due_on <= last), None)
        meant = next((each for each in known.open if each.due_on == due_on), None)
        if meant is not None and meant.id in self._reported:
            cells.wrong(C.DUE_ON, fault("import.due_twice", row=self._reported[meant.id]))
        return meant


def _grade_in(text: str) -> str:
    """The letter of a grade as it is typed, alone or before what explains it; a word that begins with it is no grade."""
    typed = text.upper().removeprefix("GRAD ").removeprefix("GRADE ")
    return typed if typed[1:2].isalnum() else typed[:1]
