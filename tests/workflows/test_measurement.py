"""A measurement is a value from after the change with something that shows it, confirmed by somebody it is not about."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import MEASUREMENT_FACTS, PROMISED, TODAY
from tests.workflows.samples import act, person
from tests.workflows.walk import codes
from workflows.engine import Act, Verdict, decide, options
from workflows.measurement import (
    CONFIRMERS,
    MEASUREMENT,
    OPEN,
    REPORTERS,
    MeasurementState,
    correctable,
    percent_of,
    promised_by,
)
from workflows.roles import Role

S = MeasurementState
DAY = timedelta(days=1)
OWNER = act(Role.BENEFIT_OWNER, who="Eier")
HANDLER = act(Role.CASE_HANDLER, why="Fordi")
HALVES = [("report", S.PLANNED), ("report", S.RETURNED), ("confirm", S.REPORTED)]
"""Both halves ask the same of the figures, so that nothing that has changed between them slips through."""


def verdict(name: str, state: str, who: Act = HANDLER, **changes: Any) -> Verdict:
    """What somebody is told about a move, with some facts changed."""
    return decide(MEASUREMENT, name, state, replace(MEASUREMENT_FACTS, **changes), who)


def unmet(name: str, state: str, **changes: Any) -> list[str]:
    """What is missing for a move, with some facts changed."""
    return codes(verdict(name, state, **changes).unmet)


def test_a_whole_measurement_is_reported_by_its_owner_and_confirmed_by_the_scheme() -> None:
    for state in OPEN:
        assert verdict("report", state, OWNER).allowed
    assert verdict("confirm", S.REPORTED).allowed


@pytest.mark.parametrize(("name", "state"), HALVES)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"has_value": False}, ["no_value"]),
        ({"measured_on": None}, ["no_value"]),
        ({"confidence": None}, ["no_value"]),
        ({"confidence": None, "late_baseline": True}, ["no_value"]),
        ({"has_evidence": False}, ["no_evidence"]),
        ({"has_value": False, "has_evidence": False}, ["no_value", "no_evidence"]),
        ({"live_on": None}, ["change_not_live"]),
        ({"live_on": None, "needs_change_live": False}, []),
        ({"live_on": TODAY + DAY}, ["before_change"]),
        ({"live_on": TODAY + DAY, "needs_change_live": False}, []),
        ({"live_on": TODAY - DAY}, []),
        ({"late_baseline": True}, ["grade_too_high"]),
        ({"value": Decimal(340), "promised": PROMISED}, ["deviation_not_explained"]),
        ({"value": Decimal(316), "promised": PROMISED}, []),
        ({"value": Decimal(315), "promised": PROMISED}, ["deviation_not_explained"]),
        ({"value": Decimal(340), "promised": PROMISED, "is_explained": True}, []),
        ({"value": Decimal(340), "promised": None}, []),
        ({"value": None, "has_value": False, "promised": PROMISED}, ["no_value"]),
        ({"has_evidence": False, "live_on": TODAY + DAY, "late_baseline": True},
         ["no_evidence", "before_change", "grade_too_high"]),
    ],
)  # fmt: skip
def test_each_thing_that_is_missing_is_named_in_both_halves(
    name: str, state: str, changes: dict[str, Any], expected: list[str]
) -> None:
    assert unmet(name, state, **changes) == [f"measurement.{code}" for code in expected]


@pytest.mark.parametrize(("grade", "allowed"), [("A", False), ("B", False), ("C", True), ("D", True)])
def test_a_late_baseline_lowers_the_grade(grade: str, allowed: bool) -> None:
    for name, state in HALVES:
        assert (unmet(name, state, confidence=grade, late_baseline=True) == []) == allowed
        assert unmet(name, state, confidence=grade, late_baseline=False) == []


@given(st.integers(-400, 400))
def test_a_value_from_before_the_change_is_a_baseline_and_no_result(days: int) -> None:
    on = TODAY + days * DAY
    told = verdict("report", S.PLANNED, OWNER, measured_on=on).unmet
    assert codes(told) == (["measurement.before_change"] if days < 0 else [])
    assert all(reason.parameters["live_on"] == TODAY.isoformat() for reason in told)


PEOPLE = ("reported_by", "owner_id", "measurer_id")


@pytest.mark.parametrize("name", ["confirm", "return"])
@pytest.mark.parametrize("about", [(), *((one,) for one in PEOPLE), PEOPLE])
def test_whoever_reported_measures_or_owns_it_neither_confirms_nor_returns_it(
    name: str, about: tuple[str, ...]
) -> None:
    kari: dict[str, Any] = dict.fromkeys(about, person("Kari"))
    told = verdict(name, S.REPORTED, **kari).unmet
    assert codes(told) == ["measurement.own_measurement"] * bool(about)
    assert all(reason.who == CONFIRMERS for reason in told)


def test_an_unnamed_owner_or_measurer_stands_in_nobodys_way() -> None:
    unnamed: dict[str, Any] = dict.fromkeys(PEOPLE)
    assert verdict("confirm", S.REPORTED, **unnamed).allowed
    clock = replace(HANDLER, person_id=None, roles=frozenset({Role.SYSTEM}))
    assert verdict("return", S.REPORTED, clock, **unnamed).allowed


def test_figures_are_given_by_those_who_have_them_and_confirmed_by_the_scheme() -> None:
    assert {role for role in Role if verdict("report", S.PLANNED, act(role)).allowed} == {*REPORTERS, Role.CORE_TEAM}
    confirming = {role for role in Role if verdict("confirm", S.REPORTED, act(role)).allowed}
    assert confirming == {*CONFIRMERS, Role.SYSTEM}
    for role in Role:
        assert not (verdict("report", S.PLANNED, act(role)).allowed and role in confirming)


@pytest.mark.parametrize(("name", "states"), [("return", [S.REPORTED]), ("write_off", list(OPEN))])
@pytest.mark.parametrize("why", ["", " \n"])
def test_returning_and_writing_off_need_a_reason_and_nothing_else(name: str, states: list[str], why: str) -> None:
    empty: dict[str, Any] = {"has_value": False, "has_evidence": False, "live_on": None, "late_baseline": True}
    for state in states:
        assert verdict(name, state, **empty).allowed
        assert codes(verdict(name, state, replace(HANDLER, why=why), **empty).unmet) == ["step.why_missing"]


@pytest.mark.parametrize("state", [S.CONFIRMED, S.WRITTEN_OFF])
def test_what_is_confirmed_or_written_off_stands_and_is_corrected_only_by_another(state: str) -> None:
    anybody = act(*Role, why="Fordi")
    assert options(MEASUREMENT, state, MEASUREMENT_FACTS, anybody) == ()
    for each in MEASUREMENT.moves:
        assert unmet(each.name, state) == ["measurement.wrong_state"]


def test_what_is_reported_is_first_returned_before_it_is_reported_or_written_off() -> None:
    anybody = act(*Role, why="Fordi")
    offered = {each.move for each in options(MEASUREMENT, S.REPORTED, MEASUREMENT_FACTS, anybody)}
    assert offered == {"confirm", "return"}


def test_a_plan_promises_what_was_due_by_the_day_and_nothing_before() -> None:
    series = [(date(2027, 1, 1), Decimal(360)), (date(2028, 1, 1), Decimal(320))]
    assert promised_by(date(2026, 12, 31), series) is None
    assert promised_by(date(2027, 1, 1), series) == series[0]
    assert promised_by(date(2030, 1, 1), reversed(series)) == series[1]


def test_of_a_target_below_zero_the_tolerance_is_a_width_too() -> None:
    below = replace(PROMISED, value=Decimal(-100), baseline=None, tolerance_basis_points=500)
    assert not below.is_beyond(Decimal(-105))
    assert below.is_beyond(Decimal(-106))


def test_a_tolerance_is_read_in_percent() -> None:
    assert [percent_of(points) for points in (500, 1250, 10_000)] == ["5", "12,5", "100"]


def test_where_there_is_no_way_the_tolerance_is_of_the_target() -> None:
    no_way = replace(PROMISED, baseline=None, value=Decimal(100))
    assert not no_way.is_beyond(Decimal(105))
    assert no_way.is_beyond(Decimal("105.01"))
    assert replace(PROMISED, baseline=Decimal(320)).is_beyond(Decimal(337)), "equal to its baseline: of the target"


@given(value=st.decimals(-1000, 1000, places=2), tolerance=st.integers(0, 10_000))
def test_what_is_tolerated_one_way_is_tolerated_the_other(value: Decimal, tolerance: int) -> None:
    promised = replace(PROMISED, tolerance_basis_points=tolerance)
    assert promised.is_beyond(promised.value + value) == promised.is_beyond(promised.value - value)


@pytest.mark.parametrize("state", S)
def test_a_confirmed_measurement_is_corrected_once(state: MeasurementState) -> None:
    only, already = "benefits.correct_confirmed_only", "benefits.corrected_already"
    first, again = ([reason.code for reason in correctable(state, has_correction=there)] for there in (False, True))
    assert (first, again) == (([], [already]) if state == S.CONFIRMED else ([only], [only]))
