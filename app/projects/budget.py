"""The budget that a project has from its application, by the kinds of costs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.applications.facts import budget_fact, budget_of
from app.core.database import UnitOfWork
from app.milestones.models import ChangeRequest
from app.projects.models import Project
from workflows.accounts import shifted
from workflows.budget import KindBudget, per_kind
from workflows.change_request import ChangeKind


def _granted() -> Any:
    """The last change of the budget that was granted: what stood before it, and what it shifted."""
    row = ChangeRequest
    return (
        select(
            func.jsonb_build_object(
                "before", row.before, "from_kind", row.from_kind, "to_kind", row.to_kind, "ore", row.shift_ore
            )
        )
        .where(row.case_id == Project.id, row.kind == ChangeKind.BUDGET, row.state == "accepted")
        .order_by(row.decided_at.desc(), row.id.desc())
        .limit(1)
        .scalar_subquery()
    )


async def budget_per_kind(uow: UnitOfWork, case_id: UUID) -> tuple[KindBudget, ...]:
    """The budget of a project per kind of cost: what was applied for, what of its award falls on it, what others bear.

    It follows the award, to the øre, also once that is changed, and every shift between its kinds that was granted. Nothing
    where its call asked for no budget. One statement; the caller has checked that the project may be seen (G28).
    """
    found = (
        await uow.session.execute(
            select(Project.amount_ore, budget_of(Project.id), _granted()).where(Project.id == case_id)
        )
    ).first()
    if found is None:
        return ()
    last = found[2]
    granted = shifted(last["before"]["budget"], last["from_kind"], last["to_kind"], last["ore"]) if last else None
    return per_kind(budget_fact(found[1]), found[0], granted)
