"""What stands in somebody's calendar, or in a project's, as far as that person may see it now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, SelectBase, Uuid, and_, exists, func, literal, or_, select

from app.audit.models import Event
from app.benefits.models import Benefit, Measurement
from app.calendars.ical import Entry
from app.calendars.models import CalendarFeed
from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import current, load_case, visible_to
from app.core.clock import OSLO
from app.core.database import CASE, PERSON, UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.gatherings.models import Attendance, Cohort, Gathering, WeeklyMeeting
from app.gatherings.people import GONE, gathers
from app.identity.actor import Actor
from app.identity.models import Unit
from app.identity.queries import actor_of_person, hash_of_token
from app.meetings.models import Meeting
from app.milestones.models import Milestone
from app.projects.models import Project, ProjectStep
from app.texts.i18n import Texts
from workflows.roles import Permission, Role

UNSEEN_ROLES = (Role.REVIEWER,)
"""Roles whose cases are no part of one's calendar: who reviews what is nobody's to read (G12)."""
BACK = timedelta(days=366)
"""How far back a calendar shows what has been."""
MOST = 1000


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """Whose calendar an address is, and of which project if of one."""

    actor: Actor
    case_id: UUID | None


async def feed_behind(uow: UnitOfWork, secret: str) -> Feed:
    """The feed of an address; NotFound for one that was taken back, and for somebody who has left. Two statements."""
    row = (
        await uow.session.execute(
            select(CalendarFeed.person_id, CalendarFeed.case_id).where(
                CalendarFeed.token_hash == hash_of_token(secret), CalendarFeed.revoked_at.is_(None)
            )
        )
    ).first()
    if row is None:
        raise NotFound
    try:
        actor = await actor_of_person(uow, row.person_id)
    except LookupError:
        raise NotFound from None
    return Feed(actor=actor, case_id=row.case_id)


async def feeds_of(uow: UnitOfWork, actor: Actor) -> list[Any]:
    """One's own open addresses: id, the case and its title if it is a project's, and when each was made."""
    rows = await uow.session.execute(
        select(CalendarFeed.id, CalendarFeed.case_id, CalendarFeed.made_at, Case.title, Unit.name.label("unit"))
        .outerjoin(Case, Case.id == CalendarFeed.case_id)
        .outerjoin(Unit, Unit.id == Case.unit_id)
        .where(CalendarFeed.person_id == actor.person_id, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.case_id.is_not(None), CalendarFeed.id)
    )
    return list(rows)


class OwnFeed(msgspec.Struct, frozen=True):
    """One's own open address of a project's calendar."""

    id: UUID
    made_at: datetime


@cache
def feed_of_project() -> SelectBase:
    """Asks for one's own open address of a project's calendar: its id and when it was made, each None without one."""
    mine = (CalendarFeed.person_id == PERSON, CalendarFeed.case_id == CASE, CalendarFeed.revoked_at.is_(None))
    return select(
        select(CalendarFeed.id).where(*mine).scalar_subquery().label("feed_id"),
        select(CalendarFeed.made_at).where(*mine).scalar_subquery().label("feed_made_at"),
    )


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The cases whose entries a calendar shows, and where it leads."""

    cases: Any
    actor: Actor
    case_id: UUID | None
    now: datetime
    texts: Texts
    base_url: str

    @property
    def since(self) -> datetime:
        """What has been before this is left out."""
        return self.now - BACK


def _own_cases(actor: Actor, now: datetime) -> Select[Any]:
    """The cases in which somebody has something to do themselves."""
    held = select(CaseRole.case_id).where(
        CaseRole.person_id == actor.person_id, CaseRole.role.not_in(UNSEEN_ROLES), current(CaseRole, now)
    )
    led = select(CaseUnit.case_id).where(CaseUnit.unit_id.in_(actor.office_unit_ids))
    return select(held.union(led).subquery().c.case_id)


async def entries_of(uow: UnitOfWork, feed: Feed, texts: Texts, base_url: str) -> list[Entry]:
    """Everything that stands in the calendar, by what it is; a fixed number of statements.

    A project that its subscriber may not see any more leaves nothing behind.
    """
    cases: Any = _own_cases(feed.actor, uow.now)
    if feed.case_id is not None:
        try:
            await load_case(uow, feed.actor, feed.case_id, Permission.PROJECT_SEE)
        except (NotFound, NotAllowed):
            return []
        cases = select(literal(feed.case_id, Uuid()))
    scope = Scope(
        cases=cases, actor=feed.actor, case_id=feed.case_id, now=uow.now, texts=texts, base_url=base_url.rstrip("/")
    )
    parts = [await read(uow, scope) for read in (_gatherings, _weekly, _meetings, _milestones, _measurements, _steps)]
    return [entry for part in parts for entry in part]


async def _gatherings(uow: UnitOfWork, scope: Scope) -> Iterable[Entry]:
    statement = (
        select(Gathering)
        .join(Cohort, Cohort.id == Gathering.cohort_id)
        .where(Gathering.ends_at > scope.since)
        .order_by(Gathering.starts_at, Gathering.id)
        .limit(MOST)
    )
    if scope.case_id is not None:
        of_project = exists().where(
            Project.id == scope.case_id, Project.call_id == Cohort.call_id, gathers(Cohort, Project.id)
        )
        statement = statement.where(of_project)
    else:
        for_all = and_(Attendance.case_id.is_(None), literal(Role.EMPLOYEE.value) == func.any(Gathering.audience))
        theirs = Attendance.case_id.in_(select(Case.id).where(visible_to(scope.actor, scope.now)))
        signed_up = exists().where(
            Attendance.gathering_id == Gathering.id, Attendance.person_id == scope.actor.person_id, or_(for_all, theirs)
        )
        statement = statement.where(signed_up)
    return [
        Entry(
            uid=f"gathering-{row.id}@drivkraft", sequence=row.sequence, changed_at=row.changed_at, starts=row.starts_at,
            ends=row.ends_at, summary=row.title, place=row.place or row.link,
            description="\n".join(filter(None, (row.called_off_why, row.topic, row.link))),
            address=f"{scope.base_url}/gatherings/{row.id}", cancelled=row.called_off_at is not None,
        )
        for row in await uow.session.scalars(statement)
    ]  # fmt: skip


async def _weekly(uow: UnitOfWork, scope: Scope) -> Iterable[Entry]:
    running = select(Project.id).where(Project.id.in_(scope.cases), Project.state.not_in(GONE))
    in_cohort = exists().where(
        Cohort.id == WeeklyMeeting.cohort_id, Project.id.in_(running), Project.call_id == Cohort.call_id,
        gathers(Cohort, Project.id),
    )  # fmt: skip
    rows = await uow.session.scalars(
        select(WeeklyMeeting)
        .where(
            or_(WeeklyMeeting.case_id.in_(running), in_cohort), WeeklyMeeting.last_on > scope.since.date(),
        )
        .order_by(WeeklyMeeting.first_on, WeeklyMeeting.id)
        .limit(MOST)
    )  # fmt: skip
    found = []
    for row in rows:
        starts = datetime.combine(row.first_on, row.begins, OSLO)
        leads_to = f"/projects/{row.case_id}/activities" if row.case_id else f"/cohorts/{row.cohort_id}"
        found.append(
            Entry(
                uid=f"weekly-{row.id}@drivkraft", sequence=row.sequence, changed_at=row.changed_at, starts=starts,
                ends=starts + timedelta(minutes=row.lasts_minutes), summary=row.title, place=row.place or row.link,
                description="\n".join(filter(None, (row.called_off_why, row.link))), weekly_until=row.last_on,
                skipped=tuple(row.skipped), cancelled=row.called_off_at is not None,
                address=scope.base_url + leads_to,
            )
        )  # fmt: skip
    return found


async def _meetings(uow: UnitOfWork, scope: Scope) -> Iterable[Entry]:
    arranged = and_(
        Meeting.organiser_id == scope.actor.person_id,
        Case.id.in_(select(Case.id).where(visible_to(scope.actor, scope.now))),
    )
    whose = Case.id.in_(scope.cases) if scope.case_id else or_(Case.id.in_(scope.cases), arranged)
    rows = await uow.session.execute(
        select(Meeting.held_at, Meeting.length_minutes, Meeting.place, Meeting.sequence, Case)
        .join(Case, Case.id == Meeting.case_id)
        .where(Meeting.held_at > scope.since, whose)
        .order_by(Meeting.held_at, Case.id)
        .limit(MOST)
    )
    return [
        Entry(
            uid=f"meeting-{case.id}@drivkraft", sequence=sequence, changed_at=case.submitted_at or case.created_at,
            starts=held_at, ends=held_at + timedelta(minutes=length), place=place,
            summary=scope.texts.t("meeting.summary", reference=case.reference, title=case.title),
            address=f"{scope.base_url}/applications/{case.id}/meeting",
        )
        for held_at, length, place, sequence, case in rows
        if held_at is not None
    ]  # fmt: skip


def _running(scope: Scope) -> Any:
    return and_(Project.id.in_(scope.cases), Project.state.not_in(GONE))


async def _milestones(uow: UnitOfWork, scope: Scope) -> Iterable[Entry]:
    rows = await uow.session.execute(
        select(Milestone, Case.title, Project.accepted_at)
        .join(Project, Project.id == Milestone.case_id)
        .join(Case, Case.id == Milestone.case_id)
        .where(_running(scope), Milestone.due_on > scope.since.date())
        .order_by(Milestone.due_on, Milestone.id)
        .limit(MOST)
    )
    return [
        Entry(
            uid=f"milestone-{row.id}@drivkraft", sequence=row.version,
            changed_at=row.approved_at or row.reported_at or accepted_at, starts=row.due_on,
            summary=scope.texts.t(
                "calendars.milestone", title=f"{row.key} {row.title or scope.texts.t(f'milestone.{row.key}')}"
            ),
            description=title, address=f"{scope.base_url}/projects/{row.case_id}/milestones",
            cancelled=row.state == "waived",
        )
        for row, title, accepted_at in rows if row.due_on
    ]  # fmt: skip


async def _measurements(uow: UnitOfWork, scope: Scope) -> Iterable[Entry]:
    rows = await uow.session.execute(
        select(Measurement, Benefit.title, Case.title)
        .join(Benefit, Benefit.id == Measurement.benefit_id)
        .join(Project, Project.id == Measurement.case_id)
        .join(Case, Case.id == Measurement.case_id)
        .where(_running(scope), Benefit.dropped_at.is_(None), Measurement.due_on > scope.since.date())
        .order_by(Measurement.due_on, Measurement.id)
        .limit(MOST)
    )
    return [
        Entry(
            uid=f"measurement-{row.id}@drivkraft", sequence=row.version,
            changed_at=row.confirmed_at or row.reported_at or row.planned_at, starts=row.due_on,
            summary=scope.texts.t("calendars.measurement", title=benefit), description=title,
            address=f"{scope.base_url}/measurements/{row.id}", cancelled=row.state == "written_off",
        )
        for row, benefit, title in rows
    ]  # fmt: skip


async def _steps(uow: UnitOfWork, scope: Scope) -> Iterable[Entry]:
    """The days on which steps are planned to end; how often the plan was changed says which is the newest."""
    changed = (
        select(Event.case_id, func.count().label("times"), func.max(Event.at).label("last_at"))
        .where(Event.case_id.in_(scope.cases), Event.subject == "project", Event.verb == "plan_step")
        .group_by(Event.case_id)
        .subquery()
    )
    rows = await uow.session.execute(
        select(ProjectStep, Case.title, func.coalesce(changed.c.times, 0),
               func.coalesce(changed.c.last_at, Project.accepted_at))
        .join(Project, Project.id == ProjectStep.case_id)
        .join(Case, Case.id == ProjectStep.case_id)
        .outerjoin(changed, changed.c.case_id == ProjectStep.case_id)
        .where(_running(scope), ProjectStep.planned_to > scope.since.date())
        .order_by(ProjectStep.planned_to, ProjectStep.case_id, ProjectStep.step)
        .limit(MOST)
    )  # fmt: skip
    return [
        Entry(
            uid=f"step-{row.case_id}-{row.step}@drivkraft", sequence=times, changed_at=last_at, starts=row.planned_to,
            summary=scope.texts.t("calendars.step", step_key=f"state.project.{row.step}"), description=title,
            address=f"{scope.base_url}/projects/{row.case_id}#plan",
        )
        for row, title, times, last_at in rows if row.planned_to
    ]  # fmt: skip


def moment_of(entry: Entry) -> datetime:
    """When an entry begins, a day at its beginning: the order of a list."""
    if isinstance(entry.starts, datetime):
        return entry.starts.astimezone(UTC)
    return datetime.combine(entry.starts, time(0), OSLO).astimezone(UTC)
