"""Sums, numbers, days and moments as each language writes them; cached, for lists repeat their values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from app.core.clock import OSLO
from workflows.typed import as_typed

NO_BREAK = "\u00a0"
LOCALES = {"nb": Locale("nb", "NO"), "nn": Locale("nn", "NO"), "en": Locale("en", "GB")}


@lru_cache(maxsize=8192)
def money(ore: int, language: str) -> str:
    """A sum in øre as people write it: "500 000 kroner", "12 500,50 kroner", "NOK 500,000"."""
    figure = amount(ore, language)
    if language == "en":
        return f"NOK{NO_BREAK}{figure}"
    return f"{figure}{NO_BREAK}{'krone' if ore == 100 else 'kroner'}"


@lru_cache(maxsize=8192)
def amount(ore: int, language: str) -> str:
    """A sum in øre as a figure in kroner without the unit, for columns whose heading says kroner."""
    kroner = Decimal(ore) / 100
    return _solid(format_decimal(kroner, "#,##0" if ore % 100 == 0 else "#,##0.00", LOCALES[language]))


@lru_cache(maxsize=8192)
def number(value: Decimal | int | str, language: str) -> str:
    """A measure with the decimals that say something and the language's comma; thousands set apart."""
    value = Decimal(value) if isinstance(value, str) else value
    return _solid(format_decimal(value, "#,##0." + "0" * _decimals(value), LOCALES[language]))


def _decimals(value: Decimal | int) -> int:
    exponent = value.normalize().as_tuple().exponent if isinstance(value, Decimal) else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _solid(text: str) -> str:
    """Figures never break over a line."""
    return text.replace("\u202f", NO_BREAK).replace(" ", NO_BREAK)


def _instant(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(OSLO) if moment.tzinfo else moment


def _day(value: date | datetime | str) -> date:
    if isinstance(value, str) and len(value) > len("2021-02-05"):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return _instant(value).date()
    return date.fromisoformat(value) if isinstance(value, str) else value


@lru_cache(maxsize=8192)
def day(value: date | datetime | str, language: str) -> str:
    """A day: "1. september 2023"; of an instant the day it is in Norway."""
    return format_date(_day(value), "long", LOCALES[language])


@lru_cache(maxsize=8192)
def short_day(value: date | datetime | str, language: str) -> str:
    """A day for a narrow column, on one line: "1. sep. 2023"."""
    return _solid(format_date(_day(value), "d MMM y" if language == "en" else "d. MMM y", LOCALES[language]))


@lru_cache(maxsize=1024)
def month(value: date, language: str) -> str:
    """A month, on one line: "mars 2027"."""
    return _solid(format_date(_day(value), "LLLL y", LOCALES[language]))


@lru_cache(maxsize=1024)
def short_month(value: date, language: str) -> str:
    """A month for the foot of a drawing: "mars", "sep."."""
    return format_date(_day(value), "LLL", LOCALES[language])


@lru_cache(maxsize=8192)
def clock(value: datetime | str, language: str) -> str:
    """The time of day in Norway: "kl. 14.00", in English "14:00"."""
    local = _instant(value)
    return f"{local:%H:%M}" if language == "en" else f"kl.{NO_BREAK}{local:%H.%M}"


@lru_cache(maxsize=8192)
def moment(value: datetime | str, language: str) -> str:
    """Day and time of day in Norway: "1. september 2023 kl. 14.00"."""
    between = " at " if language == "en" else " "
    return f"{day(value, language)}{between}{clock(value, language)}"


@lru_cache(maxsize=8192)
def iso(value: date | datetime | str) -> str:
    """What a <time> element's datetime attribute and a date field hold."""
    return value if isinstance(value, str) else value.isoformat()


def local_field(value: datetime | str | None) -> str:
    """What a datetime-local field holds: the clock in Norway, to the minute."""
    return f"{_instant(value):%Y-%m-%dT%H:%M}" if value else ""


def days_until(value: date | datetime | str, now: date | datetime) -> int:
    """Whole calendar days in Norway from now until then; negative when it has passed."""
    return (_day(value) - _day(now)).days


def number_field(value: Decimal | int | str | None) -> str:
    """What a field for a number holds: the figure with comma, no grouping, and read back as the same number."""
    return as_typed(value)


def money_field(ore: int | str | None) -> str:
    """What a field for a sum holds: kroner with comma, no grouping; a typed text stays as it was typed."""
    if ore is None or isinstance(ore, str):
        return ore or ""
    kroner, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{kroner}" + (f",{rest:02d}" if rest else "")
