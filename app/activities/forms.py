"""What is typed about a project's activities."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from app.core.inputs import Line, OptionalLine, OptionalText, Rest, Text

Participants = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Party = Literal["employee", "user", "partner"]
Method = Literal["in_depth_interview", "focus_group", "workshop", "observation", "survey", "other"]
InsightKind = Literal["need", "challenge", "expectation", "dilemma"]
ConceptKind = Literal["service", "partner_relation", "organisation"]
ANSWER, COMMENT = "answer-", "comment-"
"""What the names of the fields of a concept's review begin with; the deviance's id follows."""

Answer = Literal["yes", "partly", "no"]
Category = Literal["competence", "partner_cooperation", "procedure"]


class AddInsightActivity(msgspec.Struct, frozen=True, kw_only=True):
    """An interview, focus group or workshop."""

    method: Method
    party: Party
    held_on: date
    participants: Participants
    units: OptionalLine = ""
    about: Text


class AddInsight(msgspec.Struct, frozen=True, kw_only=True):
    """What an activity brought to light."""

    activity_id: UUID
    kind: InsightKind
    text: Text


class AddFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A main finding and the insights it rests on."""

    text: Text
    insight_ids: tuple[UUID, ...] = ()


class ValidateFinding(msgspec.Struct, frozen=True, kw_only=True):
    """The activity that showed a finding to hold, here or in general."""

    finding_id: UUID
    activity_id: UUID
    status: Literal["validated", "generalised"]


class TieFinding(msgspec.Struct, frozen=True, kw_only=True):
    """The insights that a finding rests on."""

    finding_id: UUID
    insight_ids: tuple[UUID, ...] = ()


class TieConcept(msgspec.Struct, frozen=True, kw_only=True):
    """The findings that a concept answers."""

    concept_id: UUID
    finding_ids: tuple[UUID, ...] = ()


class TieChange(msgspec.Struct, frozen=True, kw_only=True):
    """The concept that a change puts to use."""

    change_id: UUID
    concept_id: UUID


class AddSuccessStatement(msgspec.Struct, frozen=True, kw_only=True):
    """What the office does when it succeeds; placed last in the order."""

    text: Text


class RankSuccessStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement's new place in the order, from 1."""

    statement_id: UUID
    rank: Annotated[int, msgspec.Meta(ge=1, le=100)]


class AddIdea(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate for a solution."""

    text: Text


class AddConcept(msgspec.Struct, frozen=True, kw_only=True):
    """A developed solution."""

    title: Line
    description: Text
    kinds: tuple[ConceptKind, ...]
    finding_ids: tuple[UUID, ...] = ()
    idea_ids: tuple[UUID, ...] = ()


class ChooseConcept(msgspec.Struct, frozen=True, kw_only=True):
    """That a concept is carried on, and why."""

    concept_id: UUID
    why_chosen: Text


class CheckDeviance(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a concept has one of the office's positive deviances in it."""

    concept_id: UUID
    deviance_id: UUID
    answer: Literal["yes", "partly", "no"]
    comment: OptionalText = ""


class ReviewConcept(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a concept has each of the office's positive deviances in it: an answer and a comment for each, by its id."""

    concept_id: UUID
    answers: Annotated[dict[str, Any], Rest(ANSWER)] = {}
    comments: Annotated[dict[str, Any], Rest(COMMENT)] = {}


class MakeDisbenefit(msgspec.Struct, frozen=True, kw_only=True):
    """The negative consequence that becomes a disbenefit of the project."""

    placement_id: UUID
    title: Line


class PlaceConcept(msgspec.Struct, frozen=True, kw_only=True):
    """Where a concept, a benefit or a consequence of it lies in the system."""

    concept_id: UUID
    kind: Literal["location", "benefit", "consequence"]
    category: Category
    sign: Literal[-1, 1] = 1
    node_id: UUID | None = None
    text: Text


class NoConsequence(msgspec.Struct, frozen=True, kw_only=True):
    """Why a concept is thought to have no consequences for the rest of the system."""

    concept_id: UUID
    why: Text


class AddSystemNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node for the shared system map."""

    kind: Literal["need", "challenge", "dilemma"]
    party: Party
    text: Line


class AddPilot(msgspec.Struct, frozen=True, kw_only=True):
    """A limited try in real use."""

    concept_id: UUID
    from_on: date
    to_on: date | None = None
    participants: Participants
    outcome: Text


class AddChange(msgspec.Struct, frozen=True, kw_only=True):
    """A concept put to use."""

    title: Line
    concept_id: UUID | None = None
    planned_live_on: date | None = None
    live_on: date | None = None


class PlanLive(msgspec.Struct, frozen=True, kw_only=True):
    """The day on which a change is to go live."""

    change_id: UUID
    planned_live_on: date
    why: OptionalText = ""


class GoLive(msgspec.Struct, frozen=True, kw_only=True):
    """The day a change went live."""

    change_id: UUID
    live_on: date
