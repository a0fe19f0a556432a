"""Gatherings as their pages show them, and who of a project takes part."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select, true

from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.gatherings import models
from app.identity.actor import Actor
from app.identity.models import Person


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
