"""What management asks of the portfolio, and how each answer is counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.application import ApplicationState
from workflows.portfolio import (
    FATES,
    Fate,
    Sent,
    ToStop,
    days_late,
    fates_of,
    is_cut,
    share,
    should_stop,
    treated,
    treated_by,
)  # fmt: skip

D = Decimal


@pytest.mark.parametrize(
    ("baseline", "target", "forecast", "cut"),
    [
        (400, 320, 320, False), (400, 320, 336, False), (400, 320, 337, True), (400, 320, 410, True), (3, 4, D("3.7"), True),
        (3, 4, D("3.8"), False), (3, 4, 5, False), (3, 3, 1, False),
    ],
)  # fmt: skip
def test_a_forecast_that_takes_away_more_than_a_fifth_of_the_plan_is_an_exception(
    baseline: int, target: int, forecast: int, cut: bool
) -> None:
    assert is_cut(D(baseline), D(target), D(forecast)) is cut


def test_days_and_shares() -> None:
    assert days_late(date(2026, 1, 1), date(2026, 2, 1)) == 31
    assert days_late(date(2026, 3, 1), date(2026, 2, 1)) == 0
    assert share(1, 4) == D("0.25")
    assert share(0, 4) == 0
    assert share(0, 0) is None


def test_what_should_stop() -> None:
    assert should_stop([D(10), D(-1)], 2, 0) == (ToStop.NET_BELOW_ZERO,)
    assert should_stop([D(0)], 2, 1) == ()
    assert should_stop([], 2, 2) == (ToStop.ALL_DROPPED,)
    assert should_stop([], 0, 0) == ()


def test_every_state_of_an_application_comes_to_a_fate() -> None:
    assert FATES.keys() <= set(ApplicationState)
    settled = {
        "awarded",
        "accepted",
        "rejected",
        "dismissed",
        "withdrawn",
        "declined",
        "lapsed",
        "joined",
        "waitlisted",
    }
    assert settled <= FATES.keys()


def application(county: str = "Nav Oslo", state: str = "awarded", days: int | None = 40) -> Sent:
    return Sent(county=county, employees=10, language="nb", state=state, days_to_decision=days)


def test_how_a_group_was_treated() -> None:
    group = [application(days=days) for days in (10, 20, 90)] + [application(state="rejected", days=50)] * 3
    found = treated("", [*group, application(state="screening", days=None)])
    assert (found.sent, found.decided, found.awarded, found.share, found.days, found.few) == (
        7,
        6,
        3,
        D("0.5"),
        50,
        False,
    )
    assert fates_of([*group]) == {Fate.AWARDED: 3, Fate.REJECTED: 3}


def test_a_group_that_the_others_give_away_is_kept_back_with_another() -> None:
    sent = [application("A")] * 9 + [application("B")] * 6 + [application("C")] * 2
    assert {each.key: each.few for each in treated_by("county", sent)} == {"A": False, "B": True, "C": True}
    assert {each.key: each.few for each in treated_by("county", sent[:15])} == {"A": False, "B": False}


def test_of_two_groups_one_cannot_be_hidden_alone_and_five_decided_are_enough() -> None:
    sent = [application("A")] * 6 + [application("B")] * 4
    assert {each.key: each.few for each in treated_by("county", sent)} == {"A": True, "B": True}
    assert not treated("", sent[:5]).few
    assert treated("", sent[:4]).few
    (alone,) = treated_by("county", sent[6:])
    assert alone.few


def test_groups_stand_with_the_largest_first_by_county_size_and_language() -> None:
    sent = [application("B"), *[application("A")] * 2, *[application("C")] * 2]
    assert [each.key for each in treated_by("county", sent)] == ["A", "C", "B"]
    sizes = [msgspec.structs.replace(sent[0], employees=employees) for employees in (60, 60, 10, None)]
    assert [(each.key, each.sent) for each in treated_by("size", sizes)] == [("large", 2), ("", 1), ("small", 1)]
    spoken = [msgspec.structs.replace(sent[0], language="nn"), *sent]
    assert [(each.key, each.sent) for each in treated_by("language", spoken)] == [("nb", 5), ("nn", 1)]


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from([str(each) for each in ApplicationState]))))
def test_groups_make_up_the_whole_and_no_single_one_is_hidden(drawn: list[tuple[str, str]]) -> None:
    sent = [application(county, state) for county, state in drawn]
    found = treated_by("county", sent)
    whole = treated("", sent)
    assert (sum(each.sent for each in found), sum(each.awarded for each in found)) == (whole.sent, whole.awarded)
    assert sum(fates_of(sent).values()) == len(sent)
    assert len(found) < 2 or sum(each.few for each in found) != 1
    assert all(each.few or each.decided >= 5 for each in found)
