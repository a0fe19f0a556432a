"""Numbers, shares and days as people type them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.texts import filters
from workflows.typed import (
    Figure,
    Unreadable,
    as_typed,
    day_from,
    figure_from,
    is_same_unit,
    number_from,
    share_from,
    whole_from,
)

D = Decimal
MEASURES = st.decimals(-(10**9), 10**9, places=6, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12,5", "12.5"), ("12.5", "12.5"), ("0,125", "0.125"), ("0.125", "0.125"), ("-3,5", "-3.5"), ("\u22123", "-3"),
        ("1 250", "1250"), ("1\u00a0250,50", "1250.5"), ("1\u2009250.125", "1250.125"), ("1\u202f250\u202f000", "1250000"),
        ("1.250,50", "1250.5"), ("1,250.50", "1250.5"), ("1.250.000", "1250000"), ("1,250,000", "1250000"),
        ("1250.125", "1250.125"), (",5", "0.5"), (".5", "0.5"), ("007", "7"), ("1,5e3", "1500"), ("+4", "4"), ("- 4", "-4"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(typed: str, number: str) -> None:
    assert number_from(typed) == D(number)


@pytest.mark.parametrize("typed", ["12.500", "12,500", "1.250", "-999,999", " 1,000 "])
def test_a_number_that_can_be_read_in_two_ways_is_refused_with_both(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        number_from(typed)
    reason = refused.value.reason
    assert reason.code == "form.two_ways"
    ways = [number_from(str(reason.parameters[name])) for name in ("whole", "fraction")]
    assert ways[0] == ways[1] * 1000


@pytest.mark.parametrize(
    "typed",
    ["", "mye", "1 2 5", "12 50", "1.25.000", "1,250,50", "1.250.50,5", "1..5", "1 250 50", "12 kr", "NaN", "Infinity",
     "1e", "--1", "1,2,3", "1.250,", "1_000", "0x10"],
)  # fmt: skip
def test_what_is_no_number_is_no_other_number(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        number_from(typed)
    assert refused.value.reason.code == "form.not_a_number"


@given(MEASURES)
def test_what_a_field_holds_is_read_back_as_the_same_number(value: Decimal) -> None:
    assert number_from(as_typed(value)) == value


@given(st.integers(-(10**12), 10**12))
def test_a_whole_number_is_held_without_decimals(value: int) -> None:
    assert as_typed(value) == str(value)


@given(MEASURES, st.sampled_from(["nb", "nn", "en"]))
def test_what_a_page_shows_is_read_as_the_same_number_or_asked_about(value: Decimal, language: str) -> None:
    try:
        assert number_from(filters.number(value, language)) == value
    except Unreadable as error:
        assert error.reason.code == "form.two_ways"


@pytest.mark.parametrize(
    ("typed", "whole"), [("12", 12), ("12 500", 12_500), ("12.500", 12_500), ("12,500", 12_500), ("3,0", 3)]
)
def test_whole_numbers_have_no_second_way(typed: str, whole: int) -> None:
    assert whole_from(typed) == whole


@pytest.mark.parametrize("typed", ["1,5", "1e400", "ti", ""])
def test_what_is_not_whole_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        whole_from(typed)


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("340", Figure(D(340))), ("340 saker", Figure(D(340), "saker")), ("12,5 %", Figure(D("12.5"), "%")),
        ("12%", Figure(D(12), "%")), ("kr 40", Figure(D(40), "kr")),
        ("1 250 timer per uke", Figure(D(1250), "timer per uke")),
    ],
)  # fmt: skip
def test_a_unit_behind_a_number_is_told_apart(typed: str, figure: Figure) -> None:
    assert figure_from(typed) == figure


@pytest.mark.parametrize(
    ("typed", "unit", "same"),
    [
        ("%", "prosent", True), ("prosent", "%", True), ("timer", "Timer", True), ("t", "timer", True),
        ("kr", "kroner", True), ("saker", "saker per måned", True), ("timer", "minutter", False), ("%", "saker", False),
        ("kr", "timer", False),
    ],
)  # fmt: skip
def test_units_that_match_and_units_that_do_not(typed: str, unit: str, same: bool) -> None:
    assert is_same_unit(typed, unit) is same


@pytest.mark.parametrize(
    ("typed", "share"), [("0,6", "0.6"), ("60 %", "0.6"), ("60%", "0.6"), ("1", "1"), ("12,5 prosent", "0.125")]
)
def test_a_share_is_typed_as_part_or_percent(typed: str, share: str) -> None:
    assert share_from(typed) == D(share)


@pytest.mark.parametrize(
    "typed",
    ["2027-03-01", "2027-3-1", "1.3.2027", "01.03.2027", "1/3/2027", "1. mars 2027", "1 mars 2027", "1. mar. 2027",
     "1 March 2027", "1.\u00a0mars\u00a02027", " 1. Mars 2027 "],
)  # fmt: skip
def test_days_are_read_in_three_styles(typed: str) -> None:
    assert day_from(typed) == date(2027, 3, 1)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["nb", "nn", "en"]))
def test_a_day_that_a_page_shows_is_read_as_the_same_day(day: date, language: str) -> None:
    assert day_from(filters.day(day, language)) == day
    assert day_from(filters.short_day(day, language)) == day


@pytest.mark.parametrize(
    "typed", ["", "30.2.2027", "1.13.2027", "1.3.27", "2027", "45000", "mars 2027", "1. morgen 2027", "0.0.0000"]
)
def test_what_is_no_day_is_said(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        day_from(typed)
    assert refused.value.reason.code == "form.not_a_date"
