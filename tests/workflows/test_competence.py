"""Competence before and after: no view at any time shows fewer than five people, nor lets them be computed."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.competence import Moment, batches, counted, is_whole, may_change_goals, open_moment
from workflows.project import ProjectState
from workflows.survey import SMALLEST_GROUP

CLOSED = st.lists(st.sets(st.integers(0, 30), max_size=9), max_size=14)
"""The people of each project, in the order in which projects close; some are in more than one."""


def people_of(groups: tuple[tuple[int, ...], ...], projects: list[set[int]]) -> list[set[int]]:
    return [set().union(*(projects[key] for key in group)) for group in groups]


@given(CLOSED)
def test_no_view_at_any_time_and_no_difference_of_two_shows_fewer_than_five(projects: list[set[int]]) -> None:
    views = [batches(list(enumerate(projects[:number]))) for number in range(len(projects) + 1)]
    for before, after in combinations(views, 2):
        assert after[: len(before)] == before, "a group that was shown never changes"
        new = people_of(after[len(before) :], projects)
        assert all(len(people) >= SMALLEST_GROUP for people in new)
    last = people_of(views[-1], projects)
    for number in range(1, len(last) + 1):
        for some in combinations(last, number):
            assert len(set().union(*some)) >= SMALLEST_GROUP
    shown = [key for group in views[-1] for key in group]
    assert len(shown) == len(set(shown))


@given(CLOSED)
def test_only_a_project_of_five_is_shown_by_itself_and_nobody_waits_who_need_not(projects: list[set[int]]) -> None:
    groups = batches(list(enumerate(projects)))
    alone = {group[0] for group in groups if len(group) == 1}
    assert alone == {key for key, people in enumerate(projects) if len(people) >= SMALLEST_GROUP}
    shown = {key for group in groups for key in group}
    waiting = [people for key, people in enumerate(projects) if key not in shown]
    assert len(set().union(*waiting)) < SMALLEST_GROUP


LEVELS = st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from(list(Moment))), st.integers(1, 5))


@given(st.lists(LEVELS, max_size=12))
def test_figures_are_made_of_those_who_said_all_of_it_both_times(people: list[dict[tuple[str, Moment], int]]) -> None:
    whole = [each for each in people if is_whole(each, "ab")]
    figures = counted(whole, "ab")
    assert sum(figures.before) == sum(figures.after) == 2 * len(whole)
    both = figures.plus(figures)
    assert both.before == tuple(2 * count for count in figures.before)


@pytest.mark.parametrize(
    ("state", "moment"),
    [
        ("set_up", Moment.BEFORE), ("diagnose_open", Moment.BEFORE), ("diagnose_close", None), ("platform_open", None),
        ("implement_open", Moment.AFTER), ("closing", Moment.AFTER), ("closed", None), ("paused", None), ("stopped", None),
    ],
)  # fmt: skip
def test_before_is_open_as_it_begins_and_after_as_it_is_carried_out(state: str, moment: Moment | None) -> None:
    assert open_moment(ProjectState(state)) is moment
    assert may_change_goals(state) is (moment is Moment.BEFORE)


def test_nobody_without_goals_has_said_all_of_it() -> None:
    assert not is_whole({}, [])
