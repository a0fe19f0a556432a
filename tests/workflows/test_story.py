"""Good stories: about one thing, with consent, read by another, and signed with a role."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine import Act, decide
from workflows.roles import Role
from workflows.story import SIGNED_AS, STORY, StoryFacts, StoryState, against_story, signed_as

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
WRITER, READER = uuid4(), uuid4()


def facts(**changes: object) -> StoryFacts:
    fields: dict[str, object] = {
        "written_by": WRITER, "is_linked": True, "names_people": False, "consent": "", "themes": ("outside_in",), **changes
    }  # fmt: skip
    return StoryFacts(**fields)  # type: ignore[arg-type]


def missing(story: StoryFacts, person: object = READER) -> list[str]:
    act = Act(now=NOW, roles=frozenset({Role.CASE_HANDLER}), person_id=person)  # type: ignore[arg-type]
    return [reason.code for reason in decide(STORY, "publish", StoryState.SENT, story, act).unmet]


@pytest.mark.parametrize(
    ("story", "codes"),
    [
        (facts(), []),
        (facts(is_linked=False), ["story.about_missing"]),
        (facts(names_people=True), ["story.consent_missing"]),
        (facts(names_people=True, consent="Sagt ja på e-post"), []),
        (facts(themes=()), ["story.theme_missing"]),
    ],
)
def test_what_a_story_must_have_to_be_published(story: StoryFacts, codes: list[str]) -> None:
    assert missing(story) == codes


def test_nobody_publishes_their_own() -> None:
    assert missing(facts(), WRITER) == ["story.own"]


@given(st.sets(st.sampled_from(list(Role))))
def test_it_is_signed_with_a_role_in_the_project_and_nothing_else(roles: set[Role]) -> None:
    signed = signed_as(roles)
    assert (signed is None) == roles.isdisjoint(SIGNED_AS)
    assert signed is None or signed in roles


def test_it_is_about_one_thing_and_named_people_have_said_yes() -> None:
    assert dict(against_story(linked=1, names_people=False, consent="")) == {}
    assert set(dict(against_story(linked=0, names_people=True, consent=" "))) == {"about", "consent"}


def test_what_is_withdrawn_is_never_read_again() -> None:
    assert not [move for move in STORY.moves if StoryState.WITHDRAWN in move.sources]
