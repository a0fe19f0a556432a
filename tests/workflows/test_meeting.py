"""The clarification meeting's rules: times, agenda, and what can be confirmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.meeting import (
    FARTHEST,
    MOST_TIMES,
    Fit,
    Side,
    against_confirming,
    against_proposing,
    agenda_from,
    best,
    side_of,
    suitability,
    table_side_of,
)
from workflows.roles import Role

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
SOON = NOW + timedelta(days=2)


def codes(*arguments: object) -> list[str]:
    return [reason.code for reason in against_proposing(*arguments)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("starts", "known", "expected"),
    [
        ([SOON], (), []),
        ([NOW], (), ["meeting.time_past"]),
        ([NOW + FARTHEST + timedelta(minutes=1)], (), ["meeting.time_too_far"]),
        ([SOON], {SOON}, ["meeting.time_twice"]),
        ([SOON, SOON], (), ["meeting.time_twice"]),
        ([SOON], [SOON + timedelta(hours=each) for each in range(1, MOST_TIMES + 1)], ["meeting.too_many_times"]),
    ],
)
def test_a_time_can_be_proposed_once_ahead_and_not_far_off(starts: object, known: object, expected: list[str]) -> None:
    assert codes(starts, known, NOW) == expected


@given(st.lists(st.tuples(st.datetimes(), st.lists(st.sampled_from(Fit))), max_size=8))
def test_what_suits_fewer_never_comes_before_what_suits_more(times: list[tuple[datetime, list[Fit]]]) -> None:
    order = best(times)
    assert sorted(order) == list(range(len(times)))
    ranks = [suitability(times[place][1]) for place in order]
    assert ranks == sorted(ranks)


def test_reviewers_questions_become_items_each_once() -> None:
    asked = ["- Hvem måler gevinsten?\n\n• Hva om lederen slutter?", "hvem måler  gevinsten\nHar teamet tid?"]
    assert agenda_from(asked, ["Hva om lederen slutter"]) == ("Hvem måler gevinsten?", "Har teamet tid?")
    assert agenda_from(["", "  \n-"], ()) == ()


@given(st.lists(st.text(max_size=60), max_size=6))
def test_what_is_on_the_agenda_is_never_collected_again(asked: list[str]) -> None:
    first = agenda_from(asked, ())
    assert agenda_from(asked, first) == ()


def test_minutes_are_confirmed_of_a_meeting_that_was_held() -> None:
    assert [each.code for each in against_confirming(None, "", NOW)] == ["decision.meeting_missing"]
    assert [each.code for each in against_confirming(SOON, "Avklart.", NOW)] == ["decision.meeting_missing"]
    assert [each.code for each in against_confirming(NOW, " ", NOW)] == ["decision.minutes_missing"]
    assert not list(against_confirming(NOW, "Avklart.", NOW))


def test_who_sits_on_which_side_of_the_table() -> None:
    assert side_of({Role.LEADER}) is Side.OFFICE
    assert side_of({Role.CASE_HANDLER}) is Side.SCHEME
    assert side_of({Role.CORE_TEAM, Role.REVIEWER}) is None, "neither confirms for a side"
    assert table_side_of({Role.CORE_TEAM}) is Side.OFFICE
    assert table_side_of({Role.REVIEWER}) is Side.SCHEME
    assert table_side_of({Role.AUDITOR}) is None
