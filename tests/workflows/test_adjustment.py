"""Lines of the portfolio's own take away beside the sums, on their days, and change nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.adjustment import FIGURES, Adjustment, Kind, Scope, faults, lines_of, with_lines
from workflows.rollup import Sum

DAY = date(2026, 3, 1)
NAMES = ("planned", "forecast", "realised", "estimated")


@st.composite
def adjustments(draw: st.DrawFn) -> Adjustment:
    kind = draw(st.sampled_from(Kind))
    amounts = {f"{name}_ore": draw(st.integers(0, 10**11)) for name in FIGURES[kind]}
    recorded = DAY + timedelta(days=draw(st.integers(-20, 20)))
    ended = draw(st.none() | st.integers(0, 30))
    goal, county = draw(st.sampled_from([(None, None), ("better_meetings", None), (None, "oslo")]))
    return Adjustment(
        kind=kind, price_year=draw(st.sampled_from([2022, 2024])), **amounts, goal=goal, county=county,
        recorded_on=recorded, ended_on=None if ended is None else recorded + timedelta(days=ended),
    )  # fmt: skip


sums = st.builds(
    Sum, price_year=st.sampled_from([2022, 2023]),
    **{name: st.decimals(-(10**12), 10**12, places=12) for name in NAMES},
)  # fmt: skip


@given(st.lists(sums, unique_by=lambda each: each.price_year), st.lists(adjustments()))
def test_the_lines_are_the_whole_difference_and_never_a_gain(net: list[Sum], lines: list[Adjustment]) -> None:
    before = list(net)
    after = {each.price_year: each for each in with_lines(net, lines)}
    taken = {each.price_year: each for each in with_lines([], lines)}
    assert net == before
    assert set(after) == {each.price_year for each in net} | set(taken)
    for year, found in after.items():
        own = next((each for each in net if each.price_year == year), Sum(price_year=year))
        line = taken.get(year, Sum(price_year=year))
        for name in NAMES:
            assert getattr(found, name) == getattr(own, name) + getattr(line, name)
            assert getattr(line, name) <= 0
        assert line.estimated == 0


@given(st.lists(adjustments()))
def test_what_was_recorded_or_ended_later_changes_no_earlier_day(lines: list[Adjustment]) -> None:
    known = [each for each in lines if each.recorded_on <= DAY]
    as_then = [
        each if each.ended_on is None or each.ended_on <= DAY else Adjustment(**{
            **{name: getattr(each, name) for name in each.__struct_fields__}, "ended_on": None
        })
        for each in known
    ]  # fmt: skip
    now, then = (with_lines([], lines_of(each, Scope(), DAY).shown) for each in (lines, as_then))
    assert now == then


@given(
    st.lists(adjustments()), st.sampled_from([None, "better_meetings", "more_in_work"]), st.sampled_from([None, "oslo"])
)
def test_no_line_is_silent_where_it_counts(lines: list[Adjustment], goal: str | None, county: str | None) -> None:
    found = lines_of(lines, Scope(goal=goal, county=county), DAY)
    reach = [
        each for each in lines
        if each.stands(DAY)
        and (goal is None or each.goal in (None, goal))
        and (county is None or each.county in (None, county))
    ]  # fmt: skip
    if goal is None and county is None:
        assert (found.shown, found.unsplit) == (tuple(reach), 0)
    else:
        assert all((each.goal, each.county) == (goal, county) for each in found.shown)
        assert len(found.shown) + found.unsplit == len(reach)


@pytest.mark.parametrize(
    ("scope", "own", "unsplit"),
    [
        ({}, 3, 0),
        ({"goal": "better_meetings"}, 1, 2), ({"goal": "more_in_work"}, 0, 2), ({"county": "oslo"}, 1, 2),
        ({"county": "innlandet"}, 0, 2), ({"goal": "better_meetings", "county": "oslo"}, 0, 3),
        ({"goal": "more_in_work", "county": "innlandet"}, 0, 1),
        ({"is_narrowed_otherwise": True}, 0, 3), ({"goal": "better_meetings", "is_narrowed_otherwise": True}, 0, 3),
    ],
)  # fmt: skip
def test_a_line_is_shown_where_it_was_made_for_and_counted_wherever_it_reaches(
    scope: dict[str, Any], own: int, unsplit: int
) -> None:
    made = [line(), line(goal="better_meetings"), line(county="oslo")]
    found = lines_of(made, Scope(**scope), DAY)
    assert (len(found.shown), found.unsplit) == (own, unsplit)
    assert not lines_of(made, Scope(**scope), DAY - timedelta(days=1)).shown


def line(**more: object) -> Adjustment:
    return Adjustment(**{"kind": Kind.OVERLAP, "price_year": 2024, "planned_ore": 100, "recorded_on": DAY, **more})  # type: ignore[arg-type]


def test_a_line_counts_from_its_day_up_to_the_day_it_ended() -> None:
    one = line(ended_on=DAY + timedelta(days=2))
    stands = [one.stands(DAY + timedelta(days=day)) for day in (-1, 0, 1, 2)]
    assert stands == [False, True, True, False]
    assert one.amounts.planned == Decimal(-100)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"planned_ore": 0}, "planned_ore"), ({"forecast_ore": -1}, "forecast_ore"),
        ({"kind": Kind.OPTIMISM, "realised_ore": 5}, "realised_ore"), ({"price_year": 1066}, "price_year"),
        ({"goal": "better_meetings", "county": "oslo"}, "county_id"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_by_its_field(more: dict[str, object], field: str) -> None:
    assert set(faults(line(**more))) == {field}


@pytest.mark.parametrize(
    "more",
    [{}, {"goal": "better_meetings"}, {"county": "oslo"}, {"price_year": 1990}, {"price_year": 2100},
     {"kind": Kind.OPTIMISM, "forecast_ore": 5}, {"realised_ore": 5}],
)  # fmt: skip
def test_what_can_be_has_no_fault(more: dict[str, object]) -> None:
    assert faults(line(**more)) == {}
