"""A leaf in months: the worked examples W1 to W6 to the øre, and what every sum promises, for any leaves at all."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.benefit import progress
from workflows.layout import is_summed, laid_out
from workflows.leaf import Believed, Flow, Leaf, Level, Measured, month_from, month_of
from workflows.over_time import Amounts, Factors, Period, Rolled, Sums, added_up, rolled, sums_of

D = Decimal
NEW_YEAR, END_OF_YEAR = date(2027, 1, 1), date(2027, 12, 31)
YEAR = (2027 * 12, 2027 * 12 + 11)
ENQUIRIES = Leaf(
    unit="henvendelser", direction="down", unit_value_ore=10_400, price_year=2027, periods_per_year=12, baseline=D(400),
    starts_on=NEW_YEAR, targets=(Level(NEW_YEAR, D(320)),),
    measurements=(Measured(on=NEW_YEAR, value=D(340), grade="B", observations=340, counterfactual=D(380)),),
)  # fmt: skip
"""W1: 12 minutes each, at 520 kroner an hour."""
A = msgspec.structs.replace(ENQUIRIES, shares=((2027, D("0.6")),))
B = msgspec.structs.replace(ENQUIRIES, shares=((2027, D("0.4")),))
ANY = settings(max_examples=settings.default.max_examples // 5)
HARM = Leaf(
    sign=-1, unit="kroner", baseline=D(0), targets=(Level(NEW_YEAR, D(18_720)),), unit_value_ore=100, price_year=2027,
    starts_on=NEW_YEAR, measurements=(Measured(on=NEW_YEAR, value=D(18_720), grade="B", observations=30),),
)  # fmt: skip


def changed(leaf: Leaf, **more: Any) -> Leaf:
    return msgspec.structs.replace(leaf, **more)


def in_2027(*leaves: Leaf, as_of: date = END_OF_YEAR, **more: Any) -> Rolled:
    return rolled(added_up(map(sums_of, leaves)), as_of, shown=YEAR, **more)


def year(*leaves: Leaf, as_of: date = END_OF_YEAR) -> Period:
    """The year 2027, in kroner."""
    (found,) = in_2027(*leaves, as_of=as_of).years
    return found


def kroner(amount: Decimal) -> Decimal:
    return amount / 100


# --- the worked examples ---


def test_w1_two_projects_share_an_effect_and_one_does_harm() -> None:
    assert progress(D(400), D(320), D(340)) == D("0.75")
    assert [kroner(year(A).gains.realised), kroner(year(B).gains.realised)] == [29_952, 19_968]
    assert [kroner(year(A).gains.planned), kroner(year(B).gains.planned)] == [59_904, 39_936]
    both = year(A, B, HARM)
    assert [kroner(both.gains.planned), kroner(both.gains.realised)] == [99_840, 49_920]
    assert [kroner(both.net.planned), kroner(both.net.realised)] == [81_120, 31_200]
    assert both.gains.realised / both.gains.planned == D("0.5")
    assert round(both.net.realised / both.net.planned * 100, 2) == D("38.46")
    assert [kroner(both.harms.planned), kroner(both.harms.realised)] == [-18_720, -18_720]
    naive = changed(ENQUIRIES, measurements=(Measured(on=NEW_YEAR, value=D(340), grade="B"),))
    assert kroner(year(naive, naive).gains.realised) == 149_760  # what nobody may ever see
    (hours,) = in_2027(A, B).quantities["henvendelser"][:1]
    assert [hours.gains.planned, hours.gains.realised] == [80, 40]


def test_w2_a_survey_has_progress_and_no_kroner_and_few_answers_are_hidden() -> None:
    survey = Leaf(
        unit="skala 1-5", baseline=D("3.2"), starts_on=NEW_YEAR, targets=(Level(NEW_YEAR, D("3.8")),),
        measurements=(Measured(on=NEW_YEAR, value=D("3.5"), grade="C", observations=41),),
    )  # fmt: skip
    assert progress(D("3.2"), D("3.8"), D("3.5")) == D("0.5")
    found = in_2027(survey)
    assert found.years[0].gains == Amounts()
    assert found.quantities == {}
    assert found.years[0].there.measured == 12
    few = changed(ENQUIRIES, measurements=(Measured(on=NEW_YEAR, value=D(340), grade="C", observations=4),))
    assert (year(few).few_gains, year(few).few_harms) == (("c",), ())
    other = changed(ENQUIRIES, measurements=(Measured(on=NEW_YEAR, value=D(340), grade="C", observations=5),))
    assert year(few, other).few_gains == ()


def test_w3_a_target_that_is_the_baseline_cannot_be_measured_and_overshoot_is_shown() -> None:
    assert progress(D(3), D(3), D(4)) is None
    assert progress(D(2), D(4), D(5)) == D("1.5")


def test_w4_what_is_dropped_after_half_a_year_keeps_its_plan_and_half_a_year() -> None:
    forecast = (Believed(NEW_YEAR, D(350), D(330), D(320)),)
    half = changed(A, dropped_on=date(2027, 7, 1), forecasts=forecast)
    assert kroner(year(half).gains.planned) == 59_904
    assert kroner(year(half).gains.realised) == 14_976
    assert kroner(year(half).gains.likely) == 14_976
    unmeasured = changed(half, measurements=())
    assert kroner(year(unmeasured).gains.likely) == kroner(year(changed(unmeasured, dropped_on=None)).gains.likely) / 2
    later = rolled(sums_of(half), END_OF_YEAR, shown=(2028 * 12, 2028 * 12 + 11)).years[0]
    assert [later.gains.likely, later.gains.realised, later.there.running] == [0, 0, 0]
    assert later.gains.planned > 0


def test_w6_an_estimate_stands_apart_from_what_is_realised() -> None:
    guess = changed(A, measurements=(msgspec.structs.replace(A.measurements[0], grade="D"),))
    assert [year(guess).gains.realised, kroner(year(guess).gains.estimated)] == [0, 29_952]
    assert (year(guess).there.measured, year(guess).there.estimated) == (0, 12)


# --- time ---


def test_a_month_counts_with_what_holds_on_its_first_day() -> None:
    assert month_from(date(2027, 3, 1)) == month_of(date(2027, 3, 31)) == 2027 * 12 + 2
    assert month_from(date(2027, 3, 2)) == 2027 * 12 + 3
    late = changed(A, starts_on=date(2027, 3, 15), ends_on=date(2027, 10, 1))
    planned = [month.gains.planned > 0 for month in in_2027(late).months]
    assert planned == [False] * 3 + [True] * 7 + [False] * 2


def test_the_start_is_its_own_else_the_change_s_else_the_first_target_s() -> None:
    def first(leaf: Leaf) -> int:
        return next(at for at, month in enumerate(in_2027(leaf).months, 1) if month.gains.planned)

    of_target = changed(A, starts_on=None, targets=(Level(date(2027, 9, 1), D(320)), Level(date(2027, 6, 1), D(350))))
    assert first(of_target) == 6
    assert first(changed(of_target, live_on=date(2027, 4, 1))) == 4
    assert first(changed(of_target, live_on=date(2027, 4, 1), starts_on=date(2027, 2, 1))) == 2


def test_yearly_holds_the_first_target_from_the_start_and_each_later_one_from_its_day() -> None:
    leaf = changed(B, shares=(), targets=(Level(date(2027, 3, 1), D(380)), Level(date(2027, 7, 1), D(320))))
    assert [month.gains.planned / 10_400 for month in in_2027(leaf).months] == [20] * 6 + [80] * 6


def test_a_ramp_climbs_from_nothing_by_the_month() -> None:
    leaf = changed(ENQUIRIES, profile="ramp", targets=(Level(date(2027, 5, 1), D(320)),))
    assert [month.gains.planned / 10_400 for month in in_2027(leaf).months] == [0, 20, 40, 60, *[80] * 8]
    at_once = changed(leaf, targets=(Level(NEW_YEAR, D(320)),))
    assert {month.gains.planned / 10_400 for month in in_2027(at_once).months} == {80}


def test_what_comes_once_comes_in_its_month_and_the_forecast_of_it_is_met_by_a_later_result() -> None:
    once = Leaf(
        unit="kroner", profile="one_off", periods_per_year=12, unit_value_ore=100, price_year=2027, baseline=D(0),
        starts_on=date(2027, 3, 10), targets=(Level(date(2027, 3, 20), D(100)),),
        forecasts=(Believed(date(2027, 4, 20), D(80), D(90), D(110)),),
    )  # fmt: skip
    assert [month.gains.planned for month in in_2027(once).months][2:4] == [10_000, 0]
    assert year(once).gains.likely == 9_000
    measured = changed(once, measurements=(Measured(on=date(2027, 6, 3), value=D(95), grade="A"),))
    found = year(measured).gains
    assert [found.planned, found.likely, found.realised, found.unmeasured] == [10_000, 9_500, 9_500, 0]
    again = changed(
        measured, measurements=(*measured.measurements, Measured(on=date(2027, 9, 3), value=D(97), grade="B"))
    )
    assert year(again).gains.realised == 9_700


def test_a_result_is_carried_one_interval_and_thirty_days_and_then_a_gap_is_shown_as_one() -> None:
    leaf = changed(ENQUIRIES, intervals=((NEW_YEAR, 3),), forecasts=(Believed(NEW_YEAR, D(360), D(360), D(360)),))
    found = in_2027(leaf)
    assert [month.gains.realised / 10_400 for month in found.months] == [40] * 5 + [0] * 7  # until 1 April and 30 days
    assert [month.there.missing for month in found.months] == [0] * 5 + [1] * 7
    assert [month.gains.unmeasured / 10_400 for month in found.months] == [0] * 5 + [40] * 7
    in_june = in_2027(leaf, as_of=date(2027, 6, 15))
    assert [month.there.missing for month in in_june.months] == [0] * 5 + [1] + [0] * 6
    assert [month.has_come for month in in_june.months] == [True] * 6 + [False] * 6
    assert sum(month.gains.likely for month in in_june.months) == sum(month.gains.likely for month in found.months)


def test_a_result_holds_in_each_month_by_the_interval_that_was_in_force_on_its_first_day() -> None:
    def held(*intervals: tuple[date, int]) -> list[int]:
        return [month.there.measured for month in in_2027(changed(ENQUIRIES, intervals=intervals)).months]

    august = date(2027, 8, 10)
    assert held((august, 3)) == [1] * 5 + [0] * 7, "what was said first stands also before its day"
    assert held((NEW_YEAR, 3), (august, 12)) == [1] * 5 + [0] * 3 + [1] * 4
    assert held((NEW_YEAR, 12), (august, 3)) == [1] * 8 + [0] * 4
    assert held((NEW_YEAR, 12), (date(2027, 8, 1), 3)) == [1] * 7 + [0] * 5
    assert held((NEW_YEAR, 12), (august, 3), (august, 6)) == [1] * 8 + [0] * 4, "six months and thirty days: 31 July"
    assert held() == [1] * 12


def test_what_was_measured_counts_from_the_day_it_was_measured_and_no_farther_than_today() -> None:
    assert [bool(month.gains.realised) for month in in_2027(A, as_of=date(2027, 3, 1)).months] == [True] * 3 + [
        False
    ] * 9


def test_a_year_without_a_pool_of_its_own_takes_the_share_before_it() -> None:
    leaf = changed(ENQUIRIES, shares=((2026, D("0.5")), (2028, D("0.25"))))
    assert [leaf.share_in(year) for year in (2025, 2026, 2027, 2028, 2030)] == [
        D("0.5"),
        D("0.5"),
        D("0.5"),
        D("0.25"),
        D("0.25"),
    ]
    found = rolled(sums_of(leaf), END_OF_YEAR, shown=(2027 * 12, 2028 * 12 + 11)).years
    assert [kroner(each.gains.planned) for each in found] == [49_920, 24_960]


# --- what is never added ---


def test_i11_kroner_of_different_years_meet_only_through_the_index_and_a_missing_year_is_said() -> None:
    older = changed(B, price_year=2024)
    index = Factors({2024: D("1.2"), 2027: D("1.5")})
    found = in_2027(A, older, factors=index)
    assert [found.price_year, kroner(found.years[0].gains.planned)] == [2027, D(59_904) + D(39_936) * D("1.25")]
    without = in_2027(A, older)
    assert kroner(without.years[0].gains.planned) == 59_904
    (left,) = without.left_out
    assert [left.price_year, left.lacking, kroner(left.total.planned)] == [2024, (2024, 2027), 39_936]
    asked = in_2027(A, older, price_year=2024, factors=index)
    assert asked.price_year == 2024
    assert asked.years[0].gains.planned == D(3_993_600) + D(5_990_400) * D("0.8")


def test_i11_what_is_not_priced_is_in_no_kroner_and_hours_stay_hours() -> None:
    hours = Leaf(
        unit="Timer", baseline=D(0), starts_on=NEW_YEAR, targets=(Level(NEW_YEAR, D(10)),), periods_per_year=12
    )
    found = in_2027(hours, changed(hours, unit="timer "), A)
    assert kroner(found.years[0].gains.planned) == 59_904
    assert sum(month.gains.planned for month in found.quantities["timer"]) == 240
    assert [is_summed(unit) for unit in ("timer", "1-5", "%", "prosent av brukerne", "poeng", "")] == [
        True,
        *[False] * 5,
    ]


@pytest.mark.parametrize("left", [{"is_end_benefit": False}, {"is_practice": True}])
def test_i16_what_is_no_end_benefit_or_only_practice_is_in_no_sum(left: dict[str, bool]) -> None:
    assert sums_of(changed(A, **left)) == Sums()


# --- any leaves at all ---

days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
values = st.decimals(min_value=-10_000, max_value=10_000, places=3)
levels = st.lists(st.builds(Level, days, values), max_size=2, unique_by=lambda each: each.on).map(tuple)
ranges = st.builds(lambda on, ends: Believed(on, *sorted(ends)), days, st.tuples(values, values, values))
measured = st.builds(
    Measured, on=days, value=values, grade=st.sampled_from("ABCD"), observations=st.none() | st.integers(1, 9),
    counterfactual=st.none() | values,
)  # fmt: skip
leaves = st.builds(
    Leaf,
    unit=st.sampled_from(("timer", "henvendelser", "%")), direction=st.sampled_from(("up", "down")),
    sign=st.sampled_from((1, -1)), profile=st.sampled_from(("yearly", "ramp", "one_off")),
    periods_per_year=st.sampled_from((1, 4, 12)), unit_value_ore=st.integers(1, 10**7),
    price_year=st.sampled_from((2024, 2027)),
    starts_on=st.none() | days, ends_on=st.none() | days, live_on=st.none() | days, dropped_on=st.none() | days,
    intervals=st.lists(
        st.tuples(days, st.sampled_from((1, 3, 12))), max_size=3, unique_by=lambda each: each[0]
    ).map(lambda told: tuple(sorted(told))), baseline=st.none() | values, targets=levels,
    forecasts=st.lists(ranges, max_size=2, unique_by=lambda each: each.on).map(tuple),
    measurements=st.lists(measured, max_size=3).map(tuple),
    shares=st.lists(
        st.tuples(st.integers(2024, 2029), st.decimals(0, 1, places=2)), max_size=2, unique_by=lambda each: each[0]
    ).map(tuple),
)  # fmt: skip
some = st.lists(leaves, max_size=2)
INDEX = Factors({2024: D("1.117"), 2027: D("1.303")})


def months_of(sums: Sums, as_of: date) -> tuple[Period, ...]:
    return rolled(sums, as_of, price_year=2027, factors=INDEX, shown=(2025 * 12, 2029 * 12 + 11)).months


@ANY
@given(some, some, days)
def test_i14_the_whole_is_the_sum_of_its_parts_to_the_last_decimal(
    one: list[Leaf], other: list[Leaf], as_of: date
) -> None:
    whole = months_of(added_up(map(sums_of, [*one, *other])), as_of)
    parts = [months_of(added_up(map(sums_of, each)), as_of) for each in (one, other)]
    for month, first, second in zip(whole, *parts, strict=True):
        assert month.gains == first.gains + second.gains
        assert month.harms == first.harms + second.harms
        assert month.there == first.there + second.there


@ANY
@given(some, leaves)
def test_what_is_taken_away_again_leaves_no_trace(there: list[Leaf], guest: Leaf) -> None:
    before = added_up(map(sums_of, there))
    assert before + sums_of(guest) + -sums_of(guest) == before


@ANY
@given(some, days)
def test_i12_net_is_gains_and_harms_and_no_harm_is_a_gain(there: list[Leaf], as_of: date) -> None:
    for month in months_of(added_up(map(sums_of, there)), as_of):
        assert month.net.planned == month.gains.planned + month.harms.planned
    for leaf in there:
        laid = laid_out(changed(leaf, sign=-1)).kroner
        span = laid.span if laid else None
        if laid is not None and span is not None:
            for name in ("planned", "likely", "a", "b", "c", "d"):
                every = laid.months([name], span[0], span[1] + 1)[name]
                assert leaf.profile == "one_off" or all(value <= 0 for value in every)
                assert sum(every) <= 0 or leaf.profile != "one_off"


def test_what_was_measured_to_nothing_is_measured_and_stays_so_when_the_benefit_is_dropped() -> None:
    at_first = changed(ENQUIRIES, measurements=(Measured(on=NEW_YEAR, value=D(400), grade="B", observations=400),))
    for leaf in (at_first, changed(at_first, dropped_on=date(2027, 4, 1))):
        (january, *_) = in_2027(leaf).months
        assert (january.of_gains, january.gains.realised, january.there.measured) == (1, 0, 1)


@pytest.mark.parametrize("on", [date(2027, 2, 3), date(2027, 6, 3)])
def test_what_comes_once_and_is_measured_outside_its_time_counts_nowhere_and_hides_nothing(on: date) -> None:
    once = Leaf(
        unit="kroner", profile="one_off", unit_value_ore=100, price_year=2027, baseline=D(0),
        starts_on=date(2027, 3, 10), ends_on=date(2027, 5, 31),
        forecasts=(Believed(date(2027, 4, 20), D(80), D(90), D(110)),),
    )  # fmt: skip
    outside = Measured(on=on, value=D(95), grade="A", observations=4)
    found = year(changed(once, measurements=(outside,)))
    assert found == year(once), "its forecast still stands, and what is missing is missing"
    assert (found.gains.likely, found.there.missing) == (9_000, 3)
    guess = Measured(on=date(2027, 4, 3), value=D(50), grade="D")
    found = year(changed(once, measurements=(guess, outside)))
    assert found == year(changed(once, measurements=(guess,)))
    assert (found.gains.estimated, found.there.estimated, found.there.missing) == (5_000, 2, 1)


def test_an_estimate_of_what_came_once_came_for_good_as_a_result_did() -> None:
    once = Leaf(
        unit="kroner", profile="one_off", unit_value_ore=100, price_year=2027, baseline=D(0), starts_on=NEW_YEAR,
        intervals=((NEW_YEAR, 1),),
    )  # fmt: skip
    for grade in "BD":
        there = year(changed(once, measurements=(Measured(on=date(2027, 3, 15), value=D(50), grade=grade),))).there
        assert (there.measured + there.estimated, there.missing) == (10, 2)


@ANY
@given(leaves)
def test_what_is_in_no_sum_counts_as_measured_nowhere_and_takes_no_forecast_away(leaf: Leaf) -> None:
    last = date(2029, 12, 31)
    found, unmeasured = (months_of(sums_of(each), last) for each in (leaf, changed(leaf, measurements=())))
    if not any(month.of_gains or month.of_harms for month in found):
        for month, without in zip(found, unmeasured, strict=True):
            assert month.net == without.net
            assert (month.there.measured, month.there.estimated) == (0, 0)
    for month in found:
        of_it = month.of_gains + month.of_harms
        assert not of_it or month.there.measured + month.there.estimated == 1


@ANY
@given(leaves, days)
def test_i13_the_plan_of_what_is_dropped_stands_and_the_rest_ends_with_the_drop(leaf: Leaf, dropped_on: date) -> None:
    standing, dropped = sums_of(changed(leaf, dropped_on=None)), sums_of(changed(leaf, dropped_on=dropped_on))
    last = date(2029, 12, 31)
    for before, after in zip(months_of(standing, last), months_of(dropped, last), strict=True):
        assert before.net.planned == after.net.planned
        if after.first >= dropped_on:
            assert [after.net.likely, after.net.realised, after.net.estimated, after.there.running] == [0, 0, 0, 0]
        elif after.first < dropped_on.replace(day=1) and leaf.profile != "one_off":
            assert before == after


@ANY
@given(leaves, days, days)
def test_what_has_come_to_pass_stands_whatever_day_it_is_looked_at(leaf: Leaf, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    for before, after in zip(months_of(sums_of(leaf), earlier), months_of(sums_of(leaf), later), strict=True):
        if before.has_come:
            assert before == after
        else:
            assert [before.gains.realised, before.gains.estimated, before.there.missing] == [0, 0, 0]
            assert before.gains.planned == after.gains.planned


@ANY
@given(leaves, days, st.sampled_from((1, 3, 12)))
def test_i15_another_interval_changes_nothing_before_its_day(leaf: Leaf, since: date, months: int) -> None:
    before = tuple(each for each in leaf.intervals if each[0] <= since) or ((date(2025, 1, 1), 6),)
    one, other = (sums_of(changed(leaf, intervals=each)) for each in (before, (*before, (since, months))))
    for was, now in zip(months_of(one, date(2029, 12, 31)), months_of(other, date(2029, 12, 31)), strict=True):
        if was.first < since:
            assert was == now


@ANY
@given(leaves)
def test_a_month_rests_on_what_was_measured_last_as_long_as_its_own_interval_lets_it(leaf: Leaf) -> None:
    """Another way of saying it: day by day, without edges."""
    yearly = changed(leaf, profile="yearly", ends_on=None, dropped_on=None, starts_on=date(2025, 1, 1), baseline=D(1))
    for period in months_of(sums_of(yearly), date(2029, 12, 31)):
        month = month_of(period.first)
        earlier = [each for each in yearly.measurements if each.grade != "D" and each.on <= period.first]
        last = max(earlier, key=lambda each: each.on, default=None)
        held = last is not None and period.first <= until(last.on, yearly.interval_in(month))
        assert period.there.measured == int(held), period.first


def until(on: date, months: int) -> date:
    """The last day that a value of a day holds."""
    then = month_of(on) + months
    after = date((then + 1) // 12, (then + 1) % 12 + 1, 1)
    return min(date(then // 12, then % 12 + 1, 1) + timedelta(days=on.day - 1), after - timedelta(days=1)) + timedelta(
        days=30
    )


@ANY
@given(leaves)
def test_every_month_is_what_the_rule_says_of_it(leaf: Leaf) -> None:
    """Another way of saying it: month by month, without edges, for what goes on from year to year."""
    yearly = changed(leaf, profile="yearly", sign=1)
    laid = laid_out(yearly).kroner or Flow({})
    for month in range(2024 * 12, 2030 * 12):
        day = date(month // 12, month % 12 + 1, 1)
        begun = yearly.starts_on or yearly.live_on
        over = (yearly.ends_on is not None and day > yearly.ends_on) or (begun is not None and day < begun)
        expected = D(0)
        if yearly.baseline is not None and yearly.targets and not over:
            ordered = sorted(yearly.targets, key=lambda each: each.on)
            if begun is not None or day >= ordered[0].on:
                level = next((each for each in reversed(ordered) if each.on <= day), ordered[0])
                effect = level.value - yearly.baseline
                effect = effect if yearly.direction == "up" else -effect
                expected = (
                    effect * yearly.share_in(day.year) * (yearly.unit_value_ore or 0) * yearly.periods_per_year / 12
                )
        assert abs(D(laid.at("planned", month)) / 1_000_000 - expected) <= D("0.000001")


def test_a_value_holds_to_the_day() -> None:
    late = changed(
        ENQUIRIES, intervals=((NEW_YEAR, 1),), measurements=(Measured(on=date(2027, 1, 31), value=D(340), grade="A"),)
    )
    # until 28 February and 30 days: 30 March
    assert [month.there.measured for month in in_2027(late).months] == [0, 1, 1, *[0] * 9]
    assert date(2027, 2, 28) + timedelta(days=30) == date(2027, 3, 30)
