"""Writing competence goals, assessing oneself, and asking a project's people to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.cases.models import CaseRole
from app.cases.queries import current, people_of_parties
from app.competence import queries
from app.competence.forms import PREFIX
from app.competence.models import CompetenceAsked, CompetenceGoal, SelfAssessment
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import hold, lock_case, note
from app.notices.service import tell
from app.projects.facts import PROJECT
from app.projects.models import Project
from workflows.competence import LEVELS, MOST_GOALS, Moment, may_change_goals, open_moment
from workflows.engine import Reason
from workflows.roles import Permission, Role


async def add_goal(uow: UnitOfWork, actor: Actor, case_id: UUID, *, text: str) -> CompetenceGoal:
    """Write down something that the project's people want to become better at, while it is still before (S64)."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_WRITE)
    if not may_change_goals(held.row.state):
        raise NotYet(
            [Reason(code="competence.goals_stand")], subject="project", step="add_competence_goal", case_id=case_id
        )
    refuse_identity_numbers(text=text)
    goals = select(func.count()).select_from(CompetenceGoal).where(CompetenceGoal.case_id == case_id)
    if (await uow.session.scalar(goals) or 0) >= MOST_GOALS:
        raise invalid("text", "competence.too_many", most=MOST_GOALS)
    assert actor.person_id is not None
    goal = CompetenceGoal(case_id=case_id, text=text, written_by=actor.person_id, written_at=uow.now)
    uow.session.add(goal)
    await note(uow, actor, PROJECT, held, "add_competence_goal", changes={"text": text})
    return goal


async def remove_goal(uow: UnitOfWork, actor: Actor, goal_id: UUID) -> Project:
    """Take a goal out that nobody has assessed themselves by."""
    goal = await uow.session.get(CompetenceGoal, goal_id)
    if goal is None:
        raise NotFound
    held = await hold(uow, actor, PROJECT, goal.case_id, Permission.PROJECT_WRITE)
    used = select(SelfAssessment.goal_id).where(SelfAssessment.goal_id == goal_id).limit(1)
    if not may_change_goals(held.row.state) or await uow.session.scalar(used):
        reason = Reason(code="competence.goals_stand")
        raise NotYet([reason], subject="competence_goal", step="remove", case_id=goal.case_id)
    await uow.session.execute(delete(CompetenceGoal).where(CompetenceGoal.id == goal_id))
    await note(uow, actor, PROJECT, held, "remove_competence_goal", changes={"text": goal.text})
    return held.row


async def assess(uow: UnitOfWork, actor: Actor, case_id: UUID, *, levels: Mapping[str, Any]) -> Project:
    """Say where one stands for every goal of the project; while it is open one can think again.

    There is no event: whether somebody has assessed themselves, and how, is theirs alone. Raises NotYet where it is
    not open, Invalid for every goal without a level.
    """
    held = await hold(uow, actor, PROJECT, case_id, Permission.COMPETENCE_ASSESS)
    if actor.person_id is None:
        raise NotAllowed
    moment = open_moment(held.row.state)
    goals = await queries.goals_of(uow, case_id)
    if moment is None or not goals:
        reason = Reason(code="competence.not_open" if goals else "competence.no_goals")
        raise NotYet([reason], subject="project", step="assess_competence", case_id=case_id)
    taken = _taken([goal.id for goal in goals], levels)
    rows = [
        {"goal_id": goal_id, "person_id": actor.person_id, "moment": moment, "level": level}
        for goal_id, level in taken.items()
    ]
    statement = insert(SelfAssessment).values(rows)
    await uow.session.execute(
        statement.on_conflict_do_update(
            index_elements=["goal_id", "person_id", "moment"], set_={"level": statement.excluded.level}
        )
    )
    return held.row


def _taken(goal_ids: list[UUID], levels: Mapping[str, Any]) -> dict[UUID, int]:
    taken: dict[UUID, int] = {}
    names = {f"{PREFIX}{goal_id}": goal_id for goal_id in goal_ids}
    faults = {name: Reason(code="form.unknown_field") for name in levels if name not in names}
    for name, goal_id in names.items():
        given = levels.get(name, "")
        typed = str(given[-1] if isinstance(given, list) and given else given or "").strip()
        if typed in map(str, LEVELS):
            taken[goal_id] = int(typed)
        else:
            faults[name] = Reason(code="form.not_a_choice" if typed else "survey.level_missing")
    if faults:
        raise Invalid(faults)
    return taken


async def ask(uow: UnitOfWork, case_id: UUID) -> CompetenceAsked | None:
    """Ask a project's people to assess themselves, once before and once after; None where that is done or not open."""
    case = await lock_case(uow, case_id)
    project = await uow.session.get(Project, case_id, populate_existing=True)
    if project is None:
        raise NotFound
    moment = open_moment(project.state)
    if moment is None or not await queries.goals_of(uow, case_id):
        return None
    if await uow.session.get(CompetenceAsked, (case_id, moment)) is not None:
        return None
    asked = CompetenceAsked(case_id=case_id, moment=moment, asked_at=uow.now)
    uow.session.add(asked)
    in_case = select(CaseRole.person_id).where(
        CaseRole.case_id == case_id, CaseRole.role.in_((Role.COORDINATOR, Role.CORE_TEAM, Role.LEADER)),
        current(CaseRole, uow.now),
    )  # fmt: skip
    people = {
        *await uow.session.scalars(in_case), *await people_of_parties(uow, case_id, Role.LEADER, Role.COORDINATOR)
    }  # fmt: skip
    code = "competence_before" if moment is Moment.BEFORE else "competence_after"
    await tell(
        uow,
        sorted(people),
        code,
        case_id=case_id,
        parameters={"title": case.title},
        link=f"/projects/{case_id}/competence",
    )
    return asked
