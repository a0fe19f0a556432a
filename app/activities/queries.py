"""Everything a project has done in its diamonds, read in one statement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Table, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.activities import models
from app.core.database import CASE, UnitOfWork
from app.core.questions import told
from app.knowledge.models import LearningPoint, SharedExperience


class InsightActivityRow(msgspec.Struct, frozen=True):
    """An activity with its insights' number."""

    id: UUID
    method: str
    party: str
    held_on: date
    participants: int
    units: str
    about: str


class InsightRow(msgspec.Struct, frozen=True):
    """One insight."""

    id: UUID
    activity_id: UUID
    kind: str
    text: str


class FindingRow(msgspec.Struct, frozen=True):
    """One finding."""

    id: UUID
    text: str
    insight_ids: list[UUID]
    status: str
    validated_by_activity: UUID | None


class StatementRow(msgspec.Struct, frozen=True):
    """What we do when we succeed, with its rank."""

    id: UUID
    text: str
    rank: int


class IdeaRow(msgspec.Struct, frozen=True):
    """One idea."""

    id: UUID
    text: str


class ConceptRow(msgspec.Struct, frozen=True):
    """One concept."""

    id: UUID
    title: str
    description: str
    kinds: list[str]
    finding_ids: list[UUID]
    idea_ids: list[UUID]
    chosen: bool
    why_chosen: str
    no_consequence_why: str


class CheckRow(msgspec.Struct, frozen=True):
    """One answer on one deviance for one concept."""

    id: UUID
    concept_id: UUID
    deviance_id: UUID
    answer: str
    comment: str


class PlacementRow(msgspec.Struct, frozen=True):
    """One placement in the system."""

    id: UUID
    concept_id: UUID
    node_id: UUID | None
    category: str
    kind: str
    sign: int
    text: str
    benefit_id: UUID | None


class PilotRow(msgspec.Struct, frozen=True):
    """One pilot."""

    id: UUID
    concept_id: UUID
    from_on: date
    to_on: date | None
    participants: int
    outcome: str


class ChangeRow(msgspec.Struct, frozen=True):
    """One change."""

    id: UUID
    concept_id: UUID | None
    title: str
    planned_live_on: date | None
    live_on: date | None


class ExperienceRow(msgspec.Struct, frozen=True):
    """One shared experience."""

    id: UUID
    kind: str
    title: str
    text: str


class LearningRow(msgspec.Struct, frozen=True):
    """One learning point."""

    id: UUID
    text: str
    for_whom: str
    conditions: str


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What a project has written down, each list in the order it was written; what was not asked for is empty."""

    activities: list[InsightActivityRow] = []
    insights: list[InsightRow] = []
    findings: list[FindingRow] = []
    statements: list[StatementRow] = []
    ideas: list[IdeaRow] = []
    concepts: list[ConceptRow] = []
    checks: list[CheckRow] = []
    placements: list[PlacementRow] = []
    pilots: list[PilotRow] = []
    changes: list[ChangeRow] = []
    experiences: list[ExperienceRow] = []
    learning: list[LearningRow] = []


TABLES: dict[str, Any] = {
    "activities": models.InsightActivity,
    "insights": models.Insight,
    "findings": models.Finding,
    "statements": models.SuccessStatement,
    "ideas": models.Idea,
    "concepts": models.Concept,
    "checks": models.DevianceCheck,
    "placements": models.Placement,
    "pilots": models.Pilot,
    "changes": models.Change,
    "experiences": SharedExperience,
    "learning": LearningPoint,
}


@cache
def work(names: tuple[str, ...]) -> Select[Any]:
    """Asks for what the project CASE has written down, of the kinds named, as one value."""
    columns = {}
    for name in names:
        table: Table = TABLES[name].__table__
        order = table.c.rank if name == "statements" else table.c.id
        rows = (
            select(func.jsonb_agg(aggregate_order_by(func.to_jsonb(literal_column(table.name)), order)))
            .where(table.c.case_id == CASE)
            .scalar_subquery()
        )
        columns[name] = func.coalesce(rows, cast([], JSONB))
    return select(told(Work, columns))


async def work_of(uow: UnitOfWork, case_id: UUID, names: Collection[str] = TABLES.keys()) -> Work:
    """What one project has written down, of all kinds or those named; the caller has checked that it may be seen."""
    found: Work = (await uow.session.execute(work(tuple(names)), {"case_id": case_id})).scalar_one()
    return found


async def system_nodes(uow: UnitOfWork) -> list[Any]:
    """The shared system map's nodes, the newest first, each with how many placements touch it."""
    used = (
        select(func.count()).where(models.Placement.node_id == models.SystemNode.id).correlate(models.SystemNode)
    ).scalar_subquery()
    rows = await uow.session.execute(
        select(
            models.SystemNode.id,
            models.SystemNode.kind,
            models.SystemNode.party,
            models.SystemNode.text,
            used.label("used"),
        )
        .order_by(models.SystemNode.id.desc())
        .limit(200)
    )
    return list(rows)
