"""Two versions of a plan are laid side by side, and nothing but what differs is said."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workflows.plan_difference import Became, plan_difference

BENEFIT = {"id": "b", "title": "Færre spør to ganger", "profile": "yearly", "starts_on": None, "unit_value_ore": 10_400}
PLAN: dict[str, Any] = {
    "benefits": {"b": BENEFIT},
    "indicators": [{"id": "i", "benefit_id": "b", "name": "Henvendelser", "unit": "per måned", "interval_months": 3}],
    "baselines": {"i": {"value": "400", "measured_on": "2026-01-01", "confidence": "B"}},
    "targets": [{"indicator_id": "i", "due_on": "2027-01-01", "value": "320.000000"}],
    "preconditions": [], "risks": [], "stakeholders": [],
}  # fmt: skip


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(PLAN), **parts}


def said(after: dict[str, Any], before: dict[str, Any] = PLAN) -> list[tuple[Any, ...]]:
    return [
        (line.of, line.name, line.on, line.before, line.after)
        for each in plan_difference(before, after) for line in each.differences
    ]  # fmt: skip


def test_a_plan_says_what_it_says() -> None:
    assert plan_difference(PLAN, copy.deepcopy(PLAN)) == []
    other = changed(targets=[{"indicator_id": "i", "due_on": "2027-01-01", "value": "320"}])
    assert plan_difference(PLAN, other) == [], "a figure is the same however it is written"


def test_fields_targets_and_dates_stand_side_by_side() -> None:
    assert said(changed(benefits={"b": {**BENEFIT, "starts_on": "2027-01-01"}})) == [
        ("benefit", "starts_on", None, None, "2027-01-01")
    ]
    moved = changed(targets=[{"indicator_id": "i", "due_on": "2027-06-01", "value": "300"}])
    assert said(moved) == [
        ("target", "value", "2027-01-01", "320.000000", None), ("target", "value", "2027-06-01", None, "300"),
    ]  # fmt: skip
    assert said(changed(baselines={"i": {"value": "410", "measured_on": "2026-01-01", "confidence": "B"}})) == [
        ("baseline", "value", None, "400", "410")
    ]
    assert said(changed(indicators=[{**PLAN["indicators"][0], "interval_months": 12}])) == [
        ("indicator", "interval_months", None, 3, 12)
    ]
    assert said(changed(risks=[{"id": "r", "benefit_id": "b", "text": "Ingen rekker det"}])) == [
        ("risk", "text", None, None, "Ingen rekker det")
    ]


def test_indicators_come_and_go_with_their_figures() -> None:
    fewer = changed(indicators=[], baselines={}, targets=[])
    assert said(fewer) == [("indicator", "name", None, "Henvendelser", None)], "its figures go with it"
    assert said(PLAN, fewer) == [
        ("indicator", "name", None, None, "Henvendelser"),
        ("baseline", "value", None, None, "400"),
        ("baseline", "measured_on", None, None, "2026-01-01"),
        ("baseline", "confidence", None, None, "B"),
        ("target", "value", "2027-01-01", None, "320.000000"),
    ]


def test_nothing_and_an_empty_text_are_the_same() -> None:
    empty = changed(benefits={"b": {**BENEFIT, "starts_on": ""}})
    assert said(empty) == []


def test_benefits_come_and_go() -> None:
    new = {**BENEFIT, "id": "c", "title": "Tryggere"}
    (found,) = plan_difference(PLAN, changed(benefits={"b": BENEFIT, "c": new}))
    assert (found.became, found.title) == (Became.ADDED, "Tryggere")
    gone = changed(benefits={}, indicators=[], baselines={}, targets=[])
    (found,) = plan_difference(PLAN, gone)
    assert (found.became, found.differences) == (Became.REMOVED, ())


def test_what_an_older_version_did_not_know_of_is_no_difference() -> None:
    old = changed()
    old["benefits"] = {"b": {**BENEFIT, "preconditions": ""}}
    for name in ("preconditions", "risks", "stakeholders"):
        del old[name]
    newer = changed(benefits={"b": {**BENEFIT, "ks_type": "saved_time"}},
                    risks=[{"id": "r", "benefit_id": "b", "text": "Ingen rekker det"}])  # fmt: skip
    assert plan_difference(old, newer) == []


def test_preconditions_in_one_text_are_held_against_the_line_they_became() -> None:
    in_words = changed(benefits={"b": {**BENEFIT, "preconditions": "Alle er lært opp"}})
    line = {"id": "b", "benefit_id": "b", "text": "Alle er lært opp", "standing": "not_assessed"}
    assert said(changed(preconditions=[line]), in_words) == []
    assert said(changed(preconditions=[{**line, "text": "Rommet er klart"}]), in_words) == [
        ("precondition", "text", None, "Alle er lært opp", "Rommet er klart")
    ]
    assert said(changed(), in_words) == [("precondition", "text", None, "Alle er lært opp", None)]
    del in_words["preconditions"]  # from before there were lines at all
    assert said(changed(preconditions=[line]), in_words) == []
    assert said(
        changed(preconditions=[{**line, "id": "p"}]), changed(benefits={"b": {**BENEFIT, "preconditions": ""}})
    ) == [("precondition", "text", None, None, "Alle er lært opp")]


SERIES = st.dictionaries(st.dates().map(str), st.integers(0, 9).map(str), max_size=4)


@given(was=SERIES, now=SERIES)
def test_the_way_back_says_the_same_the_other_way_round(was: dict[str, str], now: dict[str, str]) -> None:
    def plan(series: dict[str, str]) -> dict[str, Any]:
        return changed(targets=[{"indicator_id": "i", "due_on": day, "value": value} for day, value in series.items()])

    there = said(plan(now), plan(was))
    back = said(plan(was), plan(now))
    assert [(of, name, on, after, before) for of, name, on, before, after in back] == there
    assert {on for _, _, on, _, _ in there} == {day for day in {*was, *now} if was.get(day) != now.get(day)}
