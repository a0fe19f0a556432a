"""What stands of an award that a change is to touch: pinned when it is proposed, and compared when it is answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.applications.models import ProblemStatement
from app.cases.models import CaseRole
from app.core.database import UnitOfWork
from app.identity.models import Person
from app.milestones.models import Milestone
from app.projects.budget import budget_per_kind
from app.projects.models import Project
from workflows.change_request import ChangeKind
from workflows.roles import Role

TEAM = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM)


async def standing(uow: UnitOfWork, case_id: UUID, kind: str, milestone_id: UUID | None) -> dict[str, Any]:
    """What stands now of what a kind of change touches, as it is pinned; one statement."""
    value: Any
    if kind == ChangeKind.BUDGET:
        return {kind: {each.cost_kind: each.awarded_ore for each in await budget_per_kind(uow, case_id)}}
    if kind == ChangeKind.AMOUNT:
        value = select(Project.amount_ore).where(Project.id == case_id)
    elif kind == ChangeKind.DATES:
        value = select(Milestone.due_on).where(Milestone.id == milestone_id)
    elif kind == ChangeKind.TEAM:
        line = func.concat(Person.name, " (", CaseRole.role, ")")
        value = (
            select(func.string_agg(line, aggregate_order_by(literal(", "), CaseRole.role, Person.name)))
            .select_from(CaseRole)
            .join(Person, Person.id == CaseRole.person_id)
            .where(CaseRole.case_id == case_id, CaseRole.role.in_(TEAM), CaseRole.valid_to.is_(None))
        )
    else:
        frozen = ProblemStatement.number.asc() if kind == ChangeKind.ANNEX else ProblemStatement.number.desc()
        value = select(ProblemStatement.text).where(ProblemStatement.case_id == case_id).order_by(frozen).limit(1)
    found = await uow.session.scalar(value)
    return {kind: found.isoformat() if kind == ChangeKind.DATES and found else found}


async def newest_statement(uow: UnitOfWork, case_id: UUID) -> str:
    """The problem statement as it reads now; "" where none is written."""
    found = await uow.session.scalar(
        select(ProblemStatement.text)
        .where(ProblemStatement.case_id == case_id)
        .order_by(ProblemStatement.number.desc())
        .limit(1)
    )
    return found or ""
