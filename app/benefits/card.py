"""A benefit as a card: what the rest of its profile says, each part in one statement."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, and_, bindparam, literal, select, union_all
from sqlalchemy.orm import aliased

from app.benefits.models import (
    Benefit,
    BenefitEdge,
    BenefitNode,
    BenefitPlan,
    BenefitRisk,
    BenefitStakeholder,
    Precondition,
)
from app.core.database import UnitOfWork
from app.identity.models import Person
from app.projects.models import Project
from workflows.benefit import PLANNED_ON
from workflows.precondition import is_late
from workflows.rules import Rules


class PreconditionSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A precondition with the name of whoever sees to it."""

    id: UUID
    text: str
    standing: str
    owner_id: UUID | None
    owner: str | None
    due_on: date | None

    def is_late(self, today: date) -> bool:
        """Whether it was to be met by a day that has gone."""
        return is_late(self.standing, self.due_on, today)


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit that the map connects with this one: `before` it, or after."""

    before: bool
    kind: str
    benefit_id: UUID
    title: str
    assumption: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The rest of a benefit's profile."""

    preconditions: list[PreconditionSeen]
    risks: list[BenefitRisk]
    stakeholders: list[BenefitStakeholder]
    neighbours: list[Neighbour]
    in_force: int | None
    """The number of the plan in force, where the benefit is frozen in it."""
    waiting: list[str]
    """What has been written since the plan in force was approved and waits for the next version."""


LATER = ("profile", "starts_on", "ends_on")
"""What the plan in force has frozen although it can be written."""


async def card_of(uow: UnitOfWork, benefit: Benefit) -> Card:
    """The rest of a benefit's profile, as it stands now."""
    rows = await uow.session.execute(
        select(
            Precondition.id, Precondition.text, Precondition.standing, Precondition.owner_id,
            Person.name.label("owner"), Precondition.due_on,
        )
        .outerjoin(Person, Person.id == Precondition.owner_id)
        .where(Precondition.benefit_id == benefit.id, Precondition.removed_at.is_(None))
        .order_by(Precondition.line_id)
    )  # fmt: skip
    plan = (
        await uow.session.execute(
            select(BenefitPlan.number, BenefitPlan.snapshot["benefits"][str(benefit.id)])
            .where(BenefitPlan.case_id == benefit.case_id, BenefitPlan.approved_at.is_not(None))
            .order_by(BenefitPlan.number.desc())
            .limit(1)
        )
    ).first()
    frozen = plan[1] if plan is not None and benefit.state in PLANNED_ON else None
    now: dict[str, Any] = msgspec.to_builtins({name: getattr(benefit, name) for name in LATER})
    return Card(
        preconditions=[PreconditionSeen(**row._mapping) for row in rows],
        risks=await _open(uow, BenefitRisk, benefit.id),
        stakeholders=await _open(uow, BenefitStakeholder, benefit.id),
        neighbours=await _neighbours(uow, benefit.id),
        in_force=plan[0] if plan is not None and frozen is not None else None,
        waiting=[name for name in LATER if frozen is not None and name in frozen and frozen[name] != now[name]],
    )


async def usual_tolerance(uow: UnitOfWork, case_id: UUID) -> int:
    """How far off the plan needs no explanation where a benefit says nothing of it, in basis points (a rule)."""
    project = await uow.session.get_one(Project, case_id)
    return msgspec.convert(project.rules, Rules).benefits.tolerance_basis_points


BENEFIT_ID = bindparam("benefit_id", type_=Uuid())


async def _open(uow: UnitOfWork, table: Any, benefit_id: UUID) -> list[Any]:
    return list(await uow.session.scalars(_open_of(table), {"benefit_id": benefit_id}))


@cache
def _open_of(table: Any) -> Any:
    return select(table).where(table.benefit_id == BENEFIT_ID, table.removed_at.is_(None)).order_by(table.line_id)


async def _neighbours(uow: UnitOfWork, benefit_id: UUID) -> list[Neighbour]:
    """The benefits that the map leads here from and on to; what they rest on is written there alone."""
    rows = await uow.session.execute(_beside(), {"benefit_id": benefit_id})
    return [Neighbour(**row._mapping) for row in rows]


@cache
def _beside() -> Any:
    start, end = aliased(BenefitNode), aliased(BenefitNode)

    def side(own: Any, other: Any, *, before: bool) -> Any:
        return (
            select(
                literal(before).label("before"), BenefitEdge.kind, Benefit.id.label("benefit_id"), Benefit.title,
                BenefitEdge.assumption,
            )
            .select_from(BenefitEdge)
            .join(start, and_(start.id == BenefitEdge.from_id, start.removed_at.is_(None)))
            .join(end, and_(end.id == BenefitEdge.to_id, end.removed_at.is_(None)))
            .join(Benefit, Benefit.id == other.benefit_id)
            .where(own.benefit_id == BENEFIT_ID, BenefitEdge.removed_at.is_(None))
        )  # fmt: skip

    return union_all(side(end, start, before=True), side(start, end, before=False)).order_by("before", "title")
