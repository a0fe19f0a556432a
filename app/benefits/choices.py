"""What the forms of benefits let one choose among: people, changes, benefits not yet in the map."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from app.activities.models import Change
from app.benefits.models import Benefit, BenefitNode
from app.cases.models import Case, CaseUnit
from app.core.database import UnitOfWork
from app.identity.models import Person, Unit, UnitMembership


class LineOwner(msgspec.Struct, frozen=True):
    """Somebody in the line, as one who can answer for a benefit (DOMAIN 3.1)."""

    person_id: UUID
    name: str
    unit_id: UUID
    unit: str


async def line_owners(uow: UnitOfWork, case_id: UUID) -> list[LineOwner]:
    """Those in the project's units, leaders first, and the leaders of its county: who can answer for its benefits."""
    parties = select(CaseUnit.unit_id).where(CaseUnit.case_id == case_id)
    county = select(Case.county_id).where(Case.id == case_id)
    rows = await uow.session.execute(
        select(Person.id, Person.name, Unit.id, Unit.name)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .join(Unit, Unit.id == UnitMembership.unit_id)
        .where(
            UnitMembership.role != "coordinator",
            UnitMembership.valid_from <= uow.now,
            or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
            or_(
                Unit.id.in_(parties),
                and_(UnitMembership.role == "leader", or_(Unit.county_id.in_(county), Unit.id.in_(county))),
            ),
        )
        .order_by(Unit.name, UnitMembership.role.desc(), Person.name)
        .limit(200)
    )
    return [LineOwner(*row) for row in rows]


async def colleagues(uow: UnitOfWork, case_id: UUID) -> list[tuple[UUID, str]]:
    """Everybody who works in the project's units: those who can measure."""
    rows = await uow.session.execute(
        select(Person.id, Person.name)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == case_id, or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now))
        .distinct()
        .order_by(Person.name)
        .limit(300)
    )
    return [(person, name) for person, name in rows]


async def people_around(uow: UnitOfWork, case_id: UUID) -> list[tuple[UUID, str]]:
    """Those in the project's units and in its line: who can see to something for it."""
    found = {owner.person_id: owner.name for owner in await line_owners(uow, case_id)}
    found |= dict(await colleagues(uow, case_id))
    return sorted(found.items(), key=lambda each: each[1])


async def changes_of(uow: UnitOfWork, case_id: UUID) -> list[tuple[UUID, str]]:
    """The changes of the project that can cause a benefit."""
    rows = await uow.session.execute(
        select(Change.id, Change.title).where(Change.case_id == case_id).order_by(Change.id)
    )
    return [(change, title) for change, title in rows]


async def benefit_choices(uow: UnitOfWork, case_id: UUID, *, is_practice: bool = False) -> list[tuple[UUID, str]]:
    """The project's benefits that stand in no place of the map yet."""
    placed = select(BenefitNode.benefit_id).where(
        BenefitNode.case_id == case_id, BenefitNode.removed_at.is_(None), BenefitNode.benefit_id.is_not(None)
    )
    rows = await uow.session.execute(
        select(Benefit.id, Benefit.title)
        .where(
            Benefit.case_id == case_id,
            Benefit.dropped_at.is_(None),
            Benefit.is_practice.is_(is_practice),
            Benefit.id.not_in(placed),
        )
        .order_by(Benefit.id)
    )
    return [(benefit, title) for benefit, title in rows]
