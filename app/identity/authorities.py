"""Who holds budget authority now, as the rules of decisions and payments read it (G17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.core.listed import listed
from app.identity.models import SchemeRole
from workflows.roles import Role


def held_authorities(now: datetime) -> Any:
    """Everybody's budget authority that has not ended, as one value of a statement."""
    return listed(
        select(SchemeRole.id).where(
            SchemeRole.role == Role.DECISION_MAKER, or_(SchemeRole.valid_to.is_(None), SchemeRole.valid_to > now)
        ),
        {"person_id": SchemeRole.person_id, "limit_ore": SchemeRole.limit_ore, "valid_from": SchemeRole.valid_from,
         "valid_to": SchemeRole.valid_to, "cost_centre": SchemeRole.cost_centre},
        SchemeRole.id,
    )  # fmt: skip
