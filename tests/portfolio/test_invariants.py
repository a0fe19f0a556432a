"""Where each invariant and each worked example of the domain is proved, in one table (DOMAIN 3.8, 3.9)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent

PROVED: dict[str, tuple[str, ...]] = {
    "I1 one owner who has accepted": (
        "benefits/test_service.py::test_only_the_one_asked_accepts_to_own",
        "portfolio/test_kept_invariants.py::test_i1_no_benefit_is_planned_without_an_owner_who_has_accepted",
    ),
    "I2 the map is acyclic and leads to the right": (
        "workflows/test_benefit.py::test_a_map_that_refuses_what_closes_a_circle_never_has_one",
    ),
    "I3 every end benefit reaches a goal": (
        "benefits/test_service.py::test_the_plan_says_everything_that_a_benefit_lacks",
    ),
    "I4 shares are at most the whole, also at once": (
        "benefits/test_service.py::test_shares_of_one_effect_stay_within_the_whole",
        "benefits/test_at_once.py::test_shares_raised_and_claimed_at_once_never_come_to_more_than_the_whole",
    ),
    "I5 the targets of an approved plan stand": (
        "benefits/test_service.py::test_a_whole_plan_is_approved_and_its_targets_stand",
        "benefits/test_life.py::test_targets_are_frozen_in_their_version",
    ),
    "I6 a late baseline lowers the grade": ("workflows/test_measurement.py::test_a_late_baseline_lowers_the_grade",),
    "I7 what is measured before the change is no result": (
        "workflows/test_measurement.py::test_a_value_from_before_the_change_is_a_baseline_and_no_result",
    ),
    "I8 the one who confirms is another": (
        "workflows/test_measurement.py::test_whoever_reported_measures_or_owns_it_neither_confirms_nor_returns_it",
        "benefits/test_at_once.py::test_corrected_while_it_is_confirmed_and_dropped_while_it_is_measured",
    ),
    "I9 no more is paid or bound than there is": (
        "workflows/test_milestone_before_money.py::test_no_step_of_a_payment_takes_more_than_is_left_of_the_award",
        "decisions/test_deciding.py::test_of_two_decisions_at_once_over_the_last_of_the_frame_one_is_refused",
    ),
    "I10 no money before its milestone": (
        "workflows/test_milestone_before_money.py"
        "::test_no_money_moves_before_its_milestone_is_approved_or_waived_and_the_payment_kept",
    ),
    "I11 only like is added to like": (
        "workflows/test_leaf.py::test_i11_kroner_of_different_years_meet_only_through_the_index_and_a_missing_year_is_said",
        "workflows/test_leaf.py::test_i11_what_is_not_priced_is_in_no_kroner_and_hours_stay_hours",
    ),
    "I12 net is gains and harms": ("workflows/test_leaf.py::test_i12_net_is_gains_and_harms_and_no_harm_is_a_gain",),
    "I13 what is dropped keeps its plan": (
        "workflows/test_leaf.py::test_i13_the_plan_of_what_is_dropped_stands_and_the_rest_ends_with_the_drop",
        "benefits/test_at_once.py::test_corrected_while_it_is_confirmed_and_dropped_while_it_is_measured",
    ),
    "I14 every level comes to the same": (
        "workflows/test_leaf.py::test_i14_the_whole_is_the_sum_of_its_parts_to_the_last_decimal",
        "portfolio/test_keeping.py::test_every_cut_adds_up_to_the_whole_before_and_after_the_totals_are_taken",
    ),
    "I15 any earlier day can be shown again": (
        "portfolio/test_keeping.py::test_i15_any_earlier_day_shows_what_was_shown_on_it_and_every_night_is_proved",
    ),
    "I16 practice is in no total": (
        "workflows/test_leaf.py::test_i16_what_is_no_end_benefit_or_only_practice_is_in_no_sum",
        "benefits/test_practice.py::test_practice_is_in_no_plan_and_no_figure",
    ),
    "W1": ("workflows/test_leaf.py::test_w1_two_projects_share_an_effect_and_one_does_harm",),
    "W2": ("workflows/test_leaf.py::test_w2_a_survey_has_progress_and_no_kroner_and_few_answers_are_hidden",),
    "W3": ("workflows/test_leaf.py::test_w3_a_target_that_is_the_baseline_cannot_be_measured_and_overshoot_is_shown",),
    "W4": ("workflows/test_leaf.py::test_w4_what_is_dropped_after_half_a_year_keeps_its_plan_and_half_a_year",),
    "W5": (
        "benefits/test_service.py::test_shares_of_one_effect_stay_within_the_whole",
        "benefits/test_at_once.py::test_shares_raised_and_claimed_at_once_never_come_to_more_than_the_whole",
    ),
    "W6": ("workflows/test_leaf.py::test_w6_an_estimate_stands_apart_from_what_is_realised",),
}


def test_none_is_left_out() -> None:
    assert {name.split()[0] for name in PROVED} == {f"I{n}" for n in range(1, 17)} | {f"W{n}" for n in range(1, 7)}


@pytest.mark.parametrize("place", sorted({place for places in PROVED.values() for place in places}))
def test_each_stands_where_the_table_says(place: str) -> None:
    path, name = place.split("::")
    there = {node.name for node in ast.walk(ast.parse((TESTS / path).read_text()))
             if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}  # fmt: skip
    assert name in there
