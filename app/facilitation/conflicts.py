"""What ties people to a project so that they cannot facilitate it, derived from what is registered (G12)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import current
from app.identity.models import Unit, UnitMembership
from app.reviews.models import Review
from workflows.review import ReviewState
from workflows.roles import Role

TEAM = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM)
NOT_ASSESSED = (ReviewState.RECUSED, ReviewState.VOIDED)


def conflict_conditions(case_id: Any, person_id: Any, now: Any) -> dict[str, ColumnElement[bool]]:
    """For each kind of conflict (workflows.facilitation.CONFLICTS) the condition that the person has it with the case."""
    membership, above, party = aliased(UnitMembership), aliased(UnitMembership), aliased(Unit)
    own_unit = exists().where(
        CaseUnit.case_id == case_id, CaseUnit.unit_id == membership.unit_id, membership.person_id == person_id,
        current(membership, now),
    )  # fmt: skip
    line = exists(
        select(above.id)
        .join(party, party.county_id == above.unit_id)
        .join(CaseUnit, CaseUnit.unit_id == party.id)
        .where(
            CaseUnit.case_id == case_id, above.person_id == person_id, above.role == "leader", current(above, now)
        )
    )  # fmt: skip

    def held(*roles: Role) -> ColumnElement[bool]:
        return exists().where(
            CaseRole.case_id == case_id,
            CaseRole.person_id == person_id,
            CaseRole.role.in_(roles),
            current(CaseRole, now),
        )

    assessed = exists().where(
        Review.case_id == case_id, Review.reviewer_id == person_id, Review.state.not_in(NOT_ASSESSED)
    )
    return {
        "own_unit": own_unit, "line": line, "in_team": held(*TEAM), "reviewed": or_(assessed, held(Role.REVIEWER)),
    }  # fmt: skip
