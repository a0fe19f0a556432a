"""A list of who came, pasted from a spreadsheet: what each row says, who that is, and what is wrong with it."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from workflows.engine import Reason
from workflows.gathering import Presence

MOST_ROWS = 500
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
SEPARATORS = ("\t", ";", ",")

HEADINGS = {
    "name": ("navn", "namn", "name", "deltaker", "deltakar", "participant", "fornavn og etternavn"),
    "email": ("e-post", "epost", "e-mail", "email", "mail", "e-postadresse", "epostadresse", "adresse"),
    "unit": ("enhet", "eining", "unit", "kontor", "nav-kontor", "office", "avdeling", "avdeling/kontor"),
    "attended": ("møtte", "møtt", "deltok", "kom", "til stede", "til stades", "oppmøte", "frammøte", "attended", "came",
                 "present"),
}  # fmt: skip
"""How the columns may be headed."""
ORDER = ("name", "email", "unit", "attended")
"""The order of columns without headings."""

CAME = frozenset(["ja", "j", "yes", "y", "x", "1", "true", "sann", "✓", "✔", "kom", "møtte", "møtt", "deltok"])
ABSENT = frozenset(
    ["nei", "n", "no", "0", "false", "usann", "-", "–", "ikke", "fravær", "fråvær", "absent", "syk", "sjuk"]
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it was pasted: its number among the lines, and what stands in it."""

    number: int
    name: str = ""
    email: str = ""
    unit: str = ""
    attended: str | None = None
    """None where the list has no such column: then it is a list of those who came."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody that a row may mean."""

    person_id: UUID
    name: str
    email: str
    units: tuple[str, ...] = ()
    invited: bool = True
    stands: Presence = Presence.UNKNOWN
    """What is noted of them already."""


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """A row with whom it means, what it says of them, and everything that is wrong with it."""

    line: Line
    person: Known | None = None
    presence: Presence = Presence.UNKNOWN
    faults: tuple[Reason, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether confirming the list changes anything for this row."""
        return bool(self.person and not self.faults and self.presence not in (Presence.UNKNOWN, self.person.stands))


def _clean(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).replace("\ufeff", "").split())


def bare(name: str) -> str:
    """A name as it is compared: without capitals, and first name first where it was written the other way round."""
    cleaned = _clean(name).casefold()
    last, comma, first = cleaned.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else cleaned


def separator_of(text: str) -> str:
    """What separates the cells: a tab where there is one, else what stands in most lines; a comma within names is none."""
    lines = [line for line in text.splitlines() if line.strip()]
    for separator in SEPARATORS[:2]:
        if lines and sum(separator in line for line in lines) * 2 > len(lines):
            return separator
    return SEPARATORS[-1]


def _headings(cells: Sequence[str]) -> Sequence[str | None] | None:
    """The columns that a first row names, None where it is no row of headings."""
    columns = {word: column for column, words in HEADINGS.items() for word in words}
    found = [columns.get(cell.casefold().rstrip(":?")) for cell in cells]
    return found if sum(each is not None for each in found) * 2 > len([cell for cell in cells if cell]) else None


def _columns_of(rows: Sequence[Sequence[str]]) -> Sequence[str | None]:
    """The columns of rows without headings: in our order, moved along where the first holds the addresses."""
    width = max(map(len, rows), default=0)
    firsts = [row[0] for row in rows if row and row[0]]
    if firsts and sum("@" in cell for cell in firsts) * 2 > len(firsts):
        return ["email", *(each for each in ORDER if each != "email")][:width]
    seconds = [row[1] for row in rows if len(row) > 1 and row[1]]
    all_four = width >= len(ORDER) and not seconds  # nobody's address is known
    if width > 1 and not all_four and not any("@" in cell for cell in seconds):
        marks = Counter(cell.casefold() in CAME | ABSENT for cell in seconds)
        return ["name", "attended" if marks[True] > marks[False] else "unit", "attended"][:width]
    return list(ORDER)[:width]


def read_list(text: str) -> list[Line]:
    """The rows of a list that was pasted; headings, empty rows and cells beyond our four columns are left out."""
    found = csv.reader(text.splitlines(), delimiter=separator_of(text))
    rows = [(number, [_clean(cell) for cell in row]) for number, row in enumerate(found, start=1)]
    rows = [(number, row) for number, row in rows if any(row)]
    if not rows:
        return []
    headed = _headings(rows[0][1])
    columns = headed or _columns_of([row for _, row in rows])
    lines = []
    for number, row in rows[1:] if headed else rows:
        cells = {column: cell for column, cell in zip(columns, row, strict=False) if column}
        attended = cells.get("attended", "") if "attended" in columns else None
        lines.append(
            Line(number=number, name=cells.get("name", ""), email=cells.get("email", "").casefold(),
                 unit=cells.get("unit", ""), attended=attended)
        )  # fmt: skip
    return lines


def _presence(attended: str | None) -> Presence | None:
    if attended is None:
        return Presence.CAME
    said = attended.casefold()
    if not said:
        return Presence.UNKNOWN
    return Presence.CAME if said in CAME else Presence.ABSENT if said in ABSENT else None


def _fault(code: str, **parameters: str | int) -> Reason:
    return Reason(code=f"attendance.{code}", parameters=parameters)


def _meant(line: Line, by_email: dict[str, Known], by_name: dict[str, list[Known]]) -> Known | Reason:
    """Whom a row means, or why that cannot be said. The address decides; a name alone must be one person's."""
    if line.email:
        if not EMAIL.match(line.email):
            return _fault("bad_email", email=line.email)
        person = by_email.get(line.email)
        if person is None:
            return _fault("unknown_email", email=line.email)
        if line.name and bare(line.name) != bare(person.name):
            return _fault("other_name", name=line.name, email=line.email)
        return person
    if not line.name:
        return _fault("nobody_named")
    named = by_name.get(bare(line.name), [])
    if line.unit and len(named) > 1:
        named = [each for each in named if line.unit.casefold() in map(str.casefold, each.units)] or named
    if not named:
        return _fault("unknown_person", name=line.name)
    return named[0] if len(named) == 1 else _fault("ambiguous_name", name=line.name, count=len(named))


def understand(lines: Iterable[Line], known: Iterable[Known]) -> list[Understood]:
    """Every row with whom it means and what is wrong with it; who stands there twice is taken once."""
    people = list(known)
    by_email = {each.email.casefold(): each for each in people}
    by_name: dict[str, list[Known]] = {}
    for each in people:
        by_name.setdefault(bare(each.name), []).append(each)
    first: dict[UUID, int] = {}
    found = []
    for line in lines:
        meant, presence = _meant(line, by_email, by_name), _presence(line.attended)
        faults = [meant] if isinstance(meant, Reason) else []
        person = None if isinstance(meant, Reason) else meant
        if presence is None:
            faults.append(_fault("unclear", said=line.attended or ""))
        if person is not None:
            if person.person_id in first:
                faults.append(_fault("twice", number=first[person.person_id]))
            elif not person.invited:
                faults.append(_fault("not_in_audience"))
            first.setdefault(person.person_id, line.number)
        found.append(Understood(line=line, person=person, presence=presence or Presence.UNKNOWN, faults=tuple(faults)))
    return found
