"""Leaves added up over time: which months are shown, what a year says of its months, and what no price index can convert."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.workflows.test_leaf import (
    END_OF_YEAR,
    ENQUIRIES,
    HARM,
    NEW_YEAR,
    A,
    B,
    D,
    changed,
    in_2027,
    kroner,
    year,
)  # fmt: skip
from workflows.leaf import Believed, Level, Measured
from workflows.over_time import (
    FARTHEST_YEARS,
    Amounts,
    Factors,
    Period,
    Sums,
    added_up,
    by_year,
    heading,
    kind_of,
    months_shown,
    rolled,
    running_total,
    sums_of,
)  # fmt: skip

FORESEEN = changed(A, measurements=(), forecasts=(Believed(NEW_YEAR, D(350), D(340), D(330)),))
FEW_IN_AUTUMN = changed(
    ENQUIRIES, measurements=(Measured(on=date(2027, 9, 1), value=D(340), grade="B", observations=4),)
)


@pytest.mark.parametrize("kind", [2027, "timer", "timer i uka"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_heading_says_its_sign_and_its_kroner_or_unit(sign: int, kind: int | str) -> None:
    assert kind_of(heading(sign, kind)) == (sign, kind)


def test_i11_kroner_are_converted_only_between_years_that_the_index_has() -> None:
    index = Factors({2024: D("0.9"), 2027: D(1)})
    assert index.ratio(2024, 2027) == D("1.11111111"), "rounded once, to eight decimals"
    assert index.ratio(2026, 2026) == 1, "their own kroner need no index"
    assert index.ratio(2024, 2025) is index.ratio(2025, 2024) is index.ratio(2025, 2026) is None
    converted = in_2027(changed(A, price_year=2024), price_year=2027, factors=index)
    assert converted.years[0].gains.planned == year(A).gains.planned * D("1.11111111"), "to the last of them"


def test_without_a_year_asked_for_the_newest_kroner_are_told_and_the_rest_is_said_with_what_the_index_lacks() -> None:
    older, oldest = changed(B, price_year=2025), changed(B, price_year=2019)
    index = Factors({2027: D(1), 2025: D(1)})
    found = in_2027(oldest, older, A, factors=index)
    assert (found.price_year, kroner(found.total.gains.planned)) == (2027, 59_904 + 39_936)
    assert [(each.price_year, each.lacking, kroner(each.total.planned)) for each in found.left_out] == [
        (2019, (2019,), 39_936)
    ]
    assert in_2027().price_year is None


def test_what_comes_to_nothing_stands_under_no_heading() -> None:
    assert sums_of(changed(A, targets=(), measurements=())).flows == {}
    assert added_up([sums_of(A), -sums_of(A)]) == Sums()


@pytest.mark.parametrize("grade", "ABC")
def test_every_grade_but_an_estimate_is_realised(grade: str) -> None:
    (own,) = A.measurements
    leaf = changed(
        A, measurements=(Measured(on=own.on, value=own.value, grade=grade, counterfactual=own.counterfactual),)
    )
    assert kroner(year(leaf).gains.realised) == 29_952


# --- which months are shown ---


def test_whole_years_are_shown_from_the_first_to_the_last_in_which_anything_is_with_this_year() -> None:
    def shown(starts_on: date, ends_on: date, as_of: date = END_OF_YEAR) -> tuple[int, int]:
        first, last = months_shown(sums_of(changed(A, starts_on=starts_on, ends_on=ends_on)), as_of)
        assert (first % 12, last % 12) == (0, 11)
        return first // 12, last // 12

    assert shown(date(2026, 3, 1), date(2029, 5, 31)) == (2026, 2029)
    assert shown(date(2026, 12, 1), date(2029, 12, 31)) == (2026, 2029), "it ends with the year"
    assert shown(date(2026, 12, 1), date(2030, 1, 15)) == (2026, 2030)
    assert shown(date(2026, 3, 1), date(2026, 5, 31), date(2028, 1, 1)) == (2026, 2028)
    assert shown(date(2029, 3, 1), date(2029, 5, 31)) == (2027, 2029)
    assert months_shown(Sums(), END_OF_YEAR) == (2027 * 12, 2027 * 12 + 11)
    assert FARTHEST_YEARS == 20
    assert shown(date(1990, 3, 1), date(2090, 5, 31)) == (2007, 2047)
    found = rolled(sums_of(changed(A, starts_on=date(2026, 3, 1), ends_on=date(2027, 5, 31))), END_OF_YEAR)
    assert (found.first, found.last, len(found.months)) == (2026 * 12, 2027 * 12 + 11, 24)


def test_the_months_of_a_unit_that_nobody_has_priced_are_shown_too() -> None:
    hours = changed(A, unit="timer", unit_value_ore=None, starts_on=date(2025, 3, 1), ends_on=date(2029, 5, 31))
    assert months_shown(sums_of(hours), END_OF_YEAR) == (2025 * 12, 2029 * 12 + 11)
    rate = changed(hours, unit="%")
    assert months_shown(sums_of(rate), END_OF_YEAR) == (2025 * 12, 2029 * 12 + 11), (
        "there is something of it to measure"
    )


# --- what a day makes of them ---


def test_before_the_first_month_nothing_has_been_measured_nor_missed() -> None:
    found = in_2027(A, FORESEEN, as_of=date(2026, 6, 30))
    assert not any(month.has_come or month.there.missing or month.there.measured for month in found.months)
    assert (found.total.gains.realised, found.total.gains.unmeasured, found.total.of_gains) == (0, 0, 0)
    assert found.total.gains.likely == 12 * in_2027(FORESEEN, as_of=date(2026, 6, 30)).months[0].gains.likely
    assert found.total.there.running == 24


def test_what_is_expected_is_what_was_measured_where_it_was_and_else_the_forecast() -> None:
    measured = changed(FORESEEN, measurements=(Measured(on=date(2027, 7, 1), value=D(310), grade="A"),))
    found = in_2027(measured, as_of=date(2027, 9, 30)).months
    a_month = D(10_400) * D("0.6")
    for name, forecast in (("low", 50), ("likely", 60), ("high", 70)):
        assert [getattr(month.gains, name) / a_month for month in found] == [forecast] * 6 + [90] * 3 + [forecast] * 3
    assert [month.gains.unmeasured / a_month for month in found] == [60] * 6 + [0] * 6
    assert [month.of_gains for month in found] == [0] * 6 + [1] * 3 + [0] * 3


def test_a_year_says_how_many_months_of_indicators_its_measured_gains_and_harms_are_of() -> None:
    found = in_2027(A, B, HARM, as_of=date(2027, 4, 1)).years[0]
    assert (found.of_gains, found.of_harms) == (8, 4)
    assert [month.of_harms for month in in_2027(HARM, as_of=date(2027, 4, 1)).months] == [1] * 4 + [0] * 8


def test_a_year_rests_on_few_where_any_month_of_it_does() -> None:
    assert in_2027(FEW_IN_AUTUMN).years[0].few_gains == ("b",)
    assert in_2027(FEW_IN_AUTUMN).months[7].few_gains == ()
    beside = changed(A, measurements=(Measured(on=NEW_YEAR, value=D(340), grade="B", observations=40),))
    assert in_2027(FEW_IN_AUTUMN, beside).years[0].few_gains == ()
    harm = changed(FEW_IN_AUTUMN, sign=-1)
    assert (in_2027(harm).years[0].few_gains, in_2027(harm).years[0].few_harms) == ((), ("b",))


def test_years_and_all_of_it_are_their_months_in_kroner_and_in_other_units() -> None:
    found = rolled(added_up(map(sums_of, (A, HARM))), date(2028, 2, 1), shown=(2027 * 12, 2028 * 12 + 11))
    assert by_year(found.months) == found.years
    assert [(each.first, each.months, each.has_come) for each in found.years] == [
        (date(2027, 1, 1), 12, True), (date(2028, 1, 1), 12, True),
    ]  # fmt: skip
    assert found.total == found.cumulative[-1] == running_total(found.years)[-1]
    for unit, months in found.quantities.items():
        assert by_year(months) == found.quantities_by_year[unit]
    later = rolled(sums_of(A), END_OF_YEAR, shown=(2027 * 12, 2028 * 12 + 11))
    assert [each.has_come for each in by_year(later.months)] == [True, False]


def test_two_periods_together_begin_with_the_first_and_rest_on_few_where_either_does() -> None:
    one = Period(first=date(2028, 1, 1), has_come=False, few_gains=("b",), few_harms=("d",), of_gains=2, of_harms=3)
    other = Period(first=NEW_YEAR, has_come=True, few_gains=("a", "c"), gains=Amounts(a=D(7)), of_gains=1, of_harms=1)
    for both in (one + other, other + one):
        assert (both.first, both.months, both.has_come) == (NEW_YEAR, 2, True)
        assert (both.few_gains, both.few_harms, both.of_gains, both.of_harms) == (("a", "b", "c"), ("d",), 3, 4)
        assert both.gains.realised == 7


def test_a_target_reached_in_steps_is_a_sum_of_months_not_of_years() -> None:
    stepped = changed(ENQUIRIES, targets=(Level(NEW_YEAR, D(380)), Level(date(2027, 11, 1), D(320))))
    assert kroner(year(stepped).gains.planned) == Decimal(104) * (10 * 20 + 2 * 80)
