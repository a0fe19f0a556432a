"""Demand for facilitation against what there is, before a decision is made: by month, half-year and method (S72)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import exists, func, or_, select

from app.applications.models import Application
from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.decisions.models import Decision
from app.facilitation.loads import dates_of, first_day, loads, project_plan
from app.facilitation.models import Facilitator, MethodCompetence
from app.identity.actor import Actor
from app.projects.models import Project
from workflows.application import ApplicationState
from workflows.capacity import Load, PlannedStep, half_of, plan_of
from workflows.facilitation_rules import FacilitationRules
from workflows.forecast import Certainty, Demand, HalfUse, Supply, hours_by_half
from workflows.project import RUNNING, ProjectState

CERTAINTY = {
    ApplicationState.AWARDED: Certainty.AWARDED, ApplicationState.PROVISIONALLY_AWARDED: Certainty.AWARDED,
    ApplicationState.ACCEPTED: Certainty.AWARDED, ApplicationState.RECOMMENDED: Certainty.RECOMMENDED,
    ApplicationState.CLARIFICATION_MEETING: Certainty.PENDING, ApplicationState.IN_REVIEW: Certainty.PENDING,
    ApplicationState.SCREENING: Certainty.PENDING, ApplicationState.SUBMITTED: Certainty.PENDING,
}  # fmt: skip
"""How sure it is that an application's hours will be asked for; what has no project yet and is not refused."""
REFUSES = ("rejected", "waitlisted", "dismissed")
"""Recommended outcomes that ask for no hours."""


def application_plan(
    rules: Any, wished: Any, decided_at: datetime | None, today: date
) -> tuple[PlannedStep, ...]:  # fmt: skip
    """The plan of a project that there is none of yet: from the day the office wishes, or the weeks of the rules on."""
    facilitation = msgspec.convert(rules or {}, FacilitationRules)
    earliest = max(day_in_oslo(decided_at) if decided_at else today, today)
    start = first_day(wished, earliest) if wished else earliest + timedelta(weeks=facilitation.weeks_to_start)
    return plan_of(facilitation, start)


async def _running(uow: UnitOfWork, actor: Actor, today: date) -> list[Demand]:
    """The projects under way, each with the hours it was awarded over the whole of its plan."""
    rows = await uow.session.execute(
        select(
            Project.id, Project.hours, Project.state, Project.rules["facilitation"].label("rules"), Project.accepted_at,
            Application.answers["starts_on"].astext.label("wished"), dates_of(Project.id).label("steps"),
        )
        .join(Case, Case.id == Project.id)
        .outerjoin(Application, Application.id == Project.id)
        .where(visible_to(actor, uow.now), Project.state.in_((*RUNNING, ProjectState.PAUSED)))
    )  # fmt: skip
    found = []
    for row in rows:
        plan = project_plan(row.rules, row.steps, row.state, row.wished, day_in_oslo(row.accepted_at), today)
        found.append(Demand(case_id=row.id, hours=row.hours, plan=plan, certainty=Certainty.RUNNING))
    return found


def _applications(actor: Actor, now: datetime, call_id: UUID | None) -> Any:
    latest = (
        select(Decision)
        .distinct(Decision.case_id)
        .order_by(Decision.case_id, Decision.id.desc())
        .subquery()
    )  # fmt: skip
    statement = (
        select(
            Application.id, Application.state, Application.rules["facilitation"].label("rules"),
            Application.answers["starts_on"].astext.label("wished"), latest.c.decided_at, latest.c.outcome,
            func.coalesce(Application.awarded_hours, latest.c.hours, Application.hours, 0).label("hours"),
        )
        .join(Case, Case.id == Application.id)
        .outerjoin(latest, latest.c.case_id == Application.id)
        .where(visible_to(actor, now), Case.submitted_at.is_not(None), ~exists().where(Project.id == Application.id))
    )  # fmt: skip
    if call_id is not None:
        return statement.where(Application.call_id == call_id)
    return statement.join(Call, Call.id == Application.call_id).where(
        Application.state.in_(CERTAINTY), Call.state.in_(("open", "closed", "decided"))
    )


async def _wished_for(uow: UnitOfWork, actor: Actor, today: date) -> list[Demand]:
    """What is asked for in calls that are not over: in assessment, recommended for an award, or awarded."""
    found = []
    for row in await uow.session.execute(_applications(actor, uow.now, None)):
        certainty = CERTAINTY[row.state]
        if certainty is Certainty.RECOMMENDED and row.outcome in REFUSES:
            continue
        plan = application_plan(row.rules, row.wished, row.decided_at, today)
        found.append(Demand(case_id=row.id, hours=row.hours, plan=plan, certainty=certainty))
    return found


async def supplies(uow: UnitOfWork) -> list[Supply]:
    """What everybody in the register has to give, with the methods they can take on; three statements."""
    known: dict[UUID, set[str]] = {}
    rows = await uow.session.execute(
        select(MethodCompetence.person_id, MethodCompetence.method).where(MethodCompetence.level != "learned")
    )
    for person_id, method in rows:
        known.setdefault(person_id, set()).add(method)
    current = or_(Facilitator.valid_to.is_(None), Facilitator.valid_to >= half_of(day_in_oslo(uow.now)))
    members = set(await uow.session.scalars(select(Facilitator.person_id).where(current)))
    burdened: Mapping[UUID, Load] = await loads(uow, members)
    return [
        Supply(given=load.given, methods=frozenset(known.get(person_id, ()))) for person_id, load in burdened.items()
    ]


async def demands(uow: UnitOfWork, actor: Actor) -> list[Demand]:
    """Every project and application that hours are needed for, as far as the actor may know of it; two statements."""
    today = day_in_oslo(uow.now)
    return [*await _running(uow, actor, today), *await _wished_for(uow, actor, today)]


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of facilitation, half-year by half-year, for a call that is being decided."""

    available: Mapping[date, int]
    """What the register has to give in each half-year, leave taken off."""
    bound: Mapping[date, int]
    """What running projects and awards, of this call and others, take already."""
    plans: Mapping[UUID, tuple[PlannedStep, ...]]
    """For each application of the call that is not a project yet: when its hours would be used."""

    def used(self, hours: Mapping[UUID, int]) -> tuple[HalfUse, ...]:
        """For each half-year what there is, what is bound and what these awards would take, by case and hours each."""
        asked = [hours_by_half(given, self.plans[case_id]) for case_id, given in hours.items() if case_id in self.plans]
        return tuple(
            HalfUse(
                half=half, available=self.available.get(half, 0), bound=self.bound.get(half, 0),
                asked=sum(each.get(half, 0) for each in asked),
            )
            for half in sorted({*self.available, *self.bound, *(half for each in asked for half in each)})
        )  # fmt: skip


async def facilitation_room(uow: UnitOfWork, actor: Actor, call_id: UUID) -> Room:
    """What there is of facilitation while a call is decided, for `Room.used` to say what a ranking takes; six statements.

    Awarded applications of the call count as bound, and are not to be asked for again.
    """
    today = day_in_oslo(uow.now)
    this_half = half_of(today)
    available: dict[date, int] = {}
    for supply in await supplies(uow):
        for half, month in Load(given=supply.given).halves().items():
            if half >= this_half:
                available[half] = available.get(half, 0) + month.available
    bound: dict[date, int] = {}
    for demand in await demands(uow, actor):
        if demand.certainty in (Certainty.RUNNING, Certainty.AWARDED):
            for half, hours in hours_by_half(demand.hours, demand.plan).items():
                if half >= this_half:
                    bound[half] = bound.get(half, 0) + hours
    plans = {
        row.id: application_plan(row.rules, row.wished, row.decided_at, today)
        for row in await uow.session.execute(_applications(actor, uow.now, call_id))
        if CERTAINTY.get(row.state) is not Certainty.AWARDED
    }
    return Room(available=available, bound=bound, plans=plans)
