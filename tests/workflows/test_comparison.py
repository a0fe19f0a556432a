"""A difference taken apart: time, index and steps come to it exactly, and no step tells what rests on too few."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.test_leaf import ANY, ENQUIRIES, HARM, A, B, changed
from workflows.comparison import (
    Looked,
    Step,
    come_to,
    is_kept_back,
    is_told,
    less,
    rests_on_few,
    taken_apart,
    together,
)  # fmt: skip
from workflows.leaf import Believed, Leaf, Level, Measured
from workflows.over_time import Amounts, Factors, Sums, added_up, rolled, sums_of

D = Decimal
THEN, NOW = date(2027, 9, 30), date(2028, 3, 31)
WINDOW = (2027 * 12, 2030 * 12 + 11)
INDEX = Factors({2027: D(100), 2029: D("104.7")})
NO_STEP = Step(key="", on=NOW, amounts=Amounts(), counts={})


def looked(on: date, factors: Factors = INDEX, price_year: int = 2027) -> Looked:
    return Looked(as_of=on, first=WINDOW[0], last=WINDOW[1], price_year=price_year, factors=factors)


@st.composite
def any_leaf(draw: Any) -> Leaf:
    value = st.integers(300, 420).map(D)
    day = st.dates(date(2027, 1, 1), date(2028, 12, 31))
    low, likely, high = sorted(draw(value) for _ in range(3))
    return changed(
        draw(st.sampled_from((ENQUIRIES, HARM))), targets=(Level(draw(day), draw(value)),),
        profile=draw(st.sampled_from(("yearly", "ramp", "one_off"))), price_year=draw(st.sampled_from((2027, 2029, 2031))),
        forecasts=(Believed(draw(day), low, likely, high),),
        measurements=tuple(
            Measured(on=draw(day), value=draw(value), grade=draw(st.sampled_from("BD")))
            for _ in range(draw(st.integers(0, 2)))
        ),
    )  # fmt: skip


@ANY
@given(any_leaf(), any_leaf(), st.dates(date(2027, 1, 1), date(2029, 12, 31)), st.sampled_from((2027, 2029)))
def test_it_is_what_the_months_come_to(one: Leaf, other: Leaf, on: date, to: int) -> None:
    sums = added_up(map(sums_of, (one, other)))
    months = rolled(sums, on, price_year=to, factors=INDEX, shown=WINDOW).total.net
    assert come_to(sums, looked(on, price_year=to)) == months


@ANY
@given(any_leaf(), any_leaf(), any_leaf())
def test_time_index_and_steps_come_to_the_difference(old: Leaf, new: Leaf, stays: Leaf) -> None:
    before, after = (added_up(map(sums_of, pair)) for pair in ((old, stays), (new, stays)))
    then, now = come_to(before, looked(THEN, Factors())), come_to(after, looked(NOW))
    passed = less(come_to(before, looked(NOW, Factors())), then)
    index = less(come_to(before, looked(NOW)), come_to(before, looked(NOW, Factors())))
    step = come_to(sums_of(new) + -sums_of(old), looked(NOW))
    assert then + passed + index + step == now


def step(key: str, realised: int, *, few: bool = False, planned: int = 0) -> Step:
    return Step(key=key, on=NOW, amounts=Amounts(a=D(realised), planned=D(planned)), counts={}, few=few)


def test_the_largest_are_told_and_the_others_together() -> None:
    steps = [step(str(number), number) for number in range(10)]
    found = taken_apart(NO_STEP, NO_STEP, steps, 3)
    assert [each.key for each in found.told] == ["9", "8", "7"]
    assert [each.key for each in found.others] == ["6", "5", "4", "3", "2", "1"]  # what changed nothing is no step
    assert together(found.others, "", NOW).amounts.realised == 21


def test_steps_together_count_what_each_of_them_counts_and_are_told_whatever_one_of_them_rests_on() -> None:
    counted = [Step(key="", on=NOW, amounts=Amounts(), counts=counts, few=True)
               for counts in ({"benefits": 2, "dropped": 1}, {"benefits": -1})]  # fmt: skip
    found = together(counted, "both", NOW)
    assert {name: count for name, count in found.counts.items() if count} == {"benefits": 1, "dropped": 1}
    assert (found.key, found.on, found.few) == ("both", NOW, False)


def test_one_step_on_too_few_is_told_only_together_with_another() -> None:
    steps = [step("few", 50, few=True), step("large", 900), step("small", 7), step("plan", 0, planned=3)]
    found = taken_apart(NO_STEP, NO_STEP, steps, 10)
    assert {each.key for each in found.kept_back} == {"few", "small"}
    assert [each.key for each in found.told] == ["large", "plan"]
    two = taken_apart(NO_STEP, NO_STEP, [*steps, step("few too", 1, few=True)], 10)
    assert {each.key for each in two.kept_back} == {"few", "few too"}


def test_a_step_that_tells_nothing_measured_is_told_though_it_rests_on_few() -> None:
    found = taken_apart(NO_STEP, NO_STEP, [step("plan", 0, few=True, planned=3)], 10)
    assert (len(found.told), found.kept_back) == (1, ())


def test_an_estimate_on_too_few_is_kept_back_as_a_result_is() -> None:
    guess = Step(key="guess", on=NOW, amounts=Amounts(estimated=D(5)), counts={}, few=True)
    found = taken_apart(NO_STEP, NO_STEP, [guess, step("large", 900)], 10)
    assert {each.key for each in found.kept_back} == {"guess", "large"}


def measured(leaf: Leaf, observations: int, **more: Any) -> Leaf:
    """The leaf with its measurement resting on so many."""
    (own,) = leaf.measurements
    return changed(leaf, measurements=(msgspec.structs.replace(own, observations=observations, **more),))


FEW = measured(A, 4)
HOURS = {"unit": "timer", "unit_value_ore": None}


def test_a_step_rests_on_few_where_any_of_its_kroner_that_were_measured_do() -> None:
    def few(*leaves: Leaf) -> bool:
        return rests_on_few(added_up(map(sums_of, leaves)))

    assert few(FEW)
    assert few(FEW, measured(A, 40), measured(HARM, 40), changed(A, **HOURS))
    assert few(measured(A, 4, grade="D"))
    assert not few(measured(A, 5), measured(HARM, 40))
    assert not few(changed(FEW, **HOURS)), "hours tell no kroner"
    assert not few()


def test_what_it_comes_to_is_kept_back_where_all_results_or_all_estimates_in_those_kroner_rest_on_few() -> None:
    def kept(*leaves: Leaf, on: date = NOW) -> bool:
        return is_kept_back(added_up(map(sums_of, leaves)), looked(on))

    assert kept(FEW)
    assert kept(FEW, measured(HARM, 4, grade="C"))
    assert not kept(FEW, measured(A, 5))
    assert not kept(FEW, measured(HARM, 40)), "gains and harms are told together"
    assert not kept()
    assert kept(FEW, measured(A, 40, grade="D")), "an estimate is no result"
    assert kept(measured(A, 40), measured(A, 4, grade="D")), "and the estimates are a figure by themselves"
    for other in (HOURS, {"price_year": 1999}):
        assert kept(FEW, changed(measured(A, 40), **other)), "what is told beside those kroner hides nothing behind it"
        assert not kept(changed(FEW, **other))


def test_only_what_has_been_measured_by_the_day_and_in_those_months_keeps_anything_back() -> None:
    def kept(*leaves: Leaf, on: date, last: int = WINDOW[1]) -> bool:
        window = Looked(as_of=on, first=WINDOW[0], last=last, price_year=2027, factors=INDEX)
        return is_kept_back(added_up(map(sums_of, leaves)), window)

    february = measured(A, 4, on=date(2027, 2, 1))
    assert [kept(february, on=on) for on in (date(2027, 1, 31), date(2027, 2, 1))] == [False, True]
    later = measured(A, 40, on=date(2029, 1, 1))
    assert kept(FEW, later, on=date(2029, 12, 31), last=2028 * 12 + 11)
    assert not kept(FEW, later, on=date(2029, 12, 31))


def test_what_cannot_be_converted_is_in_none_of_it() -> None:
    sums = sums_of(changed(A, price_year=1999))
    assert come_to(sums, looked(NOW)) == Amounts()
    assert come_to(Sums(), looked(NOW)) == Amounts()
    assert not is_told(NO_STEP)
    assert is_told(Step(key="", on=NOW, amounts=Amounts(), counts={"paid": 1})), "what is paid changes no benefit"
    assert come_to(added_up(map(sums_of, (A, B))), looked(NOW)).planned > 0
