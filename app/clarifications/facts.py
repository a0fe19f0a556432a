"""What the rules must know about a clarification."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, select

from app.clarifications.models import Agreement, Clarification
from app.clarifications.standing import leads
from app.core.database import UnitOfWork
from app.identity.models import Person
from app.moves import subject
from app.projects.models import Project
from workflows.clarification import CLARIFICATION as LIFECYCLE
from workflows.clarification import TEXTS, ClarificationFacts, Side, asked_of, text_hash
from workflows.roles import Role
from workflows.rules import ClarificationRules


def holder_of(row: Clarification) -> object:
    """Who holds the role, as the fingerprint of the text names them."""
    return row.person_id or row.outside_name or ""


def hash_of(row: Clarification) -> str:
    """The fingerprint of the row's text as it stands."""
    texts = ((name, getattr(row, name)) for name in TEXTS)
    return text_hash(texts, row.hours_per_week, holder_of(row), row.released_hours)


@subject(LIFECYCLE, Clarification)
async def CLARIFICATION(uow: UnitOfWork, row: Clarification) -> ClarificationFacts:
    """The facts of one clarification, in one statement."""
    current = hash_of(row)
    agreed = (
        select(func.coalesce(func.array_agg(Agreement.side), []))
        .where(Agreement.clarification_id == row.id, Agreement.text_hash == current, Agreement.voided_at.is_(None))
        .scalar_subquery()
    )
    name = select(Person.name).where(Person.id == row.person_id).scalar_subquery()
    pinned = select(Project.rules["clarifications"]).where(Project.id == row.case_id).scalar_subquery()
    leading = select(leads(row.case_id, uow.now)).where(Clarification.id == row.id).scalar_subquery()
    found = (await uow.session.execute(select(agreed, name, pinned, leading))).one()
    rules = msgspec.convert(found[2] or {}, ClarificationRules)
    return ClarificationFacts(
        clarification_id=row.id,
        role=Role(row.role),
        holder_id=row.person_id,
        holder=found[1] or row.outside_name or "",
        hours_per_week=row.hours_per_week,
        texts=tuple((name, getattr(row, name)) for name in TEXTS),
        text_hash=current,
        agreed=frozenset(Side(side) for side in found[0]),
        sides=asked_of(row.role, rules.released, has_account=row.person_id is not None, is_leader=bool(found[3])),
        released_hours=row.released_hours,
        renews=row.renews_id is not None,
    )
