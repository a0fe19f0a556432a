"""The clarifications of a project with who has agreed to what."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.clarifications.models import Agreement, Clarification
from app.core.database import UnitOfWork
from app.identity.models import Person
from workflows.clarification import TEXTS


class ClarificationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One clarification as its page shows it; `agreed` names the sides that agree to the text as it stands."""

    id: UUID
    gate: str
    role: str
    state: str
    version: int
    person_id: UUID | None
    holder: str
    hours_per_week: int
    texts: dict[str, str]
    text_hash: str
    agreed: list[str]
    how: str
    template_gate: str
    template_number: int
    begun_from: dict[str, str]


async def clarifications(uow: UnitOfWork, case_id: UUID) -> list[ClarificationRow]:
    """Every clarification of a project, those of the start first; one statement."""
    current = (Agreement.clarification_id == Clarification.id) & (Agreement.text_hash == Clarification.text_hash)
    agreed = select(func.coalesce(func.array_agg(Agreement.side), [])).where(current).scalar_subquery()
    how = select(func.max(Agreement.how)).where(current).scalar_subquery()
    rows = await uow.session.execute(
        select(Clarification, Person.name, agreed, how)
        .outerjoin(Person, Person.id == Clarification.person_id)
        .where(Clarification.case_id == case_id)
        .order_by(Clarification.gate.desc(), Clarification.id)
    )
    return [
        ClarificationRow(
            id=row.id, gate=row.gate, role=row.role, state=row.state, version=row.version, person_id=row.person_id,
            holder=name or row.outside_name or "", hours_per_week=row.hours_per_week,
            texts={text: getattr(row, text) for text in TEXTS}, text_hash=row.text_hash, agreed=sides, how=said or "",
            template_gate=row.template_gate, template_number=row.template_number, begun_from=row.begun_from,
        )
        for row, name, sides, said in rows
    ]  # fmt: skip
