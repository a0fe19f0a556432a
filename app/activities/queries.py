"""Everything a project has done in its diamonds, read in one statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table, cast, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.activities import models
from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Person
from app.knowledge.models import LearningPoint, SharedExperience


class InsightActivityRow(msgspec.Struct, frozen=True):
    """An activity with its insights' number."""

    id: UUID
    method: str
    party: str
    held_on: date
    participants: int
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
    """All that a project has written down, each list in the order it was written."""

    activities: list[InsightActivityRow]
    insights: list[InsightRow]
    findings: list[FindingRow]
    statements: list[StatementRow]
    ideas: list[IdeaRow]
    concepts: list[ConceptRow]
    checks: list[CheckRow]
    placements: list[PlacementRow]
    pilots: list[PilotRow]
    changes: list[ChangeRow]
    experiences: list[ExperienceRow]
    learning: list[LearningRow]


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


async def work_of(uow: UnitOfWork, case_id: UUID) -> Work:
    """What one project has written down; the caller has checked that the actor may see the project."""
    columns = []
    for name, model in TABLES.items():
        table: Table = model.__table__
        order = table.c.rank if name == "statements" else table.c.id
        rows = (
            select(func.jsonb_agg(aggregate_order_by(func.to_jsonb(literal_column(table.name)), order)))
            .where(table.c.case_id == case_id)
            .scalar_subquery()
        )
        columns.append(func.coalesce(rows, cast([], JSONB)).label(name))
    row = (await uow.session.execute(select(*columns))).one()
    return msgspec.convert(dict(row._mapping), Work, strict=False)


class GatheringRow(msgspec.Struct, frozen=True):
    """A gathering as its list shows it, with how many are signed up and came."""

    id: UUID
    call_id: UUID
    call: str
    key: str
    kind: str
    title: str
    held_on: date
    place: str
    registered: int
    attended: int


async def gatherings(uow: UnitOfWork, call_id: UUID | None = None) -> list[GatheringRow]:
    """The gatherings of a call, or of all calls, the latest first; any employee may see them."""
    statement = (
        select(
            models.Gathering.id, models.Gathering.call_id, Case.title, models.Gathering.key, models.Gathering.kind,
            models.Gathering.title, models.Gathering.held_on, models.Gathering.place,
            func.count(models.Attendance.person_id), func.count(models.Attendance.attended_at),
        )
        .join(Case, Case.id == models.Gathering.call_id)
        .outerjoin(models.Attendance, models.Attendance.gathering_id == models.Gathering.id)
        .where(models.Gathering.call_id == call_id if call_id else true())
        .group_by(models.Gathering.id, Case.title)
        .order_by(models.Gathering.held_on.desc())
        .limit(200)
    )  # fmt: skip
    return [GatheringRow(*tuple(row)) for row in await uow.session.execute(statement)]


async def calls_with_gatherings(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """The calls whose projects can be gathered: published and not archived, the latest first."""
    found = await uow.session.execute(
        select(Case.id, Case.title)
        .join(Call, Call.id == Case.id)
        .where(Call.state.not_in(("draft", "archived")))
        .order_by(Case.id.desc())
        .limit(50)
    )
    return [(row.id, row.title) for row in found]


class AttendanceRow(msgspec.Struct, frozen=True):
    """Who is signed up for a gathering, for which project."""

    gathering_id: UUID
    case_id: UUID
    person_id: UUID
    name: str
    case: str
    attended_at: datetime | None


async def attendance(uow: UnitOfWork, actor: Actor, gathering_id: UUID) -> list[AttendanceRow]:
    """Who is signed up for a gathering, of the projects the actor may see."""
    rows = await uow.session.execute(
        select(
            models.Attendance.gathering_id, models.Attendance.case_id, Person.id, Person.name, Case.title,
            models.Attendance.attended_at,
        )
        .join(Person, Person.id == models.Attendance.person_id)
        .join(Case, Case.id == models.Attendance.case_id)
        .where(models.Attendance.gathering_id == gathering_id, visible_to(actor, uow.now))
        .order_by(Case.title, Person.name)
    )  # fmt: skip
    return [AttendanceRow(*row) for row in rows]


class OwnAttendance(msgspec.Struct, frozen=True):
    """A project's part in one gathering of its call."""

    gathering_id: UUID
    key: str
    kind: str
    title: str
    held_on: date
    registered: list[str]
    attended: list[str]


async def attendance_of(uow: UnitOfWork, call_id: UUID, case_id: UUID) -> list[OwnAttendance]:
    """Every gathering of the call, with who of the project is signed up and who came."""
    names = func.array_remove(func.array_agg(Person.name), None)
    came = func.array_remove(func.array_agg(Person.name).filter(models.Attendance.attended_at.is_not(None)), None)
    rows = await uow.session.execute(
        select(
            models.Gathering.id,
            models.Gathering.key,
            models.Gathering.kind,
            models.Gathering.title,
            models.Gathering.held_on,
            names,
            came,
        )
        .outerjoin(
            models.Attendance,
            (models.Attendance.gathering_id == models.Gathering.id) & (models.Attendance.case_id == case_id),
        )
        .outerjoin(Person, Person.id == models.Attendance.person_id)
        .where(models.Gathering.call_id == call_id)
        .group_by(models.Gathering.id)
        .order_by(models.Gathering.held_on)
    )
    return [OwnAttendance(row[0], row[1], row[2], row[3], row[4], row[5] or [], row[6] or []) for row in rows]


async def system_nodes(uow: UnitOfWork) -> list[Any]:
    """The shared system map's nodes, the newest first."""
    rows = await uow.session.execute(
        select(models.SystemNode.id, models.SystemNode.kind, models.SystemNode.party, models.SystemNode.text)
        .order_by(models.SystemNode.id.desc())
        .limit(200)
    )
    return list(rows)
