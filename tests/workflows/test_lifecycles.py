"""What holds of every lifecycle: its table is sound, and any question about a step has an answer."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.workflows.every_lifecycle import EVERYBODY, FACTS, SUBJECTS, of
from tests.workflows.samples import (
    NOW,
    person,
)
from tests.workflows.walk import assert_sound, codes, reachable
from workflows.benefit import BENEFIT, BENEFIT_PLAN
from workflows.change_request import CHANGE_REQUEST
from workflows.clarification import CLARIFICATION
from workflows.discussion import THREAD
from workflows.engine import Act, Lifecycle, decide, options
from workflows.facilitation import FACILITATION
from workflows.lifecycles import ALL
from workflows.measurement import MEASUREMENT
from workflows.milestone import MILESTONE
from workflows.project import PROJECT
from workflows.roles import GRANTS, Role


def test_every_lifecycle_is_tried_here() -> None:
    assert sorted(SUBJECTS) == sorted(FACTS)


@pytest.mark.parametrize(
    "lifecycle", [PROJECT, FACILITATION, BENEFIT, BENEFIT_PLAN, MEASUREMENT, MILESTONE, CHANGE_REQUEST], ids=of
)
def test_the_lifecycle_is_sound(lifecycle: Lifecycle) -> None:
    assert_sound(lifecycle)


def test_a_thread_never_ends_and_can_always_be_opened_anew() -> None:
    assert THREAD.final == frozenset()
    for state in THREAD.states:
        assert reachable(THREAD, state) == {str(each) for each in THREAD.states}


def test_a_clarification_never_ends_and_can_always_be_written_anew() -> None:
    assert CLARIFICATION.final == frozenset()
    for state in CLARIFICATION.states:
        assert reachable(CLARIFICATION, state) == {str(each) for each in CLARIFICATION.states}


@pytest.mark.parametrize("lifecycle", ALL, ids=of)
def test_every_move_is_granted_to_somebody_and_stays_within_the_states(lifecycle: Lifecycle) -> None:
    for each in lifecycle.moves:
        assert each.sources, each.name
        assert each.sources | {each.target} <= set(lifecycle.states), each.name
        assert GRANTS[each.permission], each.name


ROLES = st.frozensets(st.sampled_from(Role))


@pytest.mark.parametrize("lifecycle", ALL, ids=of)
@given(roles=ROLES, known=st.booleans(), why=st.sampled_from(["", " ", "Fordi"]))
@example(roles=EVERYBODY, known=True, why="Fordi")
@example(roles=frozenset(), known=False, why="")
def test_every_question_about_a_step_has_an_answer(
    lifecycle: Lifecycle, roles: frozenset[Role], known: bool, why: str
) -> None:
    somebody = Act(now=NOW, roles=roles, person_id=person("Kari") if known else None, why=why)
    for facts in FACTS[lifecycle.subject]:
        for state in lifecycle.states:
            offered = {verdict.move: verdict for verdict in options(lifecycle, state, facts, somebody)}
            for each in lifecycle.moves:
                verdict = decide(lifecycle, each.name, state, facts, somebody)
                assert verdict.permitted == bool(roles & GRANTS[each.permission])
                out_of_place = f"{lifecycle.subject}.wrong_state" in codes(verdict.unmet)
                assert out_of_place == (state not in each.sources)
                assert not (verdict.allowed and each.needs_why and not why.strip())
                assert each.name not in offered or not out_of_place
                assert not verdict.allowed or offered[each.name].allowed
