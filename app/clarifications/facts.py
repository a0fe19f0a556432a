"""What the rules must know about a clarification."""

from __future__ import annotations

from sqlalchemy import func, select

from app.clarifications.models import Agreement, Clarification
from app.core.database import UnitOfWork
from app.identity.models import Person
from app.moves import subject
from workflows.clarification import CLARIFICATION as LIFECYCLE
from workflows.clarification import TEXTS, ClarificationFacts, Side, text_hash
from workflows.roles import Role


def holder_of(row: Clarification) -> object:
    """Who holds the role, as the fingerprint of the text names them."""
    return row.person_id or row.outside_name or ""


def hash_of(row: Clarification) -> str:
    """The fingerprint of the row's text as it stands."""
    return text_hash(((name, getattr(row, name)) for name in TEXTS), row.hours_per_week, holder_of(row))


@subject(LIFECYCLE, Clarification)
async def CLARIFICATION(uow: UnitOfWork, row: Clarification) -> ClarificationFacts:
    """The facts of one clarification, in one statement."""
    current = hash_of(row)
    agreed = (
        select(func.coalesce(func.array_agg(Agreement.side), []))
        .where(Agreement.clarification_id == row.id, Agreement.text_hash == current)
        .scalar_subquery()
    )
    name = select(Person.name).where(Person.id == row.person_id).scalar_subquery()
    found = (await uow.session.execute(select(agreed, name))).one()
    return ClarificationFacts(
        clarification_id=row.id,
        role=Role(row.role),
        holder_id=row.person_id,
        holder=found[1] or row.outside_name or "",
        hours_per_week=row.hours_per_week,
        texts=tuple((name, getattr(row, name)) for name in TEXTS),
        text_hash=current,
        agreed=frozenset(Side(side) for side in found[0]),
    )
