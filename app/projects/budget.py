"""The budget that a project has from its application, by the kinds of costs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.applications.facts import budget_fact, budget_of
from app.core.database import UnitOfWork
from app.projects.models import Project
from workflows.budget import KindBudget, per_kind


async def budget_per_kind(uow: UnitOfWork, case_id: UUID) -> tuple[KindBudget, ...]:
    """The budget of a project per kind of cost: what was applied for, what of its award falls on it, what others bear.

    It follows the award, to the øre, also once that is changed. Nothing where its call asked for no budget. One statement;
    the caller has checked that the project may be seen (G28).
    """
    found = (
        await uow.session.execute(select(Project.amount_ore, budget_of(Project.id)).where(Project.id == case_id))
    ).first()
    return per_kind(budget_fact(found[1]), found[0]) if found else ()
