"""What was handed to a position is taken over by whoever holds it now, else by the unit's leader."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.samples import person
from workflows.succession import Holding, has_moved, successor

LEFT, NEW, LEADER, OTHER = map(person, ("left", "new", "leader", "other"))
PEOPLE = st.sampled_from((LEFT, NEW, LEADER, OTHER))
THERE = st.lists(st.builds(Holding, PEOPLE, st.sampled_from(("leader", "coordinator", "employee"))), max_size=6)


def test_the_position_first_and_then_the_leader() -> None:
    unit = [Holding(LEADER, "leader"), Holding(NEW, "coordinator"), Holding(OTHER, "employee")]
    assert successor(LEFT, "coordinator", unit) == NEW
    assert successor(LEFT, "coordinator", [unit[0], unit[2]]) == LEADER, "vacant"
    assert successor(LEFT, "employee", unit) == LEADER, "a colleague among others held no position"
    assert successor(LEFT, "leader", unit) == LEADER
    assert successor(LEFT, "coordinator", [unit[2]]) is None, "nobody leads the unit"


@given(PEOPLE, st.sampled_from(("leader", "coordinator", "employee", "")), THERE)
def test_whoever_takes_over_is_there_and_is_another(left: UUID, position: str, there: list[Holding]) -> None:
    found = successor(left, position, there)
    others = [each for each in there if each.person_id != left]
    assert found is None or Holding(found, "leader") in others or Holding(found, position) in others
    if any(each.role == "leader" for each in others):
        assert found is not None
    if has_moved(left, there):
        assert others == there
