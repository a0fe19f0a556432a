"""How good forecasts are: the middle ratio of a kind, and nothing of a few."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.test_leaf import ANY
from workflows.accuracy import Outcome, accuracy, accuracy_by, of_all

D = Decimal


def outcome(actual: int, **more: Any) -> Outcome:
    said = {"months": 12, "category": "quality", "theme": "", "baseline": D(100), "forecast": D(200), **more}
    return Outcome(actual=D(actual), **said)


def test_it_is_what_came_of_the_change_that_was_forecast() -> None:
    assert outcome(150).ratio == D("0.5")
    assert outcome(50, forecast=D(0)).ratio == D("0.5")  # fewer is better
    assert outcome(90, forecast=D(110)).ratio == -1  # the wrong way
    assert outcome(150, forecast=None).ratio is None
    assert outcome(150, forecast=D(100)).ratio is None
    assert outcome(150, baseline=None).ratio is None


def test_the_middle_and_how_many_came_near() -> None:
    found = accuracy([outcome(value) for value in (120, 181, 200, 219, 300)])
    assert found.middle == 1
    assert (found.near, found.below, found.above) == (3, 1, 1)
    assert not found.few
    assert accuracy([outcome(200)] * 4).few
    fifth = accuracy([outcome(value) for value in (179, 180, 220, 221)])
    assert (fifth.near, fifth.below, fifth.above) == (2, 1, 1), "a fifth off is near, and no more than a fifth"


def test_follow_ups_are_held_apart_by_the_half_year_the_year_and_the_two_years_after_the_close() -> None:
    there = [outcome(200, months=months) for months in (6, 12, 12, 24, 24, 24)]
    assert [each.measured for each in of_all(there)] == [1, 2, 3]


def test_the_kinds_stand_in_their_order() -> None:
    themes = ["queue", "letters", "phone", "meetings", "journal", "sick", "work", "young"]
    assert [row.key for row in accuracy_by("theme", [outcome(200, theme=each) for each in themes])] == sorted(themes)


def test_what_could_be_worked_out_from_the_others_is_kept_back_too() -> None:
    there = [outcome(200)] * 3 + [outcome(200, category="efficiency")] * 6 + [outcome(200, category="other_actors")] * 9
    shown = {row.key: [each.few for each in row.at if each.measured] for row in accuracy_by("category", there)}
    assert shown == {"quality": [True], "efficiency": [True], "other_actors": [False]}
    assert [each.measured for each in of_all(there)] == [0, 18, 0]


def kept_back(**counts: int) -> set[str]:
    """The kinds kept back at a year, of so many outcomes each; each kind has many at two years too."""
    there = [outcome(200, category=kind) for kind, count in counts.items() for _ in range(count)]
    there += [outcome(200, category=kind, months=24) for kind in counts for _ in range(6)]
    return {row.key for row in accuracy_by("category", there) if row.at[1].compared and row.at[1].few}


def test_only_one_that_is_hidden_alone_takes_another_with_it_and_that_is_the_one_with_fewest() -> None:
    assert kept_back(efficiency=9, other_actors=6, quality=3) == {"other_actors", "quality"}
    assert kept_back(efficiency=6, other_actors=3, quality=3) == {"other_actors", "quality"}
    assert kept_back(efficiency=9, other_actors=6, quality=5) == set()
    assert kept_back(efficiency=6, other_actors=0, quality=3) == {"efficiency", "quality"}, "none at all hides nobody"


@ANY
@given(st.lists(st.tuples(st.sampled_from((6, 12, 24)), st.sampled_from("abc"), st.integers(0, 400)), max_size=40))
def test_the_kinds_are_all_of_them_and_never_one_alone_is_hidden(said: list[tuple[int, str, int]]) -> None:
    there = [outcome(value, months=months, theme=theme) for months, theme, value in said]
    rows = accuracy_by("theme", there)
    for place, whole in enumerate(of_all(there)):
        own = [row.at[place] for row in rows]
        assert sum(each.measured for each in own) == whole.measured
        assert whole.near + whole.below + whole.above == whole.compared
        hidden = [each for each in own if each.few and each.compared]
        assert len(hidden) != 1 or not any(each.compared for each in own if each is not hidden[0])
