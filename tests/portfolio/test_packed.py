"""What is kept of figures as text, and when what becomes late is counted."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.portfolio.packed import COUNTED, Figures, counts_in, pack_counted, unpack_counted

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 40).map(lambda days: FIRST + timedelta(days=days))
NAMES = st.sampled_from([*COUNTED, "reported in_time", "+1 2026 planned"])
FIGURES = st.builds(
    Figures,
    tally=st.dictionaries(NAMES, st.integers(-3, 9), max_size=6),
    late=st.dictionaries(
        st.sampled_from(["overdue", "lacking", "reported in_time"]),
        st.dictionaries(DAYS, st.integers(-2, 4), max_size=5),
    ),
)


@given(FIGURES, DAYS, st.integers(0, 20))
def test_what_counts_from_a_day_on_counts_the_same_on_every_later_one(found: Figures, day: date, more: int) -> None:
    later = day + timedelta(days=more)
    kept = found.on_from(day)
    assert {name: kept.count(name, later) for name in (*COUNTED, "reported in_time")} == {
        name: found.count(name, later) for name in (*COUNTED, "reported in_time")
    }
    assert all(due >= day for own in kept.late.values() for due in own)
    assert kept.on_from(day) == kept


@given(FIGURES, FIGURES, DAYS, DAYS)
def test_figures_are_added_up_before_a_day_as_after_it(some: Figures, others: Figures, day: date, later: date) -> None:
    day, later = sorted([day, later])
    assert (some.on_from(day) + others.on_from(day)).on_from(later) == (some + others).on_from(later)


@given(FIGURES, DAYS)
def test_what_is_counted_is_read_out_of_its_text_alike(found: Figures, day: date) -> None:
    text = pack_counted(found)
    assert unpack_counted(text).count("lacking", day) == found.count("lacking", day)
    assert counts_in(text, day) == [found.count(name, day) for name in COUNTED]
