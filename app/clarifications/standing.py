"""How the clarifications of a project stand: who has agreed, who must, and whether each holder still holds the role."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, cast, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import current
from app.clarifications.models import Agreement, Clarification
from app.core.listed import pairs_of
from app.identity.models import Person, Unit, UnitMembership
from workflows.clarification import Holder, Needed, Side, asked_of
from workflows.clarification_template import TEMPLATE_ROLES
from workflows.roles import Role
from workflows.rules import ClarificationRules


class Clarified(msgspec.Struct, frozen=True, kw_only=True):
    """A clarification with the sides that agree to its present text."""

    id: UUID
    gate: str
    role: str
    holder: str
    person_id: UUID | None
    is_leader: bool
    in_role: bool
    agreed: list[str]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who holds one of the roles that clarify."""

    role: str
    person_id: UUID
    name: str


def standing_agreement() -> ColumnElement[bool]:
    """The condition that an agreement is to the text of its clarification as it stands, and holds."""
    return and_(
        Agreement.clarification_id == Clarification.id, Agreement.text_hash == Clarification.text_hash,
        Agreement.voided_at.is_(None),
    )  # fmt: skip


def agreed_sides() -> Any:
    """The sides that agree to a clarification as it stands, as a list."""
    found = select(func.jsonb_agg(Agreement.side)).where(standing_agreement()).scalar_subquery()
    return func.coalesce(found, cast([], JSONB))


def leads(case_id: Any, now: Any, *around: Any) -> ColumnElement[bool]:
    """Whether the holder leads an office of the case: then the hours are the leader's own.

    A case that is a column of the query around is tied to it by naming its table `around`: else any case would do.
    """
    return exists().where(
        UnitMembership.person_id == Clarification.person_id, UnitMembership.role == "leader",
        UnitMembership.unit_id.in_(
            select(CaseUnit.unit_id).where(CaseUnit.case_id == case_id).correlate(Clarification, *around)
        ),
        current(UnitMembership, now),
    )  # fmt: skip


def _held(case_id: Any, now: Any, *around: Any) -> Any:
    """Who holds which of the roles now: in the case, in one of its offices, or in the county of one."""
    offices = select(CaseUnit.unit_id).where(CaseUnit.case_id == case_id).correlate(*around)
    counties = (
        select(Unit.county_id)
        .join(CaseUnit, CaseUnit.unit_id == Unit.id)
        .where(CaseUnit.case_id == case_id)
        .correlate(*around)
    )
    in_unit = select(UnitMembership.role, UnitMembership.person_id).where(
        current(UnitMembership, now),
        or_(
            and_(UnitMembership.unit_id.in_(offices), UnitMembership.role.in_(("leader", "coordinator"))),
            and_(UnitMembership.unit_id.in_(counties), UnitMembership.role == "county_representative"),
        ),
    )
    in_case = (
        select(CaseRole.role, CaseRole.person_id)
        .where(CaseRole.case_id == case_id, CaseRole.role.in_(map(str, TEMPLATE_ROLES)), current(CaseRole, now))
        .correlate(*around)
    )
    return in_unit.union(in_case).subquery()


def clarified(case_id: Any, now: Any, *around: Any) -> dict[str, ColumnElement[Any]]:
    """The columns of a statement that bring the clarifications of a case, and who holds the roles now.

    A case that is a column of the statement is tied to it by naming its table `around`: else any case would do.
    """
    held, again = _held(case_id, now, *around), _held(case_id, now, *around)
    in_role = or_(
        Clarification.person_id.is_(None),
        exists().where(again.c.person_id == Clarification.person_id, again.c.role == Clarification.role),
    )
    rows = (
        select(
            func.jsonb_build_object(*pairs_of({
                "id": Clarification.id, "gate": Clarification.gate, "role": Clarification.role,
                "holder": func.coalesce(Person.name, Clarification.outside_name, ""), "person_id": Clarification.person_id,
                "is_leader": leads(case_id, now, *around), "in_role": in_role, "agreed": agreed_sides(),
            })).label("row"),
            Clarification.id,
        )
        .outerjoin(Person, Person.id == Clarification.person_id)
        .where(Clarification.case_id == case_id)
        .order_by(Clarification.id)
        .correlate(*around)
        .subquery()
    )  # fmt: skip
    named = (
        select(
            func.jsonb_agg(
                func.jsonb_build_object("role", held.c.role, "person_id", held.c.person_id, "name", Person.name)
            )
        )
        .select_from(held)
        .join(Person, Person.id == held.c.person_id)
    )
    return {
        "clarifications": func.coalesce(select(func.jsonb_agg(rows.c.row)).scalar_subquery(), literal([], JSONB)),
        "holders": func.coalesce(named.scalar_subquery(), literal([], JSONB)),
    }


def needed(rows: list[Clarified], rules: ClarificationRules) -> tuple[Needed, ...]:
    """The clarifications as the gates see them."""
    return tuple(
        Needed(
            clarification_id=row.id, role=Role(row.role), holder=row.holder, gate=row.gate, in_role=row.in_role,
            agreed=frozenset(map(Side, row.agreed)), holder_key=str(row.person_id or row.holder),
            sides=asked_of(row.role, rules.released, has_account=row.person_id is not None, is_leader=row.is_leader),
        )
        for row in rows
    )  # fmt: skip


def holding(rows: list[Held]) -> tuple[Holder, ...]:
    """Who holds the roles, as the gates see them, in the order of their names."""
    found = (Holder(role=Role(row.role), key=str(row.person_id), name=row.name) for row in rows)
    return tuple(sorted(found, key=lambda each: (each.role, each.name)))
