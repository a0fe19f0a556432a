"""Negative consequences of concepts, taken into the benefit plan as disbenefits."""

from __future__ import annotations

from uuid import UUID

from app.activities.models import Placement
from app.benefits.models import Benefit
from app.benefits.service.profile import add
from app.core.database import UnitOfWork
from app.core.errors import NotYet, invalid
from app.identity.actor import Actor
from app.moves import hold, note
from app.projects.facts import PROJECT
from workflows.engine import Reason
from workflows.roles import Permission


async def make_disbenefit(uow: UnitOfWork, actor: Actor, case_id: UUID, *, placement_id: UUID, title: str) -> Benefit:
    """Make a disbenefit of a negative consequence, once; it has the consequence's words for a description (S53).

    Raises Invalid for what is no negative consequence of the project, NotYet where it is one already.
    """
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_WRITE)
    placed = await uow.session.get(Placement, placement_id)
    if placed is None or placed.case_id != case_id or placed.kind != "consequence" or placed.sign > 0:
        raise invalid("placement_id", "form.unknown")
    if placed.benefit_id is not None:
        there = Reason(code="activities.disbenefit_already", parameters={"id": str(placed.benefit_id)}, place="benefit")
        raise NotYet([there], subject="project", step="make_disbenefit", case_id=case_id)
    benefit = await add(uow, actor, case_id=case_id, title=title, description=placed.text, sign=-1)
    placed.benefit_id = benefit.id
    changes = {"placement_id": placement_id, "benefit_id": benefit.id, "title": title}
    await note(uow, actor, PROJECT, held, "make_disbenefit", changes=changes)
    return benefit
