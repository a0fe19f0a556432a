"""The curve of a cut: every year is its months, and what rests on too few is in no sum that is told above a project."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.portfolio.county_tiles import PLACES, tiles_of
from app.portfolio.curves import Named
from app.portfolio.curves_web import Part
from app.portfolio.time_chart import FOOT, TOP, draw_so_far, draw_years, gross, net
from tests.workflows.test_leaf import ANY, ENQUIRIES, HARM, A, B, changed
from workflows.curves import Curve, curve_of, kept_back_of
from workflows.leaf import Believed, Leaf, Measured
from workflows.over_time import Amounts, Rolled, Sums, added_up, rolled, sums_by_measurement, sums_of

D = Decimal
ON = date(2028, 6, 30)
YEARS = (2027 * 12, 2029 * 12 + 11)


def of(*leaves: Leaf, on: date = ON) -> Rolled:
    return rolled(added_up(map(sums_of, leaves)), on, price_year=2027, shown=YEARS)


def measured(*said: tuple[date, int, int]) -> tuple[Measured, ...]:
    return tuple(Measured(on=on, value=D(value), grade="B", observations=count) for on, value, count in said)


FEW = changed(ENQUIRIES, measurements=measured((date(2027, 1, 1), 340, 4)))


def test_w1_as_a_curve_has_its_year_and_what_it_has_come_to() -> None:
    found = curve_of(of(A, B, HARM, on=date(2027, 12, 31)))
    year = found.years[0]
    assert year.own.gains.planned == year.so_far.gains.planned == D(9_984_000)
    assert (year.own.net.planned, year.own.net.realised) == (D(8_112_000), D(3_120_000))
    assert found.years[1].so_far.gains.planned == 2 * D(9_984_000)
    assert not found.keeps_back


def test_what_rests_on_too_few_is_in_no_month_no_year_and_no_sum() -> None:
    found = curve_of(of(FEW))
    assert found.keeps_back
    assert found.years[0].months_kept_back == 12
    assert found.years[0].own.gains.planned > 0
    for each in (*found.so_far, *(year.own for year in found.years), found.by_now):
        assert each.gains.realised == each.gains.estimated == 0
    within = curve_of(of(FEW), above_projects=False)
    assert within.by_now.gains.realised > 0
    assert not within.keeps_back


def test_what_is_expected_does_not_tell_what_is_kept_back() -> None:
    foreseen = changed(FEW, forecasts=(Believed(date(2027, 1, 1), D(350), D(340), D(330)),))
    assert curve_of(of(foreseen)).years[0].own.gains.likely == 0
    assert curve_of(of(foreseen), above_projects=False).years[0].own.gains.likely > 0
    unmeasured = changed(foreseen, measurements=())
    both, alone = (curve_of(of(*leaves)).by_now.gains for leaves in ((FEW, unmeasured), (unmeasured,)))
    assert (both.low, both.likely, both.high) == (alone.low, alone.likely, alone.high)
    assert 0 < alone.low < alone.likely < alone.high


def test_a_month_whose_harm_rests_on_too_few_is_kept_back_as_one_whose_gain_does() -> None:
    (own,) = HARM.measurements
    found = curve_of(of(A, changed(HARM, measurements=(msgspec.structs.replace(own, observations=4),))))
    assert [year.months_kept_back for year in found.years] == [12, 1, 0]
    assert (found.by_now.harms.realised, found.by_now.gains) == (0, curve_of(of(A)).by_now.gains)


def test_what_it_has_come_to_is_the_months_that_have_come() -> None:
    found = curve_of(of(A, HARM)).by_now
    assert (found.first, found.months, found.has_come) == (date(2027, 1, 1), 18, True)
    assert (found.of_gains, found.of_harms) == (13, 13), "from New Year a year and thirty days"
    early = curve_of(of(A, on=date(2026, 12, 31))).by_now
    assert (early.months, early.gains) == (0, Amounts())


def test_with_others_beside_it_what_rests_on_few_is_counted() -> None:
    assert curve_of(of(FEW, A)).by_now.gains.realised > curve_of(of(A)).by_now.gains.realised


def grade(leaf: Leaf, letter: str, count: int = 40) -> Leaf:
    (own,) = leaf.measurements
    return changed(leaf, measurements=(msgspec.structs.replace(own, grade=letter, observations=count),))


def test_nothing_that_a_figure_is_not_made_of_makes_it_shown() -> None:
    unpriced = [changed(A, unit_value_ore=None, unit=unit) for unit in ("timer", "dager", "skala 1-5")]
    alone = curve_of(of(FEW))
    for beside in (*unpriced, HARM, grade(A, "D"), grade(A, "C"), changed(A, is_end_benefit=False)):
        found = curve_of(of(FEW, beside))
        assert found.keeps_back
        assert found.years[0].months_kept_back == 12
        assert found.by_now.gains.b == alone.by_now.gains.b == 0
        assert found.by_now.harms == curve_of(of(beside)).by_now.harms
    estimated = curve_of(of(grade(FEW, "D", 4), A))
    assert (estimated.by_now.gains.estimated, estimated.by_now.gains.b > 0) == (0, True)


def test_what_is_told_in_other_units_and_what_the_index_lacks_keep_the_rule_too() -> None:
    hours = changed(FEW, unit="timer", unit_value_ore=None)
    found = curve_of(of(hours, A))
    assert [year.months_kept_back for year in found.units["timer"]] == [12, 1, 0]
    assert all(year.own.gains.realised == 0 for year in found.units["timer"])
    assert not found.keeps_back
    assert sum(year.own.gains.realised for year in found.units["henvendelser"]) > 0
    assert [year.own.of_gains for year in found.units["henvendelser"]] == [12, 1, 0], "nobody measured in the last year"
    lacking = changed(FEW, price_year=1999)
    (left,), (all_of_it,) = curve_of(of(lacking, A)).left_out, of(lacking, A).left_out
    assert (left.total.realised, all_of_it.total.realised > 0, left.total.planned) == (0, True, all_of_it.total.planned)


def test_of_what_the_index_lacks_each_month_is_kept_back_by_itself() -> None:
    said = measured((date(2027, 1, 1), 340, 40), (date(2027, 2, 1), 340, 4), (date(2027, 3, 1), 340, 40))
    (left,) = curve_of(of(changed(ENQUIRIES, measurements=said, price_year=1999), A, on=date(2027, 12, 31))).left_out
    assert left.total.realised == 11 * 60 * 10_400, "February alone is kept back, and neither month beside it"


@ANY
@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(1, 9), st.booleans(), st.booleans()), max_size=6))
def test_every_figure_that_is_shown_rests_on_something_that_is_not_too_few(said: list[tuple[Any, ...]]) -> None:
    leaves = [
        changed(grade(A, letter, count), sign=-1 if harm else 1, unit_value_ore=10_400 if priced else None)
        for letter, count, harm, priced in said
    ]  # fmt: skip
    found = curve_of(of(*leaves)).by_now
    for side, harms in (("gains", False), ("harms", True)):
        for letter in "ABCD":
            enough = any(
                (own, harm, priced) == (letter, harms, True) and count >= 5 for own, count, harm, priced in said
            )
            name = "estimated" if letter == "D" else letter.lower()
            assert bool(getattr(getattr(found, side), name)) == enough, (side, letter)


def test_one_part_that_is_kept_back_takes_the_least_of_the_others_with_it() -> None:
    parts = {"few": curve_of(of(FEW)), "large": curve_of(of(A)), "small": curve_of(of(B))}
    assert kept_back_of(parts) == {"few", "small"}
    assert kept_back_of({name: parts[name] for name in ("large", "small")}) == frozenset()
    assert kept_back_of({"few": parts["few"], "other": parts["few"], "large": parts["large"]}) == {"few", "other"}
    unmeasured = curve_of(of(changed(A, measurements=())))
    assert kept_back_of({**parts, "unmeasured": unmeasured}) == {"few", "small"}, "what shows nothing hides nothing"
    little = changed(grade(A, "A"), shares=((2027, D("0.01")),))
    partly = curve_of(of(FEW, little))
    assert kept_back_of({"partly": partly, "large": parts["large"]}) == {"partly", "large"}, "it cannot hide itself"
    assert kept_back_of({"few": parts["few"]}) == {"few"}
    guessed = curve_of(of(A, grade(A, "D")))
    assert kept_back_of({"few": parts["few"], "guessed": guessed}) == {"few", "guessed"}


@ANY
@given(st.lists(st.tuples(st.integers(300, 420), st.integers(1, 9)), min_size=1, max_size=6))
def test_the_years_are_the_months_and_the_last_sum_is_all_of_them(said: list[tuple[int, int]]) -> None:
    leaves = [
        changed(ENQUIRIES, measurements=measured((date(2027, 1 + place, 15), value, count)))
        for place, (value, count) in enumerate(said)
    ]
    found = curve_of(of(*leaves))
    assert found.so_far[-1].net == found.years[-1].so_far.net
    for name in ("planned", "realised", "likely", "estimated", "unmeasured"):
        years = sum((getattr(each.own.net, name) for each in found.years), D(0))
        assert years == getattr(found.so_far[-1].net, name)
    assert found.by_now.net.realised == found.so_far[-1].net.realised
    assert found.by_now.net.planned == found.so_far[17].net.planned


def drawn(*leaves: Leaf, **more: Any) -> Curve:
    return curve_of(of(*leaves, **more))


def test_the_drawing_shows_what_there_is_in_its_place() -> None:
    chart = draw_so_far(drawn(A, HARM), net, ON)
    assert chart is not None
    assert [line.series for line in chart.lines] == ["planned", "likely", "realised"]
    points = [tuple(map(float, each.split(","))) for line in chart.lines for each in line.points.split()]
    assert all(TOP <= y <= FOOT and 84 <= x <= chart.width for x, y in points)
    assert len(chart.lines[2].points.split()) == 19  # realised: as far as June of the second year
    assert [year for _, year in chart.years] == [2027, 2028, 2029]
    assert chart.gaps  # nothing has been measured since the first value ran out
    assert chart.today is not None
    years = draw_years(drawn(A, HARM), gross)
    assert years is not None
    assert {bar.series for bar in years.bars} >= {"planned", "realised"}


def test_a_loss_is_drawn_under_the_line_of_nothing() -> None:
    chart = draw_years(drawn(HARM), net)
    assert chart is not None
    assert all(bar.y >= chart.nothing for bar in chart.bars)
    assert min(value for _, value in chart.scale) < 0


def test_nothing_in_kroner_is_no_drawing() -> None:
    empty = curve_of(rolled(Sums(), ON))
    assert draw_so_far(empty, net, ON) is None
    assert draw_years(empty, net) is None
    unpriced = curve_of(rolled(sums_of(msgspec.structs.replace(A, unit_value_ore=None)), ON))
    assert draw_so_far(unpriced, net, ON) is None


def test_every_county_has_a_place_of_its_own_and_a_stranger_stands_in_the_table_alone() -> None:
    assert len(set(PLACES.values())) == len(PLACES) == 12

    def part(name: str, planned: int, realised: int, *, keeps_back: bool = False) -> Part:
        total = Amounts(planned=D(planned), a=D(realised))
        return Part(named=Named(name), link="/", total=total, keeps_back=keeps_back, missing=0, running=0)

    there = [part("Nav Oslo", 100, 60), part("Nav Agder", 0, 0), part("Nav Utland", 1, 1), part("Nav Nordland", 9, 9)]
    tiles, others = tiles_of([*there, part("Nav Innlandet", 100, 90, keeps_back=True)])
    assert [(tile.name, tile.filled) for tile in tiles] == [
        ("Nordland", 4), ("Innlandet", 0), ("Oslo", 3), ("Agder", 0)
    ]  # fmt: skip
    assert [each.named.name for each in others] == ["Nav Utland"]
    assert tiles[1].share is None


GRADED = st.tuples(
    st.dates(date(2027, 1, 1), date(2029, 6, 30)), st.integers(300, 420), st.sampled_from("ABCD"), st.integers(1, 60)
)


@ANY
@given(
    st.lists(GRADED, min_size=1, max_size=5), st.sampled_from(("yearly", "ramp", "one_off")),
    st.sampled_from(((), ((2027, D("0.6")), (2028, D("0.37"))))),
)  # fmt: skip
def test_the_measurements_come_to_what_was_measured(said: list[Any], profile: str, shares: Any) -> None:
    leaf = changed(
        ENQUIRIES, profile=profile, shares=shares, intervals=((date(2027, 1, 1), 6), (date(2028, 2, 1), 12)),
        measurements=tuple(Measured(on=on, value=D(value), grade=grade, observations=count)
                           for on, value, grade, count in said),
    )  # fmt: skip
    whole = of(leaf).total.net
    parts = [of_sums(sums) for _, sums in sums_by_measurement(leaf)]
    assert len(parts) == len(said)
    for name in ("realised", "estimated"):
        together = sum((getattr(part, name) for part in parts), D(0))
        assert abs(together - getattr(whole, name)) < D("0.01"), name  # to the øre, and far beyond it
    assert not any(part.planned or part.unmeasured for part in parts)


def of_sums(sums: Sums) -> Amounts:
    return rolled(sums, ON, price_year=2027, shown=YEARS).total.net
