"""Reads spreadsheets of up to 50,000 measurements as the preview does: what it costs of a core, and what of memory."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import IO, Any
from uuid import UUID

from openpyxl import load_workbook

from app.benefits.imports import understand_rows
from app.texts.workbook import Heading, Workbook
from workflows.measurement_list import MOST_ROWS, Known

HEADINGS = ("Gevinst", "Indikator", "Enhet", "Verdi", "Målt", "Grad", "Dokumentasjon")
INDICATORS = 10
FIRST = date(2000, 1, 1)
TODAY = date(2026, 1, 1)
MIB = 1024


def known() -> list[Known]:
    """The indicators of a project, all of which are followed since the first day."""
    return [
        Known(indicator_id=UUID(int=number), benefit_id=UUID(int=number), benefit=f"Gevinst {number}",
              name=f"Indikator {number}", key=f"k{number}", unit="per måned", live_on=FIRST)
        for number in range(INDICATORS)
    ]  # fmt: skip


def rows() -> Iterator[tuple[Any, ...]]:
    """Measurements of each indicator, one a day."""
    number = 0
    while True:
        which, day = number % INDICATORS, FIRST + timedelta(days=number // INDICATORS)
        yield f"Gevinst {which}", f"Indikator {which}", "per måned", number, day, "B", "Uttrekk fra Gosys"
        number += 1


def sheet_of(count: int) -> IO[bytes]:
    """A workbook with so many measurements."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (it is gone with the process)
    book = Workbook(file, "Målinger", "Målinger", [Heading(words, 20, "whole") for words in HEADINGS])
    for row in islice(rows(), count):
        book.write(row)
    book.close()
    return file


def peak() -> int:
    """The most memory this process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def spent(run: Any) -> tuple[float, int]:
    """The seconds of a core that something takes, and by how many KiB the process has grown at most."""
    before, began = peak(), time.process_time()
    run()
    return time.process_time() - began, peak() - before


def read_by_library(file: IO[bytes]) -> None:
    """The yardstick: every cell read by the library, and nothing understood."""
    file.seek(0)
    for row in load_workbook(file, read_only=True).worksheets[0].iter_rows():
        for cell in row:
            assert cell.value is not None


def measured(count: int) -> tuple[float, int, float]:
    """Of a sheet of so many rows: seconds of a core, growth in KiB, and the seconds of the yardstick."""
    file = sheet_of(count)

    def read() -> None:
        found = understand_rows(known(), TODAY, "xlsx", file)
        assert (found.rows, found.added, found.faults_in_all) == (count, count, 0), found.faults[:3]

    seconds, grown = spent(read)
    return seconds, grown, spent(lambda: read_by_library(file))[0]


def main() -> None:
    """Each size in a process of its own, so that none finds memory that another has taken."""
    print("| rows | seconds of a core | grows by, MiB | the library alone, seconds | ratio |")
    print("|---|---|---|---|---|")
    for count in (5_000, 25_000, MOST_ROWS - 1):
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            seconds, grown, library = alone.apply(measured, (count,))
        print(f"| {count} | {seconds:.1f} | {grown / MIB:.0f} | {library:.1f} | {seconds / library:.1f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
