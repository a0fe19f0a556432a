"""Demand for facilitation against what there is, before a decision is made: by month, half-year and method (S72)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Select, Text, Uuid, bindparam, exists, func, or_, select, true

from app.applications.models import Application
from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import reach_of, seen_by, visible
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.decisions.models import Decision
from app.facilitation.loads import dates_of, facilitation_rules, first_day, given_by, project_plan, rules_of
from app.facilitation.models import Facilitator, MethodCompetence
from app.identity.actor import Actor
from app.projects.models import Project
from workflows.application import ApplicationState
from workflows.capacity import PlannedStep, half_of, plan_of
from workflows.facilitation import Competence
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
STATES = bindparam("states", type_=ARRAY(Text()))
CASES = bindparam("case_ids", type_=ARRAY(Uuid()))
SINCE = bindparam("since", type_=Date())
REFUSES = ("rejected", "waitlisted", "dismissed")
"""Recommended outcomes that ask for no hours."""


def application_plan(
    rules: str | None, wished: Any, decided_at: datetime | None, today: date
) -> tuple[PlannedStep, ...]:  # fmt: skip
    """The plan of a project that there is none of yet: from the day the office wishes, or the weeks of the rules on."""
    earliest = max(day_in_oslo(decided_at) if decided_at else today, today)
    weeks = timedelta(weeks=facilitation_rules(rules).weeks_to_start)
    return _plan_from(rules, first_day(wished, earliest) if wished else earliest + weeks)


@lru_cache(maxsize=4096)
def _plan_from(rules: str | None, start: date) -> tuple[PlannedStep, ...]:
    """Kept: those of a call mostly have the same rules, and few days to start on."""
    return plan_of(facilitation_rules(rules), start)


@cache
def _projects(reach: frozenset[str]) -> Select[Any]:
    return (
        select(
            Project.id, Project.hours, Project.state, rules_of(Project).label("rules"), Project.accepted_at,
            Application.answers["starts_on"].astext.label("wished"), dates_of(Project.id).label("steps"),
        )
        .join(Case, Case.id == Project.id)
        .outerjoin(Application, Application.id == Project.id)
        .where(visible(reach), Project.state.in_((*RUNNING, ProjectState.PAUSED)))
    )  # fmt: skip


async def _running(uow: UnitOfWork, actor: Actor, today: date) -> list[Demand]:
    """The projects under way, each with the hours it was awarded over the whole of its plan."""
    found = []
    for row in await uow.session.execute(_projects(reach_of(actor)), seen_by(actor, uow.now)):
        plan = project_plan(row.rules, row.steps, row.state, row.wished, day_in_oslo(row.accepted_at), today)
        found.append(Demand(case_id=row.id, hours=row.hours, plan=plan, certainty=Certainty.RUNNING))
    return found


def _applications(reach: frozenset[str]) -> Select[Any]:
    latest = (
        select(Decision)
        .where(Decision.case_id == Application.id)
        .order_by(Decision.id.desc())
        .limit(1)
        .lateral()
    )  # fmt: skip
    return (
        select(
            Application.id, Application.state, rules_of(Application).label("rules"),
            Application.answers["starts_on"].astext.label("wished"), latest.c.decided_at, latest.c.outcome,
            func.coalesce(Application.awarded_hours, latest.c.hours, Application.hours, 0).label("hours"),
        )
        .join(Case, Case.id == Application.id)
        .outerjoin(latest, true())
        .where(visible(reach), Case.submitted_at.is_not(None), ~exists().where(Project.id == Application.id))
    )  # fmt: skip


@cache
def _in_states(reach: frozenset[str]) -> Select[Any]:
    return (
        _applications(reach)
        .join(Call, Call.id == Application.call_id)
        .where(Application.state == func.any(STATES), Call.state.in_(("open", "closed", "decided")))
    )


@cache
def _named(reach: frozenset[str]) -> Select[Any]:
    return _applications(reach).where(Application.id == func.any(CASES))


async def _wished_for(
    uow: UnitOfWork, actor: Actor, today: date, states: Collection[str] = tuple(CERTAINTY)
) -> list[Demand]:
    """What is asked for in calls that are not over: in assessment, recommended for an award, or awarded."""
    found = []
    asked = {**seen_by(actor, uow.now), "states": list(states)}
    for row in await uow.session.execute(_in_states(reach_of(actor)), asked):
        certainty = CERTAINTY[row.state]
        if certainty is Certainty.RECOMMENDED and row.outcome in REFUSES:
            continue
        plan = application_plan(row.rules, row.wished, row.decided_at, today)
        found.append(Demand(case_id=row.id, hours=row.hours, plan=plan, certainty=certainty))
    return found


@cache
def _carried() -> Select[UUID, str]:
    return select(MethodCompetence.person_id, MethodCompetence.method).where(
        MethodCompetence.level != Competence.LEARNED
    )


@cache
def _members() -> Select[Any]:
    return select(Facilitator.person_id).where(or_(Facilitator.valid_to.is_(None), Facilitator.valid_to >= SINCE))


async def supplies(uow: UnitOfWork) -> list[Supply]:
    """What everybody in the register has to give, with the methods they can take on; three statements."""
    known: dict[UUID, set[str]] = {}
    for person_id, method in await uow.session.execute(_carried()):
        known.setdefault(person_id, set()).add(method)
    members = set(await uow.session.scalars(_members(), {"since": half_of(day_in_oslo(uow.now))}))
    given = await given_by(uow, members)
    return [
        Supply(given=each, methods=frozenset(known.get(person_id, ()))) for person_id, each in given.items()
    ]  # fmt: skip


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
        for row in await uow.session.execute(
            _named(reach_of(actor)), {**seen_by(actor, uow.now), "case_ids": list(hours)}
        )
    ]  # fmt: skip
    return ranked(bound, asked, await supplies(uow), methods, today)
