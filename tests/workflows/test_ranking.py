"""The board: order, how far the frame reaches, breadth, plans side by side, and who moves up from the waiting list."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import ranking
from workflows.decision import Outcome
from workflows.forms.application import THEMES
from workflows.ranking import DIMENSIONS, SEVERAL, Plan, Waiting, Weighed
from workflows.rules import GOALS

SUMS = st.none() | st.integers(0, 200_000_000)
HOURS = st.none() | st.integers(0, 200)
WEIGHED = st.builds(
    Weighed,
    id=st.uuids(), asked_ore=SUMS, asked_hours=HOURS, outcome=st.none() | st.sampled_from(Outcome), amount_ore=SUMS,
    hours=HOURS, county=st.sampled_from(["Oslo", "Rogaland", ""]), theme=st.sampled_from((*THEMES, "")),
    goals=st.lists(st.sampled_from(GOALS), unique=True).map(tuple), size=st.sampled_from(["small", "large", ""]),
    language=st.sampled_from(["nb", "nn"]),
)  # fmt: skip
ROWS = st.lists(WEIGHED, max_size=25, unique_by=lambda row: row.id)
LEFT_ORE, LEFT_HOURS = st.integers(0, 1_000_000_000), st.integers(0, 1_000)
ORDERS = st.lists(st.uuids(), min_size=1, max_size=12, unique=True)


@given(ROWS, LEFT_ORE, LEFT_HOURS)
def test_above_the_line_the_frame_is_never_exceeded(rows: Sequence[Weighed], left_ore: int, left_hours: int) -> None:
    reached = ranking.reach(rows, left_ore, left_hours)
    ahead = rows[: reached.line]
    assert reached.used_ore == sum(row.use_ore for row in ahead) <= left_ore
    assert reached.used_hours == sum(row.use_hours for row in ahead) <= left_hours
    assert [step.above for step in reached.steps] == [index < reached.line for index in range(len(rows))]
    if not reached.suffices:
        first = rows[reached.line]
        assert reached.used_ore + first.use_ore > left_ore or reached.used_hours + first.use_hours > left_hours


@given(ROWS, LEFT_ORE, LEFT_HOURS)
def test_the_use_so_far_adds_up_to_the_ore(rows: Sequence[Weighed], left_ore: int, left_hours: int) -> None:
    steps = ranking.reach(rows, left_ore, left_hours).steps
    for index, step in enumerate(steps, 1):
        assert step.used_ore == sum(row.use_ore for row in rows[:index])
        assert step.used_hours == sum(row.use_hours for row in rows[:index])


@given(ROWS, LEFT_ORE, LEFT_HOURS, st.sampled_from([each for each in DIMENSIONS if each not in SEVERAL]))
def test_the_breadth_adds_up_to_the_whole(
    rows: Sequence[Weighed], left_ore: int, left_hours: int, dimension: str
) -> None:
    reached = ranking.reach(rows, left_ore, left_hours)
    given_to = ranking.above(rows, reached)
    shares = ranking.breadth(rows, given_to, dimension)
    assert shares == ranking.breadths(rows, given_to)[dimension]
    assert sum(each.count for each in shares) == len(rows)
    assert sum(each.count_above for each in shares) == len(given_to)
    assert sum(each.asked_ore for each in shares) == sum(row.asked_ore or 0 for row in rows)
    assert sum(each.above_ore for each in shares) == reached.used_ore
    assert all(each.count_above <= each.count for each in shares)


def test_the_breadth_shows_what_nobody_asks_for_and_what_is_not_known_last() -> None:
    rows = [
        Weighed(id=uuid4(), asked_ore=5, goals=("more_in_work", "better_meetings")), Weighed(id=uuid4(), asked_ore=7)
    ]  # fmt: skip
    shares = ranking.breadth(rows, frozenset({rows[0].id}), "goal")
    assert [(each.key, each.count, each.count_above, each.above_ore) for each in shares] == [
        ("more_in_work", 1, 1, 5), ("better_meetings", 1, 1, 5), ("reliable_administration", 0, 0, 0), ("", 1, 0, 0),
    ]  # fmt: skip


@given(ORDERS, st.data())
def test_whoever_is_moved_stands_there_and_the_others_keep_their_order(order: list[UUID], data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(order))
    place = data.draw(st.integers(-2, len(order) + 3))
    after = ranking.moved(order, item, place)
    assert after.index(item) + 1 == min(max(place, 1), len(order))
    assert [each for each in after if each != item] == [each for each in order if each != item]


@given(ORDERS, st.data())
def test_those_who_are_hidden_keep_their_order_too(order: list[UUID], data: st.DataObject) -> None:
    shown = data.draw(st.sets(st.sampled_from(order), min_size=1))
    item = data.draw(st.sampled_from(sorted(shown)))
    place = data.draw(st.integers(1, len(shown)))
    after = ranking.moved(order, item, place, shown)
    assert [each for each in after if each in shown].index(item) + 1 == place
    assert [each for each in after if each != item] == [each for each in order if each != item]


@given(ORDERS, st.data())
def test_those_rearranged_stand_as_wanted_and_the_others_where_they_were(
    order: list[UUID], data: st.DataObject
) -> None:
    wanted = data.draw(st.permutations(data.draw(st.lists(st.sampled_from(order), unique=True))))
    after = ranking.rearranged(order, [*wanted, uuid4()])
    assert [each for each in after if each in wanted] == wanted
    assert all(now == then for now, then in zip(after, order, strict=True) if then not in wanted)


def test_nobody_unknown_is_moved() -> None:
    with pytest.raises(ValueError):
        ranking.moved([uuid4()], uuid4(), 1)


@given(ORDERS, ORDERS)
def test_the_order_is_stable_and_nobody_is_lost(ranked: list[UUID], present: list[UUID]) -> None:
    order = ranking.in_order(ranked, present)
    assert sorted(order) == sorted(present)
    assert ranking.in_order(order, present) == order == ranking.in_order(order, order)


@given(st.lists(ROWS, min_size=1, max_size=4), LEFT_ORE, LEFT_HOURS)
def test_plans_side_by_side_count_everybody_once(lists: list[list[Weighed]], left_ore: int, left_hours: int) -> None:
    compared = ranking.compare(
        [Plan(name=str(place), rows=tuple(rows)) for place, rows in enumerate(lists)], left_ore, left_hours
    )
    everybody = {row.id for rows in lists for row in rows}
    parts = [compared.always, compared.never, frozenset(compared.differs)]
    assert frozenset().union(*parts) == everybody
    assert sum(map(len, parts)) == len(everybody)
    for outlook, rows in zip(compared.outlooks, lists, strict=True):
        assert outlook.used_ore == sum(row.use_ore for row in rows if row.id in outlook.given)
        assert outlook.used_ore + outlook.left_ore == left_ore
        assert outlook.left_ore >= 0 and outlook.left_hours >= 0


@given(ROWS, LEFT_ORE, LEFT_HOURS)
def test_a_list_that_is_filled_gives_those_above_the_line_and_no_one_else(
    rows: Sequence[Weighed], left_ore: int, left_hours: int
) -> None:
    given_to = ranking.above(rows, ranking.reach(rows, left_ore, left_hours))
    after = ranking.filled(rows, left_ore, left_hours)
    reached = ranking.reach(after, left_ore, left_hours)
    assert reached.suffices
    assert ranking.above(after, reached) == given_to
    assert [row.id for row in after] == [row.id for row in rows]


@given(
    st.lists(st.builds(Waiting, st.uuids(), st.integers(0, 100), st.integers(0, 100)), max_size=12),
    st.integers(0, 300), st.integers(0, 300),
)  # fmt: skip
def test_who_moves_up_fits_and_whoever_does_not_has_no_room(
    waiting: list[Waiting], left_ore: int, left_hours: int
) -> None:
    up = ranking.moves_up(waiting, left_ore, left_hours)
    by_id = {each.id: each for each in waiting}
    assert sum(by_id[each].asked_ore for each in up) <= left_ore
    assert sum(by_id[each].asked_hours for each in up) <= left_hours
    order = [each.id for each in waiting]
    assert list(up) == [each for each in order if each in up], "in the order of the board"
    for index, each in enumerate(waiting):
        if each.id in up or (each.asked_ore == 0 and each.asked_hours == 0):
            continue
        ahead = [by_id[other] for other in up if order.index(other) < index]
        assert each.asked_ore > left_ore - sum(
            other.asked_ore for other in ahead
        ) or each.asked_hours > left_hours - sum(other.asked_hours for other in ahead), (
            "nobody is passed by who would have had room"
        )


def test_a_place_that_changes_is_told_with_where_it_was() -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    assert ranking.changed_places([first, second], [second, first, third]) == {
        second: (2, 1), first: (1, 2), third: (None, 3)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("employees", "size"), [(None, ""), (1, "small"), (15, "small"), (16, "medium"), (51, "large")]
)
def test_offices_have_a_size(employees: int | None, size: str) -> None:
    assert ranking.size_of(employees) == size
