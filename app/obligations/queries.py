"""What is owed: by one person, in one project, and late in all that one may see."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Date, Select, and_, cast, exists, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import JSONB

from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import OFFICES, current, reach_of, seen_by, visible
from app.core.clock import day_in_oslo
from app.core.database import CASE, NOW, PERSON, TODAY, UnitOfWork
from app.core.questions import answer, constant, told_each
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.obligations.models import ObligationReminder
from app.obligations.sources import READS
from app.projects.models import Project
from app.surveys.models import Survey, SurveyInvitation
from app.surveys.queries import language_of_title
from workflows.calendar import OSLO
from workflows.clarification import ClarificationState, Side, asked_of
from workflows.obligation import AHEAD_DAYS, LADDER, SOURCES, Kind, Rung, Source, Tier, days_late, tier_of
from workflows.reminder import next_rung
from workflows.roles import Role
from workflows.rules import ClarificationRules

MOST = 50
"""How many of what is late one list shows."""


SOON_DAYS = 45
"""A project's own page shows what is late or due within so many days; the rest stands on a page of its own."""


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody owes, with whose it is."""

    kind: Kind
    row_id: UUID
    case_id: UUID
    due_on: date | None
    about: str
    """Which one of its kind: a milestone's key, a step, a benefit's title, the holder of a clarification."""
    person_id: UUID | None
    person: str
    """Who is named for it, and is still there; "" where nobody is."""
    detail: dict[str, Any]
    title: str
    language: str
    unit: str
    owner_id: UUID
    """Who handles the case."""
    office: list[tuple[str, UUID, str]]
    """Its leaders and coordinators, in the case and in its units: role, person, name."""
    climbed: list[str]
    """The steps of the escalation that have been taken for this day."""

    @property
    def source(self) -> Source:
        """Where it comes from."""
        return SOURCES[self.kind]

    @property
    def owed_by(self) -> Tier:
        """Whose it is where no person is named."""
        return self._asked or self.source.owed_by

    @property
    def _asked(self) -> Tier | None:
        """Of a clarification put forward, the side whose word it waits for; None while that is its holder's."""
        if self.kind is not Kind.CLARIFICATION or self.detail["state"] != ClarificationState.PROPOSED:
            return None
        released = self.detail["released"]
        sides = asked_of(
            self.detail["role"], ClarificationRules().released if released is None else released,
            has_account=self.detail["has_account"], is_leader=self.detail["is_leader"],
        )  # fmt: skip
        for side, tier in ((Side.OFFICE, None), (Side.LEADER, Tier.LEADER), (Side.SCHEME, Tier.RESOURCE_GROUP)):
            if side in sides and side not in self.detail["agreed"]:
                return tier
        return Tier.RESOURCE_GROUP

    @property
    def people(self) -> dict[Tier, list[UUID]]:
        """Who is there in each tier; the resource group's own are looked up by whoever tells them."""
        named = [self.person_id] if self.person_id and self.person and self._asked is None else []
        found = {Tier.RESPONSIBLE: named}
        for tier in (Tier.COORDINATOR, Tier.LEADER):
            found[tier] = list(dict.fromkeys(each for role, each, _ in self.office if role == tier))
        return {tier: people for tier, people in found.items() if people}

    @property
    def tier(self) -> Tier:
        """The tier that it lies with now."""
        return self._lies_with(self.people)

    def _lies_with(self, there: Collection[Tier]) -> Tier:
        return Tier.RESPONSIBLE if Tier.RESPONSIBLE in there else tier_of(self.owed_by, there)

    @property
    def names(self) -> list[str]:
        """Who owes it, by name; none where it lies with the resource group."""
        tier = self.tier
        if tier is Tier.RESPONSIBLE:
            return [self.person]
        return list({each: name for role, each, name in self.office if role == tier}.values())

    def is_owed_by(self, person_id: UUID | None) -> bool:
        """Whether it is this person's now."""
        there = self.people
        return person_id in there.get(self._lies_with(there), ())

    @property
    def highest(self) -> str:
        """How far its escalation has gone; "" where nobody has been told."""
        return next((rung.key for rung in reversed(self.source.ladder) if rung.key in self.climbed), "")

    def days_late(self, today: date) -> int:
        """How many days it is late."""
        return days_late(self.due_on, today)

    def next_rung(self, today: date) -> Rung | None:
        """The step of the escalation that is to be taken now; None where there is none."""
        return next_rung(self.source.ladder, self.due_on, today, self.climbed) if self.due_on else None


def _there() -> ColumnElement[bool]:
    return or_(Person.valid_to.is_(None), Person.valid_to > NOW)


def _office(source: Select[Any], held: Any) -> Any:
    """The leaders and coordinators among those who hold a role, as a list."""
    named = func.jsonb_build_array(held.role, Person.id, Person.name)
    found = source.join(Person, Person.id == held.person_id).where(
        held.role.in_((Role.LEADER, Role.COORDINATOR)), current(held, NOW), _there()
    )
    return func.coalesce(found.with_only_columns(func.jsonb_agg(named)).scalar_subquery(), cast([], JSONB))


def _owed(cases: Any = None) -> tuple[Select[Any], Any]:
    """Everything owed, or what is owed in a case or any of several, with whose it may be; the second part is what it is
    told apart by."""
    parts = [read() for read in READS.values()]
    if cases is not None:
        parts = [part.where(part.selected_columns["case_id"] == cases) for part in parts]
    row = union_all(*parts).subquery("owed").c
    in_unit = (
        select(UnitMembership.id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == row.case_id)
    )
    in_case = select(CaseRole.id).where(CaseRole.case_id == row.case_id)
    named = select(Person.name).where(Person.id == row.person_id, _there()).scalar_subquery()
    climbed = select(ObligationReminder.rung).where(_about(row))
    statement = (
        select(
            row.kind, row.row_id, row.case_id, row.due_on, row.about, row.person_id,
            func.coalesce(named, "").label("person"), row.detail, Case.title, Case.language, Unit.name.label("unit"),
            Project.owner_id, _office(in_unit, UnitMembership).op("||")(_office(in_case, CaseRole)).label("office"),
            func.array(climbed.scalar_subquery()).label("climbed"),
        )
        .join(Case, Case.id == row.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Project, Project.id == row.case_id)
        .order_by(row.due_on.asc().nulls_last(), row.row_id)
    )  # fmt: skip
    return statement, row


def _about(row: Any) -> ColumnElement[bool]:
    """The condition that a reminder was about this thing and this day."""
    kept = ObligationReminder
    return and_(kept.row_id == row.row_id, kept.kind == row.kind, kept.due_on == row.due_on)


@cache
def of_case() -> Select[Any]:
    """Asks for everything owed in one project, for CASE and NOW, as one value."""
    return select(told_each(Owed, _owed(CASE)[0]))


@cache
def soon_in_case() -> Select[Any]:
    """The same for what is late or due within SOON_DAYS; asked about TODAY too."""
    statement, row = _owed(CASE)
    return select(told_each(Owed, statement.where(row.due_on <= TODAY + SOON_DAYS)))


async def owed_in(uow: UnitOfWork, case_id: UUID) -> list[Owed]:
    """Everything owed in one project, the first due at the top; one statement."""
    found: list[Owed] = (await uow.session.execute(of_case(), {"case_id": case_id, "now": uow.now})).scalar_one()
    return found


@cache
def mine_question() -> ColumnElement[Any]:
    """Asks for what is owed in the cases of the person's offices and where they hold a role: PERSON, OFFICES, NOW."""
    of_office = select(CaseUnit.case_id).where(CaseUnit.unit_id == func.any(OFFICES))
    with_role = select(CaseRole.case_id).where(CaseRole.person_id == PERSON, current(CaseRole, NOW))
    own = of_office.union(with_role).cte("own")
    # an array is taken for a few, whoever asks: what is owed in them is found by indexes, and planned once
    return told_each(Owed, _owed(func.any(func.array(select(own.c.case_id).scalar_subquery())))[0])


async def mine(uow: UnitOfWork, actor: Actor) -> list[Owed]:
    """What the person owes, the first due at the top; one statement at most."""
    asked = {"person_id": actor.person_id, "office_ids": list(actor.office_unit_ids), "now": uow.now}
    rows: list[Owed] = await answer(uow, mine_question(), asked)
    return [row for row in rows if row.is_owed_by(actor.person_id)]


@cache
def _late(reach: frozenset[str]) -> Select[Any]:
    statement, row = _owed()
    shown = statement.where(visible(reach), row.due_on < TODAY).limit(constant(MOST))
    return select(told_each(Owed, shown))


async def late(uow: UnitOfWork, actor: Actor) -> list[Owed]:
    """What is late in the projects that the actor may see, the latest first; one statement."""
    asked = {**seen_by(actor, uow.now), "today": day_in_oslo(uow.now)}
    found: list[Owed] = (await uow.session.execute(_late(reach_of(actor)), asked)).scalar_one()
    return found


@cache
def _to_remind_of() -> Select[Any]:
    statement, row = _owed()
    finished = exists().where(_about(row), ObligationReminder.rung == LADDER[-1].key)
    return select(told_each(Owed, statement.where(row.due_on <= TODAY + AHEAD_DAYS, ~finished)))


async def to_remind_of(uow: UnitOfWork) -> list[Owed]:
    """What somebody is to be told of now, as far as ladders and days say; one statement."""
    today = day_in_oslo(uow.now)
    found: list[Owed] = (await uow.session.execute(_to_remind_of(), {"now": uow.now, "today": today})).scalar_one()
    return [row for row in found if row.next_rung(today)]


class OwnSurvey(msgspec.Struct, frozen=True):
    """A survey that one can answer, which only oneself is shown."""

    id: UUID
    title: str
    language: str
    step: str
    closes_on: date


@cache
def surveys_question() -> ColumnElement[Any]:
    """Asks for the open surveys that the person has not answered, for PERSON and NOW."""
    closes_on = cast(func.timezone(OSLO.key, Survey.closes_at), Date)
    return told_each(
        OwnSurvey,
        select(Survey.id, Survey.title, language_of_title(), Survey.step, closes_on)
        .join(SurveyInvitation, SurveyInvitation.survey_id == Survey.id)
        .where(SurveyInvitation.person_id == PERSON, SurveyInvitation.has_answered.is_(False), Survey.closes_at >= NOW)
        .order_by(Survey.closes_at, Survey.id),
    )


async def own_surveys(uow: UnitOfWork, actor: Actor) -> list[OwnSurvey]:
    """The answer to that question; one statement at most."""
    found: list[OwnSurvey] = await answer(uow, surveys_question(), {"person_id": actor.person_id, "now": uow.now})
    return found
