"""Competence as its pages show it: one's own way by oneself alone, and figures of at least five who are over."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

import msgspec
from sqlalchemy import and_, exists, or_, select

from app.competence.models import CompetenceAsked, CompetenceGoal, SelfAssessment
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.projects.models import Project
from workflows.competence import OPEN_IN, SHOWN_IN, Counted, Moment, batches, counted, is_whole


async def goals_of(uow: UnitOfWork, case_id: UUID) -> list[CompetenceGoal]:
    """A project's goals in the order in which they were written."""
    rows = await uow.session.scalars(
        select(CompetenceGoal)
        .where(CompetenceGoal.case_id == case_id)
        .order_by(CompetenceGoal.written_at, CompetenceGoal.id)
    )
    return list(rows)


async def own_levels(uow: UnitOfWork, actor: Actor, case_id: UUID) -> dict[tuple[UUID, str], int]:
    """One's own levels in a project, by goal and moment."""
    rows = await uow.session.execute(
        select(SelfAssessment.goal_id, SelfAssessment.moment, SelfAssessment.level)
        .join(CompetenceGoal, CompetenceGoal.id == SelfAssessment.goal_id)
        .where(CompetenceGoal.case_id == case_id, SelfAssessment.person_id == actor.person_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def projects_to_ask(uow: UnitOfWork) -> list[UUID]:
    """Projects with goals whose people have not been asked for the assessment that is open."""
    has_goals = exists().where(CompetenceGoal.case_id == Project.id)
    ways = []
    for moment, states in OPEN_IN.items():
        asked = exists().where(CompetenceAsked.case_id == Project.id, CompetenceAsked.moment == moment)
        ways.append(and_(Project.state.in_(states), ~asked))
    return list(await uow.session.scalars(select(Project.id).where(has_goals, or_(*ways)).order_by(Project.id)))


class CompetenceFigure(msgspec.Struct, frozen=True, kw_only=True):
    """What so many people said of themselves before and after."""

    people: int
    counted: Counted


class OfCall(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a call: of all groups together, and goal by goal of the projects that are a group of their own."""

    whole: CompetenceFigure | None
    projects: dict[UUID, dict[UUID, CompetenceFigure]]


async def of_call(uow: UnitOfWork, call_id: UUID) -> OfCall:
    """The figures of a call's projects that are over, in groups of at least five that never change (G34)."""
    rows = await uow.session.execute(
        select(Project.id, CompetenceGoal.id, SelfAssessment.person_id, SelfAssessment.moment, SelfAssessment.level)
        .join(CompetenceGoal, CompetenceGoal.case_id == Project.id)
        .join(SelfAssessment, SelfAssessment.goal_id == CompetenceGoal.id)
        .where(Project.call_id == call_id, Project.state.in_(SHOWN_IN), Project.closed_at.is_not(None))
        .order_by(Project.closed_at, Project.id)
    )
    said: dict[UUID, dict[UUID, dict[tuple[UUID, Moment], int]]] = {}
    goals: dict[UUID, set[UUID]] = defaultdict(set)
    for case_id, goal_id, person_id, moment, level in rows:
        said.setdefault(case_id, {}).setdefault(person_id, {})[goal_id, Moment(moment)] = level
        goals[case_id].add(goal_id)
    whole = {
        case_id: {person: levels for person, levels in people.items() if is_whole(levels, goals[case_id])}
        for case_id, people in said.items()
    }
    groups = batches([(case_id, whole[case_id].keys()) for case_id in said])
    total = Counted()
    everybody: set[UUID] = set()
    for case_id in (each for group in groups for each in group):
        total = total.plus(counted(list(whole[case_id].values()), goals[case_id]))
        everybody |= whole[case_id].keys()
    alone = {
        case_id: {
            goal: CompetenceFigure(
                people=len(whole[case_id]), counted=counted(list(whole[case_id].values()), [goal])
            )
            for goal in goals[case_id]
        }
        for (case_id, *others) in groups
        if not others
    }  # fmt: skip
    return OfCall(whole=CompetenceFigure(people=len(everybody), counted=total) if groups else None, projects=alone)
