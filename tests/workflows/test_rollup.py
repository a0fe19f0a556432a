"""The roll-up arithmetic, held against the worked examples W1 to W6 and proved to add up."""

from __future__ import annotations

from decimal import Decimal, localcontext

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.over_time import Factors
from workflows.rollup import (
    AMOUNTS,
    Line,
    Sum,
    from_held,
    held,
    in_kroner,
    in_price_year,
    left_out,
    of_grade,
    promised,
    value_of,
)

D = Decimal
ENQUIRIES = Line(
    direction="down", baseline=D(400), target=D(320), measured=D(340), counterfactual=D(380), grade="B", observations=340,
    unit_value_ore=10_400, price_year=2020, periods_per_year=12,
)  # fmt: skip
A = msgspec.structs.replace(ENQUIRIES, share=D("0.6"))
B = msgspec.structs.replace(ENQUIRIES, share=D("0.4"))
HARM = Line(
    sign=-1, baseline=D(0), target=D(18_720), measured=D(18_720), grade="B", unit_value_ore=100, price_year=2020
)  # fmt: skip


def kroner(sums: tuple[Sum, ...]) -> list[tuple[int, Decimal, Decimal]]:
    """Price year, planned and realised in kroner."""
    return [(each.price_year, each.planned / 100, each.realised / 100) for each in sums]


def test_w1_two_projects_share_an_effect_and_one_does_harm() -> None:
    assert A.progress == D("0.75")
    assert (A.planned, A.effect) == (D(48) * 12, D(24) * 12)
    assert kroner(in_kroner([A])) == [(2020, D(59_904), D(29_952))]
    assert kroner(in_kroner([A, B, HARM], sign=1)) == [(2020, D(99_840), D(49_920))]
    assert kroner(in_kroner([A, B, HARM])) == [(2020, D(81_120), D(31_200))]


def test_w2_a_survey_has_progress_and_no_kroner() -> None:
    survey = Line(baseline=D("3.2"), target=D("3.8"), measured=D("3.5"), grade="C", observations=41)
    assert survey.progress == D("0.5")
    assert in_kroner([survey]) == ()
    assert not survey.is_hidden
    assert msgspec.structs.replace(survey, observations=4).is_hidden


def test_w3_a_target_that_is_the_baseline_cannot_be_measured_and_overshoot_is_shown() -> None:
    assert Line(baseline=D(3), target=D(3), measured=D(4)).progress is None
    assert Line(baseline=D(2), target=D(4), measured=D(5)).progress == D("1.5")


def test_w4_what_is_dropped_keeps_plan_and_result_and_loses_its_forecast() -> None:
    dropped = msgspec.structs.replace(A, is_dropped=True, forecast=D(330))
    value = value_of(dropped)
    assert value is not None
    assert (value.planned, value.forecast, value.realised) == (D(5_990_400), D(0), D(2_995_200))


def test_w6_an_estimate_stands_apart_from_what_is_realised() -> None:
    value = value_of(msgspec.structs.replace(A, grade="D"))
    assert value is not None
    assert (value.realised, value.estimated) == (D(0), D(2_995_200))


def test_price_years_are_never_added() -> None:
    newer = msgspec.structs.replace(B, price_year=2026)
    assert [each.price_year for each in in_kroner([A, newer])] == [2026, 2020]
    with pytest.raises(ValueError, match="cannot be added"):
        value_of(A) + value_of(newer)  # type: ignore[operator]


def test_only_end_benefits_count() -> None:
    assert in_kroner([msgspec.structs.replace(A, is_end_benefit=False)]) == ()


def test_what_is_not_known_is_told_as_nothing_and_not_as_none_of_it() -> None:
    for name in ("baseline", "target", "measured"):
        assert msgspec.structs.replace(A, **{name: None}).progress is None
    assert A.is_priced
    for name in ("unit_value_ore", "price_year"):
        assert not msgspec.structs.replace(A, **{name: None}).is_priced
        assert value_of(msgspec.structs.replace(A, **{name: None})) is None
    assert not Line(grade="D", observations=3).is_estimate, "nothing was measured"
    assert not Line(grade="D", observations=3).is_hidden
    assert not msgspec.structs.replace(A, observations=None).is_hidden
    assert msgspec.structs.replace(A, baseline=None).planned is None
    assert Line(baseline=D(3), target=D(4)).planned == 1
    foreseen = msgspec.structs.replace(A, forecast=D(330))
    assert (A.expected, foreseen.expected) == (None, D(42) * 12)
    assert msgspec.structs.replace(foreseen, is_dropped=True).expected == 0
    assert in_kroner([foreseen])[0].forecast == D(42) * 12 * 10_400
    assert msgspec.structs.replace(A, baseline=None).effect == A.effect, "against what would have been"
    assert msgspec.structs.replace(A, counterfactual=None).effect == D(36) * 12, "else against the baseline"


def added(*lines: Line) -> dict[str, int]:
    """What is held of lines, as the tables add it up."""
    numbers: dict[str, int] = {}
    for line in lines:
        for name, count in held(line).items():
            numbers[name] = numbers.get(name, 0) + count
    return numbers


def test_what_was_measured_with_each_grade_is_told_of_gains_and_harms_together() -> None:
    guess = msgspec.structs.replace(B, grade="D")
    few = msgspec.structs.replace(B, grade="C", observations=4)
    numbers = added(A, guess, few, HARM)
    assert of_grade(numbers, "b") == (Sum(price_year=2020, realised=D(29_952 - 18_720) * 100),)
    assert of_grade(numbers, "d") == (Sum(price_year=2020, estimated=D(19_968) * 100),)
    assert of_grade(numbers, "c") == (Sum(price_year=2020, keeps_back=True),)
    beside = msgspec.structs.replace(B, observations=4)
    assert of_grade(added(A, beside), "b") == (Sum(price_year=2020, realised=D(49_920) * 100),), (
        "with others, it counts"
    )
    assert of_grade(numbers, "a") == of_grade(added(msgspec.structs.replace(A, measured=None)), "b") == ()
    older = msgspec.structs.replace(A, price_year=2019)
    assert [each.price_year for each in of_grade(added(older, A), "b")] == [2020, 2019]


def test_what_is_promised_is_the_gains_that_are_planned_without_those_of_some_lines() -> None:
    older = msgspec.structs.replace(A, price_year=2019)
    everything = added(A, B, HARM, older)
    assert promised(everything, {}) == (
        Sum(price_year=2020, planned=D(99_840) * 100), Sum(price_year=2019, planned=D(59_904) * 100)
    )  # fmt: skip
    assert promised(everything, added(B, older)) == (Sum(price_year=2020, planned=D(59_904) * 100),)
    assert promised(everything, everything) == ()


def test_a_sum_the_other_way_round_takes_it_away_and_keeps_back_what_it_did() -> None:
    (own,) = in_kroner([A, msgspec.structs.replace(B, grade="D", forecast=D(330))])
    nothing = own + own.taken_back()
    assert [getattr(nothing, name) for name in AMOUNTS] == [0] * 4
    assert (own.kept_back() + own).keeps_back
    assert (own + own.kept_back()).keeps_back
    assert own.kept_back().forecast == own.forecast


values = st.none() | st.decimals(min_value=-10_000, max_value=10_000, places=3)
lines = st.builds(
    Line,
    sign=st.sampled_from((1, -1)), direction=st.sampled_from(("up", "down")), baseline=values, target=values,
    forecast=values, measured=values, counterfactual=values, grade=st.sampled_from("ABCD"),
    share=st.none() | st.decimals(min_value=0, max_value=1, places=2), unit_value_ore=st.none() | st.integers(0, 10**7),
    price_year=st.sampled_from((2020, 2026)), periods_per_year=st.sampled_from((1, 12)), is_end_benefit=st.booleans(),
    is_dropped=st.booleans(),
)  # fmt: skip


@given(st.lists(lines, max_size=12), st.lists(lines, max_size=12))
def test_the_whole_is_the_sum_of_its_parts_to_the_last_decimal(some: list[Line], others: list[Line]) -> None:
    whole = {each.price_year: each for each in in_kroner([*some, *others])}
    parts: dict[int, Sum] = {}
    for each in (*in_kroner(some), *in_kroner(others)):
        parts[each.price_year] = parts[each.price_year] + each if each.price_year in parts else each
    assert whole == parts


@given(st.lists(lines, max_size=12))
def test_gains_and_harms_make_the_net(some: list[Line]) -> None:
    net = {each.price_year: each for each in in_kroner(some)}
    for year, each in net.items():
        halves = [found for sign in (1, -1) for found in in_kroner(some, sign) if found.price_year == year]
        assert sum(half.planned for half in halves) == each.planned
        assert sum(half.realised for half in halves) == each.realised


measures = st.decimals(-(10**6), 10**6, places=6)
lines = st.builds(
    Line, sign=st.sampled_from([1, -1]), direction=st.sampled_from(["up", "down"]), baseline=st.none() | measures,
    target=st.none() | measures, forecast=st.none() | measures, measured=st.none() | measures,
    counterfactual=st.none() | measures, grade=st.sampled_from("ABCD"), observations=st.none() | st.integers(1, 9),
    share=st.none() | st.decimals(0, 1, places=6),
    unit_value_ore=st.none() | st.integers(0, 10**6), price_year=st.none() | st.sampled_from([2020, 2022, 2024]),
    periods_per_year=st.sampled_from([1, 12]), is_end_benefit=st.booleans(), is_dropped=st.booleans(),
)  # fmt: skip
INDEX = Factors({2020: D("112.2"), 2022: D("120.7"), 2024: D("133.6")})


@given(st.lists(lines, max_size=8), st.sampled_from([None, 1, -1]))
def test_what_is_held_as_whole_numbers_says_what_the_lines_say(own: list[Line], sign: int | None) -> None:
    numbers: dict[str, int] = {}
    for line in own:
        for name, count in held(line).items():
            numbers[name] = numbers.get(name, 0) + count
    there = {
        name: count for name, count in numbers.items() if count
    }  # the tables keep nothing of what comes to nothing
    for above_projects in (False, True):
        assert from_held(there, sign, above_projects=above_projects) == in_kroner(
            own, sign, above_projects=above_projects
        )


def test_what_rests_on_too_few_is_in_no_sum_of_its_sign_year_and_grade() -> None:
    few = msgspec.structs.replace(A, observations=4)
    (alone,) = in_kroner([few], above_projects=True)
    assert (alone.realised, alone.keeps_back, alone.planned) == (0, True, in_kroner([few])[0].planned)
    for beside in (
        HARM, msgspec.structs.replace(A, grade="D"), msgspec.structs.replace(A, grade="A"),
        msgspec.structs.replace(A, price_year=2019), msgspec.structs.replace(A, unit_value_ore=None),
    ):  # fmt: skip
        both = {each.price_year: each for each in in_kroner([few, beside], above_projects=True)}[2020]
        others = {each.price_year: each for each in in_kroner([beside])}.get(2020, Sum(price_year=2020))
        assert (both.realised, both.estimated, both.keeps_back) == (others.realised, others.estimated, True)
    enough = msgspec.structs.replace(A, observations=5)
    assert in_kroner([few, enough], above_projects=True) == in_kroner([few, enough])


@given(st.lists(lines, max_size=8), st.sampled_from([2020, 2024]))
def test_i11_parts_in_kroner_of_one_year_come_to_the_whole_in_kroner_of_it(own: list[Line], to: int) -> None:
    whole = in_price_year(in_kroner(own), to, INDEX)
    parts = [each for line in own for each in in_price_year(in_kroner([line]), to, INDEX)]
    assert len(whole) <= 1
    with localcontext(prec=80):  # a part may have more digits than are usual, and what is proved is exact
        assert [sum(getattr(each, name) for each in whole) for name in AMOUNTS] == [
            sum((getattr(each, name) for each in parts), D(0)) for name in AMOUNTS
        ]
    assert left_out(in_kroner(own), to, INDEX) == ()


def test_i11_a_year_that_the_index_lacks_is_named_with_what_it_leaves_out() -> None:
    sums = in_kroner([A, msgspec.structs.replace(B, price_year=2019)])
    found = left_out(sums, 2024, INDEX)
    assert [(each.lacking, each.own.price_year, each.own.planned) for each in found] == [
        ((2019,), 2019, B.planned * 10_400)
    ]
    (told,) = in_price_year(sums, 2024, INDEX)
    assert told.planned == A.planned * 10_400 * (D("133.6") / D("112.2")).quantize(D("1e-8"))
    assert left_out(sums, 2030, INDEX)[1].lacking == (2019, 2030)
    assert in_price_year(sums, 2019, Factors())[0].planned == B.planned * 10_400  # their own need no index
