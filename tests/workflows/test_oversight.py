"""What is found out about a running project is right on every later day, and puts those who need help first at the top."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.clarification_matrix import Standing
from workflows.engine import Act, Reason, decide
from workflows.oversight import (
    OVERSEEN,
    PLACES,
    WEIGHTS,
    Lack,
    Shown,
    Sign,
    Watched,
    gate_ahead,
    lacking,
    order_of,
    showing,
    signs_of,
)
from workflows.oversight_rules import OversightRules
from workflows.project import PROJECT, RUNNING
from workflows.project_facts import DueMeasurement, DueMilestone, Facilitating, ProjectFacts
from workflows.rules import DEFAULT_RULES

DAY = date(2026, 6, 1)
RULES = OversightRules()
FACILITATOR = Facilitating(name="Kari", accepted=True, within_capacity=True, conflict=False)
NOBODY = Act(now=datetime(2026, 6, 1, tzinfo=UTC), roles=frozenset(), why="…")
days = st.integers(-40, 40).map(lambda number: DAY + timedelta(days=number))


def facts(**known: Any) -> ProjectFacts:
    given_facts = {"has_leader": True, "has_coordinator": True, "facilitators": (FACILITATOR,), **known}
    return ProjectFacts(rules=DEFAULT_RULES, today=DAY, **given_facts)


def watched(**known: Any) -> Watched:
    given_days = {"accepted_on": DAY, "entered_on": DAY, "planned_to": None, "last_contact_on": None}
    return Watched(**{"state": "diagnose_open", **given_days, **known})


def signs(lacks: tuple[Lack, ...] = (), *, of: ProjectFacts | None = None, **known: Any) -> dict[Sign, Shown]:
    return signs_of(watched(**known), of or facts(), lacks, RULES)


milestones = st.builds(
    DueMilestone, key=st.sampled_from(["M0", "M1", "M3", "M5"]), due_on=st.none() | days, settled=st.booleans()
)
measurements = st.builds(
    DueMeasurement, measurement_id=st.integers(1, 3).map(lambda number: UUID(int=number)), benefit=st.sampled_from("ab"),
    due_on=days, reported=st.booleans(), settled=st.booleans(),
)  # fmt: skip


@given(
    st.sampled_from(RUNNING),
    st.lists(milestones, max_size=6),
    st.lists(measurements, max_size=6),
    st.integers(0, 1),
    days,
)
def test_what_a_gate_lacks_on_any_day_is_what_its_step_says_on_that_day(
    state: str, due: list[DueMilestone], measured: list[DueMeasurement], pilots: int, day: date
) -> None:
    known = facts(milestones=tuple(due), measurements=tuple(measured), pilots=pilots, has_leader=bool(pilots))
    move = gate_ahead(state)
    assert move is not None
    found = Counter[str]()
    for each in lacking(known, state):
        if each.from_on is None or each.from_on <= day:
            found[each.reason.code] += each.count
    on_day = ProjectFacts(**{name: getattr(known, name) for name in known.__struct_fields__} | {"today": day})
    said = decide(PROJECT, move.name, state, on_day, NOBODY).unmet
    assert found == Counter(each.code for each in said)


def test_what_is_waived_is_not_missing() -> None:
    known = facts(milestones=(DueMilestone(key="M0", due_on=DAY, settled=True),))
    codes = {each.reason.code for each in lacking(known, "set_up")}
    waived = {each.reason.code for each in lacking(known, "set_up", frozenset({"leader_on_first_module"}))}
    assert codes - waived == {"project.leader_not_on_module"}


def test_a_project_that_rests_has_no_gate_and_one_that_runs_has_one() -> None:
    assert {state for state in OVERSEEN if gate_ahead(state) is None} == {"paused"}


SHUT = (Lack(reason=Reason(code="project.too_few_pilots"), count=2),)


@pytest.mark.parametrize(
    ("sign", "known", "from_on", "count"),
    [
        (Sign.NO_LEADERS, {"of": facts(has_leader=False, has_coordinator=False)}, DAY, 2),
        (Sign.NO_FACILITATOR, {"of": facts(facilitators=())}, DAY + timedelta(days=14), 1),
        (Sign.CLARIFICATION_MISSING, {"clarifications": (Standing.MISSING, Standing.LEFT, Standing.OLD)}, DAY, 2),
        (Sign.CLARIFICATION_MISSING, {"state": "set_up", "clarifications": (Standing.MISSING,)}, DAY + timedelta(days=14), 1),
        (Sign.CLARIFICATION_OLD, {"clarifications": (Standing.MISSING, Standing.OLD)}, DAY, 1),
        (Sign.MILESTONE_LATE, {"unreported_milestones": (DAY + timedelta(days=9), DAY)}, DAY + timedelta(days=1), 1),
        (Sign.MEASUREMENT_LATE, {"unreported_measurements": (DAY,)}, DAY + timedelta(days=1), 1),
        (Sign.FEEDBACK_UNANSWERED, {"unanswered_feedback": (DAY,)}, DAY + timedelta(days=1), 1),
        (Sign.STEP_LATE, {"planned_to": DAY}, DAY + timedelta(days=1), 1),
        (Sign.GATE_NEAR, {"planned_to": DAY, "lacks": SHUT}, DAY - timedelta(days=14), 1),
        (Sign.NO_PLAN, {}, DAY, 1),
        (Sign.NO_CONTACT, {}, DAY + timedelta(days=30), 1),
        (Sign.NO_CONTACT, {"last_contact_on": DAY + timedelta(days=5)}, DAY + timedelta(days=35), 1),
        (Sign.PAUSED_LONG, {"state": "paused"}, DAY + timedelta(days=60), 1),
    ],
)  # fmt: skip
def test_a_sign_shows_from_its_day_on(sign: Sign, known: dict[str, Any], from_on: date, count: int) -> None:
    found = signs(**known)[sign]
    assert (found.from_on, found.count) == (from_on, count)
    shown = {sign: found}
    assert showing(shown, from_on - timedelta(days=1)) == () and showing(shown, from_on) == (sign,)


def test_what_is_as_it_should_be_is_no_sign() -> None:
    assert set(signs(planned_to=DAY)) == {Sign.STEP_LATE, Sign.NO_CONTACT}
    assert showing(signs(planned_to=DAY), DAY) == ()
    assert signs(state="closed") == {} and set(signs(state="paused")) == {Sign.PAUSED_LONG}


def test_who_needs_help_first_is_who_weighs_most_then_longest_then_oldest() -> None:
    first, second, third, fourth = sorted(uuid4() for _ in range(4))
    today, before = Shown(from_on=DAY), Shown(from_on=DAY - timedelta(days=3))
    projects = {
        fourth: {Sign.NO_FACILITATOR: today},
        third: {Sign.NO_CONTACT: before},
        first: {Sign.NO_CONTACT: today},
        second: {Sign.NO_CONTACT: today, Sign.NO_LEADERS: Shown(from_on=DAY + timedelta(days=1))},
    }
    assert sorted(projects, key=lambda each: order_of(projects[each], DAY, each)) == [fourth, third, first, second]


def test_every_sign_has_its_weight_and_its_place() -> None:
    assert set(WEIGHTS) == set(PLACES) == set(Sign)
    assert list(WEIGHTS.values()) == sorted(WEIGHTS.values(), reverse=True), "the gravest stand first"
