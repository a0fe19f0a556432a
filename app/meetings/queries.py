"""What the page of a clarification meeting shows, to each side what it may know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.core.database import UnitOfWork
from app.identity.models import Person
from app.meetings.models import AgendaItem, Meeting, MeetingTime, MeetingTimeAnswer
from workflows.meeting import Fit, Side, best


class MeetingView(msgspec.Struct, frozen=True, kw_only=True):
    """The clarification meeting with the names behind it."""

    held_at: datetime | None
    length_minutes: int
    place: str
    participants: str
    minutes: str
    written_by: str | None
    written_at: datetime | None
    by_office: str | None
    by_office_at: datetime | None
    by_scheme: str | None
    by_scheme_at: datetime | None
    objection: str
    objected_by: str | None
    objected_at: datetime | None


async def meeting_of(uow: UnitOfWork, case_id: UUID) -> MeetingView | None:
    """The clarification meeting of an application, if one is planned or held."""
    writer, office, scheme, objector = (aliased(Person) for _ in range(4))
    row = (
        await uow.session.execute(
            select(
                Meeting.held_at, Meeting.length_minutes, Meeting.place, Meeting.participants, Meeting.minutes,
                writer.name.label("written_by"), Meeting.written_at, office.name.label("by_office"),
                Meeting.confirmed_by_office_at.label("by_office_at"), scheme.name.label("by_scheme"),
                Meeting.confirmed_by_scheme_at.label("by_scheme_at"), Meeting.objection,
                objector.name.label("objected_by"), Meeting.objected_at,
            )
            .outerjoin(writer, writer.id == Meeting.written_by)
            .outerjoin(office, office.id == Meeting.confirmed_by_office)
            .outerjoin(scheme, scheme.id == Meeting.confirmed_by_scheme)
            .outerjoin(objector, objector.id == Meeting.objected_by)
            .where(Meeting.case_id == case_id)
        )
    ).first()  # fmt: skip
    return MeetingView(**row._mapping) if row else None


class TimeView(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed time with the answers to it: by name as far as one may know who sits there, counted for all."""

    id: UUID
    starts_at: datetime
    length_minutes: int
    named: tuple[tuple[str, Fit], ...]
    counted: dict[Fit, int]
    """The answers of those whose names are not told."""
    mine: Fit | None


async def times_of(uow: UnitOfWork, case_id: UUID, person_id: UUID | None, *, all_names: bool) -> list[TimeView]:
    """The times that are proposed and not past, those that suit best first.

    Without `all_names` those on the scheme's side are counted and not named: who reviews it, an office is not told (G12).
    """
    rows = await uow.session.execute(
        select(
            MeetingTime.id, MeetingTime.starts_at, MeetingTime.length_minutes, MeetingTimeAnswer.person_id,
            MeetingTimeAnswer.side, MeetingTimeAnswer.fit, Person.name,
        )
        .outerjoin(MeetingTimeAnswer, MeetingTimeAnswer.time_id == MeetingTime.id)
        .outerjoin(Person, Person.id == MeetingTimeAnswer.person_id)
        .where(MeetingTime.case_id == case_id, MeetingTime.starts_at > uow.now)
        .order_by(MeetingTime.starts_at, Person.name)
    )  # fmt: skip
    answers: dict[tuple[UUID, datetime, int], list[tuple[UUID, str, Fit, str]]] = {}
    for time_id, starts_at, length, person, side, fit, name in rows:
        answered = answers.setdefault((time_id, starts_at, length), [])
        if person is not None:
            answered.append((person, side, Fit(fit), name))
    times = [_time(*time, given=given, person_id=person_id, all_names=all_names) for time, given in answers.items()]
    order = best([(time[1], [each[2] for each in given]) for time, given in answers.items()])
    return [times[place] for place in order]


def _time(
    time_id: UUID, starts_at: datetime, length: int, *, given: list[tuple[UUID, str, Fit, str]],
    person_id: UUID | None, all_names: bool,
) -> TimeView:  # fmt: skip
    told = [(name, fit) for person, side, fit, name in given if all_names or side == Side.OFFICE or person == person_id]
    others = [fit for person, side, fit, _ in given if not (all_names or side == Side.OFFICE or person == person_id)]
    return TimeView(
        id=time_id,
        starts_at=starts_at,
        length_minutes=length,
        named=tuple(told),
        counted={fit: others.count(fit) for fit in Fit if fit in others},
        mine=next((fit for person, _, fit, _ in given if person == person_id), None),
    )


async def agenda_of(uow: UnitOfWork, case_id: UUID) -> list[AgendaItem]:
    """The agenda, in its order."""
    rows = await uow.session.scalars(
        select(AgendaItem).where(AgendaItem.case_id == case_id).order_by(AgendaItem.position, AgendaItem.id)
    )
    return list(rows)
