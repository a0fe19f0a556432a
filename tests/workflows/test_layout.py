"""A leaf laid out in months: how a plan, a forecast and what was measured each go on, and what there is of it in each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.test_leaf import ENQUIRIES, HARM, NEW_YEAR, A, D, changed, in_2027, kroner, year
from workflows.layout import RATES, Window, is_summed, laid_out, laid_out_by_measurement
from workflows.leaf import Believed, Leaf, Level, Measured
from workflows.over_time import Sums, rolled, sums_of

ONCE = Leaf(
    unit="kroner", profile="one_off", unit_value_ore=100, price_year=2027, baseline=D(0), starts_on=date(2027, 3, 1)
)
BOTH_YEARS = (2027 * 12, 2028 * 12 + 11)


def monthly(leaf: Leaf, name: str = "planned", worth: int = 10_400) -> list[Decimal]:
    """The amounts of the months of 2027, in the leaf's unit."""
    return [getattr(month.net, name) / worth for month in in_2027(leaf).months]


def day(month: int, on: int = 1) -> date:
    return date(2027, month, on)


def test_a_window_holds_its_first_month_and_not_the_one_it_ends_with() -> None:
    assert [Window(3, 5).holds(month) for month in (2, 3, 4, 5)] == [False, True, True, False]
    assert [Window(None, 5).holds(4), Window(3, None).holds(99), Window(3, None).holds(2)] == [True, True, False]
    assert (Window(3, None).edges, Window(None, None).edges) == ({3}, set())


# --- profiles ---


def test_what_a_ramp_was_to_have_reached_by_the_start_is_there_at_the_start() -> None:
    leaf = changed(ENQUIRIES, profile="ramp", starts_on=day(5),
                   targets=(Level(day(1), D(390)), Level(day(3), D(360)), Level(day(9), D(320))))  # fmt: skip
    assert monthly(leaf) == [0] * 4 + [40, 50, 60, 70] + [80] * 4
    assert monthly(changed(leaf, targets=leaf.targets[::-1])) == monthly(leaf), "in whatever order they were said"
    at_start = changed(leaf, targets=(Level(day(5), D(360)), Level(day(9), D(320))))
    assert monthly(at_start) == monthly(leaf)


def test_a_ramp_climbs_from_each_target_to_the_next_and_ends_with_its_time() -> None:
    leaf = changed(
        ENQUIRIES, profile="ramp", ends_on=day(10, 31), targets=(Level(day(5), D(360)), Level(day(7), D(320)))
    )
    assert monthly(leaf) == [0, 10, 20, 30, 40, 60, 80, 80, 80, 80, 0, 0]
    cut_off = changed(leaf, ends_on=day(5, 31))
    assert monthly(cut_off) == [0, 10, 20, 30, 40] + [0] * 7


@pytest.mark.parametrize("profile", ["yearly", "ramp"])
def test_a_share_changes_with_the_year_in_plan_forecast_and_what_was_measured(profile: str) -> None:
    leaf = changed(ENQUIRIES, profile=profile, starts_on=date(2026, 1, 1), shares=((2027, D("0.5")), (2028, D("0.25"))),
                   targets=(Level(date(2026, 1, 1), D(320)),), intervals=((day(1), 24),),
                   forecasts=(Believed(date(2026, 1, 1), D(320), D(320), D(320)),))  # fmt: skip
    for own, name in ((changed(leaf, measurements=()), "likely"), (leaf, "realised"), (leaf, "planned")):
        first, second = (getattr(each.gains, name) for each in
                         rolled(sums_of(own), date(2028, 12, 31), shown=BOTH_YEARS).years)  # fmt: skip
        assert first == 2 * second > 0, name


def test_of_what_comes_once_a_later_target_adds_what_is_more_and_one_outside_its_time_nothing() -> None:
    def planned(*targets: Level, **more: Any) -> list[Decimal]:
        return monthly(changed(ONCE, targets=targets, **more), worth=100)

    assert planned(Level(day(3), D(100)), Level(day(6, 15), D(150))) == [0, 0, 100, 0, 0, 50] + [0] * 6
    assert planned(Level(day(3, 2), D(100)), Level(day(3, 20), D(150))) == [0, 0, 150] + [0] * 9
    assert planned(Level(day(2), D(100)), Level(day(6), D(150))) == [0] * 5 + [150] + [0] * 6
    assert planned(Level(day(6), D(150)), ends_on=day(5, 31)) == [0] * 12


def test_of_what_came_once_a_later_measurement_in_its_month_says_it_anew() -> None:
    said = (Measured(on=day(6, 1), value=D(80), grade="B"), Measured(on=day(6, 20), value=D(95), grade="A"))
    found = year(changed(ONCE, measurements=said))
    assert (found.gains.a, found.gains.b, found.gains.realised) == (9_500, 0, 9_500)
    assert (found.there.running, found.there.measured, found.there.missing) == (10, 7, 3)


def test_a_value_stands_from_its_own_day_in_whatever_order_they_were_said() -> None:
    targets = (Level(day(3), D(380)), Level(day(7), D(350)), Level(day(10), D(320)))
    for said in (targets, targets[::-1]):
        assert monthly(changed(ENQUIRIES, targets=said)) == [20] * 6 + [50] * 3 + [80] * 3
    within = (Level(day(3), D(380)), Level(day(7, 2), D(350)))
    assert monthly(changed(ENQUIRIES, targets=within)) == [20] * 7 + [50] * 5, "within a month: from the next"


@pytest.mark.parametrize("on", [day(6, 1), day(6, 20)])
def test_what_came_once_is_counted_in_its_month_alone(on: date) -> None:
    leaf = changed(ONCE, measurements=(Measured(on=on, value=D(95), grade="B"),))
    assert monthly(leaf, "realised", worth=100) == [0] * 5 + [95] + [0] * 6
    assert [month.of_gains for month in in_2027(leaf).months] == [0] * 5 + [1] + [0] * 6


def test_a_forecast_of_what_comes_once_is_met_by_a_result_in_its_month_or_later_and_by_none_before_it() -> None:
    foreseen = changed(ONCE, forecasts=(Believed(day(6, 10), D(80), D(90), D(110)),))
    for on, likely in ((day(6, 1), 95), (day(6, 20), 95), (day(9), 95), (day(5, 31), 95 + 90)):
        found = year(changed(foreseen, measurements=(Measured(on=on, value=D(95), grade="B"),))).gains
        assert found.likely / 100 == likely, on


def test_what_goes_on_and_was_measured_before_its_start_counts_from_the_start() -> None:
    assert monthly(changed(ENQUIRIES, starts_on=day(3)), "realised") == [0] * 2 + [40] * 10


def test_an_estimate_that_cannot_be_held_against_anything_or_was_made_outside_its_time_is_none() -> None:
    guess = (Measured(on=day(2), value=D(95), grade="D"),)
    assert year(changed(ONCE, measurements=guess)) == year(ONCE)
    assert year(changed(ONCE, baseline=None, starts_on=day(1), measurements=guess)).there.estimated == 0
    assert year(changed(ENQUIRIES, baseline=None, measurements=guess)).there.estimated == 0


# --- forecasts ---


def test_low_and_high_are_of_the_effect_whichever_way_is_better() -> None:
    unmeasured = changed(ENQUIRIES, measurements=())
    for ends in ((D(360), D(330)), (D(330), D(360))):
        found = year(changed(unmeasured, forecasts=(Believed(NEW_YEAR, ends[0], D(340), ends[1]),))).gains
        assert [each / 12 / 10_400 for each in (found.low, found.likely, found.high)] == [40, 60, 70]
    rising = changed(unmeasured, direction="up", forecasts=(Believed(NEW_YEAR, D(410), D(420), D(450)),))
    found = year(rising).gains
    assert [each / 12 / 10_400 for each in (found.low, found.likely, found.high)] == [10, 20, 50]


def test_a_forecast_without_a_start_counts_from_the_first_target_else_from_its_own_day() -> None:
    later, first = (Believed(day(on), D(340), D(340), D(340)) for on in (10, 8))
    leaf = changed(
        ENQUIRIES, measurements=(), starts_on=None, targets=(Level(day(6), D(320)),), forecasts=(later, first)
    )
    assert monthly(leaf, "likely") == [0] * 5 + [60] * 7
    assert monthly(changed(leaf, targets=()), "likely") == [0] * 7 + [60] * 5
    assert monthly(changed(leaf, targets=(), live_on=day(3)), "likely") == [0] * 2 + [60] * 10


# --- what was measured ---


def test_a_result_stands_before_an_estimate_as_long_as_it_holds() -> None:
    leaf = changed(ENQUIRIES, intervals=((NEW_YEAR, 3),), measurements=(
        Measured(on=day(1), value=D(340), grade="b"), Measured(on=day(4), value=D(300), grade="d"),
    ))  # fmt: skip
    found = in_2027(leaf).months
    assert [month.gains.realised / 10_400 for month in found] == [60] * 5 + [0] * 7
    assert [month.gains.estimated / 10_400 for month in found] == [0] * 5 + [100] * 2 + [0] * 5
    assert [(month.there.measured, month.there.estimated) for month in found] == [(1, 0)] * 5 + [(0, 1)] * 2 + [
        (0, 0)
    ] * 5
    assert [month.of_gains for month in found] == [1] * 7 + [0] * 5


def test_what_is_measured_is_held_against_what_would_have_been_and_else_against_the_baseline() -> None:
    assert monthly(ENQUIRIES, "realised")[0] == 40
    against_nothing = changed(ENQUIRIES, baseline=None, measurements=(Measured(on=NEW_YEAR, value=D(340), grade="B"),))
    assert (year(against_nothing).gains.realised, year(against_nothing).there.measured) == (0, 0)
    assert monthly(changed(ENQUIRIES, baseline=None), "realised")[0] == 40


def test_a_value_holds_in_the_month_of_its_last_day_in_a_new_year_too() -> None:
    (own,) = ENQUIRIES.measurements
    measured = Measured(on=date(2026, 1, 1), value=own.value, grade="B", counterfactual=own.counterfactual)
    leaf = changed(
        ENQUIRIES, starts_on=date(2026, 1, 1), shares=((2026, D(1)), (2027, D("0.5"))), measurements=(measured,)
    )
    assert monthly(leaf, "realised") == [20] + [0] * 11, "until New Year and thirty days more: 31 January"


def test_i12_less_harm_than_there_was_is_no_gain() -> None:
    (own,) = HARM.measurements
    better = changed(HARM, measurements=(Measured(on=own.on, value=D(-500), grade="B"),))
    assert (year(better).harms.realised, year(better).of_harms) == (0, 12)
    assert kroner(year(HARM).harms.realised) == -18_720


def test_each_measurement_has_its_part_in_kroner_and_in_its_unit_in_the_order_of_their_days() -> None:
    second, first = (Measured(on=day(on), value=D(value), grade="B") for on, value in ((7, 320), (1, 360)))
    leaf = changed(ENQUIRIES, measurements=(second, first))
    parts = laid_out_by_measurement(leaf)
    assert [measured for measured, _ in parts] == [first, second]
    for laid, worth in ((lambda each: each.kroner, 10_400), (lambda each: each.quantity, 1)):
        january, july = (laid(each).months(["b"], 2027 * 12, 2027 * 12 + 11)["b"] for _, each in parts)
        assert [value / worth / 1_000_000 for value in january] == [40] * 6 + [0] * 6
        assert [value / worth / 1_000_000 for value in july] == [0] * 6 + [80] * 6
    for name in ("is_end_benefit", "is_practice"):
        assert laid_out_by_measurement(changed(leaf, **{name: name == "is_practice"})) == ()
    unpriced = laid_out_by_measurement(changed(leaf, unit_value_ore=None, unit="%"))
    assert [(each.kroner, each.quantity) for _, each in unpriced] == [(None, None)] * 2


# --- what there is of it ---


def test_what_is_promised_and_foreseen_is_counted_while_it_runs() -> None:
    leaf = changed(A, starts_on=day(3), ends_on=day(11, 30), dropped_on=day(10, 1), measurements=(),
                   forecasts=(Believed(day(1), D(340), D(340), D(340)),))  # fmt: skip
    there = year(leaf).there
    assert (there.running, there.promised, there.foreseen, there.missing) == (7, 7, 7, 7)
    assert monthly(leaf, "likely") == [0] * 2 + [36] * 7 + [0] * 3
    assert monthly(leaf, "planned") == [0] * 2 + [48] * 9 + [0]
    assert year(changed(leaf, dropped_on=None)).there.running == 9
    assert year(changed(leaf, dropped_on=day(9, 2))).there.running == 7, "the month in which it is dropped still counts"
    assert (year(changed(leaf, forecasts=())).there.foreseen, year(changed(leaf, targets=())).there.promised) == (0, 0)
    without_baseline = year(changed(leaf, baseline=None)).there
    assert (without_baseline.running, without_baseline.promised, without_baseline.foreseen) == (7, 0, 0)


def test_without_a_start_it_runs_from_the_first_thing_that_is_known_of_it() -> None:
    leaf = changed(ENQUIRIES, starts_on=None, targets=(Level(day(6), D(320)),))
    there = year(leaf).there
    assert (there.running, there.promised, there.measured) == (12, 7, 12)
    assert year(changed(leaf, measurements=())).there.running == 7
    assert sums_of(Leaf()) == Sums(), "of which nothing is known nothing runs"


@pytest.mark.parametrize("unit", [*RATES, " Prosent av brukerne", "SKALA 1-5", "12 timer", "% av sakene", " "])
def test_points_and_parts_of_a_hundred_make_no_sum(unit: str) -> None:
    assert not is_summed(unit)
    assert laid_out(changed(A, unit=unit)).quantity is None
    assert is_summed(" Timer ")
