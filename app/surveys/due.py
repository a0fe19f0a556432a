"""What should be asked about now, and whom: gatherings that are over, steps that are closed, surveys soon to close."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import current
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.gatherings.models import Attendance, Gathering
from app.identity.models import Person, UnitMembership
from app.projects.models import Project, ProjectStep
from app.surveys.models import Survey, SurveyInvitation
from workflows.survey import ASKED, NO_GROUP, OPEN_DAYS, asks_about, is_behind, reminds


async def gatherings_to_ask_about(uow: UnitOfWork) -> list[UUID]:
    """Gatherings that are over, to which somebody is known to have come, and about which nobody has been asked."""
    today = day_in_oslo(uow.now)
    came = exists().where(Attendance.gathering_id == Gathering.id, Attendance.attended_at.is_not(None))
    asked = exists().where(Survey.gathering_id == Gathering.id)
    found = await uow.session.execute(
        select(Gathering.id, Gathering.ends_at)
        .where(came, ~asked, Gathering.called_off_at.is_(None))
        .where(Gathering.ends_at >= uow.now - timedelta(days=OPEN_DAYS + 1))
        .order_by(Gathering.id)
    )
    return [row.id for row in found if asks_about(day_in_oslo(row.ends_at), today)]


async def steps_to_ask_about(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """Steps that projects have closed lately, and about which their teams have not been asked."""
    today = day_in_oslo(uow.now)
    asked = exists().where(Survey.case_id == ProjectStep.case_id, Survey.step == ProjectStep.step)
    found = await uow.session.execute(
        select(ProjectStep.case_id, ProjectStep.step, Project.state)
        .join(Project, Project.id == ProjectStep.case_id)
        .where(~asked, ProjectStep.actual_to >= today - timedelta(days=OPEN_DAYS))
        .order_by(ProjectStep.case_id, ProjectStep.step)
    )
    return [(row.case_id, row.step) for row in found if is_behind(row.step, row.state)]


async def surveys_that_lack_somebody(uow: UnitOfWork) -> list[UUID]:
    """Open surveys about gatherings to which somebody is known to have come only after they were opened."""
    asked = exists().where(SurveyInvitation.survey_id == Survey.id, SurveyInvitation.person_id == Attendance.person_id)
    found = await uow.session.scalars(
        select(Survey.id)
        .join(Attendance, Attendance.gathering_id == Survey.gathering_id)
        .where(Survey.closes_at >= uow.now, Attendance.attended_at.is_not(None), ~asked)
        .distinct()
        .order_by(Survey.id)
    )
    return list(found)


async def surveys_to_remind_of(uow: UnitOfWork) -> list[UUID]:
    """Open surveys whose day to remind has come."""
    found = await uow.session.execute(
        select(Survey.id, Survey.closes_at).where(Survey.reminded_at.is_(None), Survey.closes_at >= uow.now)
    )
    return [row.id for row in found if reminds(row.closes_at, uow.now)]


def _stays(now: Any) -> ColumnElement[bool]:
    return or_(Person.valid_to.is_(None), Person.valid_to > now)


async def _roles(uow: UnitOfWork, case_id: ColumnElement[bool], unit: ColumnElement[bool]) -> dict[UUID, str]:
    """By person the first of the roles asked that they hold in the cases meant."""
    in_case = (
        select(CaseRole.person_id, CaseRole.role)
        .join(Person, Person.id == CaseRole.person_id)
        .where(case_id, CaseRole.role.in_(ASKED), current(CaseRole, uow.now), _stays(uow.now))
    )
    in_unit = (
        select(UnitMembership.person_id, UnitMembership.role)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .join(Person, Person.id == UnitMembership.person_id)
        .where(unit, UnitMembership.role.in_(ASKED), current(UnitMembership, uow.now), _stays(uow.now))
    )
    held: dict[UUID, set[str]] = {}
    for person_id, role in await uow.session.execute(in_case.union(in_unit)):
        held.setdefault(person_id, set()).add(role)
    return {person_id: next(role for role in ASKED if role in roles) for person_id, roles in held.items()}


async def team_of(uow: UnitOfWork, case_id: UUID) -> dict[UUID, str]:
    """Everybody who works in a project, with their role in it."""
    return await _roles(uow, CaseRole.case_id == case_id, CaseUnit.case_id == case_id)


async def those_who_came(uow: UnitOfWork, gathering_id: UUID) -> dict[UUID, str]:
    """Everybody who came to a gathering, with their role in a project that was there; "" for one who holds none."""
    came = (Attendance.gathering_id == gathering_id, Attendance.attended_at.is_not(None))
    people = await uow.session.scalars(
        select(Attendance.person_id).join(Person, Person.id == Attendance.person_id).where(*came, _stays(uow.now))
    )
    cases = select(Attendance.case_id).where(*came)
    roles = await _roles(uow, CaseRole.case_id.in_(cases), CaseUnit.case_id.in_(cases))
    return {person_id: roles.get(person_id, NO_GROUP) for person_id in people}
