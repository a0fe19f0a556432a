"""Surveys: no sequence of views of any answers shows fewer than five people, nor lets them be computed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.project import ProjectState
from workflows.survey import (
    ASKED,
    LEVELS,
    NO_GROUP,
    OPEN_DAYS,
    QUESTIONS,
    SMALLEST_GROUP,
    Shown,
    Slip,
    apart,
    asked_of,
    asks_about,
    closes_at,
    groups_of,
    is_behind,
    is_closed,
    reminds,
    shown,
)

ROLES = (*ASKED, NO_GROUP)
PEOPLE = st.lists(st.sampled_from(ROLES), max_size=40)
SIZES = st.dictionaries(st.sampled_from(ROLES), st.integers(0, 12))


def few(size: int) -> bool:
    """Whether so many people are somebody, and fewer than may be shown."""
    return 0 < size < SMALLEST_GROUP


@given(SIZES)
def test_no_sums_and_differences_of_what_is_told_apart_come_to_fewer_than_five(sizes: dict[str, int]) -> None:
    told = apart(sizes)
    total = sum(sizes.values())
    if total < SMALLEST_GROUP:
        assert not told
    for number in range(len(told) + 1):
        for some in combinations(sorted(told), number):
            together = sum(sizes[name] for name in some)
            assert not few(together)
            assert total < SMALLEST_GROUP or not few(total - together)


@given(PEOPLE)
def test_no_answer_is_kept_with_a_role_that_fewer_than_five_are_asked_in(roles: list[str]) -> None:
    groups = groups_of(roles)
    sizes = Counter(groups[role] for role in roles)
    assert all(not few(size) for name, size in sizes.items() if name)
    assert len(roles) < SMALLEST_GROUP or not few(sizes[NO_GROUP])


def answers_of(occasion: str, group: str, level: int, words: str) -> list[Slip]:
    """Somebody's slips."""
    return [
        Slip(question=question.key, group=group, level=level if question.kind == "level" else None,
             words=words if question.kind == "words" else "")
        for question in asked_of(occasion, group)
        if question.kind == "level" or words
    ]  # fmt: skip


ANSWERERS = st.lists(
    st.tuples(st.sampled_from(ROLES), st.sampled_from(LEVELS), st.sampled_from(["", "x", "y"])), max_size=30
)


def groups_shown(seen: Shown) -> set[frozenset[str]]:
    """The sets of roles of which some figure is shown."""
    return {frozenset({row.role}) for each in seen.questions for row in each.levels if row.role}


@settings(max_examples=150)
@given(st.sampled_from(["gathering", "step"]), PEOPLE, ANSWERERS, st.permutations(range(30)))
def test_a_sequence_of_views_shows_nobody(
    occasion: str, silent: list[str], answerers: list[tuple[str, int, str]], order: list[int]
) -> None:
    slips: list[Slip] = []
    groups = groups_of([*silent, *(role for role, _, _ in answerers)])
    sizes: Counter[str] = Counter()
    for place in order:
        if place >= len(answerers):
            continue
        role, level, words = answerers[place]
        slips += answers_of(occasion, groups[role], level, words)
        sizes[groups[role]] += 1
        # one who looks after every answer sees nothing to take from each other
        assert shown(occasion, slips, is_closed=False) is None
    seen = shown(occasion, slips, is_closed=True)
    if len(answerers) < SMALLEST_GROUP:
        assert seen is None
        return
    assert seen is not None
    assert seen.answers == len(answerers)
    known = groups_shown(seen)
    for number in range(len(known) + 1):
        for some in combinations(known, number):
            together = sum(sizes[name] for group in some for name in group)
            assert not few(together)
            assert not few(seen.answers - together)
    for each in seen.questions:
        for row in each.levels:
            assert not few(row.answers)
        for said in each.words:
            assert not said.role or not few(sizes[said.role])


@given(ANSWERERS, st.randoms(use_true_random=False))
def test_what_is_shown_does_not_tell_in_which_order_people_answered(
    answerers: list[tuple[str, int, str]], chance: object
) -> None:
    slips = [slip for role, level, words in answerers for slip in answers_of("step", role, level, words)]
    shuffled = list(slips)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert shown("step", slips, is_closed=True) == shown("step", shuffled, is_closed=True)


def test_a_single_leader_among_many_is_counted_with_the_smallest_group_that_could_be_shown() -> None:
    assert apart({"core_team": 9, "coordinator": 5, "leader": 1}) == {"core_team"}
    assert apart({"core_team": 9, "coordinator": 5}) == {"core_team", "coordinator"}
    assert groups_of(["core_team"] * 6 + ["leader"]) == {"core_team": NO_GROUP, "leader": NO_GROUP}


def test_a_roles_own_questions_are_asked_where_it_is_a_group() -> None:
    keys = {question.key for question in asked_of("gathering", "leader")}
    assert {"time_given", "material", "useful"} <= keys
    assert not keys & {"time_had", "pace"}
    assert all(question.role is None for question in asked_of("step", NO_GROUP))
    assert QUESTIONS[0].role is None
    assert QUESTIONS[0].occasion is None
    assert QUESTIONS[0].kind == "level"


def test_it_closes_at_the_end_of_the_day_and_reminds_once_in_the_last_days() -> None:
    opened = datetime(2026, 3, 20, 9, 25, tzinfo=UTC)  # the clocks go forward meanwhile
    closes = closes_at(opened)
    assert closes == datetime(2026, 4, 3, 21, 59, tzinfo=UTC)
    assert not is_closed(closes, datetime(2026, 4, 3, 21, 59, 59, tzinfo=UTC))
    assert is_closed(closes, datetime(2026, 4, 3, 22, 0, tzinfo=UTC))
    assert not reminds(closes, datetime(2026, 3, 29, 12, 0, tzinfo=UTC))
    assert reminds(closes, datetime(2026, 3, 30, 12, 0, tzinfo=UTC))
    assert not reminds(closes, datetime(2026, 4, 4, 12, 0, tzinfo=UTC))


def test_what_is_over_is_asked_about_from_the_day_after_and_not_for_ever() -> None:
    day = date(2026, 3, 2)
    found = [number for number in range(-2, 40) if asks_about(day, day + timedelta(days=number))]
    assert found == list(range(1, OPEN_DAYS + 1))


@pytest.mark.parametrize(
    ("step", "state", "behind"),
    [
        ("diagnose_open", ProjectState.DIAGNOSE_CLOSE, True),
        ("diagnose_open", ProjectState.DIAGNOSE_OPEN, False),
        ("platform_close", ProjectState.PLATFORM_OPEN, False),
        ("implement_close", ProjectState.CLOSING, True),
        ("diagnose_open", ProjectState.STOPPED, False),
        ("diagnose_open", ProjectState.PAUSED, False),
        ("diagnose_open", ProjectState.SET_UP, False),
    ],
)
def test_a_step_is_behind_when_the_project_has_gone_on(step: str, state: ProjectState, behind: bool) -> None:
    assert is_behind(step, state) is behind
