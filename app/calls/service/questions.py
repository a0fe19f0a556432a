"""The questions that a call asks itself: written, put in order, retired, and fixed in versions."""

from __future__ import annotations

from sqlalchemy import func, select

from app.calls.models import Call, CallForm
from app.core.database import UnitOfWork
from app.identity.actor import Actor


async def fix_form(uow: UnitOfWork, actor: Actor, call: Call) -> int:
    """Keep the questions of a call as they stand now as a version of its form; answers its number, from 1 (G3)."""
    last = await uow.session.scalar(select(func.max(CallForm.number)).where(CallForm.call_id == call.id))
    version = CallForm(
        call_id=call.id, number=(last or 0) + 1, questions=call.questions, made_at=uow.now, made_by=actor.person_id
    )
    uow.session.add(version)
    await uow.session.flush()
    return version.number
