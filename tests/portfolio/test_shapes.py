"""A statement that is built once answers every question of its shape, and no other."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.dialects import postgresql

from app.portfolio.over_time import PARTS, Question, seen_in_shape, shape_of

ONE, OTHER = UUID(int=1), UUID(int=2)
ASKED = {
    "as_of": (date(2026, 1, 1), date(2025, 1, 1)), "goal": ("better_meetings", "more_in_work"), "county_id": (ONE, OTHER),
    "call_id": (ONE, OTHER), "category": ("quality", "efficiency"), "unit_id": (ONE, OTHER), "step": ("closed", "set_up"),
    "case_ids": ((ONE,), (OTHER, ONE)), "benefit_id": (ONE, OTHER),
}  # fmt: skip


def test_a_shape_has_a_place_for_everything_that_narrows_a_question() -> None:
    assert set(PARTS) == set(Question.__struct_fields__) - {"price_year"} == set(ASKED)


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_for_makes_the_shape_and_its_value_does_not(name: str) -> None:
    one, other = (Question(**{name: value}) for value in ASKED[name])
    assert shape_of(one) == shape_of(other) != Question()
    statement = [str(each.compile(dialect=postgresql.dialect())) for each in seen_in_shape(shape_of(one), None)]
    assert any(f"%({name})s" in each for each in statement), statement


def test_what_leads_to_no_goal_is_a_question_of_its_own() -> None:
    assert shape_of(Question(goal="")) != shape_of(Question(goal="better_meetings"))
    assert shape_of(Question(price_year=2024)) == Question()
