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

from app.portfolio.columns import COLUMNS, Column, Row, values_of
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

    def write(self, rows: Iterable[Row]) -> None:
        """Write some rows more."""

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

    def __init__(self, file: IO[bytes], about: About, t: Say):
        self._language, self._t = about.language, t
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text, delimiter="," if about.language == "en" else ";")
        self._writer.writerow([heading(column, t) for column in COLUMNS])

    def write(self, rows: Iterable[Row]) -> None:
        """Write some rows more."""
        for row in rows:
            pairs = zip(COLUMNS, values_of(row), strict=True)
            self._writer.writerow([cell(in_words(column, value, self._t), self._language) for column, value in pairs])

    def close(self) -> None:
        """End the file."""
        self._text.flush()
        self._text.detach()


WIDTHS = {"text": 24, "code": 24, "codes": 24, "day": 12}


class Workbook:
    """XLSX, with a sheet that says how it is to be read."""

    def __init__(self, file: IO[bytes], about: About, t: Say):
        self._t = t
        headings = [Heading(heading(each, t), WIDTHS.get(each.kind, 14), each.kind) for each in COLUMNS]
        self._book = workbook.Workbook(file, about.title, t("portfolio.sheet.figures"), headings)
        explained = [
            (heading(column, t), t(f"portfolio.definition.{column.key}")) for column in COLUMNS if column.explained
        ]
        notes = [("", note) for note in about.notes]
        self._book.tell(t("portfolio.sheet.about"), [(about.title, ""), *about.facts, *notes, ("", ""), *explained])

    def write(self, rows: Iterable[Row]) -> None:
        """Write some rows more."""
        for row in rows:
            pairs = zip(COLUMNS, values_of(row), strict=True)
            self._book.write(in_words(column, value, self._t) for column, value in pairs)

    def close(self) -> None:
        """End the file."""
        self._book.close()


class Json:
    """JSON: what it is about, its columns, and an object for each row; codes, not words, and numbers exactly."""

    def __init__(self, file: IO[bytes], about: About, t: Say):
        self._file, self._is_first = file, True
        self._encoder = msgspec.json.Encoder(decimal_format="number")
        head = {"as_of": about.as_of, "cut": about.cut, "notes": about.notes, "columns": schema(t)["fields"]}
        file.write(self._encoder.encode(head)[:-1] + b',"rows":[')

    def write(self, rows: Iterable[Row]) -> None:
        """Write some rows more."""
        for row in rows:
            said = {
                column.key: value.normalize() + 0 if isinstance(value, Decimal) else value
                for column, value in zip(COLUMNS, values_of(row), strict=True)
            }
            self._file.write((b"\n" if self._is_first else b",\n") + self._encoder.encode(said))
            self._is_first = False

    def close(self) -> None:
        """End the file."""
        self._file.write(b"\n]}\n")


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

    def __init__(self, file: IO[bytes], about: About, t: Say):
        self._file, self._about, self._t = file, about, t
        self._schema = arrow.Schema([arrow.Field(column.key, ARROW_TYPES[column.kind]) for column in COLUMNS])
        self._parts: list[Any] = []

    def write(self, rows: Iterable[Row]) -> None:
        """Write some rows more."""
        values = [values_of(row) for row in rows]
        if values:
            columns = [
                _packed(column, list(each)) for column, each in zip(COLUMNS, zip(*values, strict=True), strict=True)
            ]
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


def schema(t: Say) -> dict[str, Any]:
    """The columns as a Table Schema (Frictionless): the key, the type, the heading and what it means."""
    fields = []
    for column in COLUMNS:
        said = {"name": column.key, "type": SCHEMA_TYPES[column.kind], "title": heading(column, t)}
        if column.explained:
            said["description"] = t(f"portfolio.definition.{column.key}")
        fields.append(said)
    return {"fields": fields}


@dataclass(frozen=True)
class Format:
    """A kind of file: what people call it, what it is for programs, and what writes it."""

    name: str
    media_type: str
    writer: Callable[[IO[bytes], About, Say], Writer]


FORMATS: dict[str, Format] = {
    "csv": Format("CSV", "text/csv", CommaSeparated),
    "xlsx": Format("Excel (XLSX)", workbook.MEDIA_TYPE, Workbook),
    "json": Format("JSON", "application/json", Json),
    "parquet": Format("Parquet", "application/vnd.apache.parquet", Parquet),
}
"""One entry makes a kind of file; its key ends the address."""
