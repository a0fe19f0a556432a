"""Gatherings as their pages show them, and who of a project takes part."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Uuid, and_, bindparam, exists, func, select, true
from sqlalchemy.orm import aliased

from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import CASE, TODAY, UnitOfWork
from app.core.errors import NotFound
from app.gatherings.models import Attendance, Cohort, Gathering, GatheringContent, PastedList, WeeklyMeeting
from app.gatherings.people import Part, in_cohort_of, parts_in, projects_of
from app.gatherings.service.signing_up import facts_of, presence_of
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.projects.models import Project
from workflows.engine import Reason
from workflows.gathering import PartTaken, Presence, against_signing_off, against_signing_up, is_made, part_taken
from workflows.project_facts import ProjectFacts

MOST_LISTED = 200
CALL = bindparam("call_id", type_=Uuid())
COHORT = bindparam("cohort_id", type_=Uuid())
TONES = {
    PartTaken.CALLED_OFF: "stopped", PartTaken.TO_SIGN_UP: "warning", PartTaken.SIGNED_UP: "waiting",
    PartTaken.MISSED: "danger", PartTaken.ARTEFACT_MISSING: "warning", PartTaken.DONE: "success",
}  # fmt: skip
"""How a project's part in a gathering is shown."""


class GatheringRow(msgspec.Struct, frozen=True):
    """A gathering as its list shows it, with how many are signed up and came."""

    id: UUID
    cohort_id: UUID
    cohort: str
    language: str
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    audience: list[str]
    called_off: bool
    registered: int
    attended: int
    mine: bool


def _listed(actor: Actor) -> Any:
    of_row = Attendance.gathering_id == Gathering.id
    counted = select(func.count()).where(of_row)
    return select(
        Gathering.id, Gathering.cohort_id, Cohort.name, Cohort.language, Gathering.kind, Gathering.title,
        Gathering.starts_at, Gathering.ends_at, Gathering.place, Gathering.link, Gathering.audience,
        Gathering.called_off_at.is_not(None), counted.scalar_subquery(),
        counted.where(Attendance.attended_at.is_not(None)).scalar_subquery(),
        exists().where(of_row, Attendance.person_id == actor.person_id),
    ).join(Cohort, Cohort.id == Gathering.cohort_id)  # fmt: skip


async def gatherings(
    uow: UnitOfWork, actor: Actor, *, call_id: UUID | None = None, cohort_id: UUID | None = None, past: bool = False
) -> list[GatheringRow]:
    """The gatherings to come, the next first, or with `past` those that have been; any employee may see them."""
    statement = _listed(actor).where(
        Gathering.call_id == call_id if call_id else true(),
        Gathering.cohort_id == cohort_id if cohort_id else true(),
    )
    if cohort_id is None:
        statement = statement.where(Gathering.ends_at <= uow.now if past else Gathering.ends_at > uow.now)
    order = Gathering.starts_at.desc() if past else Gathering.starts_at
    rows = await uow.session.execute(statement.order_by(order, Gathering.id).limit(MOST_LISTED))
    return [GatheringRow(*tuple(row)) for row in rows]


async def cohorts(uow: UnitOfWork) -> list[Any]:
    """The cohorts, the latest first: id, name, the title of their call, and whether they are all of it."""
    rows = await uow.session.execute(
        select(Cohort.id, Cohort.name, Case.title.label("call"), Cohort.whole_call)
        .join(Case, Case.id == Cohort.call_id)
        .order_by(Cohort.id.desc())
        .limit(MOST_LISTED)
    )
    return list(rows)


async def calls_that_gather(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """The calls whose projects can be gathered: published and not archived, the latest first."""
    found = await uow.session.execute(
        select(Case.id, Case.title)
        .join(Call, Call.id == Case.id)
        .where(Call.state.not_in(("draft", "archived")))
        .order_by(Case.id.desc())
        .limit(50)
    )
    return [(row.id, row.title) for row in found]


async def projects_of_call(uow: UnitOfWork, call_id: UUID) -> list[Any]:
    """The projects of a call, by office: id and unit."""
    rows = await uow.session.execute(
        select(Project.id, Unit.name.label("unit"))
        .join(Case, Case.id == Project.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(Project.call_id == call_id)
        .order_by(Unit.name, Project.id)
    )
    return list(rows)


async def gathering_with_cohort(uow: UnitOfWork, gathering_id: UUID) -> tuple[Gathering, Cohort]:
    """A gathering and whose it is; NotFound where there is none."""
    row = (
        await uow.session.execute(
            select(Gathering, Cohort).join(Cohort, Cohort.id == Gathering.cohort_id).where(Gathering.id == gathering_id)
        )
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def contents_of(uow: UnitOfWork, gathering_id: UUID) -> list[GatheringContent]:
    """What fills a gathering, in its order."""
    rows = await uow.session.scalars(
        select(GatheringContent)
        .where(GatheringContent.gathering_id == gathering_id)
        .order_by(GatheringContent.position, GatheringContent.id)
    )
    return list(rows)


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """One person at a gathering: signed up or only meant, and what is noted of them by whom."""

    person_id: UUID
    name: str
    case_id: UUID | None
    unit: str
    signed_up: bool
    presence: Presence
    noted_by: str
    noted_at: datetime | None


class TeamAt(msgspec.Struct, frozen=True, kw_only=True):
    """A project at a gathering: who of those it is meant for is signed up, and who is not (S28)."""

    case_id: UUID
    title: str
    language: str
    unit: str
    meant: int
    people: list[Noted]
    lacking: list[str]
    """Those whom the gathering is meant for and who are not signed up, by name."""

    @property
    def is_complete(self) -> bool:
        """Whether everybody whom the gathering is meant for is signed up."""
        return not self.lacking and self.meant > 0


class Taking(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes part in a gathering: projects with their teams, and those who come for none."""

    teams: list[TeamAt]
    others: list[Noted]

    @property
    def people(self) -> list[Noted]:
        """Everybody, by office and name."""
        return [*(each for team in self.teams for each in team.people), *self.others]


async def _attendance(uow: UnitOfWork, gathering_id: UUID) -> list[tuple[Attendance, str, str]]:
    writer = aliased(Person)
    rows = await uow.session.execute(
        select(Attendance, Person.name, func.coalesce(writer.name, ""))
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(writer, writer.id == Attendance.noted_by)
        .where(Attendance.gathering_id == gathering_id)
        .order_by(Person.name)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def taking_part(uow: UnitOfWork, actor: Actor, row: Gathering, *, all_projects: bool) -> Taking:
    """Who is signed up and who is meant, of the projects the actor may see or of all; three statements."""
    seen = true() if all_projects else visible_to(actor, uow.now)
    projects = await uow.session.execute(
        select(Case.id, Case.title, Case.language, Unit.name.label("unit"))
        .join(Unit, Unit.id == Case.unit_id)
        .where(Case.id.in_(projects_of(row.cohort_id)), seen)
        .order_by(Unit.name, Case.id)
    )
    meant: dict[UUID, list[Part]] = {}
    for part in await parts_in(uow, row.cohort_id):
        if part.roles and part.is_meant(row.audience):
            meant.setdefault(part.case_id, []).append(part)
    attending = await _attendance(uow, row.id)
    signed_up = {each.person_id for each, _, _ in attending}
    teams, placed = [], set()
    for case_id, title, language, unit in projects:
        theirs = [each for each in attending if each[0].case_id == case_id]
        expected = meant.get(case_id, [])
        lacking = [part for part in expected if part.person_id not in signed_up]
        placed |= {each.person_id for each, _, _ in theirs}
        people = [_noted(each, name, writer, unit) for each, name, writer in theirs]
        people += [
            Noted(person_id=part.person_id, name=part.name, case_id=case_id, unit=unit, signed_up=False,
                  presence=Presence.UNKNOWN, noted_by="", noted_at=None)
            for part in lacking if part.person_id not in placed
        ]  # fmt: skip
        placed |= {part.person_id for part in lacking}
        teams.append(
            TeamAt(case_id=case_id, title=title, language=language, unit=unit, meant=len(expected), people=people,
                   lacking=[part.name for part in lacking])
        )  # fmt: skip
    others = [_noted(each, name, writer, "") for each, name, writer in attending if each.person_id not in placed]
    return Taking(teams=teams, others=others if all_projects else [])


def _noted(row: Attendance, name: str, writer: str, unit: str) -> Noted:
    return Noted(
        person_id=row.person_id, name=name, case_id=row.case_id, unit=unit, signed_up=True, presence=presence_of(row),
        noted_by=writer, noted_at=row.noted_at,
    )  # fmt: skip


class OwnPart(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor is at a gathering, and what keeps them from signing up or taking it back."""

    signed_up: bool
    presence: Presence
    unmet: list[Reason]


async def own_part(uow: UnitOfWork, actor: Actor, row: Gathering, taken: int) -> OwnPart:
    """Whether the actor is signed up, and why they cannot be, or not any more; two statements."""
    assert actor.person_id is not None
    mine = await uow.session.get(Attendance, (row.id, actor.person_id))
    parts = await parts_in(uow, row.cohort_id, person_ids=[actor.person_id])
    presence = presence_of(mine)
    if mine is not None:
        unmet = list(against_signing_off(presence, row.ends_at, uow.now))
    else:
        unmet = list(against_signing_up(facts_of(row, parts, taken=taken), uow.now))
    return OwnPart(signed_up=mine is not None, presence=presence, unmet=unmet)


async def kept_lists(uow: UnitOfWork, gathering_id: UUID) -> list[Any]:
    """The lists that were pasted for a gathering, the latest first: when, by whom, rows taken and left, and the text."""
    rows = await uow.session.execute(
        select(PastedList.pasted_at, Person.name, PastedList.rows_taken, PastedList.rows_left, PastedList.text)
        .join(Person, Person.id == PastedList.pasted_by)
        .where(PastedList.gathering_id == gathering_id)
        .order_by(PastedList.id.desc())
        .limit(20)
    )
    return list(rows)


class OwnAttendance(msgspec.Struct, frozen=True, kw_only=True):
    """A project's part in one gathering of its cohorts, and what it works on there (S8)."""

    gathering_id: UUID
    kind: str
    title: str
    language: str
    starts_at: datetime
    ends_at: datetime
    place: str
    artefact: str
    made: bool
    taken: PartTaken
    registered: list[str]
    attended: list[str]

    @property
    def is_open(self) -> bool:
        """Whether somebody can still be signed up."""
        return self.taken in (PartTaken.TO_SIGN_UP, PartTaken.SIGNED_UP)


@cache
def _own_attendance() -> Select[Any]:
    theirs = and_(Attendance.gathering_id == Gathering.id, Attendance.case_id == CASE)
    names = func.array_remove(func.array_agg(Person.name), None)
    came = func.array_remove(func.array_agg(Person.name).filter(Attendance.attended_at.is_not(None)), None)
    return (
        select(Gathering, Cohort.language, names, came)
        .join(Cohort, Cohort.id == Gathering.cohort_id)
        .outerjoin(Attendance, theirs)
        .outerjoin(Person, Person.id == Attendance.person_id)
        .where(in_cohort_of(CASE, CALL))
        .group_by(Gathering.id, Cohort.language)
        .order_by(Gathering.starts_at)
    )


async def attendance_of(uow: UnitOfWork, call_id: UUID, case_id: UUID, facts: ProjectFacts) -> list[OwnAttendance]:
    """Every gathering of a project's cohorts, with who of it is signed up and who came, and what it has made of it."""
    rows = await uow.session.execute(_own_attendance(), {"case_id": case_id, "call_id": call_id})
    found = []
    for row, language, registered, attended in rows:
        made = not row.artefact or is_made(row.artefact, facts, uow.now)
        found.append(
            OwnAttendance(
                gathering_id=row.id, kind=row.kind, title=row.title, language=language, starts_at=row.starts_at,
                ends_at=row.ends_at, place=row.place, artefact=row.artefact, made=made,
                taken=part_taken(
                    signed_up=len(registered or ()), came=len(attended or ()), ends_at=row.ends_at,
                    called_off=row.called_off_at is not None, made=made, now=uow.now,
                ),
                registered=registered or [], attended=attended or [],
            )
        )  # fmt: skip
    return found


@cache
def _weekly_meetings(*, of_case: bool) -> Select[Any]:
    of = WeeklyMeeting.case_id == CASE if of_case else WeeklyMeeting.cohort_id == COHORT
    return (
        select(WeeklyMeeting)
        .where(of, WeeklyMeeting.last_on >= TODAY)
        .order_by(WeeklyMeeting.first_on, WeeklyMeeting.id)
    )


async def weekly_meetings(
    uow: UnitOfWork, *, case_id: UUID | None = None, cohort_id: UUID | None = None
) -> list[WeeklyMeeting]:
    """The weekly meetings of a project's team, or of a cohort; those that are over are left out."""
    asked = {"case_id": case_id, "cohort_id": cohort_id, "today": day_in_oslo(uow.now)}
    return list(await uow.session.scalars(_weekly_meetings(of_case=case_id is not None), asked))
