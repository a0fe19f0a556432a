"""Hours add up whichever way they are divided, leave is taken off once, and nothing depends on a clock."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.samples import person
from workflows.calendar import add_months, is_working_day
from workflows.capacity import (
    Assigned,
    Dated,
    Given,
    Load,
    Period,
    available_by_month,
    by_half,
    by_method,
    by_month,
    half_of,
    half_years,
    joined,
    last_day_of,
    months_of,
    needs_of,
    next_half,
    plan_of,
    shared,
    spread,
    work_of,
    working_days,
)
from workflows.rules import DEFAULT_RULES

PLAN_RULES = DEFAULT_RULES.facilitation
SPRING, AUTUMN = date(2027, 1, 1), date(2027, 7, 1)
DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))
HOURS = st.integers(0, 3_000)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(DAYS)
    return Period(first, first + timedelta(days=draw(st.integers(0, 400))))


def test_a_half_year_is_named_by_its_first_day() -> None:
    assert [half_of(date(2027, month, 17)) for month in (1, 6, 7, 12)] == [SPRING, SPRING, AUTUMN, AUTUMN]
    assert next_half(AUTUMN) == date(2028, 1, 1)
    assert months_of(AUTUMN)[-1] == date(2027, 12, 1)


@given(periods())
def test_working_days_are_those_of_the_calendar(period: Period) -> None:
    days = (period.last_on - period.first_on).days + 1
    expected = sum(is_working_day(period.first_on + timedelta(days=day)) for day in range(days))
    assert working_days(period.first_on, period.last_on) == expected


@given(HOURS, st.lists(st.integers(0, 50), min_size=1, max_size=9))
def test_what_is_shared_adds_up_and_no_part_is_off_by_an_hour(whole: int, weights: list[int]) -> None:
    parts = shared(whole, weights)
    assert sum(parts) == whole and len(parts) == len(weights)
    total = sum(weights)
    if total:
        assert all(abs(part - whole * weight / total) < 1 for part, weight in zip(parts, weights, strict=True))


@given(HOURS, periods())
@example(7, Period(date(2027, 3, 28), date(2027, 3, 28)))
@example(7, Period(date(2026, 10, 24), date(2026, 10, 25)))
def test_hours_over_months_are_the_hours_and_lie_within_the_period(hours: int, period: Period) -> None:
    months = spread(hours, period)
    assert sum(months.values()) == hours
    assert min(months) == period.first_on.replace(day=1) and max(months) == period.last_on.replace(day=1)


@given(st.lists(periods(), max_size=6))
def test_leave_on_the_same_day_twice_is_leave_once(leaves: list[Period]) -> None:
    once = {
        each.first_on + timedelta(days=day) for each in leaves for day in range((each.last_on - each.first_on).days + 1)
    }
    assert sum((each.last_on - each.first_on).days + 1 for each in joined(leaves)) == len(once)
    hours = {SPRING: 300, AUTUMN: 211}
    assert available_by_month(Given(hours=hours, leaves=tuple(leaves))) == available_by_month(
        Given(hours=hours, leaves=(*leaves, *leaves, *(Period(day, day) for day in sorted(once)[:5])))
    )


@given(HOURS, HOURS, st.lists(periods(), max_size=4))
def test_months_and_half_years_reconcile_and_leave_only_takes(spring: int, autumn: int, leaves: list[Period]) -> None:
    months = available_by_month(Given(hours={SPRING: spring, AUTUMN: autumn}, leaves=tuple(leaves)))
    halves = half_years(months)
    assert (halves[SPRING].given, halves[AUTUMN].given) == (spring, autumn)
    assert all(0 <= each.leave <= each.given for each in months.values())
    for half in (SPRING, AUTUMN):
        assert halves[half].available == sum(months[month].available for month in months_of(half))


def test_a_whole_half_year_away_leaves_nothing_and_none_leaves_all() -> None:
    whole = Given(hours={SPRING: 101})
    assert half_years(available_by_month(whole))[SPRING].available == 101
    away = replace(whole, leaves=(Period(SPRING, date(2027, 6, 30)),))
    assert half_years(available_by_month(away))[SPRING].available == 0


def test_a_month_away_takes_that_month_and_no_other() -> None:
    months = available_by_month(Given(hours={SPRING: 240}, leaves=(Period(date(2027, 3, 1), date(2027, 3, 31)),)))
    assert months[date(2027, 3, 1)].available == 0
    assert all(each.leave == 0 for month, each in months.items() if month != date(2027, 3, 1))


def test_who_joins_or_leaves_in_the_middle_has_the_rest_and_leave_after_that_takes_nothing_more() -> None:
    given_ = Given(hours={SPRING: 240}, member_to=date(2027, 3, 31))
    half = half_years(available_by_month(given_))[SPRING]
    assert half.available == sum(
        spread(240, Period(SPRING, date(2027, 6, 30)))[month] for month in months_of(SPRING)[:3]
    )
    more = replace(given_, leaves=(Period(date(2027, 4, 1), date(2027, 6, 30)),))
    assert half_years(available_by_month(more))[SPRING] == half


@given(HOURS, DAYS, DAYS)
@example(80, date(2027, 1, 4), date(2035, 1, 1))
@example(80, date(2027, 1, 4), date(2027, 3, 3))
def test_the_hours_of_a_project_add_up_by_step_month_half_year_and_method(hours: int, start: date, since: date) -> None:
    plan = plan_of(PLAN_RULES, start)
    work = work_of(hours, plan, since)
    assert sum(each.hours for each in work) == hours
    assert sum(by_half(by_month(work)).values()) == hours
    methods = by_method(work, plan)
    assert sum(methods.values()) == hours and min(methods.values(), default=0) >= 0
    for month, taken in by_month(work).items():
        assert sum(each for (_, on), each in methods.items() if on == month) == taken


def test_the_default_plan_takes_its_weeks_step_after_step() -> None:
    plan = plan_of(PLAN_RULES, date(2027, 1, 4))
    assert [each.step for each in plan] == [rule.step for rule in PLAN_RULES.steps]
    assert plan[0].period == Period(date(2027, 1, 4), date(2027, 2, 21))
    assert plan[-1].period.last_on == date(2027, 1, 4) + timedelta(weeks=49, days=-1)


def test_dates_that_are_planned_or_taken_go_before_the_rules() -> None:
    first, second = PLAN_RULES.steps[0].step, PLAN_RULES.steps[1].step
    plan = plan_of(
        PLAN_RULES, date(2027, 1, 4),
        dated={first: Dated(actual_from=date(2027, 2, 1), planned_to=date(2027, 2, 28)),
               second: Dated(planned_from=date(2027, 1, 1), planned_to=date(2027, 4, 30))},
        today=date(2027, 3, 15),
    )  # fmt: skip
    assert plan[0].period == Period(date(2027, 2, 1), date(2027, 3, 15)), "what is not over lasts until today"
    assert plan[1].period == Period(date(2027, 3, 16), date(2027, 4, 30)), "and the next begins after it"


@given(st.lists(st.tuples(DAYS, DAYS), min_size=6, max_size=6), DAYS, DAYS)
def test_steps_never_lie_the_wrong_way_round(dates: list[tuple[date, date]], start: date, today: date) -> None:
    dated = {
        rule.step: Dated(planned_from=first, planned_to=last)
        for rule, (first, last) in zip(PLAN_RULES.steps, dates, strict=True)
    }
    plan = plan_of(PLAN_RULES, start, dated=dated, today=today)
    assert all(each.period.first_on <= each.period.last_on for each in plan)
    assert all(before.period.last_on < after.period.first_on for before, after in pairwise(plan))


def assigned(name: str, hours: int, *, binding: bool = True, used: tuple[tuple[date, int], ...] = ()) -> Assigned:
    return Assigned(
        assignment_id=person(name), case_id=person(name), hours=hours, since=date(2027, 1, 4),
        plan=plan_of(PLAN_RULES, date(2027, 1, 4)), binding=binding, used=used,
    )  # fmt: skip


def test_what_is_left_is_capacity_less_leave_less_what_is_planned() -> None:
    load = Load(
        given=Given(hours={SPRING: 200, AUTUMN: 100}, leaves=(Period(date(2027, 6, 1), date(2027, 6, 30)),)),
        assigned=(assigned("A", 80), assigned("B", 40)),
    )
    halves = load.halves()
    for half in (SPRING, AUTUMN):
        taken = sum(by_half(each.months).get(half, 0) for each in load.assigned)
        assert halves[half].left == halves[half].given - halves[half].leave - taken
    assert sum(each.planned for each in halves.values()) == 120
    assert halves[SPRING].leave == spread(200, Period(SPRING, date(2027, 6, 30)))[date(2027, 6, 1)]


@given(HOURS, HOURS, HOURS)
def test_an_assignment_fits_where_no_half_year_ends_below_nothing(own: int, other: int, capacity: int) -> None:
    load = Load(
        given=Given(hours={SPRING: capacity, AUTUMN: capacity}), assigned=(assigned("own", own), assigned("B", other))
    )
    fits = all(need.hours <= need.left for need in needs_of(load, load.assigned[0]))
    taken = by_half(load.assigned[0].months)
    assert fits == all(each.left >= 0 for half, each in load.halves().items() if half in taken)


def test_a_half_year_that_nothing_is_said_about_has_nothing_left() -> None:
    load = Load(given=Given(hours={SPRING: 500}), assigned=(assigned("own", 80),))
    spring, autumn = needs_of(load, load.assigned[0])
    assert spring.left == 500 and (autumn.half, autumn.left) == (AUTUMN, 0) and autumn.hours > 0


@pytest.mark.parametrize(("minutes", "hours"), [(60, 1), (90, 2), (15, 1), (120, 2)])
def test_an_assignment_that_is_over_burdens_with_what_was_used(minutes: int, hours: int) -> None:
    over = assigned("A", 80, binding=False, used=((date(2027, 3, 28), minutes),))
    assert over.months == {date(2027, 3, 1): hours}
    assert assigned("A", 80, binding=False).months == {}


def test_the_days_on_which_the_clock_is_moved_are_days_like_others() -> None:
    for month in (date(2027, 3, 1), date(2026, 10, 1)):
        whole = Period(month, last_day_of(month))
        assert spread(31, whole) == {month: 31}
        assert add_months(month, 1) not in spread(31, whole)
