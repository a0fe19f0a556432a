"""What may be changed of an application that came back, and what is said to have changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.samples import APPLICATION_FACTS, act
from tests.workflows.walk import codes
from workflows.application import APPLICATION, ApplicationState, something_named
from workflows.engine import decide, options
from workflows.forms.application import SECTIONS
from workflows.returning import PARTS, WRITTEN_IN, changes_between, keeps_closed, open_parts
from workflows.roles import Role

S = ApplicationState
PART_OF = {"need": "need", "plan": "plan"}


@given(st.sets(st.sampled_from(PARTS), min_size=1))
def test_exactly_the_named_parts_of_what_came_back_are_open(named: set[str]) -> None:
    assert open_parts(S.RETURNED, named) == named
    assert codes(keeps_closed(S.RETURNED, named, *PARTS)) == ["application.part_locked"] * (len(PARTS) - len(named))


@pytest.mark.parametrize("state", list(S))
def test_what_is_sent_is_closed_and_a_draft_is_open(state: S) -> None:
    assert open_parts(state, ("plan",) if state == S.RETURNED else ()) == (
        {"plan"} if state == S.RETURNED else set(PARTS) if state in WRITTEN_IN else set()
    )


def test_one_that_came_back_before_parts_were_named_is_open_as_a_whole() -> None:
    assert open_parts(S.RETURNED, ()) == set(PARTS)


def test_every_section_of_the_form_can_be_sent_back() -> None:
    assert set(SECTIONS) < set(PARTS)


def test_nothing_goes_back_without_a_part() -> None:
    facts = APPLICATION_FACTS.__class__(
        **{name: getattr(APPLICATION_FACTS, name) for name in APPLICATION_FACTS.__struct_fields__ if name != "returned_parts"}
    )  # fmt: skip
    handler = act(Role.CASE_HANDLER, why="Mer")
    verdict = decide(APPLICATION, "return_for_completion", S.SCREENING, facts, handler)
    assert codes(verdict.unmet) == ["application.no_part_named"]
    offered = {each.move: each for each in options(APPLICATION, S.SCREENING, facts, handler)}
    assert something_named.asked
    assert not offered["return_for_completion"].unmet, "its form asks for it"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"answers": {"need": "A"}}, {"answers": {"need": "A"}}, []),
        ({"answers": {"need": "A"}}, {"answers": {"need": "B"}}, [("need", "need", "A", "B")]),
        ({"answers": {"need": ""}}, {"answers": {}}, []),
        (
            {"answers": {}},
            {"answers": {"plan": "Ny", "gone": 1}},
            [("plan", "plan", None, "Ny"), ("", "gone", None, 1)],
        ),
        (
            {"team": [{"id": "1", "name": "Kari", "role": "leader", "weekly_hours": 4, "email": "a"}]},
            {"team": [{"id": "1", "name": "Kari", "role": "leader", "weekly_hours": 4, "email": "b"}]},
            [],
        ),
        (
            {"files": [{"id": "1", "name": "a.pdf", "sha256": "x"}]},
            {"files": [{"id": "2", "name": "b.pdf", "sha256": "y"}]},
            [
                ("attachments", "files", {"name": "a.pdf", "sha256": "x"}, None),
                ("attachments", "files", None, {"name": "b.pdf", "sha256": "y"}),
            ],
        ),
    ],
)
def test_what_differs_is_told_and_nothing_else(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, str, Any, Any]]
) -> None:
    found = changes_between(before, after, PART_OF)
    assert [(each.part, each.what, each.before, each.after) for each in found] == expected
