"""Numbers, shares and days as people type them, in Norwegian and in English; what can be read in two ways is refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from workflows.engine import Reason

SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
SIGN_AND_FIGURES = re.compile(r"^([+-]?) ?([\d.,][\d .,]*)(?:[eE]([+-]?\d{1,4}))?$")
FIRST_FIGURES = re.compile(r"^([+-]? ?[\d.,][\d .,]*(?:[eE][+-]?\d{1,4})?)(?<![ .,]) ?(\D.*)?$")
WAYS = tuple(
    map(
        re.compile,
        (
            r"^(\d+)(?:[.,](\d+))?$",
            r"^()[.,](\d+)$",
            r"^(\d{1,3}(?: \d{3})+)(?:[.,](\d+))?$",  # 1 250,50
            r"^(\d{1,3}(?:\.\d{3})+),(\d+)$",  # 1.250,50
            r"^(\d{1,3}(?:,\d{3})+)\.(\d+)$",  # 1,250.50
            r"^(\d{1,3}(?:\.\d{3}){2,})()$",  # 1.250.000
            r"^(\d{1,3}(?:,\d{3}){2,})()$",  # 1,250,000
        ),
    )
)
"""The ways to write a number: the whole of it, and its decimals."""
NO_FIGURE = re.compile(r"[ .,]")
TWO_WAYS = re.compile(r"^[1-9]\d{0,2}[.,]\d{3}$")
"""One comma or point with three figures after it: twelve thousand five hundred, or twelve and a half."""
HUNDRED = Decimal(100)

SAME_UNIT = (
    ("%", "prosent", "percent", "pst"),
    ("kr", "kroner", "krone", "nok"),
    ("timer", "time", "t", "hours", "hour", "timar"),
    ("min", "minutter", "minutt", "minutes", "minute"),
    ("dager", "dag", "days", "day", "dagar"),
    ("poeng", "poenger", "points", "point"),
    ("stk", "antall", "talet", "number", "count"),
)
"""Units under the names that people give them."""

MONTHS = (
    ("januar", "january", "jan"), ("februar", "february", "feb"), ("mars", "march", "mar"), ("april", "apr"),
    ("mai", "may"), ("juni", "june", "jun"), ("juli", "july", "jul"), ("august", "aug"),
    ("september", "sep", "sept"), ("oktober", "october", "okt", "oct"), ("november", "nov"),
    ("desember", "december", "des", "dec"),
)  # fmt: skip
MONTH_NUMBERS = {name: number for number, names in enumerate(MONTHS, start=1) for name in names}
ISO_DAY = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
NUMBERED_DAY = re.compile(r"^(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})$")
NAMED_DAY = re.compile(r"^(\d{1,2})\.?\s*([^\W\d_]+)\.?\s*(\d{4})$")


class Unreadable(ValueError):
    """A text that is no answer of its kind; the reason says why."""

    def __init__(self, code: str, **parameters: str):
        super().__init__(code)
        self.reason = Reason(code=code, parameters={**parameters})


class Figure(msgspec.Struct, frozen=True):
    """A number with the unit that was typed beside it, "" where none was."""

    value: Decimal
    unit: str = ""


def _spaced(text: str) -> str:
    return SPACES.sub(" ", text).strip().replace("\u2212", "-")


def number_from(text: str) -> Decimal:
    """A number as people type it in Norwegian or English: "1 250,50", "1.250,50", "-3.5"; Unreadable for anything else.

    "12.500" may be meant in two ways, and is refused with both: a figure that is a thousand times too large or too
    small is seen by nobody.
    """
    found = SIGN_AND_FIGURES.match(_spaced(text))
    if found is None:
        raise Unreadable("form.not_a_number")
    sign, figures, power = found.groups()
    if TWO_WAYS.match(figures):
        whole, rest = NO_FIGURE.split(figures)
        raise Unreadable("form.two_ways", whole=f"{whole} {rest}", fraction=f"{whole},{rest}0")
    parts = next((way.match(figures) for way in WAYS if way.match(figures)), None)
    if parts is None:
        raise Unreadable("form.not_a_number")
    whole, fraction = NO_FIGURE.sub("", parts.group(1) or "0"), parts.group(2) or "0"
    try:
        return Decimal(f"{sign}{whole}.{fraction}{'e' + power if power else ''}")
    except InvalidOperation:
        raise Unreadable("form.not_a_number") from None


def whole_from(text: str) -> int:
    """A whole number as people type it: "12 500" and "12.500" alike; Unreadable for anything else."""
    spaced = _spaced(text)
    bare = spaced.lstrip("+-").strip()
    number = number_from(NO_FIGURE.sub("", spaced) if TWO_WAYS.match(bare) else spaced)
    if number.adjusted() > 30 or number != number.to_integral_value():
        raise Unreadable("form.not_a_number")
    return int(number)


def figure_from(text: str) -> Figure:
    """A number with the unit behind it, where one is typed: "340 saker", "12,5 %", "kr 40"; Unreadable without a number."""
    spaced = _spaced(text)
    if spaced[:2].casefold() == "kr":
        return Figure(number_from(spaced[2:].lstrip(". ")), "kr")
    found = FIRST_FIGURES.match(spaced)
    if found is None or found.group(2) is None:
        return Figure(number_from(spaced))
    return Figure(number_from(found.group(1)), found.group(2).strip())


def share_from(text: str) -> Decimal:
    """A share of the whole, which people type as "0,6" or "60 %"; Unreadable for anything else."""
    figure = figure_from(text)
    if not figure.unit:
        return figure.value
    if not is_same_unit(figure.unit, "%"):
        raise Unreadable("form.not_a_number")
    return figure.value / HUNDRED


def _bare_unit(unit: str) -> str:
    bare = _spaced(unit).casefold().rstrip(".")
    return next((names[0] for names in SAME_UNIT if bare in names), bare)


def is_same_unit(typed: str, unit: str) -> bool:
    """Whether a unit that was typed is the one meant, under one of the names that people give it.

    Of "saker per måned" the first word is enough, for that is what stands behind a figure.
    """
    bare, meant = _bare_unit(typed), _bare_unit(unit)
    return bare == meant or _bare_unit(meant.split(" per ")[0]) == bare


def day_from(text: str) -> date:
    """A day as people type it: "2027-03-01", "1.3.2027", "1. mars 2027"; Unreadable for what is none."""
    spaced = _spaced(text).casefold()
    try:
        if found := ISO_DAY.match(spaced):
            year, month, day = map(int, found.groups())
        elif found := NUMBERED_DAY.match(spaced):
            day, month, year = map(int, found.groups())
        elif (found := NAMED_DAY.match(spaced)) and found.group(2) in MONTH_NUMBERS:
            day, month, year = int(found.group(1)), MONTH_NUMBERS[found.group(2)], int(found.group(3))
        else:
            raise Unreadable("form.not_a_date")
        return date(year, month, day)
    except ValueError:
        raise Unreadable("form.not_a_date") from None


def as_typed(value: Decimal | int | str | None) -> str:
    """What a field for a number holds: comma, no thousands set apart, and read back as the same number."""
    if value is None or isinstance(value, str):
        return (value or "").replace(".", ",")
    plain = f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else str(value)
    return f"{plain}0" if TWO_WAYS.match(plain.lstrip("-")) else plain
