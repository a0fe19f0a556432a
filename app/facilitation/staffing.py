"""Who could facilitate the projects that need somebody: the facts, and a proposal by the solver."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import case, func, literal, select, true

from app.applications.models import Application
from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.listed import listed
from app.facilitation.conflicts import conflict_conditions
from app.facilitation.loads import BINDING, dates_of, facilitation_rules, project_plan, rules_of
from app.facilitation.models import Facilitator, FacilitatorAssignment
from app.facilitation.queries import Entry, register
from app.identity.actor import Actor
from app.identity.models import Unit
from app.matching.solver import solve
from app.projects.models import Project
from workflows.capacity import by_half, by_month, half_of, work_of
from workflows.facilitation import methods_to_come
from workflows.matching import Key, Problem, Solution
from workflows.project import RUNNING, ProjectState
from workflows.roles import Role
from workflows.staffing import FacilitatorFacts, ProjectNeeds, problem_of
from workflows.staffing_rules import StaffingRules

SECONDS = 5.0
MOST_PROJECTS = 60
"""So many projects are shared out at once; more than that nobody looks through."""


class Bound(msgspec.Struct, frozen=True):
    """Somebody asked or at work."""

    person_id: UUID
    hours: int


class OpenProject(msgspec.Struct, frozen=True, kw_only=True):
    """A project that needs more facilitators, as the page shows it."""

    needs: ProjectNeeds
    title: str
    language: str
    unit: str
    state: str
    standing: int


def _statement(actor: Actor, now: Any, only: UUID | None) -> Any:
    assignment = FacilitatorAssignment
    bound = listed(
        select(assignment.id).where(assignment.case_id == Project.id, assignment.state.in_(BINDING)),
        {"person_id": assignment.person_id, "hours": assignment.hours},
    )
    ours, theirs = CaseUnit.__table__.alias("ours"), CaseUnit.__table__.alias("theirs")
    known = func.array(
        select(CaseRole.person_id)
        .join(theirs, theirs.c.case_id == CaseRole.case_id)
        .join(ours, ours.c.unit_id == theirs.c.unit_id)
        .where(ours.c.case_id == Project.id, CaseRole.role == Role.FACILITATOR, CaseRole.case_id != Project.id)
        .distinct()
        .scalar_subquery()
    )
    statement = (
        select(
            Project.id, Project.state, Project.hours, rules_of(Project).label("rules"),
            Project.rules["staffing"].label("weights"), Project.accepted_at,
            Application.answers["starts_on"].astext.label("wished"), dates_of(Project.id).label("steps"),
            bound.label("bound"), known.label("known"), Case.reference, Case.title, Case.language, Case.county_id,
            Unit.name.label("unit"),
        )
        .join(Case, Case.id == Project.id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Application, Application.id == Project.id)
        .where(visible_to(actor, now), Project.state.in_((*RUNNING, ProjectState.PAUSED)))
        .order_by(Case.reference)
        .limit(MOST_PROJECTS)
    )  # fmt: skip
    return statement if only is None else statement.where(Project.id == only)


def _needs(row: Any, today: date) -> OpenProject | None:
    """What the project lacks, or None where it has people enough or no hours for more."""
    rules = facilitation_rules(row.rules)
    bound = msgspec.convert(row.bound, list[Bound], strict=False)
    lacking = rules.people - len(bound)
    spare = row.hours - sum(each.hours for each in bound)
    if lacking < 1 or (bound and spare < lacking):
        return None
    hours = max(spare // lacking, 1)
    plan = project_plan(row.rules, row.steps, row.state, row.wished, day_in_oslo(row.accepted_at), today)
    halves = by_half(by_month(work_of(hours, plan, today)))
    needs = ProjectNeeds(
        case_id=row.id, reference=row.reference, county_id=row.county_id, language=row.language, people=lacking,
        hours=hours, halves={half: taken for half, taken in halves.items() if half >= half_of(today)},
        methods=methods_to_come(rules, row.state), standing=frozenset(each.person_id for each in bound),
        known=frozenset(row.known), weights=msgspec.convert(row.weights or {}, StaffingRules),
    )  # fmt: skip
    return OpenProject(
        needs=needs, title=row.title, language=row.language, unit=row.unit, state=row.state, standing=len(bound)
    )


async def open_projects(uow: UnitOfWork, actor: Actor, only: UUID | None = None) -> list[OpenProject]:
    """The running projects that need more facilitators and have hours for them, of those one may see; one statement."""
    today = day_in_oslo(uow.now)
    rows = await uow.session.execute(_statement(actor, uow.now, only))
    return [found for row in rows if (found := _needs(row, today)) is not None]


def facts_of(entry: Entry) -> FacilitatorFacts:
    """Somebody of the register as the rules see them."""
    return FacilitatorFacts(
        person_id=entry.person_id,
        name=entry.name,
        county_id=entry.county_id,
        languages=frozenset(entry.languages),
        levels={each.method: each.level for each in entry.known},
        left={half: month.left for half, month in entry.halves.items()},
        available={half: month.available for half, month in entry.halves.items()},
    )


async def conflicts_between(
    uow: UnitOfWork, cases: Collection[UUID], people: Collection[UUID]
) -> dict[Key, tuple[str, ...]]:
    """Every conflict of interest between people and cases, by (person, case); one statement."""
    conditions = conflict_conditions(Case.id, Facilitator.person_id, uow.now)
    columns = [case((condition, literal(kind))) for kind, condition in conditions.items()]
    rows = await uow.session.execute(
        select(Facilitator.person_id, Case.id, *columns)
        .join(Case, true())
        .where(Case.id.in_(cases), Facilitator.person_id.in_(people))
    )  # fmt: skip
    found: dict[Key, tuple[str, ...]] = {}
    for person_id, case_id, *kinds in rows:
        if held := tuple(kind for kind in kinds if kind):
            found[person_id, case_id] = held
    return found


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which projects need somebody, who is there, and what is known of every pair."""

    projects: list[OpenProject]
    entries: dict[UUID, Entry]
    problem: Problem


async def question(
    uow: UnitOfWork,
    actor: Actor,
    *,
    locked: Iterable[Key] = (),
    standing: Iterable[Key] = (),
    left_open: Mapping[UUID, int] | None = None,
    only: UUID | None = None,
) -> Question:
    """Whom one might ask for the projects that need somebody, around what is locked; five statements.

    `left_open` says how many places of a project are to stay empty.
    """
    entries = await register(uow)
    empty = left_open or {}
    projects = [_less(each, empty.get(each.needs.case_id, 0)) for each in await open_projects(uow, actor, only)]
    conflicts = await conflicts_between(
        uow, [each.needs.case_id for each in projects], [entry.person_id for entry in entries]
    )  # fmt: skip
    problem = problem_of(
        [facts_of(entry) for entry in entries], [each.needs for each in projects], conflicts,
        locked=locked, standing=standing,
    )  # fmt: skip
    return Question(projects=projects, entries={entry.person_id: entry for entry in entries}, problem=problem)


async def answer(asked: Question) -> Solution:
    """The best proposal there is, found beside the event loop and within SECONDS."""
    return await asyncio.to_thread(solve, asked.problem, seconds=SECONDS)


def _less(project: OpenProject, empty: int) -> OpenProject:
    if not empty:
        return project
    needs = msgspec.structs.replace(project.needs, people=max(project.needs.people - empty, 0))
    return msgspec.structs.replace(project, needs=needs)
