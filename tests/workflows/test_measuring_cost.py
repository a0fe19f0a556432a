"""Measuring is weighed against what is measured."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from workflows.leaf import INTERVALS
from workflows.measuring_cost import cost_per_year, is_dear, value_per_year

D = Decimal


def test_the_years_cost_follows_how_often() -> None:
    assert cost_per_year(100_000, 3) == 400_000
    assert cost_per_year(100_000, 24) == 50_000
    assert cost_per_year(100_000, None) == 100_000, "a year where nothing is chosen"


def test_the_planned_value_is_that_of_the_worked_example() -> None:
    assert value_per_year(D(400), D(320), 12, 10_400) == 9_984_000, "W1: 99 840 kroner a year"


def test_a_tenth_is_not_dear_and_an_ore_more_is() -> None:
    assert not is_dear(D(10), D(100))
    assert is_dear(D(11), D(100))
    assert is_dear(D(1), D(0))
    assert not is_dear(D(0), D(0))


@given(cost=st.integers(0, 10**9), interval=st.sampled_from(INTERVALS))
def test_what_is_measured_half_as_often_is_never_dearer(cost: int, interval: int) -> None:
    assert cost_per_year(cost, interval) >= cost_per_year(cost, interval * 2)
