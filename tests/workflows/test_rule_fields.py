"""The rules of a call one by one: nothing is lost on the way through a form, and a published call harms nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.call_changes import LESS_HARMS_NOBODY, MORE_HARMS_NOBODY, TOUCHES_NO_APPLICANT, CallTerms, harms
from workflows.call_way import way
from workflows.rule_fields import ELSEWHERE, FIELDS, KEYED, RuleField, altered, field_at, replaced, value_of
from workflows.rules import DEFAULT_RULES, GATES, Rules

NOON = datetime(2026, 9, 1, 10, tzinfo=UTC)


def values(field: RuleField) -> st.SearchStrategy[Any]:
    """Values that the field may be given, as the rules keep them."""
    return {
        "number": st.integers(0, 500),
        "percent": st.integers(0, 10_000),
        "money": st.integers(0, 500_000_00),
        "yes_no": st.booleans(),
        "choice": st.sampled_from(field.choices or ("",)),
        "choices": st.lists(st.sampled_from(field.choices or ("",)), unique=True).map(tuple),
        "numbers": st.lists(st.integers(1, 60), unique=True, max_size=4).map(sorted).map(tuple),
        "method": st.sampled_from(("", "service_design", "evaluation", "theatre")),
        "methods": st.lists(st.sampled_from(("service_design", "evaluation", "theatre")), unique=True).map(tuple),
        "text": st.text(min_size=1, max_size=40),
    }[field.kind]


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    fields = draw(st.lists(st.sampled_from(FIELDS), max_size=5, unique_by=lambda field: field.path))
    return {field.path: draw(values(field)) for field in fields}


def leaves(value: Any, path: str = "") -> list[str]:
    """The paths of everything that the rules hold."""
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in leaves(each, f"{path}.{key}" if path else key)]
    if isinstance(value, tuple) and value and isinstance(value[0], dict):
        key = KEYED.get(path, "key")
        return [leaf for each in value for leaf in leaves(each, f"{path}.{each.get(key)}")]
    return [path]


def test_every_rule_is_a_field_or_is_written_elsewhere() -> None:
    stored = {path for path in leaves(msgspec.to_builtins(DEFAULT_RULES)) if not path.endswith((".key", ".step"))}
    kept = {path for path in stored if not any(path == each or path.startswith(f"{each}.") for each in ELSEWHERE)}
    assert {field.path for field in FIELDS} == kept
    assert len({field.name for field in FIELDS}) == len(FIELDS)


@given(changes())
def test_what_is_replaced_stands_so_and_nothing_else_moves(changed: dict[str, Any]) -> None:
    rules = replaced(DEFAULT_RULES, changed)
    assert {path: msgspec.to_builtins(value_of(rules, field_at(path))) for path in changed} == changed
    assert {field.path for field in altered(rules)} <= set(changed)
    back = {path: msgspec.to_builtins(value_of(DEFAULT_RULES, field_at(path))) for path in changed}
    assert replaced(rules, back) == DEFAULT_RULES


def terms(rules: Rules = DEFAULT_RULES, **more: Any) -> CallTerms:
    whole: dict[str, Any] = {
        "opens_at": NOON, "deadline": NOON + timedelta(days=30), "frame_ore": 1_000_00, "facilitation_hours": 100,
        "cost_kinds": frozenset({"time"}), "rules": rules, **more,
    }  # fmt: skip
    return CallTerms(**whole)


@given(changes())
def test_only_a_rule_that_may_be_changed_that_way_harms_nobody(changed: dict[str, Any]) -> None:
    rules = replaced(DEFAULT_RULES, changed)
    named = {reason.parameters["field"] for reason in harms(terms(), terms(rules))}
    for field in altered(rules):
        old, new = value_of(DEFAULT_RULES, field), value_of(rules, field)
        better = (
            field.path in TOUCHES_NO_APPLICANT
            or (field.path in MORE_HARMS_NOBODY and new > old)
            or (field.path in LESS_HARMS_NOBODY and new < old)
        )
        assert (field.name in named) != better


@given(changes(), changes())
def test_what_harms_nobody_twice_harms_nobody_at_once(first: dict[str, Any], second: dict[str, Any]) -> None:
    middle = replaced(DEFAULT_RULES, first)
    last = replaced(middle, second)
    if not harms(terms(), terms(middle)) and not harms(terms(middle), terms(last)):
        assert not harms(terms(), terms(last))


@pytest.mark.parametrize(
    ("after", "codes"),
    [
        ({"deadline": NOON + timedelta(days=31)}, []),
        ({"deadline": NOON + timedelta(days=29)}, ["call.deadline_brought_forward"]),
        ({"opens_at": NOON + timedelta(hours=1)}, ["call.opening_fixed"]),
        ({"frame_ore": 2_000_00, "facilitation_hours": 101}, []),
        ({"frame_ore": 999_99}, ["call.frame_lowered"]),
        ({"facilitation_hours": 99}, ["call.hours_lowered"]),
        ({"cost_kinds": frozenset({"time", "travel"})}, []),
        ({"cost_kinds": frozenset({"travel"})}, ["call.cost_kind_removed"]),
        ({"frame_ore": None, "cost_kinds": frozenset()}, ["call.frame_lowered", "call.cost_kind_removed"]),
    ],
)
def test_dates_and_frame_only_grow(after: dict[str, Any], codes: list[str]) -> None:
    assert [reason.code for reason in harms(terms(), terms(**after))] == codes


@given(changes())
def test_the_way_shows_every_gate_milestone_and_altered_rule_once(changed: dict[str, Any]) -> None:
    rules = replaced(DEFAULT_RULES, changed)
    stages = list(way(rules))
    assert [stage.key for stage in stages if stage.move] == list(GATES)
    assert sorted(each.key for stage in stages for each in stage.milestones) == sorted(
        rule.key for rule in rules.milestones
    )
    shown = {path for stage in stages for path in stage.rules}
    assert {path for stage in stages for path in stage.altered} == {field.path for field in altered(rules)} & shown


def test_a_call_that_paid_for_every_kind_of_cost_goes_on_doing_so() -> None:
    every = terms(cost_kinds=frozenset())
    assert harms(every, every) == ()
    assert len(harms(every, terms(cost_kinds=frozenset({"time"})))) == 4
