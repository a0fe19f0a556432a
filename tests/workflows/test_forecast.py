"""The forecast says, before a decision is made, which months and methods it would leave short."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workflows.samples import person
from workflows.capacity import Given, Period, PlannedStep, half_of, plan_of
from workflows.facilitation_rules import FacilitationRules
from workflows.forecast import Certainty, Demand, Supply, as_ranked, forecast

TODAY = date(2027, 1, 15)
SPRING, AUTUMN = date(2027, 1, 1), date(2027, 7, 1)
METHODS = ("service_design", "evaluation")


def step(first: date, last: date, *methods: str) -> tuple[PlannedStep, ...]:
    return (PlannedStep(step="diagnose_open", period=Period(first, last), share=10_000, methods=methods),)


def demand(hours: int, first: date, last: date, *methods: str, sure: Certainty = Certainty.RECOMMENDED) -> Demand:
    return Demand(case_id=person(f"{hours}"), hours=hours, plan=step(first, last, *methods), certainty=sure)


def supply(hours: int, *methods: str, away: tuple[Period, ...] = ()) -> Supply:
    return Supply(given=Given(hours={SPRING: hours, AUTUMN: hours}, leaves=away), methods=frozenset(methods))


MARCH = (date(2027, 3, 1), date(2027, 3, 31))


def test_a_month_is_short_by_what_is_asked_beyond_what_there_is() -> None:
    found = forecast([demand(40, *MARCH)], [supply(120)], METHODS, TODAY)
    (short,) = found.shortages
    month = next(each for each in found.months if each.month == MARCH[0])
    assert (short.method, short.first, short.last) == ("", MARCH[0], MARCH[0])
    assert short.hours == month.short == 40 - month.available > 0


def test_leave_takes_the_hours_of_its_days() -> None:
    there = forecast([demand(15, *MARCH)], [supply(120)], METHODS, TODAY)
    away = forecast([demand(15, *MARCH)], [supply(120, away=(Period(*MARCH),))], METHODS, TODAY)
    assert there.shortages == () and [each.hours for each in away.shortages] == [15]


def test_a_method_is_short_where_those_who_know_it_have_too_little() -> None:
    found = forecast([demand(30, *MARCH, "evaluation")], [supply(600), supply(60, "evaluation")], METHODS, TODAY)
    assert [each.method for each in found.shortages] == ["evaluation"]
    assert forecast([demand(30, *MARCH, "evaluation")], [supply(600, "evaluation")], METHODS, TODAY).shortages == ()


def test_what_is_short_without_the_awards_is_told_apart() -> None:
    bound = [demand(50, *MARCH, sure=Certainty.RUNNING)]
    alone = as_ranked(bound, [], [supply(120)], METHODS, TODAY)
    assert [each.hours_without for each in alone.lacks] == [each.hours for each in alone.lacks]
    with_more = as_ranked(bound, [demand(10, *MARCH)], [supply(120)], METHODS, TODAY)
    (lack,) = with_more.lacks
    assert (lack.hours, lack.hours_without) == (
        alone.lacks[0].hours + 10,
        alone.lacks[0].hours,
    )


def test_half_years_end_with_the_last_that_something_is_asked_of() -> None:
    asked = [demand(60, date(2027, 6, 1), date(2027, 7, 31))]
    found = as_ranked([demand(10, *MARCH)], asked, [supply(100)], METHODS, TODAY).halves
    assert [each.half for each in found] == [SPRING, AUTUMN]
    assert [(each.available, each.bound) for each in found] == [(100, 10), (100, 0)]
    assert sum(each.asked for each in found) == 60 and all(each.asked > 0 for each in found)
    assert [each.left for each in found] == [100 - 10 - found[0].asked, 100 - found[1].asked]
    assert [each.half for each in as_ranked([], [], [supply(100)], METHODS, TODAY).halves] == [SPRING]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(0, 300)), max_size=4),
    st.lists(st.tuples(st.integers(1, 200), st.integers(0, 300)), max_size=4),
    st.lists(st.integers(0, 300), max_size=3),
)
@example(bound=[(48, 216)], asked=[(1, 216)], given_hours=[15])
@example(bound=[], asked=[(3, 11), (2, 11)], given_hours=[3])
def test_no_hour_is_lost_and_more_awards_never_lack_less(
    bound: list[tuple[int, int]], asked: list[tuple[int, int]], given_hours: list[int]
) -> None:
    def demands(rows: list[tuple[int, int]]) -> list[Demand]:
        return [
            Demand(case_id=person(f"{hours}-{after}"), hours=hours, certainty=Certainty.RECOMMENDED,
                   plan=plan_of(FacilitationRules(), TODAY + timedelta(days=after)))
            for hours, after in rows
        ]  # fmt: skip

    supplies = [supply(hours, "service_design") for hours in given_hours]
    found = as_ranked(demands(bound), demands(asked), supplies, METHODS, TODAY)
    assert sum(each.bound for each in found.halves) == sum(hours for hours, _ in bound)
    assert sum(each.asked for each in found.halves) == sum(hours for hours, _ in asked)
    assert [each.half for each in found.halves] == sorted({half_of(each.half) for each in found.halves})
    assert all(0 <= each.hours_without <= each.hours for each in found.lacks)
    fewer = as_ranked(demands(bound), demands(asked[:-1]), supplies, METHODS, TODAY)
    for method in ("", *METHODS):
        less, more = (sum(each.hours for each in ranked.lacks if each.method == method) for ranked in (fewer, found))
        assert less <= more


@pytest.mark.parametrize("hours", [0, 1, 7, 41])
def test_every_hour_of_a_plan_lies_in_some_month_of_some_method(hours: int) -> None:
    plan = plan_of(FacilitationRules(), TODAY)
    every = {method for each in plan for method in each.methods}
    found = forecast(
        [Demand(case_id=person("P"), hours=hours, plan=plan, certainty=Certainty.RUNNING)], [], sorted(every), TODAY, 36
    )
    assert sum(month.total for month in found.months) == hours
    assert sum(month.total for months in found.by_method.values() for month in months) == hours
