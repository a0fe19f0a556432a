"""What is owed by a day is told of once, goes higher by days late, and is never owed by nobody."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.obligation import LADDER, SOURCES, Kind, Tier, days_late, tier_of, told_by
from workflows.reminder import next_rung

DUE = date(2027, 3, 31)
DAYS = st.integers(-60, 90).map(lambda days: DUE + timedelta(days=days))
THERE = st.frozensets(st.sampled_from((Tier.RESPONSIBLE, Tier.COORDINATOR, Tier.LEADER)))


@pytest.mark.parametrize(
    ("days", "climbed", "expected"),
    [
        (-31, (), None),
        (-30, (), "month_before"),
        (-8, ("month_before",), None),
        (-7, ("month_before",), "week_before"),
        (0, ("month_before", "week_before"), "today"),
        (6, ("today",), None),
        (7, ("today",), "week_late"),
        (14, ("today", "week_late"), "fortnight_late"),
        (30, ("fortnight_late",), "month_late"),
        (400, (), "month_late"),
        (400, ("month_late",), None),
    ],
)
def test_a_month_and_a_week_before_on_the_day_and_higher_after_it(
    days: int, climbed: tuple[str, ...], expected: str | None
) -> None:
    rung = next_rung(LADDER, DUE, DUE + timedelta(days=days), climbed)
    assert (rung.key if rung else None) == expected


@given(st.sampled_from(list(Kind)), st.lists(DAYS, max_size=40))
def test_whatever_the_days_nobody_is_told_twice_and_it_only_goes_higher(kind: Kind, days: list[date]) -> None:
    ladder = SOURCES[kind].ladder
    order = [rung.key for rung in ladder]
    climbed: list[str] = []
    for today in sorted(days):
        rung = next_rung(ladder, DUE, today, climbed)
        if rung:
            climbed.append(rung.key)
    assert climbed == sorted(set(climbed), key=order.index)


def test_every_ladder_ends_with_the_resource_group_and_climbs_by_days() -> None:
    for source in SOURCES.values():
        if source.is_private:
            assert source.ladder == (), "what is private is nobody else's business"
            continue
        assert Tier.RESOURCE_GROUP in source.ladder[-1].to
        assert source.ladder[-1] is LADDER[-1], "what has climbed the last rung of all is left alone"
        days = [rung.days for rung in source.ladder]
        assert days == sorted(set(days))


@given(THERE, st.sampled_from(list(Tier)), st.sampled_from(LADDER))
def test_nothing_is_owed_by_nobody_and_somebody_is_told_at_every_rung(
    there: frozenset[Tier], owed_by: Tier, rung: object
) -> None:
    assert tier_of(owed_by, there) in {*there, Tier.RESOURCE_GROUP}
    told = told_by(rung, owed_by, there)  # type: ignore[arg-type]
    assert told and set(told) <= {*there, Tier.RESOURCE_GROUP}


def test_an_empty_tier_passes_to_the_next() -> None:
    rungs = {rung.key: rung for rung in LADDER}
    leader = frozenset({Tier.LEADER})
    assert tier_of(Tier.COORDINATOR, leader) == Tier.LEADER
    assert told_by(rungs["week_before"], Tier.COORDINATOR, leader) == (Tier.LEADER,)
    assert told_by(rungs["week_late"], Tier.COORDINATOR, leader) == (Tier.LEADER,), (
        "told once, though both fall to them"
    )
    assert told_by(rungs["month_late"], Tier.COORDINATOR, ()) == (Tier.RESOURCE_GROUP,)


def test_every_kind_has_its_source_and_what_rests_counts_nowhere() -> None:
    assert set(SOURCES) == set(Kind)
    for source, resting in combinations([*SOURCES.values()], 2):
        assert source.kind != resting.kind
    for source in SOURCES.values():
        assert not source.counts_in & {"paused", "stopped", "ended"}


def test_days_late() -> None:
    assert [days_late(day, DUE) for day in (None, DUE + timedelta(days=1), DUE, DUE - timedelta(days=3))] == [
        0,
        0,
        0,
        3,
    ]
