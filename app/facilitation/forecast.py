"""Demand for facilitation against what there is, before a decision is made: by month, half-year and method (S72)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import exists, func, or_, select, true

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
from workflows.forecast import Certainty, Demand, Ranked, Supply
from workflows.forecast import as_ranked as ranked
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


def _applications(actor: Actor, now: datetime) -> Any:
    latest = (
        select(Decision)
        .where(Decision.case_id == Application.id)
        .order_by(Decision.id.desc())
        .limit(1)
        .lateral()
    )  # fmt: skip
    return (
        select(
            Application.id, Application.state, Application.rules["facilitation"].label("rules"),
            Application.answers["starts_on"].astext.label("wished"), latest.c.decided_at, latest.c.outcome,
            func.coalesce(Application.awarded_hours, latest.c.hours, Application.hours, 0).label("hours"),
        )
        .join(Case, Case.id == Application.id)
        .outerjoin(latest, true())
        .where(visible_to(actor, now), Case.submitted_at.is_not(None), ~exists().where(Project.id == Application.id))
    )  # fmt: skip


async def _wished_for(
    uow: UnitOfWork, actor: Actor, today: date, states: Collection[str] = tuple(CERTAINTY)
) -> list[Demand]:
    """What is asked for in calls that are not over: in assessment, recommended for an award, or awarded."""
    found = []
    statement = (
        _applications(actor, uow.now)
        .join(Call, Call.id == Application.call_id)
        .where(Application.state.in_(states), Call.state.in_(("open", "closed", "decided")))
    )
    for row in await uow.session.execute(statement):
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


async def as_ranked(uow: UnitOfWork, actor: Actor, hours: Mapping[UUID, int], methods: Sequence[str]) -> Ranked:
    """What applications that would be given these hours, by case, take beside what is bound; six statements.

    Bound is what runs or has been awarded, as far as the actor may know of it; an application that is bound already, such
    as a provisional award that would be given more, takes its hours besides.
    """
    today = day_in_oslo(uow.now)
    awarded = [each for each, certainty in CERTAINTY.items() if certainty is Certainty.AWARDED]
    bound = [*await _running(uow, actor, today), *await _wished_for(uow, actor, today, awarded)]
    asked = [
        Demand(
            case_id=row.id, hours=hours[row.id], certainty=Certainty.RECOMMENDED,
            plan=application_plan(row.rules, row.wished, row.decided_at, today),
        )
        for row in await uow.session.execute(_applications(actor, uow.now).where(Application.id.in_(list(hours))))
    ]  # fmt: skip
    return ranked(bound, asked, await supplies(uow), methods, today)
