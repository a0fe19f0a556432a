"""The portfolio as files: for spreadsheets, for programs, and for those who reckon on; each written part by part."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any, Protocol

import arro3.core as arrow
import arro3.io
import msgspec

from app.portfolio.columns import Column
from app.portfolio.tables import BESIDE, FIGURES, Table
from app.texts import workbook
from app.texts.workbook import DANGEROUS, Heading

DECIMALS = 10
"""How many decimals a number in Parquet has: those of a measure, and those that a share of it adds."""

Say = Callable[..., str]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of itself: the day, the cut, when it was made, and sentences on how it is to be read."""

    as_of: date
    cut: dict[str, str]
    """By what it is narrowed, as codes; nothing where it has everything."""
    language: str
    title: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


class Writer(Protocol):
    """Something that writes rows to a file as they come."""

    def write(self, rows: Iterable[Any]) -> None:
        """Write some rows more."""

    def add(self, table: Table, rows: Iterable[Any]) -> None:
        """Write a table beside the first one, all of whose rows are there; nothing where the file holds no more than one."""

    def close(self) -> None:
        """End the file; nothing may be written after it."""


def heading(column: Column, t: Say) -> str:
    """What stands over a column."""
    return t(f"portfolio.column.{column.key}")


def in_words(column: Column, value: Any, t: Say) -> Any:
    """A value with its codes as words and yes as a word; no is an empty cell."""
    if column.kind == "code":
        return None if value is None else t(f"{column.words}.{value}")
    if column.kind == "codes":
        return ", ".join(t(f"{column.words}.{each}") for each in value or ())
    if column.kind == "yes_no":
        return t("portfolio.yes") if value else None
    return value


def cell(value: Any, language: str) -> str:
    """A value as a spreadsheet of that language reads it; a text is never a formula."""
    if value is None:
        return ""
    if isinstance(value, Decimal | int):
        plain = f"{Decimal(value).normalize():f}"
        return plain if language == "en" else plain.replace(".", ",")
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


class CommaSeparated:
    """CSV as the spreadsheets of a language open it: with semicolons and decimal commas but in English."""

    def __init__(self, file: IO[bytes], about: About, t: Say, table: Table = FIGURES):
        self._language, self._t, self._table = about.language, t, table
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text, delimiter="," if about.language == "en" else ";")
        self._writer.writerow([heading(column, t) for column in table.columns])

    def write(self, rows: Iterable[Any]) -> None:
        """Write some rows more."""
        for row in rows:
            pairs = zip(self._table.columns, self._table.values_of(row), strict=True)
            self._writer.writerow([cell(in_words(column, value, self._t), self._language) for column, value in pairs])

    def add(self, table: Table, rows: Iterable[Any]) -> None:
        """A file of its own holds it."""

    def close(self) -> None:
        """End the file."""
        self._text.flush()
        self._text.detach()


WIDTHS = {"text": 24, "code": 24, "codes": 24, "day": 12}


class Workbook:
    """XLSX, with a sheet that says how it is to be read."""

    def __init__(self, file: IO[bytes], about: About, t: Say, table: Table = FIGURES):
        self._t, self._about, self._tables = t, about, [table]
        self._book = workbook.Workbook(file, about.title, t(f"portfolio.sheet.{table.key}"), self._headings(table))

    def _headings(self, table: Table) -> list[Heading]:
        return [Heading(heading(each, self._t), WIDTHS.get(each.kind, 14), each.kind) for each in table.columns]

    def write(self, rows: Iterable[Any]) -> None:
        """Write some rows more."""
        table = self._tables[-1]
        for row in rows:
            pairs = zip(table.columns, table.values_of(row), strict=True)
            self._book.write(in_words(column, value, self._t) for column, value in pairs)

    def add(self, table: Table, rows: Iterable[Any]) -> None:
        """A sheet of its own."""
        self._tables.append(table)
        self._book.begin(self._t(f"portfolio.sheet.{table.key}"), self._headings(table))
        self.write(rows)

    def _tell(self) -> None:
        t, about = self._t, self._about
        explained = [
            (heading(column, t), t(f"portfolio.definition.{column.key}"))
            for table in self._tables for column in table.columns if column.explained
        ]  # fmt: skip
        notes = [("", note) for note in about.notes]
        once = dict.fromkeys(explained)
        self._book.tell(t("portfolio.sheet.about"), [(about.title, ""), *about.facts, *notes, ("", ""), *once])

    def close(self) -> None:
        """End the file."""
        self._tell()
        self._book.close()


class Json:
    """JSON: what it is about, its columns, and an object for each row; codes, not words, and numbers exactly."""

    def __init__(self, file: IO[bytes], about: About, t: Say, table: Table = FIGURES):
        self._file, self._is_first, self._t, self._table, self._ends = file, True, t, table, b"]}"
        self._encoder = msgspec.json.Encoder(decimal_format="number")
        head = {"as_of": about.as_of, "cut": about.cut, "notes": about.notes, "columns": fields(table, t)}
        file.write(self._encoder.encode(head)[:-1] + b',"rows":[')

    def add(self, table: Table, rows: Iterable[Any]) -> None:
        """A list of its own under its key, with its columns."""
        head = self._encoder.encode({"columns": fields(table, self._t)})
        self._file.write(b"\n" + self._ends[:-1] + b',"' + table.key.encode() + b'":' + head[:-1] + b',"rows":[')
        self._is_first, self._table, self._ends = True, table, b"]}}"
        self.write(rows)

    def write(self, rows: Iterable[Any]) -> None:
        """Write some rows more."""
        for row in rows:
            said = {
                column.key: value.normalize() + 0 if isinstance(value, Decimal) else value
                for column, value in zip(self._table.columns, self._table.values_of(row), strict=True)
            }
            self._file.write((b"\n" if self._is_first else b",\n") + self._encoder.encode(said))
            self._is_first = False

    def close(self) -> None:
        """End the file."""
        self._file.write(b"\n" + self._ends + b"\n")


DECIMAL = arrow.DataType.decimal128(38, DECIMALS)
ARROW_TYPES = {
    "text": arrow.DataType.utf8(), "code": arrow.DataType.utf8(), "codes": arrow.DataType.utf8(),
    "whole": arrow.DataType.int64(), "number": DECIMAL, "kroner": DECIMAL, "day": arrow.DataType.date32(),
    "yes_no": arrow.DataType.bool(),
}  # fmt: skip


def _packed(column: Column, values: list[Any]) -> Any:
    """A column of a part; numbers go over text, so that none of their decimals is lost."""
    match column.kind:
        case "codes":
            values = [None if value is None else ",".join(value) for value in values]
        case "number" | "kroner":
            values = [None if value is None else f"{round(value, DECIMALS):f}" for value in values]
        case "day":
            values = [None if value is None else value.isoformat() for value in values]
        case "whole" | "yes_no":
            return arrow.Array(values, type=ARROW_TYPES[column.kind])
    return arrow.Array(values, type=arrow.DataType.utf8()).cast(ARROW_TYPES[column.kind])


class Parquet:
    """Parquet: typed columns, codes and not words; the parts are kept packed until the end."""

    def __init__(self, file: IO[bytes], about: About, t: Say, table: Table = FIGURES):
        self._file, self._about, self._t, self._table = file, about, t, table
        self._schema = arrow.Schema([arrow.Field(column.key, ARROW_TYPES[column.kind]) for column in table.columns])
        self._parts: list[Any] = []

    def add(self, table: Table, rows: Iterable[Any]) -> None:
        """A file of its own holds it."""

    def write(self, rows: Iterable[Any]) -> None:
        """Write some rows more."""
        values = [self._table.values_of(row) for row in rows]
        if values:
            turned = zip(self._table.columns, zip(*values, strict=True), strict=True)
            columns = [_packed(column, list(each)) for column, each in turned]
            self._parts.append(arrow.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        """End the file, with the day, the cut and the notes in its head."""
        said = {
            "as_of": self._about.as_of.isoformat(),
            "cut": msgspec.json.encode(self._about.cut).decode(),
            "notes": "\n".join(self._about.notes),
        }
        whole = arrow.Table.from_batches(self._parts, schema=self._schema)
        arro3.io.write_parquet(whole, self._file, compression="zstd(3)", key_value_metadata=said)


SCHEMA_TYPES = {
    "text": "string", "code": "string", "codes": "array", "whole": "integer", "number": "number", "kroner": "number",
    "day": "date", "yes_no": "boolean",
}  # fmt: skip


def fields(table: Table, t: Say) -> list[dict[str, Any]]:
    """The columns of a table: the key, the type, the heading and what it means."""
    found = []
    for column in table.columns:
        said = {"name": column.key, "type": SCHEMA_TYPES[column.kind], "title": heading(column, t)}
        if column.explained:
            said["description"] = t(f"portfolio.definition.{column.key}")
        found.append(said)
    return found


def schema(t: Say) -> dict[str, Any]:
    """The columns as a Table Schema (Frictionless), with those of the tables beside the figures."""
    return {"fields": fields(FIGURES, t), **{table.key: {"fields": fields(table, t)} for table in BESIDE}}


@dataclass(frozen=True)
class Format:
    """A kind of file: what people call it, what it is for programs, and what writes it."""

    name: str
    media_type: str
    writer: Callable[[IO[bytes], About, Say, Table], Writer]
    holds_one: bool = False
    """Whether it holds one table and no more, so that each of the others is a file of its own."""


FORMATS: dict[str, Format] = {
    "csv": Format("CSV", "text/csv", CommaSeparated, holds_one=True),
    "xlsx": Format("Excel (XLSX)", workbook.MEDIA_TYPE, Workbook),
    "json": Format("JSON", "application/json", Json),
    "parquet": Format("Parquet", "application/vnd.apache.parquet", Parquet, holds_one=True),
}
"""One entry makes a kind of file; its key ends the address."""
