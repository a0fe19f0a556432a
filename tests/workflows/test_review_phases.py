"""The phases of reviewing: what is hidden stays hidden, and nobody sees more for having stepped aside."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from workflows.review import READS_THE_CASE, ReviewState, may_see_reviews
from workflows.review_phases import (
    HIDDEN,
    NOTHING,
    OVERSEERS,
    PHASES,
    ReviewPhase,
    Standing,
    Veil,
    against_changing,
    moment,
    phase_faults,
    sight,
    veil_for,
)
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES, ReviewRules, check
from workflows.wording import Wording

DAY = date(2026, 12, 1)
NAME = Wording(nb="Fase", nn="Fase", en="Phase")
STATES = st.sampled_from([None, *ReviewState])
DAYS = st.integers(-30, 30).map(lambda days: DAY + timedelta(days=days))
ROLES = st.frozensets(st.sampled_from(sorted(Role)), max_size=4)


def phase(key: str = "one", **fields: Any) -> ReviewPhase:
    return ReviewPhase(key=key, name=NAME, **fields)


@st.composite
def some_phases(draw: st.DrawFn, **fixed: Any) -> tuple[ReviewPhase, ...]:
    """One to four phases with whatever switches."""
    found = []
    for place in range(draw(st.integers(1, 4))):
        fields = {
            "begins_on": draw(st.none() | DAYS), "ends_on": draw(st.none() | DAYS), "may_score": draw(st.booleans()),
            "applications": draw(st.sampled_from(["assigned", "unfinished", "none"])),
            "names_hidden": draw(st.booleans()),
            "others_reviews": draw(st.sampled_from(["never", "after_own", "always"])),
            "discussion_open": draw(st.booleans()), "may_change": draw(st.booleans()),
        }  # fmt: skip
        found.append(phase(str(place), **{**fields, **fixed}))
    return tuple(found)


@given(DAYS, st.booleans(), STATES, ROLES)
def test_the_default_is_one_phase_that_says_what_the_scheme_has_always_said(
    today: date, all_in: bool, state: str | None, roles: frozenset[Role]
) -> None:
    found = sight(PHASES, today, all_in=all_in, roles=roles, own_state=state)
    handles = Role.CASE_HANDLER in roles
    ended = state in (ReviewState.RECUSED, ReviewState.VOIDED)
    if state is not None and not ended:
        assert found.reads is (handles or state in READS_THE_CASE)
        assert found.others is (state == ReviewState.SUBMITTED)
        assert found.writes is (state in ("declared", "started"))
    assert found.names and not found.changes
    if not ended and found.reads:
        other = may_see_reviews(
            person_id=None, roles=roles, own_states=() if state is None else (state,), review_of=OTHER,  # type: ignore[arg-type]
            review_state="submitted",
        )  # fmt: skip
        assert found.others is other
    assert check(DEFAULT_RULES) == ()


OTHER = object()


@given(some_phases(names_hidden=True), DAYS, st.booleans(), STATES.filter(bool), ROLES, st.booleans())
def test_a_hidden_name_is_shown_to_no_reviewer_whatever_else_the_phases_say(
    phases: tuple[ReviewPhase, ...], today: date, all_in: bool, state: str, roles: frozenset[Role], tied: bool
) -> None:
    found = sight(phases, today, all_in=all_in, roles=roles, own_state=state, tied=tied)
    assert found.names is not OVERSEERS.isdisjoint(roles)


@given(some_phases(), DAYS, st.booleans(), STATES, ROLES)
def test_a_tie_or_stepping_aside_never_shows_more(
    phases: tuple[ReviewPhase, ...], today: date, all_in: bool, state: str | None, roles: frozenset[Role]
) -> None:
    free = sight(phases, today, all_in=all_in, roles=roles, own_state=state)
    ended = sight(phases, today, all_in=all_in, roles=roles, own_state=ReviewState.RECUSED)
    assert replace(ended, names=False) == NOTHING
    if state is not None:
        tied = sight(phases, today, all_in=all_in, roles=roles, own_state=state, tied=True)
        for field in ("reads", "names", "others", "writes", "changes", "discusses"):
            assert getattr(free, field) >= getattr(tied, field)
        assert free.names >= ended.names


@given(some_phases(), DAYS, st.booleans(), STATES.filter(bool), ROLES)
def test_nobody_writes_or_discusses_what_they_may_not_read(
    phases: tuple[ReviewPhase, ...], today: date, all_in: bool, state: str, roles: frozenset[Role]
) -> None:
    found = sight(phases, today, all_in=all_in, roles=roles, own_state=state)
    assert found.reads or not (found.writes or found.changes or found.others or found.discusses)
    assert not found.discusses or (found.others and state == ReviewState.SUBMITTED)
    assert not (found.writes and found.changes)
    if moment(phases, today, all_in=all_in).standing is not Standing.RUNNING:
        assert not found.writes and not found.changes


def test_a_phase_follows_on_the_one_before() -> None:
    blind = phase("blind", ends_on=DAY, names_hidden=True, others_reviews="never")
    open_ = phase("open", begins_on=DAY + timedelta(days=3), others_reviews="always", may_change=True)
    both = (blind, open_)
    assert moment(both, DAY, all_in=False).phase is blind
    between = moment(both, DAY + timedelta(days=1), all_in=False)
    assert (between.phase, between.standing) == (open_, Standing.WAITING)
    seen = sight(both, DAY + timedelta(days=1), all_in=True, roles=(Role.REVIEWER,), own_state="submitted")
    assert not (seen.reads or seen.names or seen.others), "a phase to come shows nothing yet"
    seen = sight(both, DAY + timedelta(days=3), all_in=True, roles=(Role.REVIEWER,), own_state="submitted")
    assert seen.names and seen.others and seen.changes and seen.discusses


def test_until_all_are_in_is_asked_of_each_application() -> None:
    both = (phase("blind", names_hidden=True), phase("open"))
    assert moment(both, DAY, all_in=False).phase.key == "blind"
    assert moment(both, DAY, all_in=True).phase.key == "open"


@pytest.mark.parametrize(
    ("phases", "code"),
    [
        ((), "phases.none"),
        ((phase(may_score=False),), "phases.nobody_scores"),
        ((phase(applications="none"),), "phases.nobody_scores"),
        ((phase(), phase()), "phases.key_twice"),
        ((phase(begins_on=DAY, ends_on=DAY - timedelta(days=1)),), "phases.ends_before_it_begins"),
        ((phase(ends_on=DAY), phase("two", begins_on=DAY)), "phases.out_of_order"),
        ((phase(), phase("two", may_score=False, may_change=True)), "phases.change_without_scoring"),
        ((replace(phase(), name=Wording(nb="Fase", nn=" ", en="Phase")),), "phases.name_missing"),
        (tuple(phase(str(place)) for place in range(9)), "phases.too_many"),
    ],
)
def test_phases_that_do_not_hold_together(phases: tuple[ReviewPhase, ...], code: str) -> None:
    assert code in [each.code for each in phase_faults(phases)]
    rules = replace(DEFAULT_RULES, reviews=replace(ReviewRules(), phases=phases))
    assert code in [each.code for each in check(rules)]


TOMORROW = DAY + timedelta(days=1)
RUNNING = phase(ends_on=TOMORROW, names_hidden=True)
COMING = phase("two", begins_on=DAY + timedelta(days=5))


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ((replace(RUNNING, ends_on=DAY), COMING), "phases.only_longer"),
        ((replace(RUNNING, ends_on=None), COMING), "phases.only_longer"),
        ((replace(RUNNING, may_score=False), COMING), "phases.only_longer"),
        ((replace(RUNNING, names_hidden=False), COMING), "phases.only_narrower"),
        ((replace(RUNNING, others_reviews="always"), COMING), "phases.only_narrower"),
        ((replace(RUNNING, may_change=True), COMING), "phases.only_narrower"),
        ((COMING,), "phases.begun_must_stay"),
        ((phase("zero"), RUNNING, COMING), "phases.begun_must_stay"),
        ((RUNNING, phase("three")), "phases.new_must_come"),
        ((replace(RUNNING, ends_on=DAY + timedelta(days=4), others_reviews="never"), COMING), None),
        ((RUNNING,), None),
        ((RUNNING, replace(COMING, others_reviews="always"), phase("three", begins_on=DAY + timedelta(days=9))), None),
    ],
)
def test_what_is_published_changes_only_where_it_harms_nobody(after: tuple[ReviewPhase, ...], code: str | None) -> None:
    found = [each.code for each in against_changing((RUNNING, COMING), after, DAY)]
    assert (code in found) if code else not found


@given(some_phases(), some_phases(), DAYS, st.booleans(), ROLES, STATES.filter(bool))
def test_an_allowed_change_shows_nobody_more_of_what_has_begun(
    before: tuple[ReviewPhase, ...], after: tuple[ReviewPhase, ...], today: date, all_in: bool,
    roles: frozenset[Role], state: str,
) -> None:  # fmt: skip
    if list(against_changing(before, after, today)):
        return
    was, now = moment(before, today, all_in=all_in), moment(after, today, all_in=all_in)
    if was.phase.key != now.phase.key or was.standing is not Standing.RUNNING:
        return
    old = sight(before, today, all_in=all_in, roles=roles, own_state=state)
    new = sight(after, today, all_in=all_in, roles=roles, own_state=state)
    if state in READS_THE_CASE:
        assert old.names >= new.names and old.others >= new.others and old.reads >= new.reads


WORDS = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F), min_size=4, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(st.text(max_size=20), min_size=2, max_size=6), st.booleans())
def test_no_name_is_left_in_any_text(names: list[str], around: list[str], upper: bool) -> None:
    said = [name.upper() if upper else name for name in names]
    text = "".join(piece + said[place % len(said)] for place, piece in enumerate(around))
    shown = Veil(names).text(text)
    for name in names:
        assert not re.search(re.escape(name), shown, re.IGNORECASE)


def test_an_office_and_its_people_are_hidden_by_every_part_of_their_names() -> None:
    veil = veil_for(["Nav Balsfjord-Storfjord"], ["Kari Ås Berg"], ["Per Hansen"])
    said = "Vi i nav balsfjord-storfjord, eller Storfjords kontor, ved Kari  Ås\nBerg. Kari spurte Per Hansen. Fjell og berg."
    shown = veil.text(said)
    for name in ("balsfjord", "Storfjord", "Kari", "Ås\nBerg", "Hansen"):
        assert name.lower() not in shown.lower()
    assert "Fjell og berg" in shown and "Vi i " in shown and HIDDEN in shown
    assert not Veil().hides and Veil().text("Nav Lillestrøm") == "Nav Lillestrøm"
