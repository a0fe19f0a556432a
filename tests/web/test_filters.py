"""Figures and times as bokmål, nynorsk and English write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.texts import filters


@pytest.mark.parametrize(
    ("ore", "nb", "en"),
    [
        (50_000_000, "500\u00a0000\u00a0kroner", "NOK\u00a0500,000"),
        (1_250_050, "12\u00a0500,50\u00a0kroner", "NOK\u00a012,500.50"),
        (100, "1\u00a0krone", "NOK\u00a01"),
        (0, "0\u00a0kroner", "NOK\u00a00"),
        (5, "0,05\u00a0kroner", "NOK\u00a00.05"),
    ],
)
def test_money(ore: int, nb: str, en: str) -> None:
    assert filters.money(ore, "nb") == filters.money(ore, "nn") == nb
    assert filters.money(ore, "en") == en


def test_a_measure_keeps_the_decimals_that_say_something() -> None:
    assert filters.number(Decimal("1234.500000"), "nn") == "1\u00a0234,5"
    assert filters.number(Decimal("400.000000"), "nb") == "400"
    assert filters.number(Decimal("0.12345678"), "en") == "0.12345678"
    assert filters.number(12345, "nb") == "12\u00a0345"


def test_an_instant_is_shown_as_the_clock_in_norway_across_summer_time() -> None:
    winter, summer = datetime(2023, 3, 26, 0, 59, tzinfo=UTC), datetime(2023, 3, 26, 1, 0, tzinfo=UTC)
    assert filters.clock(winter, "nb") == "kl.\u00a001.59"
    assert filters.clock(summer, "nb") == "kl.\u00a003.00"
    assert filters.clock(summer, "en") == "03:00"
    late = datetime(2023, 8, 31, 22, 30, tzinfo=UTC)
    assert filters.day(late, "nb") == "1. september 2023"
    assert filters.moment(late.isoformat(), "en") == "1 September 2023 at 00:30"
    assert filters.local_field(late) == "2023-09-01T00:30"


def test_days_are_counted_on_the_calendar_in_norway() -> None:
    assert filters.days_until(date(2023, 9, 1), datetime(2023, 8, 31, 21, 59, tzinfo=UTC)) == 1
    assert filters.days_until(date(2023, 9, 1), datetime(2023, 8, 31, 22, 0, tzinfo=UTC)) == 0
    assert filters.days_until("2023-08-30", date(2023, 9, 1)) == -2


@pytest.mark.parametrize(
    ("held", "shown"), [(None, ""), (25_000_000, "250000"), (1_250_050, "12500,50"), ("mange", "mange"), (-5, "-0,05")]
)
def test_a_field_for_a_sum_holds_kroner(held: int | str | None, shown: str) -> None:
    assert filters.money_field(held) == shown
