"""What the forms of benefits let one choose among: people, changes, benefits not yet in the map."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.activities.models import Change
from app.benefits.models import Benefit, BenefitNode
from app.cases.models import Case, CaseUnit
from app.core.database import CASE, NOW, UnitOfWork
from app.core.questions import Told, answer, ask_together, constant, told_each
from app.identity.models import Person, Unit, UnitMembership


class LineOwner(msgspec.Struct, frozen=True):
    """Somebody in the line, as one who can answer for a benefit (DOMAIN 3.1)."""

    person_id: UUID
    name: str
    unit_id: UUID
    unit: str


Choices = list[tuple[UUID, str]]


@cache
def line_owners_question() -> ColumnElement[Any]:
    """Asks for those in CASE's units, leaders first, and the leaders of its county."""
    parties = select(CaseUnit.unit_id).where(CaseUnit.case_id == CASE)
    county = select(Case.county_id).where(Case.id == CASE)
    return told_each(
        LineOwner,
        select(Person.id, Person.name, Unit.id, Unit.name)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .join(Unit, Unit.id == UnitMembership.unit_id)
        .where(
            UnitMembership.role != "coordinator",
            UnitMembership.valid_from <= NOW,
            or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > NOW),
            or_(
                Unit.id.in_(parties),
                and_(UnitMembership.role == "leader", or_(Unit.county_id.in_(county), Unit.id.in_(county))),
            ),
        )
        .order_by(Unit.name, UnitMembership.role.desc(), Person.name)
        .limit(constant(200)),
    )


@cache
def colleagues_question() -> ColumnElement[Any]:
    """Asks for everybody who works in CASE's units."""
    return _choices(
        select(Person.id, Person.name)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == CASE, or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > NOW))
        .distinct()
        .order_by(Person.name)
        .limit(constant(300))
    )


@cache
def changes_question() -> ColumnElement[Any]:
    """Asks for the changes of CASE that can cause a benefit."""
    return _choices(select(Change.id, Change.title).where(Change.case_id == CASE).order_by(Change.id))


def _choices(rows: Select[UUID, str]) -> ColumnElement[Any]:
    found = rows.subquery()
    pairs = select(func.jsonb_agg(func.jsonb_build_array(*found.c)))
    return cast(func.coalesce(pairs.scalar_subquery(), cast([], JSONB)), Told(Choices))


def _asked(uow: UnitOfWork, case_id: UUID) -> dict[str, Any]:
    return {"case_id": case_id, "now": uow.now}


async def ask_all(uow: UnitOfWork, case_id: UUID) -> None:
    """Have everything asked that the form of a benefit lets one choose among; one statement."""
    questions = (line_owners_question(), colleagues_question(), changes_question())
    await ask_together(uow, _asked(uow, case_id), *questions)


async def line_owners(uow: UnitOfWork, case_id: UUID) -> list[LineOwner]:
    """Those in the project's units, leaders first, and the leaders of its county: who can answer for its benefits."""
    found: list[LineOwner] = await answer(uow, line_owners_question(), _asked(uow, case_id))
    return found


async def colleagues(uow: UnitOfWork, case_id: UUID) -> Choices:
    """Everybody who works in the project's units: those who can measure."""
    found: Choices = await answer(uow, colleagues_question(), _asked(uow, case_id))
    return found


async def changes_of(uow: UnitOfWork, case_id: UUID) -> Choices:
    """The changes of the project that can cause a benefit."""
    found: Choices = await answer(uow, changes_question(), _asked(uow, case_id))
    return found


async def people_around(uow: UnitOfWork, case_id: UUID) -> list[tuple[UUID, str]]:
    """Those in the project's units and in its line: who can see to something for it."""
    found = {owner.person_id: owner.name for owner in await line_owners(uow, case_id)}
    found |= dict(await colleagues(uow, case_id))
    return sorted(found.items(), key=lambda each: each[1])


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
