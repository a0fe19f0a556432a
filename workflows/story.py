"""A good story: sent in by anyone in a project, moderated, shown with the role only, and taken back when consent ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role

THEMES = (
    "good_stories",
    "concrete_tools",
    "new_mindset",
    "outside_in",
    "system_understanding",
    "actions_and_attitudes",
)
"""The themes that coding starts with, as the evaluation has them; the resource group may add its own (S61)."""

MODERATORS = (Role.CASE_HANDLER, Role.METHOD_OWNER, Role.RESOURCE_GROUP)

SIGNED_AS = (
    Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.COUNTY_REPRESENTATIVE, Role.BENEFIT_OWNER, Role.PARTNER,
    Role.CITIZENS_VOICE, Role.FACILITATOR,
)  # fmt: skip
"""What a story can be signed with, the first that its writer is in the project; never with a name (S60)."""


class StoryState(StrEnum):
    """How far a story has come."""

    SENT = "sent"
    PUBLISHED = "published"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class StoryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about a story."""

    written_by: UUID
    is_linked: bool
    names_people: bool
    consent: str
    themes: tuple[str, ...]


def signed_as(roles: Iterable[Role]) -> Role | None:
    """The role that a story is signed with; None for one who is nothing in the project."""
    held = frozenset(roles)
    return next((role for role in SIGNED_AS if role in held), None)


def against_story(*, linked: int, names_people: bool, consent: str) -> Iterator[tuple[str, Reason]]:
    """What a story that is sent in lacks, each with the field it stands in.

    It tells of one benefit or one positive deviance (S36); whoever is named in it has said yes, and how is written.
    """
    if linked != 1:
        yield "about", Reason(code="story.about_missing")
    if names_people and not consent.strip():
        yield "consent", Reason(code="story.consent_missing")


@requirement(source="S36")
def is_linked(facts: StoryFacts, act: Act) -> Iterator[Reason]:
    """The story tells of a benefit or of a positive deviance."""
    if not facts.is_linked:
        yield Reason(code="story.about_missing", place="story", who=SIGNED_AS)


@requirement(source="S60, G34")
def named_have_consented(facts: StoryFacts, act: Act) -> Iterator[Reason]:
    """Whoever is named in the story has said yes, and how they did is written down."""
    if facts.names_people and not facts.consent.strip():
        yield Reason(code="story.consent_missing", place="story", who=SIGNED_AS)


@requirement(source="S36")
def read_by_another(facts: StoryFacts, act: Act) -> Iterator[Reason]:
    """Somebody else than its writer has read the story."""
    if act.person_id == facts.written_by:
        yield Reason(code="story.own", who=MODERATORS)


@requirement(source="S61", asked=True)
def is_coded(facts: StoryFacts, act: Act) -> Iterator[Reason]:
    """The story is coded with at least one theme of the evaluation."""
    if not facts.themes:
        yield Reason(code="story.theme_missing", place="story", who=MODERATORS)


S = StoryState

STORY = Lifecycle(
    subject="story",
    states=StoryState,
    initial=S.SENT,
    final=frozenset({S.WITHDRAWN}),
    moves=(
        move("publish", S.SENT, S.PUBLISHED, Permission.STORY_MODERATE, is_linked, named_have_consented, read_by_another,
             is_coded),
        move("return", S.SENT, S.RETURNED, Permission.STORY_MODERATE, needs_why=True),
        move("resend", S.RETURNED, S.SENT, Permission.STORY_SEND),
        move("withdraw", (S.SENT, S.RETURNED, S.PUBLISHED), S.WITHDRAWN, Permission.STORY_SEND, aside=True),
        move("take_down", S.PUBLISHED, S.RETURNED, Permission.STORY_MODERATE, needs_why=True, aside=True),
    ),
)  # fmt: skip
