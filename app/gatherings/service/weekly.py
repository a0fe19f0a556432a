"""Meetings that come back every week: planned, one day or all that is left of them called off."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from app.audit.service import record
from app.cases.models import Case
from app.cases.queries import require, roles_in
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotFound, NotYet
from app.core.personal_data import refuse_identity_numbers
from app.gatherings.models import Cohort, WeeklyMeeting
from app.gatherings.people import require_arranger
from app.gatherings.service.held import hold_cohort, person_of
from app.identity.actor import Actor
from app.moves import lock_case
from workflows.engine import Reason
from workflows.roles import Permission
from workflows.weekly import Weekly, against_skipping, against_weekly


def weekly_of(row: WeeklyMeeting) -> Weekly:
    """The rules' view of a weekly meeting."""
    return Weekly(
        first_on=row.first_on, last_on=row.last_on, begins=row.begins, lasts_minutes=row.lasts_minutes,
        skipped=frozenset(row.skipped),
    )  # fmt: skip


async def _plan(
    uow: UnitOfWork, actor: Actor, case: Case, row: WeeklyMeeting, subject: str, subject_id: UUID
) -> WeeklyMeeting:
    refuse_identity_numbers(title=row.title)
    faults = dict(against_weekly(weekly_of(row), uow.now))
    if faults:
        raise Invalid(faults)
    uow.session.add(row)
    await uow.session.flush()
    changes = {"title": row.title, "first_on": row.first_on, "last_on": row.last_on, "begins": row.begins.isoformat()}
    await record(uow, actor, case, subject, subject_id, "plan_weekly", changes=changes)
    return row


async def plan_team_meeting(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, title: str, first_on: date, last_on: date, begins: str,
    lasts_minutes: int, place: str = "", link: str = "",
) -> WeeklyMeeting:  # fmt: skip
    """Let a project's team meet every week; Invalid where the days do not hold."""
    case = await lock_case(uow, case_id)
    if case.project_at is None:
        raise NotFound
    require(case, await roles_in(uow, actor, case), Permission.PROJECT_ARRANGE)
    row = WeeklyMeeting(
        case_id=case_id, title=title, first_on=first_on, last_on=last_on, begins=time.fromisoformat(begins),
        lasts_minutes=lasts_minutes, place=place, link=link, skipped=[], changed_at=uow.now,
        made_by=person_of(actor),
    )  # fmt: skip
    return await _plan(uow, actor, case, row, "project", case_id)


async def plan_office_hours(
    uow: UnitOfWork, actor: Actor, cohort_id: UUID, *, title: str, first_on: date, last_on: date, begins: str,
    lasts_minutes: int, place: str = "", link: str = "",
) -> WeeklyMeeting:  # fmt: skip
    """Let a cohort's facilitators be asked at the same hour every week; Invalid where the days do not hold."""
    cohort, case = await hold_cohort(uow, cohort_id)
    await require_arranger(uow, actor, cohort.id)
    row = WeeklyMeeting(
        cohort_id=cohort_id, title=title, first_on=first_on, last_on=last_on, begins=time.fromisoformat(begins),
        lasts_minutes=lasts_minutes, place=place, link=link, skipped=[], changed_at=uow.now,
        made_by=person_of(actor),
    )  # fmt: skip
    return await _plan(uow, actor, case, row, "cohort", cohort_id)


async def _held(uow: UnitOfWork, actor: Actor, meeting_id: UUID, verb: str) -> tuple[WeeklyMeeting, Case]:
    row = await uow.session.get(WeeklyMeeting, meeting_id)
    if row is None:
        raise NotFound
    if row.case_id is not None:
        case = await lock_case(uow, row.case_id)
        require(case, await roles_in(uow, actor, case), Permission.PROJECT_ARRANGE)
    else:
        assert row.cohort_id is not None
        case = await lock_case(uow, (await uow.session.get_one(Cohort, row.cohort_id)).call_id)
        await require_arranger(uow, actor, row.cohort_id)
    await uow.session.refresh(row)
    if row.called_off_at is not None:
        raise NotYet([Reason(code="weekly.called_off")], subject="weekly_meeting", step=verb, case_id=case.id)
    return row, case


async def skip_week(uow: UnitOfWork, actor: Actor, meeting_id: UUID, *, day: date, why: str) -> WeeklyMeeting:
    """Call a weekly meeting off on one of its days, with the reason; it leaves the calendars on that day alone."""
    row, case = await _held(uow, actor, meeting_id, "skip_week")
    unmet = list(against_skipping(weekly_of(row), day, row.skipped, uow.now))
    if unmet:
        raise Invalid({"day": unmet[0]})
    row.skipped = sorted([*row.skipped, day])
    row.sequence, row.changed_at = row.sequence + 1, uow.now
    changes = {"title": row.title, "day": day}
    await record(uow, actor, case, "weekly_meeting", row.id, "skip_week", why=why, changes=changes)
    return row


async def end_weekly(uow: UnitOfWork, actor: Actor, meeting_id: UUID, *, why: str) -> WeeklyMeeting:
    """Call a weekly meeting off for good, with the reason; it stays in the calendars, struck out."""
    row, case = await _held(uow, actor, meeting_id, "end_weekly")
    row.called_off_at, row.called_off_why = uow.now, why
    row.sequence, row.changed_at = row.sequence + 1, uow.now
    await record(uow, actor, case, "weekly_meeting", row.id, "end_weekly", why=why, changes={"title": row.title})
    return row
