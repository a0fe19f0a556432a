"""What the portfolio's questions ask of the database beside its figures; each a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Date,
    Integer,
    Select,
    SelectBase,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.audit.earlier import said_before
from app.audit.models import Event
from app.benefits.figures import end_of, owner_accepted_by, owner_asked_by
from app.benefits.models import Benefit
from app.cases.models import Case, CaseRole, CaseUnit
from app.core.clock import day_in_oslo
from app.core.database import Instant, UnitOfWork
from app.core.settled import settled
from app.decisions.models import Decision
from app.facilitation.models import FacilitatorAssignment, SupportContact
from app.feedback.models import FeedbackItem
from app.feedback.queries import counted
from app.gatherings.models import Attendance, Gathering
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.knowledge.models import LearningPoint, SharedExperience
from app.stories.models import Story
from workflows.feedback import Answered
from workflows.portfolio import Sent


def of_them(column: Any, case_ids: Collection[UUID] | SelectBase) -> Any:
    """The condition that something belongs to one of those projects, or to one that a query finds."""
    if isinstance(case_ids, SelectBase):
        return column.in_(case_ids)
    return column == func.any(literal(list(case_ids), ARRAY(Uuid())))


def _day(instant: Any) -> Any:
    return cast(func.timezone("Europe/Oslo", instant), Date)


MOMENT = bindparam("moment", type_=Instant)


class Found(msgspec.Struct, frozen=True):
    """Projects as a query finds them that is built once, with what it is asked about."""

    query: SelectBase
    asked: dict[str, Any]


class Harm(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a disbenefit beside its figures."""

    beneficiaries: list[str]
    """Who carries it."""
    mitigation: str
    owner: str


async def harms(uow: UnitOfWork, benefit_ids: Collection[UUID], as_of: date) -> dict[UUID, Harm]:
    """Who carries each disbenefit, what is done to soften it, and who answers for it, as was said on a day; one statement."""
    statement, asked = _harms(is_past(uow, as_of)), {"benefit_ids": list(benefit_ids), "moment": end_of(as_of)}
    return {
        row.id: Harm(
            beneficiaries=was.get("beneficiaries", row.beneficiaries),
            mitigation=was.get("mitigation", row.mitigation), owner=row.owner,
        )
        for row in await uow.session.execute(statement, asked) for was in (row.was or {},)
    }  # fmt: skip


def is_past(uow: UnitOfWork, as_of: date) -> bool:
    """Whether anything can have been said anew since the end of a day."""
    return as_of < day_in_oslo(uow.now)


@cache
def _harms(past: bool) -> Select[Any]:
    owner = and_(Person.id == owner_asked_by(MOMENT)[0], owner_accepted_by(MOMENT).is_not(None))
    found = (
        select(Benefit.id, Benefit.beneficiaries, Benefit.mitigation, func.coalesce(Person.name, "").label("owner"))
        .select_from(Benefit)
        .outerjoin(Person, owner)
        .where(Benefit.id == func.any(bindparam("benefit_ids", type_=ARRAY(Uuid()))))
    )
    if not past:
        return settled(found.add_columns(null().label("was")))
    earlier = said_before("benefit", Benefit.id, "describe", MOMENT)
    return settled(found.add_columns(earlier.c.was).outerjoin(earlier, true()))


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Facilitators' hours: set aside, and given in support."""

    assigned: int = 0
    minutes: int = 0


async def hours(
    uow: UnitOfWork, case_ids: Collection[UUID] | Found, as_of: date, each: Collection[UUID]
) -> tuple[Hours, dict[UUID, Hours]]:
    """The facilitators' hours of all those projects together, and of each of some of them that has any; one statement."""
    query, asked = (
        (case_ids.query, case_ids.asked) if isinstance(case_ids, Found) else (None, {"case_ids": list(case_ids)})
    )
    rows = await uow.session.execute(
        _hours(query, is_past(uow, as_of)), {**asked, "day": as_of, "moment": end_of(as_of), "each": list(each)}
    )
    found = {case_id: Hours(assigned=assigned_hours, minutes=minutes) for case_id, assigned_hours, minutes in rows}
    return found.pop(None), found


@cache
def _hours(query: SelectBase | None, past: bool) -> Any:
    own, ids = FacilitatorAssignment, ARRAY(Uuid())

    def of_these(column: Any) -> Any:
        return column == func.any(bindparam("case_ids", type_=ids)) if query is None else column.in_(query)

    given = (
        select(SupportContact.case_id, cast(func.sum(SupportContact.minutes), Integer).label("minutes"))
        .where(
            of_these(SupportContact.case_id), SupportContact.held_on <= bindparam("day", type_=Date()),
            SupportContact.written_at < MOMENT,
        )
        .group_by(SupportContact.case_id)
        .subquery()
    )  # fmt: skip
    planned: Any = own.hours
    source = select(own.case_id).select_from(own)
    if past:
        earlier = said_before("facilitator_assignment", own.id, "plan_hours", MOMENT)
        planned = func.coalesce(cast(earlier.c.was["hours"].astext, Integer), own.hours)
        source = source.outerjoin(earlier, true())
    assigned = (
        source.add_columns(cast(func.sum(planned), Integer).label("hours"))
        .where(of_these(own.case_id), own.state.in_(("accepted", "ended")), own.answered_at < MOMENT)
        .group_by(own.case_id)
        .subquery()
    )
    of_each = (
        select(
            func.coalesce(assigned.c.case_id, given.c.case_id).label("case_id"),
            func.coalesce(assigned.c.hours, 0).label("hours"), func.coalesce(given.c.minutes, 0).label("minutes"),
        )
        .select_from(assigned.outerjoin(given, assigned.c.case_id == given.c.case_id, full=True))
        .cte("of_each")
    )  # fmt: skip
    together = [cast(func.coalesce(func.sum(column), 0), Integer) for column in (of_each.c.hours, of_each.c.minutes)]
    some = select(of_each).where(of_each.c.case_id == func.any(bindparam("each", type_=ids)))
    return settled(union_all(select(cast(null(), Uuid), *together), some))


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Who has taken part, and what has been handed on (S78)."""

    offices: int
    counties: int
    people: int
    roles: int
    experiences: int
    stories: int
    learning_points: int


async def reach(uow: UnitOfWork, case_ids: Collection[UUID] | SelectBase, as_of: date) -> Reach:
    """How far it has come; one statement."""
    moment, part = end_of(as_of), CaseUnit
    units = select(Unit.id, func.coalesce(Unit.county_id, Unit.id).label("county_id")).join(
        part, part.unit_id == Unit.id
    ).where(of_them(part.case_id, case_ids)).subquery()  # fmt: skip

    def number(statement: Any) -> Any:
        return statement.scalar_subquery()

    def how_many(table: Any, *conditions: Any) -> Any:
        return number(select(func.count()).select_from(table).where(of_them(table.case_id, case_ids), *conditions))

    in_role = [of_them(CaseRole.case_id, case_ids), CaseRole.valid_from < moment]
    row = (await uow.session.execute(select(
        number(select(func.count(units.c.id.distinct()))).label("offices"),
        number(select(func.count(units.c.county_id.distinct()))).label("counties"),
        number(select(func.count(CaseRole.person_id.distinct())).where(*in_role)).label("people"),
        number(select(func.count(CaseRole.role.distinct())).where(*in_role)).label("roles"),
        how_many(SharedExperience, SharedExperience.published_at < moment).label("experiences"),
        how_many(Story, Story.published_at < moment).label("stories"),
        how_many(LearningPoint, LearningPoint.written_at < moment).label("learning_points"),
    ))).one()  # fmt: skip
    return Reach(**row._mapping)


class Potential(msgspec.Struct, frozen=True, kw_only=True):
    """What a benefit could give elsewhere: words, never a figure of ours (DOMAIN 3.6)."""

    benefit_id: UUID
    case_id: UUID
    title: str
    text: str


async def potentials(
    uow: UnitOfWork, case_ids: Collection[UUID] | SelectBase, as_of: date, most: int
) -> tuple[int, list[Potential]]:
    """How many benefits say what they could give elsewhere, and the first of them; one statement."""
    own = Benefit
    moment = end_of(as_of)
    earlier = said_before("benefit", own.id, "describe", moment)
    said = func.coalesce(earlier.c.was["spread_potential"].astext, own.spread_potential)
    rows = list(await uow.session.execute(
        select(own.id, own.case_id, own.title, said.label("spread_potential"), func.count().over().label("all"))
        .select_from(own)
        .outerjoin(earlier, true())
        .where(
            of_them(own.case_id, case_ids), said != "", own.created_at < moment, ~own.is_practice,
            or_(own.dropped_at.is_(None), own.dropped_at >= moment),
        )
        .order_by(own.case_id, own.id).limit(most)
    ))  # fmt: skip
    return (rows[0].all if rows else 0), [
        Potential(benefit_id=row.id, case_id=row.case_id, title=row.title, text=row.spread_potential) for row in rows
    ]


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """How those who were signed up for gatherings that are over came to them."""

    gatherings: int
    signed_up: int
    came: int
    away: int

    @property
    def not_noted(self) -> int:
        """Of whom nobody has noted whether they came."""
        return self.signed_up - self.came - self.away


async def came(uow: UnitOfWork, case_ids: Collection[UUID] | SelectBase, as_of: date) -> Came:
    """Attendance of people of those projects at gatherings that were over by the day; one statement."""
    own, moment = Attendance, end_of(as_of)
    row = (await uow.session.execute(
        select(
            func.count(Gathering.id.distinct()).label("gatherings"), func.count().label("signed_up"),
            func.count().filter(own.attended_at < moment).label("came"),
            func.count().filter(own.attended_at.is_(None), own.absent_at < moment).label("away"),
        )
        .select_from(own).join(Gathering, Gathering.id == own.gathering_id)
        .where(of_them(own.case_id, case_ids), Gathering.ends_at < moment,
               or_(Gathering.called_off_at.is_(None), Gathering.called_off_at >= moment))
    )).one()  # fmt: skip
    return Came(**row._mapping)


async def answered(uow: UnitOfWork, call_id: UUID | None, as_of: date) -> Answered:
    """How feedback had been answered on a day, of one call or of all; one statement (S58)."""
    moment = min(uow.now, end_of(as_of))
    asked = select(*counted(moment)).where(FeedbackItem.received_at <= moment)
    row = (await uow.session.execute(asked if call_id is None else asked.where(FeedbackItem.call_id == call_id))).one()
    return Answered(in_time=row[0], late=row[1], waiting=row[2])


async def sent(
    uow: UnitOfWork, actor: Actor, as_of: date, *, call_id: UUID | None, county_id: UUID | None, unit_id: UUID | None
) -> list[Sent]:  # fmt: skip
    """Every application that had been sent by a day, without saying whose; one statement.

    Those of units that the actor belongs to are left out, as everywhere else (G12).
    """
    moment, county = end_of(as_of), aliased(Unit)
    state = (
        select(Event.to_state)
        .where(Event.case_id == Application.id, Event.subject == "application", Event.to_state.is_not(None),
               Event.at < moment)
        .order_by(Event.sequence.desc()).limit(1).scalar_subquery()
    )  # fmt: skip
    decided = (
        select(func.min(Decision.decided_at))
        .where(Decision.case_id == Application.id, Decision.decided_at < moment)
        .scalar_subquery()
    )
    asked: Iterable[Any] = [
        column == value
        for column, value in ((Application.call_id, call_id), (Case.county_id, county_id), (Case.unit_id, unit_id))
        if value is not None
    ]
    own = select(CaseUnit.case_id).where(CaseUnit.unit_id == func.any(literal(list(actor.unit_ids), ARRAY(Uuid()))))
    rows = await uow.session.execute(
        select(
            func.coalesce(county.name, "").label("county"), Unit.employees, Application.language,
            func.coalesce(state, "submitted").label("state"),
            case((decided.is_not(None), _day(decided) - _day(Application.submitted_at))).label("days_to_decision"),
        )
        .join(Case, Case.id == Application.id).join(Unit, Unit.id == Case.unit_id)
        .outerjoin(county, county.id == Case.county_id)
        .where(Application.submitted_at < moment, Application.id.not_in(own), *asked)
    )  # fmt: skip
    return [Sent(**row._mapping) for row in rows]
