"""For whom a thread is: whoever may not know, sees none; a thread never becomes wider."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.samples import act
from tests.workflows.test_review_phases import DAYS, ROLES, STATES, some_phases
from tests.workflows.walk import codes
from workflows.discussion import (
    MOST_POSTS,
    OFFICE,
    THREAD,
    WIDENING,
    Audience,
    ThreadFacts,
    against_narrowing,
    against_posting,
    may_open,
    may_see,
    may_write,
    mentioned,
    seen,
)
from workflows.engine import decide
from workflows.review import ReviewState
from workflows.review_phases import OVERSEERS, ReviewPhase, sight
from workflows.roles import Role

AUDIENCES = st.sampled_from(list(Audience))


def test_a_closed_thread_can_be_opened_again_and_an_empty_one_not_closed() -> None:
    handler = act(Role.CASE_HANDLER)
    said = ThreadFacts(state="open", posts=1)
    assert decide(THREAD, "close", "open", said, handler).allowed
    assert decide(THREAD, "reopen", "closed", said, handler).allowed
    assert codes(decide(THREAD, "close", "open", replace(said, posts=0), handler).unmet) == ["thread.empty"]
    assert not decide(THREAD, "close", "open", said, act(Role.REVIEWER)).allowed


@given(some_phases(), DAYS, st.booleans(), STATES, ROLES, st.booleans())
def test_whoever_steps_aside_or_is_tied_sees_no_thread_of_the_scheme(
    phases: tuple[ReviewPhase, ...], today: date, all_in: bool, state: str | None, roles: frozenset[Role], tied: bool
) -> None:
    found = sight(phases, today, all_in=all_in, roles=roles, own_state=state, tied=tied)
    audiences = seen(roles, found)
    inside = audiences & {Audience.HANDLERS, Audience.REVIEWERS}
    if state == ReviewState.RECUSED or (tied and state is not None):
        assert not inside
        assert Audience.APPLICANT not in audiences or roles & OFFICE
    if state in ("assigned", "declared", "started"):
        assert Audience.REVIEWERS not in audiences or found.others, (
            "what others think is not told before one's own is in"
        )
    if roles.isdisjoint(OVERSEERS | {Role.REVIEWER}) and state is None:
        assert not inside, "an office sees nothing that is not for it"
    if roles.isdisjoint(OVERSEERS):
        assert Audience.HANDLERS not in audiences


@given(some_phases(), DAYS, st.booleans(), STATES, ROLES, AUDIENCES)
def test_nobody_writes_where_they_see_nothing_and_no_mere_reviewer_where_the_office_reads(
    phases: tuple[ReviewPhase, ...], today: date, all_in: bool, state: str | None, roles: frozenset[Role],
    audience: Audience,
) -> None:  # fmt: skip
    found = sight(phases, today, all_in=all_in, roles=roles, own_state=state)
    assert may_see(audience, roles, found) or not may_write(audience, roles, found)
    assert may_write(audience, roles, found) or not may_open(audience, roles, found)
    if roles <= {Role.REVIEWER, Role.EMPLOYEE}:
        assert not may_write(Audience.APPLICANT, roles, found)
    if roles.isdisjoint({Role.CASE_HANDLER, Role.DECISION_MAKER}):
        assert not may_open(Audience.APPLICANT, roles, found)


def test_a_thread_only_ever_narrows() -> None:
    for narrower, wider in pairwise(WIDENING):
        assert not list(against_narrowing(wider, narrower))
        assert [each.code for each in against_narrowing(narrower, wider)] == ["thread.only_narrower"]
        assert list(against_narrowing(narrower, narrower))


@pytest.mark.parametrize(
    ("state", "posts", "missing"),
    [("open", 1, []), ("closed", 1, ["thread.closed"]), ("open", MOST_POSTS, ["thread.too_long"])],
)
def test_a_closed_or_endless_thread_takes_no_more(state: str, posts: int, missing: list[str]) -> None:
    assert [each.code for each in against_posting(ThreadFacts(state=state, posts=posts))] == missing


def test_a_mention_is_a_whole_name() -> None:
    names = ["Kari Berg", "Kari Bergseth", "Ola Nordmann"]
    assert mentioned("Hei @kari bergseth, og Ola Nordmann", names) == {"Kari Bergseth"}
    assert mentioned("@Ola Nordmann: se på dette. @Kari", names) == {"Ola Nordmann"}
