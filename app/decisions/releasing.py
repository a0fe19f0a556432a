"""Sending a letter: the office can read it from then on, and is told so."""

from __future__ import annotations

from sqlalchemy import select

from app.cases.models import Case
from app.core.database import UnitOfWork
from app.decisions.models import Decision, Letter
from app.identity.actor import Actor
from app.identity.queries import people_of_unit
from app.notices.service import tell
from workflows.roles import Role


async def release_letter(uow: UnitOfWork, actor: Actor, row: Decision | Letter) -> None:
    """Release the letter of a decision, or a letter that stands alone, and tell leader and coordinator; once."""
    letter = row if isinstance(row, Letter) else await _letter_of(uow, row)
    if letter.released_at is not None:
        return
    letter.released_at, letter.released_by = uow.now, actor.person_id
    case = await uow.session.get_one(Case, letter.case_id)
    people = await people_of_unit(uow, case.unit_id, Role.LEADER, Role.COORDINATOR)
    await tell(
        uow, people, "letter_released", case_id=case.id, parameters={"reference": case.reference},
        link=f"/letters/{letter.id}",
    )  # fmt: skip


async def _letter_of(uow: UnitOfWork, decision: Decision) -> Letter:
    return (await uow.session.scalars(select(Letter).where(Letter.decision_id == decision.id))).one()
